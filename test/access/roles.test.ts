import { describe, expect, test } from '@jest/globals';
import { isRole, mayConnectAs, roles } from '../../lambdas/access/roles.ts';
import { connectionTypes } from '../../protocol/identifiers.ts';
import {
  chef,
  claimsOf,
  decide,
  granted,
  issuedAtMs,
  matrix,
  notAllowed,
  owner,
  pairs,
  refused,
  rowOf,
} from './members.ts';

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
