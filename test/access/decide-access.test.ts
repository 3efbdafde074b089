import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideAccess } from '../../lambdas/access/decide-access.ts';
import type { Membership } from '../../lambdas/access/membership.ts';
import { isRole, mayConnectAs, roles } from '../../lambdas/access/roles.ts';
import type { Hints } from '../../lambdas/connection/connection.ts';
import type { Identity } from '../../lambdas/identity/identity.ts';
import type { ClaimedUserId, Claims } from '../../protocol/client-messages.ts';
import { connectionTypes } from '../../protocol/identifiers.ts';

const issuedAtMs = Date.UTC(2026, 10, 23, 18);
const identity: Identity = { issuer: 'demo', userId: 'u-1', issuedAtMs, expiresAtMs: issuedAtMs + 3_600_000 };

const absent: ClaimedUserId = { form: 'absent' };
const saying = (userId: string): ClaimedUserId => ({ form: 'canonical', userId });
const claimsOf = (said: Partial<Claims> = {}): Claims => ({ userId: absent, restaurantId: 'r-17', ...said });

const chef: Membership = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1', role: 'employee' };
const owner: Membership = { ...chef, restaurantId: '*', role: 'platform_owner' };
type Rows = Readonly<{ here?: Membership; everywhere?: Membership }>;

const decide = (claims: Claims, hints: Hints = {}, { here, everywhere }: Rows = { here: chef }) =>
  decideAccess(identity, claims, hints, { here, everywhere });

const granted = (connectionType: string, role = 'employee') => ({
  granted: true,
  restaurantId: 'r-17',
  connectionType,
  role,
  asPlatformOwner: role === 'platform_owner',
});
const refused = (event: string, detail: string) => ({ granted: false, event, detail });
const notAllowed = refused('privilege_escalation_attempt', 'connection_type_not_allowed');

/** The matrix as the protocol states it. */
const matrix: Readonly<Record<string, readonly string[]>> = {
  platform_owner: ['pos', 'kitchen', 'management', 'customer', 'platform'],
  restaurant_owner: ['pos', 'kitchen', 'management', 'customer'],
  manager: ['pos', 'kitchen', 'management', 'customer'],
  employee: ['pos', 'kitchen', 'customer'],
  customer_display: ['customer'],
};
const pairs = Object.entries(matrix).flatMap(([role, allowed]) =>
  connectionTypes.map((type) => ({ role, type, verdict: allowed.includes(type) ? 'may' : 'may not' })),
);
const rowOf = (role: string, more: Partial<Membership> = {}): Rows =>
  role === 'platform_owner' ? { everywhere: { ...owner, ...more } } : { here: { ...chef, role, ...more } };

describe('roles and connection types', () => {
  test.each(pairs)('$role $verdict connect as $type', ({ role, type, verdict }) => {
    const outcome = decide(claimsOf({ connectionType: type }), {}, rowOf(role));
    expect(outcome).toEqual(verdict === 'may' ? granted(type, role) : notAllowed);
  });

  test('are these and no other', () => {
    expect([...roles].sort()).toEqual(Object.keys(matrix).sort());
  });

  test('who says no type is a till', () => {
    expect(decide(claimsOf())).toEqual(granted('pos'));
    expect(decide(claimsOf(), {}, rowOf('customer_display'))).toEqual(notAllowed);
  });

  test.each(['', 'POS', 'pos ', 'admin', '__proto__', 'constructor', 'toString', '*'])(
    'there is no type %j',
    (type) => {
      const unknown = refused('privilege_escalation_attempt', 'connection_type_unknown');
      expect(decide(claimsOf({ connectionType: type }))).toEqual(unknown);
      expect(decide(claimsOf({ connectionType: type }), {}, rowOf('platform_owner'))).toEqual(unknown);
      expect(decide(claimsOf(), { connectionType: type })).toEqual(unknown);
    },
  );

  test.each(['', 'admin', 'Manager', 'manager ', 'owner', '__proto__', 'constructor', 'toString', '*'])(
    'there is no role %j',
    (role) => {
      const unknown = refused('privilege_escalation_attempt', 'role_unknown');
      expect(isRole(role)).toBe(false);
      expect(decide(claimsOf(), {}, { here: { ...chef, role } })).toEqual(unknown);
      expect(decide(claimsOf(), {}, { everywhere: { ...owner, role } })).toEqual(unknown);
    },
  );
});

