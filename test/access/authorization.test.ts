import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isStillAuthorized } from '../../lambdas/access/authorization.ts';
import { type Membership, noRole } from '../../lambdas/access/membership.ts';
import type { Session } from '../../lambdas/connection/connection.ts';
import { connectionTypes, mayConnectAs, restaurantDomain, roles } from '../restaurant-domain.ts';

const issuedAtMs = 1_764_000_000_000;

const session: Session = {
  issuer: 'demo',
  userId: 'u-1',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs: issuedAtMs + 3_600_000,
  tokenIssuedAtMs: issuedAtMs,
  grantedAtMs: issuedAtMs,
  batch: false,
};
const membership: Membership = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1', role: 'employee' };
const everywhere: Membership = { ...membership, restaurantId: '*', role: 'platform_owner' };
const suspended = { suspendedAtMs: issuedAtMs - 1 };
const asOwner = { role: 'platform_owner' } as const;
/** The rows as a session finds them: the platform's apart. */
const rowsOf = (...rows: readonly (Membership | undefined)[]) => ({
  here: rows.find((row) => row?.restaurantId === 'r-17'),
  everywhere: rows.find((row) => row?.restaurantId === '*'),
});

describe('a session', () => {
  test.each<{ why: string; of?: Partial<Session>; by: Membership | undefined; beside?: Membership; isServed: boolean }>(
    [
      { why: 'whose membership is as it was', by: membership, isServed: true },
      { why: 'whose membership is gone', by: undefined, isServed: false },
      { why: 'whose role is none any more', by: { ...membership, role: 'janitor' }, isServed: false },
      {
        why: 'whose role has the name of something every object has',
        by: { ...membership, role: 'toString' },
        isServed: false,
      },
      { why: 'of another role that may connect so, too', by: { ...membership, role: 'manager' }, isServed: true },
      {
        why: 'of another role that may not connect so',
        by: { ...membership, role: 'customer_display' },
        isServed: false,
      },
      { why: 'narrowed to its connection type', by: { ...membership, connectionTypes: ['kitchen'] }, isServed: true },
      { why: 'narrowed to other connection types', by: { ...membership, connectionTypes: ['pos'] }, isServed: false },
      { why: 'narrowed to none', by: { ...membership, connectionTypes: [] }, isServed: false },
      {
        why: 'whose token is of before the revocation',
        by: { ...membership, revokedBeforeMs: issuedAtMs + 1 },
        isServed: false,
      },
      {
        why: 'whose token is of the moment of the revocation',
        by: { ...membership, revokedBeforeMs: issuedAtMs },
        isServed: true,
      },
      {
        why: 'whose token is of after the revocation',
        by: { ...membership, revokedBeforeMs: issuedAtMs - 1 },
        isServed: true,
      },
      {
        why: 'of an owner of the platform, by that membership',
        of: { role: 'platform_owner' },
        by: everywhere,
        isServed: true,
      },
      {
        why: 'of an owner of the platform who is an employee now',
        of: { role: 'platform_owner' },
        by: membership,
        isServed: false,
      },
      { why: 'of an employee, by the membership of a platform owner', by: everywhere, isServed: false },
      {
        why: 'whose token is of after the revocation and whose login is not',
        of: { tokenIssuedAtMs: issuedAtMs + 60_000, loggedInAtMs: issuedAtMs },
        by: { ...membership, revokedBeforeMs: issuedAtMs + 1 },
        isServed: false,
      },
      {
        why: 'whose login is of the moment of the revocation',
        of: { tokenIssuedAtMs: issuedAtMs + 60_000, loggedInAtMs: issuedAtMs },
        by: { ...membership, revokedBeforeMs: issuedAtMs },
        isServed: true,
      },
      { why: 'whose user is suspended', by: { ...membership, ...suspended }, isServed: false },
      { why: 'whose user is suspended from now on', by: { ...membership, suspendedAtMs: Infinity }, isServed: false },
      {
        why: 'whose user is suspended and no member',
        by: { ...membership, ...suspended, role: noRole },
        isServed: false,
      },
      { why: 'whose user has a row without a role', by: { ...membership, role: noRole }, isServed: false },
      {
        why: 'of an owner of the platform who is suspended there',
        of: asOwner,
        by: everywhere,
        beside: { ...membership, ...suspended, role: noRole },
        isServed: false,
      },
      {
        why: 'of an owner of the platform who is suspended as one',
        of: asOwner,
        by: { ...everywhere, ...suspended },
        isServed: false,
      },
      {
        why: 'of an owner of the platform who is an employee there, too',
        of: asOwner,
        by: everywhere,
        beside: membership,
        isServed: true,
      },
    ],
  )('$why: $isServed', ({ of, by, beside, isServed }) => {
    expect(isStillAuthorized(restaurantDomain, { ...session, ...of }, rowsOf(by, beside))).toBe(isServed);
  });

  test('is never served as what its membership could not let it in as', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...roles),
        fc.constantFrom(...roles),
        fc.constantFrom(...connectionTypes),
        fc.option(fc.subarray([...connectionTypes]), { nil: undefined }),
        (was, role, connectionType, narrowedTo) => {
          const row = { ...membership, role, ...(narrowedTo === undefined ? {} : { connectionTypes: narrowedTo }) };
          const isSameRealm = (was === 'platform_owner') === (role === 'platform_owner');
          expect(
            isStillAuthorized(
              restaurantDomain,
              { ...session, role: was, connectionType },
              was === 'platform_owner' ? { here: undefined, everywhere: row } : { here: row, everywhere: undefined },
            ),
          ).toBe(isSameRealm && mayConnectAs(role, connectionType, narrowedTo));
        },
      ),
    );
  });
});
