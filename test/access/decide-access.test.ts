import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideAccess } from '../../lambdas/access/decide-access.ts';
import type { Membership } from '../../lambdas/access/membership.ts';
import type { ClaimedUserId } from '../../protocol/client-messages.ts';
import { runs } from '../harness/runs.ts';
import {
  absent,
  chef,
  claimsOf,
  decide,
  granted,
  identity,
  issuedAtMs,
  matrix,
  owner,
  refused,
  rowOf,
  saying,
} from './members.ts';
import { connectionTypes, restaurantDomain } from '../restaurant-domain.ts';

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

test('the first thing that is wrong names the refusal, in a fixed order', () => {
  const wrong = { userId: { form: 'refused', text: '0' }, restaurantId: '*', connectionType: 'root' } as const;
  const row = { ...chef, role: 'nobody', revokedBeforeMs: issuedAtMs + 1 };
  const events = [
    decide(wrong, { restaurantId: 'r', connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: saying('u-2') }, { restaurantId: 'r', connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: absent }, { restaurantId: 'r', connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: absent }, { connectionType: 'x' }, { here: row }),
    decide({ ...wrong, userId: absent, restaurantId: 'r' }, { connectionType: 'x' }, {}),
    decide(
      { ...wrong, userId: absent, restaurantId: 'r' },
      { connectionType: 'x' },
      { here: { ...row, suspendedAtMs: issuedAtMs } },
    ),
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
    'session_revoked: membership_suspended',
    'session_revoked: membership_revoked',
    'privilege_escalation_attempt: hint_differs',
    'privilege_escalation_attempt: connection_type_unknown',
    'privilege_escalation_attempt: role_unknown',
    'privilege_escalation_attempt: connection_type_not_allowed',
  ]);
});

test('whatever is claimed, nobody enters but a member of that restaurant, as a type of their role', () => {
  const mostly = <T>(weight: number, usual: T, other: fc.Arbitrary<T>) =>
    fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
  const restaurant = mostly(4, 'r-17', fc.constantFrom('r-18', '*', '', '../x'));
  const type = fc.constantFrom(...connectionTypes, 'root', '');
  const role = fc.constantFrom(...Object.keys(matrix), 'admin');
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => mostly<T | undefined>(2, undefined, arbitrary);
  const rowIn = (restaurantId: string) =>
    fc
      .record({
        role,
        connectionTypes: maybe(fc.subarray([...connectionTypes, 'root'])),
        revoked: maybe(fc.boolean()),
        suspendedAtMs: maybe(fc.integer()),
      })
      .map(
        ({ role, connectionTypes, revoked, suspendedAtMs }): Membership => ({
          ...chef,
          restaurantId,
          role,
          ...(connectionTypes ? { connectionTypes } : {}),
          ...(suspendedAtMs === undefined ? {} : { suspendedAtMs }),
          ...(revoked === undefined ? {} : { revokedBeforeMs: revoked ? issuedAtMs + 1 : issuedAtMs }),
        }),
      );
  const said = <T extends object>(fields: T) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

  let entered = 0;
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(absent), fc.constantFrom('u-1', 'u-2').map(saying)),
      fc.record({ restaurantId: restaurant, connectionType: maybe(type) }),
      fc.record({
        userId: maybe(fc.constantFrom('u-1', '0')),
        restaurantId: maybe(restaurant),
        connectionType: maybe(type),
      }),
      maybe(rowIn('r-17')),
      maybe(rowIn('*')),
      (userId, claims, hints, here, everywhere) => {
        const outcome = decideAccess(restaurantDomain, identity, { userId, ...said(claims) }, said(hints), {
          here,
          everywhere,
        });
        if (!outcome.granted) return;
        entered += 1;
        const row = outcome.asPlatformOwner ? everywhere : here;
        expect(row?.role).toBe(outcome.role);
        expect(outcome.asPlatformOwner).toBe(outcome.role === 'platform_owner');
        expect(matrix[outcome.role]).toContain(outcome.connectionType);
        expect(row?.connectionTypes ?? connectionTypes).toContain(outcome.connectionType);
        expect([here?.suspendedAtMs, row?.suspendedAtMs]).toEqual([undefined, undefined]);
        expect(row?.revokedBeforeMs ?? 0).toBeLessThanOrEqual(issuedAtMs);
        expect(userId.form === 'canonical' ? userId.userId : 'u-1').toBe('u-1');
        expect(hints.userId ?? 'u-1').toBe('u-1');
        expect(['r-17', 'r-18']).toContain(outcome.restaurantId);
        expect([claims.restaurantId ?? hints.restaurantId, hints.restaurantId ?? claims.restaurantId]).toEqual(
          Array(2).fill(outcome.restaurantId),
        );
      },
    ),
    { numRuns: runs(5_000) },
  );
  expect(entered).toBeGreaterThan(runs(25));
});