describe('a membership that narrows its role', () => {
  test.each(pairs)('to $type lets $role in as nothing else', ({ role, type, verdict }) => {
    for (const asked of connectionTypes) {
      const outcome = decide(claimsOf({ connectionType: asked }), {}, rowOf(role, { connectionTypes: [type] }));
      expect(outcome).toEqual(asked === type && verdict === 'may' ? granted(type, role) : notAllowed);
    }
  });

  test('to nothing lets nobody in', () => {
    for (const role of roles)
      for (const type of connectionTypes)
        expect(decide(claimsOf({ connectionType: type }), {}, rowOf(role, { connectionTypes: [] }))).toEqual(
          notAllowed,
        );
  });

  test('never widens it', () => {
    expect(mayConnectAs('customer_display', 'management', ['management', 'customer'])).toBe(false);
    expect(mayConnectAs('employee', 'platform', [...connectionTypes])).toBe(false);
  });
});

describe('who somebody says to be', () => {
  const notCanonical = refused('invalid_user_id', 'user_id_not_canonical');
  const differs = refused('user_mismatch', 'user_id_differs');
  const refusedForm: ClaimedUserId = { form: 'refused', text: '0' };

  test.each<{ why: string; said: ClaimedUserId; hinted?: string; verdict: object }>([
    { why: 'nothing', said: absent, verdict: granted('pos') },
    { why: 'the verified id', said: saying('u-1'), verdict: granted('pos') },
    { why: 'the verified id as a hint', said: absent, hinted: 'u-1', verdict: granted('pos') },
    { why: 'the verified id twice', said: saying('u-1'), hinted: 'u-1', verdict: granted('pos') },
    { why: 'another id', said: saying('u-2'), verdict: differs },
    { why: 'another id as a hint', said: absent, hinted: 'u-2', verdict: differs },
    { why: 'the verified id, another as a hint', said: saying('u-1'), hinted: 'u-2', verdict: differs },
    { why: 'another id, the verified one as a hint', said: saying('u-2'), hinted: 'u-1', verdict: differs },
    { why: 'the same other id twice', said: saying('u-2'), hinted: 'u-2', verdict: differs },
    { why: 'the verified id in capitals', said: saying('U-1'), verdict: differs },
    { why: 'a form that is nobody', said: refusedForm, verdict: notCanonical },
    {
      why: 'a form that is nobody, the verified id as a hint',
      said: refusedForm,
      hinted: 'u-1',
      verdict: notCanonical,
    },
    { why: 'zero as a hint', said: absent, hinted: '0', verdict: notCanonical },
    { why: 'an empty hint', said: absent, hinted: '', verdict: notCanonical },
    { why: 'a padded hint', said: absent, hinted: ' u-1', verdict: notCanonical },
    { why: 'the verified id, zero as a hint', said: saying('u-1'), hinted: '0', verdict: notCanonical },
    { why: 'another id, zero as a hint', said: saying('u-2'), hinted: '0', verdict: notCanonical },
  ])('can only lead to a refusal: $why', ({ said, hinted, verdict }) => {
    expect(decide(claimsOf({ userId: said }), hinted === undefined ? {} : { userId: hinted })).toEqual(verdict);
  });
});

describe('the restaurant', () => {
  const invalid = refused('cross_tenant_attempt', 'restaurant_id_invalid');
  const differs = refused('cross_tenant_attempt', 'hint_differs');

  test('is the one the message says, or the hint', () => {
    expect(decide({ userId: absent, restaurantId: 'r-17' })).toEqual(granted('pos'));
    expect(decide({ userId: absent }, { restaurantId: 'r-17' })).toEqual(granted('pos'));
    expect(decide({ userId: absent, restaurantId: 'r-17' }, { restaurantId: 'r-17' })).toEqual(granted('pos'));
  });

  test('is refused when message and hint differ, whoever asks', () => {
    expect(decide(claimsOf(), { restaurantId: 'r-18' })).toEqual(differs);
    expect(decide(claimsOf({ restaurantId: 'r-18' }), { restaurantId: 'r-17' })).toEqual(differs);
    expect(decide(claimsOf(), { restaurantId: 'R-17' }, rowOf('platform_owner'))).toEqual(differs);
    expect(decide(claimsOf({ restaurantId: '' }), { restaurantId: 'r-17' })).toEqual(differs);
  });

  test.each(['*', '', ' ', 'r 17', '-r', '../r-17', 'R#r-17', 'r-17\n', 'r'.repeat(65), 'é'])(
    'cannot be %j, not even for the platform',
    (restaurantId) => {
      expect(decide({ userId: absent, restaurantId }, {}, { here: chef, everywhere: owner })).toEqual(invalid);
      expect(decide({ userId: absent }, { restaurantId }, { here: chef, everywhere: owner })).toEqual(invalid);
    },
  );

  test('must be said by somebody', () => {
    expect(decide({ userId: absent })).toEqual(invalid);
  });

  test('without a membership is closed, as is one that does not exist', () => {
    expect(decide(claimsOf(), {}, {})).toEqual(refused('cross_tenant_attempt', 'membership_missing'));
  });
});

