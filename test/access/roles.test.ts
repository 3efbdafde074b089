import { describe, expect, test } from '@jest/globals';
import { decideAccess } from '../../lambdas/access/decide-access.ts';
import { type Membership, noRole } from '../../lambdas/access/membership.ts';
import {
  chef,
  claimsOf,
  decide,
  granted,
  identity,
  issuedAtMs,
  matrix,
  notAllowed,
  owner,
  pairs,
  type Rows,
  refused,
  rowOf,
} from './members.ts';
import { connectionTypes, isRole, mayConnectAs, restaurantDomain, roles } from '../restaurant-domain.ts';

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

describe('a suspension', () => {
  const suspended = refused('session_revoked', 'membership_suspended');
  const suspendedAtMs = issuedAtMs - 1;
  const atAll: Membership = { ...chef, suspendedAtMs, role: noRole };
  test.each<{ why: string; rows: Rows }>([
    { why: 'a member', rows: { here: { ...chef, suspendedAtMs } } },
    { why: 'a member whose token is of long after it', rows: { here: { ...chef, suspendedAtMs: 0 } } },
    { why: 'a member from a moment on that is still to come', rows: { here: { ...chef, suspendedAtMs: Infinity } } },
    { why: 'a member who was revoked, too', rows: { here: { ...chef, suspendedAtMs, revokedBeforeMs: 0 } } },
    { why: 'who is a member of nothing', rows: { here: atAll } },
    { why: 'an owner of the platform, at one restaurant', rows: { here: atAll, everywhere: owner } },
    {
      why: 'an owner of the platform who is a member there',
      rows: { here: { ...chef, suspendedAtMs }, everywhere: owner },
    },
    { why: 'an owner of the platform, as one', rows: { everywhere: { ...owner, suspendedAtMs } } },
  ])('keeps out $why', ({ rows }) => {
    for (const connectionType of [undefined, 'platform', 'root'])
      expect(decide(claimsOf(connectionType === undefined ? {} : { connectionType }), {}, rows)).toEqual(suspended);
  });

  test('leaves no role behind that anybody could have', () => {
    expect(isRole(noRole)).toBe(false);
    expect(decide(claimsOf(), {}, { here: { ...chef, role: noRole }, everywhere: owner })).toEqual(
      refused('privilege_escalation_attempt', 'role_unknown'),
    );
  });
});

describe('a revocation where the token tells when its user logged in', () => {
  const revoked = refused('session_revoked', 'membership_revoked');
  test.each([
    { why: 'the token is of after it and the login is not', loggedInAtMs: issuedAtMs - 2, verdict: revoked },
    { why: 'the login is of its moment', loggedInAtMs: issuedAtMs - 1, verdict: granted('pos') },
    { why: 'the login is of after it', loggedInAtMs: issuedAtMs, verdict: granted('pos') },
  ])('judges by the login: $why', ({ loggedInAtMs, verdict }) => {
    const here = { ...chef, revokedBeforeMs: issuedAtMs - 1 };
    expect(
      decideAccess(restaurantDomain, { ...identity, loggedInAtMs }, claimsOf(), {}, { here, everywhere: undefined }),
    ).toEqual(verdict);
  });
});

describe('a platform owner', () => {
  test('enters every restaurant by the row under *', () => {
    for (const restaurantId of ['r-17', 'r-18', 'anything'])
      expect(decide(claimsOf({ restaurantId, connectionType: 'platform' }), {}, { everywhere: owner })).toMatchObject({
        granted: true,
        restaurantId,
        asPlatformOwner: true,
        membershipSource: 'table',
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
