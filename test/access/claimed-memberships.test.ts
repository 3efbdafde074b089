/** What a claim of a token makes of its user, and that it makes nothing more of them. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { MembershipClaim } from '../../config-schema/membership-claim.ts';
import { claimedAt, claimedMemberships, maxClaimedEntries } from '../../lambdas/access/claimed-memberships.ts';
import { restaurantIdPattern } from '../../protocol/identifiers.ts';
import { claimableRoles, restaurantDomain, roles } from '../restaurant-domain.ts';

type Config = v.InferInput<typeof MembershipClaim>;
const ids: Config = { path: ['groups'], shape: 'ids', role: 'employee' };
const byRole: Config = { path: ['restaurants'], shape: 'roles' };
const objects: Config = { path: ['restaurants'], shape: 'objects' };

const at = (restaurantId: string, payload: Readonly<Record<string, unknown>>, config: Config) =>
  claimedAt(claimedMemberships(restaurantDomain, payload, v.parse(MembershipClaim, config)), restaurantId);
const missing = { problem: 'membership_missing' };
const malformed = { problem: 'membership_claim_malformed' };
const employee = { role: 'employee' };
const manager = { role: 'manager' };
const many = (count: number) => Array.from({ length: count }, (_, nth) => `r-${nth}`);

test('every role but that of a platform owner can be claimed', () => {
  expect([...claimableRoles]).toEqual(roles.filter((role) => role !== 'platform_owner'));
});

describe('at r-17', () => {
  test.each<{ why: string; claims: Readonly<Record<string, unknown>>; config: Config; is: object }>([
    { why: 'a list that has it', claims: { groups: ['r-1', 'r-17'] }, config: ids, is: employee },
    { why: 'a list without it', claims: { groups: ['r-1'] }, config: ids, is: missing },
    {
      why: 'a list with groups that are no restaurants',
      claims: { groups: ['/a b', '', 'r-17'] },
      config: ids,
      is: employee,
    },
    { why: 'one id that is no list', claims: { groups: 'r-17' }, config: ids, is: employee },
    { why: 'an object whose names are ids', claims: { groups: { 'r-17': { o1: 'd' } } }, config: ids, is: employee },
    { why: 'an empty list', claims: { groups: [] }, config: ids, is: missing },
    { why: 'no such claim', claims: {}, config: ids, is: missing },
    { why: 'null for the claim', claims: { groups: null }, config: ids, is: missing },
    { why: 'a list with something else in it', claims: { groups: ['r-17', null] }, config: ids, is: malformed },
    { why: 'a list of lists', claims: { groups: [['r-17']] }, config: ids, is: malformed },
    { why: 'a claim that is true', claims: { groups: true }, config: ids, is: malformed },
    { why: 'a map with its role', claims: { restaurants: { 'r-17': 'manager' } }, config: byRole, is: manager },
    { why: 'a map without it', claims: { restaurants: { 'r-1': 'manager' } }, config: byRole, is: missing },
    { why: 'a list where a map is configured', claims: { restaurants: ['r-17'] }, config: byRole, is: malformed },
    {
      why: 'text where a map is configured',
      claims: { restaurants: '{"r-17":"manager"}' },
      config: byRole,
      is: malformed,
    },
    { why: 'a map of lists', claims: { restaurants: { 'r-17': ['manager'] } }, config: byRole, is: malformed },
    {
      why: 'a map with one role that is no text',
      claims: { restaurants: { 'r-17': 'manager', x: 1 } },
      config: byRole,
      is: malformed,
    },
    {
      why: 'a role that is none',
      claims: { restaurants: { 'r-17': 'janitor' } },
      config: byRole,
      is: { problem: 'role_unknown' },
    },
    {
      why: 'a role with the name of something every object has',
      claims: { restaurants: { 'r-17': 'toString' } },
      config: byRole,
      is: { problem: 'role_unknown' },
    },
    {
      why: 'the role of a platform owner',
      claims: { restaurants: { 'r-17': 'platform_owner' } },
      config: byRole,
      is: { problem: 'role_unknown' },
    },
    {
      why: 'a list of objects',
      claims: { restaurants: [{ id: 'r-17', role: 'manager' }] },
      config: objects,
      is: manager,
    },
    {
      why: 'objects with fields of other names',
      claims: { restaurants: [{ restaurant: 'r-17', as: 'manager' }] },
      config: { ...objects, idField: 'restaurant', roleField: 'as' },
      is: manager,
    },
    { why: 'an object without a role', claims: { restaurants: [{ id: 'r-17' }] }, config: objects, is: malformed },
    { why: 'an object without an id', claims: { restaurants: [{ role: 'manager' }] }, config: objects, is: malformed },
    {
      why: 'a map where objects are configured',
      claims: { restaurants: { id: 'r-17', role: 'manager' } },
      config: objects,
      is: malformed,
    },
    {
      why: 'text among objects',
      claims: { restaurants: [{ id: 'r-17', role: 'manager' }, 'x'] },
      config: objects,
      is: malformed,
    },
    {
      why: 'the same role twice',
      claims: {
        restaurants: [
          { id: 'r-17', role: 'manager' },
          { id: 'r-17', role: 'manager' },
        ],
      },
      config: objects,
      is: manager,
    },
    {
      why: 'two roles at once',
      claims: {
        restaurants: [
          { id: 'r-17', role: 'employee' },
          { id: 'r-17', role: 'manager' },
        ],
      },
      config: objects,
      is: malformed,
    },
    {
      why: 'two roles, and the first one again',
      claims: { restaurants: ['employee', 'manager', 'employee'].map((role) => ({ id: 'r-17', role })) },
      config: objects,
      is: malformed,
    },
    {
      why: 'a nested path',
      claims: { app_metadata: { restaurants: { 'r-17': 'manager' } } },
      config: { ...byRole, path: ['app_metadata', 'restaurants'] },
      is: manager,
    },
    {
      why: 'a name that is an address',
      claims: { 'https://example.com/restaurants': ['r-17'] },
      config: { ...ids, path: ['https://example.com/restaurants'] },
      is: employee,
    },
    {
      why: 'a path that ends on the way',
      claims: { app_metadata: 'r-17' },
      config: { ...byRole, path: ['app_metadata', 'restaurants'] },
      is: malformed,
    },
    {
      why: 'a path through what every object has',
      claims: {},
      config: { ...ids, path: ['constructor', 'name'] },
      is: missing,
    },
    {
      why: 'groups that the issuer left out',
      claims: { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.example' } } },
      config: ids,
      is: { problem: 'membership_claim_left_out' },
    },
    {
      why: 'groups that the issuer left out, and has some of',
      claims: { _claim_names: { groups: 'src1' }, groups: ['r-17'] },
      config: ids,
      is: { problem: 'membership_claim_left_out' },
    },
    {
      why: 'another claim that was left out',
      claims: { _claim_names: { roles: 'src1' }, groups: ['r-17'] },
      config: ids,
      is: employee,
    },
    {
      why: 'its id in the entry',
      claims: { groups: ['r-17'] },
      config: { ...ids, restaurants: ['r-17'] },
      is: employee,
    },
    {
      why: 'its beginning in the entry',
      claims: { groups: ['r-17'] },
      config: { ...ids, restaurantPrefix: 'r-' },
      is: employee,
    },
    {
      why: 'its id in the entry, beside a prefix of others',
      claims: { groups: ['r-17'] },
      config: { ...ids, restaurants: ['r-17'], restaurantPrefix: 'x-' },
      is: employee,
    },
    {
      why: 'another one in the entry',
      claims: { groups: ['r-17'] },
      config: { ...ids, restaurants: ['r-1', 'r-171'], restaurantPrefix: 'r-17-' },
      is: { problem: 'restaurant_not_of_issuer' },
    },
    {
      why: 'as many entries as there may be',
      claims: { groups: [...many(maxClaimedEntries - 1), 'r-17x', 'r-17'].slice(1) },
      config: ids,
      is: employee,
    },
    {
      why: 'one more, which is not left away',
      claims: { groups: many(maxClaimedEntries + 1) },
      config: ids,
      is: { problem: 'membership_claim_too_long' },
    },
    {
      why: 'one more that is no restaurant',
      claims: { groups: [...many(maxClaimedEntries), '/staff'] },
      config: ids,
      is: { problem: 'membership_claim_too_long' },
    },
    {
      why: 'a map of too many',
      claims: { restaurants: Object.fromEntries(many(maxClaimedEntries + 1).map((id) => [id, 'manager'])) },
      config: byRole,
      is: { problem: 'membership_claim_too_long' },
    },
  ])('$why', ({ claims, config, is }) => {
    expect(at('r-17', claims, config)).toEqual(is);
  });

  test.each([
    { why: 'a whole number', id: 17, is: employee },
    { why: 'a fraction', id: 17.5, is: malformed },
    { why: 'nothing', id: 0, is: malformed },
    { why: 'more than can be told apart', id: 2 ** 53, is: malformed },
  ])('an id of $why', ({ id, is }) => {
    expect(at('17', { groups: [17, id] }, ids)).toEqual(is);
  });
});

describe('whatever a token claims', () => {
  const someId = fc.oneof(
    fc.constantFrom('r-17', 'r-18', 'acme-1', 'acme', '*', 'R#r-17', '', '__proto__', 'constructor'),
    fc.string({ maxLength: 4 }),
    fc.stringMatching(restaurantIdPattern),
  );
  const someRole = fc.oneof(fc.constantFrom(...roles, 'none', 'toString', '*'), fc.anything());
  const claim = fc.oneof(
    fc.array(fc.oneof(someId, fc.anything()), { maxLength: 6 }),
    fc.array(someId, { minLength: 199, maxLength: 202 }),
    fc.dictionary(someId, someRole, { maxKeys: 6 }),
    fc.array(fc.record({ id: fc.oneof(someId, fc.anything()), role: someRole }, { requiredKeys: [] }), {
      maxLength: 6,
    }),
    fc.anything(),
  );
  const config = fc
    .record({
      shape: fc.constantFrom('ids' as const, 'roles' as const, 'objects' as const),
      path: fc.constantFrom(['c'], ['a', 'c']),
      named: fc.constantFrom(
        { restaurants: ['r-17', 'r-9'] },
        { restaurantPrefix: 'acme-' },
        { restaurants: ['r-17'], restaurantPrefix: 'acme-' },
      ),
      role: fc.constantFrom(...claimableRoles),
    })
    .map(({ shape, path, named, role }) =>
      v.parse(MembershipClaim, { shape, path, ...named, ...(shape === 'ids' ? { role } : {}) }),
    );

  test('nobody is a member outside the entry, or a platform owner, or one of more than 200; nothing is thrown', () => {
    fc.assert(
      fc.property(config, claim, fc.boolean(), (configured, value, isNested) => {
        const outcome = claimedMemberships(restaurantDomain, isNested ? { a: { c: value } } : { c: value }, configured);
        if ('problem' in outcome) return;
        expect(outcome.size).toBeLessThanOrEqual(maxClaimedEntries);
        for (const [id, claimed] of outcome) {
          if (!('role' in claimed)) continue;
          expect(id).toMatch(restaurantIdPattern);
          expect(configured.restaurants?.includes(id) === true || id.startsWith('acme-')).toBe(true);
          expect(claimableRoles).toContain(claimed.role);
        }
      }),
    );
  });
});