describe('the connection type', () => {
  const differs = refused('privilege_escalation_attempt', 'hint_differs');

  test('is the one the message says, or the hint', () => {
    expect(decide(claimsOf({ connectionType: 'kitchen' }))).toEqual(granted('kitchen'));
    expect(decide(claimsOf(), { connectionType: 'kitchen' })).toEqual(granted('kitchen'));
    expect(decide(claimsOf({ connectionType: 'kitchen' }), { connectionType: 'kitchen' })).toEqual(granted('kitchen'));
  });

  test('is refused when message and hint differ, though both would be allowed', () => {
    expect(decide(claimsOf({ connectionType: 'pos' }), { connectionType: 'kitchen' })).toEqual(differs);
    expect(decide(claimsOf({ connectionType: 'kitchen' }), { connectionType: 'KITCHEN' })).toEqual(differs);
  });
});

describe('a revocation', () => {
  const revoked = refused('session_revoked', 'membership_revoked');
  test.each([
    { why: 'long before', revokedBeforeMs: 0, verdict: granted('pos') },
    { why: 'at the very moment', revokedBeforeMs: issuedAtMs, verdict: granted('pos') },
    { why: 'a millisecond after', revokedBeforeMs: issuedAtMs + 1, verdict: revoked },
    { why: 'long after', revokedBeforeMs: issuedAtMs + 86_400_000, verdict: revoked },
  ])('kills tokens issued before it: made $why the token was issued', ({ revokedBeforeMs, verdict }) => {
    expect(decide(claimsOf(), {}, { here: { ...chef, revokedBeforeMs } })).toEqual(verdict);
  });

  test('reaches the platform owner too', () => {
    expect(decide(claimsOf(), {}, { everywhere: { ...owner, revokedBeforeMs: issuedAtMs + 1 } })).toEqual(revoked);
  });

  test('weighs more than what the row allows', () => {
    const row = { ...chef, role: 'nobody', connectionTypes: [], revokedBeforeMs: issuedAtMs + 1 };
    expect(decide(claimsOf({ connectionType: 'root' }), {}, { here: row })).toEqual(revoked);
  });
});

describe('a platform owner', () => {
  test('enters every restaurant by the row under *', () => {
    for (const restaurantId of ['r-17', 'r-18', 'anything'])
      expect(decide(claimsOf({ restaurantId, connectionType: 'platform' }), {}, { everywhere: owner })).toMatchObject({
        granted: true,
        restaurantId,
        asPlatformOwner: true,
      });
  });

  test.each(connectionTypes)('is none by a row of one restaurant: %s', (connectionType) => {
    const row = { ...chef, role: 'platform_owner' };
    expect(decide(claimsOf({ connectionType }), {}, { here: row })).toEqual(notAllowed);
    expect(decide(claimsOf({ connectionType }), {}, { here: row, everywhere: owner })).toEqual(notAllowed);
  });

  test.each(['restaurant_owner', 'manager', 'employee', 'customer_display'])(
    'is the only role a row under * can give: %s enters nowhere by it',
    (role) => {
      const row = { ...owner, role };
      expect(decide(claimsOf({ connectionType: 'customer' }), {}, { everywhere: row })).toEqual(notAllowed);
    },
  );

  test('who is also a member is what the restaurant made of them', () => {
    expect(decide(claimsOf(), {}, { here: chef, everywhere: owner })).toEqual(granted('pos'));
    expect(decide(claimsOf({ connectionType: 'platform' }), {}, { here: chef, everywhere: owner })).toEqual(notAllowed);
  });
});

