/** Who comes in by a claim of their token, and who goes on by one. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isStillAuthorized } from '../../lambdas/access/authorization.ts';
import { decideAccess } from '../../lambdas/access/decide-access.ts';
import { type Membership, noRole, unreadableRole } from '../../lambdas/access/membership.ts';
import { chef, claimsOf, granted, identity, issuedAtMs, notAllowed, owner, type Rows, refused } from './members.ts';
import type { Role } from '../../protocol/identifiers.ts';
import {
  claimableRoles,
  connectionTypes,
  mayConnectAs,
  narrowerRole,
  restaurantDomain,
  roles,
} from '../restaurant-domain.ts';

const claiming = (role: Role) => new Map([['r-17', { role }]]);
const suspended = { suspendedAtMs: issuedAtMs };
const revoked = { revokedBeforeMs: issuedAtMs + 1 };
const suspendedOut = refused('session_revoked', 'membership_suspended');

const decideWith = (
  claimedMemberships: NonNullable<Parameters<typeof decideAccess>[1]['claimedMemberships']>,
  connectionType: string,
  { here, everywhere }: Rows = {},
) =>
  decideAccess(
    restaurantDomain,
    { ...identity, claimedMemberships },
    claimsOf({ connectionType }),
    {},
    { here, everywhere },
  );

describe('somebody whose token says manager', () => {
  test.each<{ why: string; type?: string; rows?: Rows; is: object }>([
    { why: 'and who has no row', type: 'management', is: granted('management', 'manager', 'token') },
    { why: 'as what no manager may be', type: 'platform', is: notAllowed },
    {
      why: 'with a row of the same role',
      rows: { here: { ...chef, role: 'manager' } },
      is: granted('pos', 'manager', 'token'),
    },
    { why: 'with a row of a narrower role', rows: { here: chef }, is: granted('pos', 'employee', 'token') },
    { why: 'as what the narrower row may not be', type: 'management', rows: { here: chef }, is: notAllowed },
    {
      why: 'with a row of a wider role',
      rows: { here: { ...chef, role: 'restaurant_owner' } },
      is: granted('pos', 'manager', 'token'),
    },
    { why: 'narrowed to other types', rows: { here: { ...chef, connectionTypes: ['kitchen'] } }, is: notAllowed },
    {
      why: 'narrowed to this type',
      rows: { here: { ...chef, connectionTypes: ['pos'] } },
      is: granted('pos', 'employee', 'token'),
    },
    {
      why: 'with a row of a role that is none',
      rows: { here: { ...chef, role: 'janitor' } },
      is: refused('privilege_escalation_attempt', 'role_unknown'),
    },
    {
      why: 'with a row that cannot be read',
      rows: { here: { ...chef, role: unreadableRole } },
      is: refused('privilege_escalation_attempt', 'role_unknown'),
    },
    {
      why: 'with a row of an owner of the platform at this restaurant',
      rows: { here: { ...chef, role: 'platform_owner' } },
      is: notAllowed,
    },
    { why: 'who is suspended', rows: { here: { ...chef, ...suspended } }, is: suspendedOut },
    {
      why: 'who is suspended and has no role',
      rows: { here: { ...chef, ...suspended, role: noRole } },
      is: suspendedOut,
    },
    {
      why: 'who was revoked since',
      rows: { here: { ...chef, ...revoked } },
      is: refused('session_revoked', 'membership_revoked'),
    },
    {
      why: 'who is an owner of the platform',
      type: 'platform',
      rows: { everywhere: owner },
      is: granted('platform', 'platform_owner'),
    },
    {
      why: 'who is suspended as an owner of the platform',
      rows: { everywhere: { ...owner, ...suspended } },
      is: suspendedOut,
    },
    {
      why: 'who is an owner of the platform and suspended here',
      rows: { here: { ...chef, ...suspended, role: noRole }, everywhere: owner },
      is: suspendedOut,
    },
  ])('$why', ({ type = 'pos', rows, is }) => {
    expect(decideWith(claiming('manager'), type, rows)).toEqual(is);
  });
});

describe('somebody whose claim makes them no member here', () => {
  test.each([
    {
      why: 'because it is of another shape',
      claimed: { problem: 'membership_claim_malformed' as const },
      event: 'cross_tenant_attempt',
    },
    {
      why: 'because it is too long',
      claimed: { problem: 'membership_claim_too_long' as const },
      event: 'cross_tenant_attempt',
    },
    {
      why: 'because it was left out',
      claimed: { problem: 'membership_claim_left_out' as const },
      event: 'cross_tenant_attempt',
    },
    {
      why: 'because the issuer may not',
      claimed: new Map([['r-17', { problem: 'restaurant_not_of_issuer' as const }]]),
      event: 'cross_tenant_attempt',
    },
    {
      why: 'because of its role',
      claimed: new Map([['r-17', { problem: 'role_unknown' as const }]]),
      event: 'privilege_escalation_attempt',
    },
    {
      why: 'because it is about others',
      claimed: new Map([['r-18', { role: 'manager' as const }]]),
      event: 'cross_tenant_attempt',
    },
  ])('$why is told so in the record, and comes in by a row', ({ claimed, event }) => {
    const problem = 'problem' in claimed ? claimed.problem : undefined;
    const [here] = claimed instanceof Map ? [...claimed.values()] : [];
    const detail = problem ?? (here !== undefined && 'problem' in here ? here.problem : 'membership_missing');
    expect(decideWith(claimed, 'pos')).toEqual(refused(event, detail));
    expect(decideWith(claimed, 'pos', { here: chef })).toEqual(granted('pos'));
  });
});

describe('a session that came in by its token', () => {
  const session = {
    issuer: 'demo',
    userId: 'u-1',
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    role: 'manager',
    membershipSource: 'token',
    sessionExpiresAtMs: issuedAtMs + 3_600_000,
    tokenIssuedAtMs: issuedAtMs,
    grantedAtMs: issuedAtMs,
    batch: false,
  } as const;
  test.each<{ why: string; here: Membership | undefined; isServed: boolean }>([
    { why: 'without a row', here: undefined, isServed: true },
    { why: 'with a row that lets it', here: chef, isServed: true },
    {
      why: 'with a row that was narrowed to other types',
      here: { ...chef, connectionTypes: ['pos'] },
      isServed: false,
    },
    {
      why: 'with a row of a role that may not be its type',
      here: { ...chef, role: 'customer_display' },
      isServed: false,
    },
    { why: 'with a row of a role that is none', here: { ...chef, role: 'janitor' }, isServed: false },
    { why: 'whose user is suspended', here: { ...chef, ...suspended }, isServed: false },
    { why: 'whose user is suspended and has no role', here: { ...chef, ...suspended, role: noRole }, isServed: false },
    { why: 'whose login was revoked', here: { ...chef, ...revoked }, isServed: false },
    { why: 'that logged in after a revocation', here: { ...chef, revokedBeforeMs: issuedAtMs }, isServed: true },
  ])('$why: $isServed', ({ here, isServed }) => {
    expect(isStillAuthorized(restaurantDomain, session, { here, everywhere: undefined })).toBe(isServed);
  });

  test('is over without a row where it came in by one', () => {
    const none = { here: undefined, everywhere: undefined };
    expect(isStillAuthorized(restaurantDomain, { ...session, membershipSource: 'table' }, none)).toBe(false);
  });
});

test('of two roles the narrower one may be nothing that the other may not', () => {
  for (const one of roles)
    for (const other of roles)
      for (const type of connectionTypes)
        expect(mayConnectAs(narrowerRole(one, other), type)).toBe(mayConnectAs(one, type) && mayConnectAs(other, type));
});

test('whatever row and claim say, whoever has both may be what both allow, and no more', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...claimableRoles),
      fc.constantFrom(...roles, noRole),
      fc.option(fc.subarray([...connectionTypes]), { nil: undefined }),
      fc.constantFrom(...connectionTypes),
      (claimed, role, types, type) => {
        const here = { ...chef, role, ...(types === undefined ? {} : { connectionTypes: types }) };
        const outcome = decideWith(claiming(claimed), type, { here });
        const byRow = role !== noRole && role !== 'platform_owner' && mayConnectAs(role, type, types);
        expect(outcome.granted).toBe(byRow && mayConnectAs(claimed, type));
        if (outcome.granted) expect(mayConnectAs(outcome.role, type)).toBe(true);
      },
    ),
  );
});