test('the first thing that is wrong names the refusal, in a fixed order', () => {
  const wrong = { userId: { form: 'refused', text: '0' }, restaurantId: '*', connectionType: 'root' } as const;
  const row = { ...chef, role: 'nobody', revokedBeforeMs: issuedAtMs + 1 };
  const events = [
    decide(wrong, { restaurantId: 'r', connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: saying('u-2') }, { restaurantId: 'r', connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: absent }, { restaurantId: 'r', connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: absent }, { connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: absent, restaurantId: 'r' }, { connectionType: 'x' }, {}),
    decide({ ...wrong, userId: absent, restaurantId: 'r' }, { connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: absent, restaurantId: 'r' }, { connectionType: 'x' }),
    decide({ ...wrong, userId: absent, restaurantId: 'r' }, {}, { here: { ...chef, role: 'nobody' } }),
    decide({ userId: absent, restaurantId: 'r' }, {}, { here: { ...chef, role: 'nobody' } }),
    decide({ userId: absent, restaurantId: 'r', connectionType: 'platform' }),
  ].map((outcome) => (outcome.granted ? 'granted' : `${outcome.event}: ${outcome.detail}`));
  expect(events).toEqual([
    'invalid_user_id: user_id_not_canonical',
    'user_mismatch: user_id_differs',
    'cross_tenant_attempt: hint_differs',
    'cross_tenant_attempt: restaurant_id_invalid',
    'cross_tenant_attempt: membership_missing',
    'session_revoked: membership_revoked',
    'privilege_escalation_attempt: hint_differs',
    'privilege_escalation_attempt: connection_type_unknown',
    'privilege_escalation_attempt: role_unknown',
    'privilege_escalation_attempt: connection_type_not_allowed',
  ]);
});

test('whatever is claimed, nobody enters but a member of that restaurant, as a type of their role', () => {
  const restaurant = fc.constantFrom('r-17', 'r-18', '*', '', '../x');
  const type = fc.constantFrom(...connectionTypes, 'root', '');
  const role = fc.constantFrom(...Object.keys(matrix), 'admin');
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const rowIn = (restaurantId: string) =>
    fc
      .record({ role, connectionTypes: maybe(fc.subarray([...connectionTypes, 'root'])), revoked: maybe(fc.boolean()) })
      .map(
        ({ role, connectionTypes, revoked }): Membership => ({
          ...chef,
          restaurantId,
          role,
          ...(connectionTypes ? { connectionTypes } : {}),
          ...(revoked === undefined ? {} : { revokedBeforeMs: revoked ? issuedAtMs + 1 : issuedAtMs }),
        }),
      );
  const said = <T extends object>(fields: T) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

  fc.assert(
    fc.property(
      fc.oneof(fc.constant(absent), fc.constantFrom('u-1', 'u-2').map(saying)),
      fc.record({ restaurantId: maybe(restaurant), connectionType: maybe(type) }),
      fc.record({
        userId: maybe(fc.constantFrom('u-1', '0')),
        restaurantId: maybe(restaurant),
        connectionType: maybe(type),
      }),
      maybe(rowIn('r-17')),
      maybe(rowIn('*')),
      (userId, claims, hints, here, everywhere) => {
        const outcome = decideAccess(identity, { userId, ...said(claims) }, said(hints), { here, everywhere });
        if (!outcome.granted) return;
        const row = outcome.asPlatformOwner ? everywhere : here;
        expect(row?.role).toBe(outcome.role);
        expect(outcome.asPlatformOwner).toBe(outcome.role === 'platform_owner');
        expect(matrix[outcome.role]).toContain(outcome.connectionType);
        expect(row?.connectionTypes ?? connectionTypes).toContain(outcome.connectionType);
        expect(row?.revokedBeforeMs ?? 0).toBeLessThanOrEqual(issuedAtMs);
        expect(userId.form === 'canonical' ? userId.userId : 'u-1').toBe('u-1');
        expect(hints.userId ?? 'u-1').toBe('u-1');
        expect(['r-17', 'r-18']).toContain(outcome.restaurantId);
        expect([claims.restaurantId ?? hints.restaurantId, hints.restaurantId ?? claims.restaurantId]).toEqual(
          Array(2).fill(outcome.restaurantId),
        );
      },
    ),
    { numRuns: 5_000 },
  );
});
