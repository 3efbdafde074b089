import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isStillAuthorized } from '../../lambdas/access/authorization.ts';
import type { Membership } from '../../lambdas/access/membership.ts';
import { mayConnectAs, roles } from '../../lambdas/access/roles.ts';
import type { Session } from '../../lambdas/connection/connection.ts';
import { connectionTypes } from '../../protocol/identifiers.ts';

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

describe('a session', () => {
  test.each<{ why: string; of?: Partial<Session>; by: Membership | undefined; isServed: boolean }>([
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
  ])('$why: $isServed', ({ of, by, isServed }) => {
    expect(isStillAuthorized({ ...session, ...of }, by)).toBe(isServed);
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
          expect(isStillAuthorized({ ...session, role: was, connectionType }, row)).toBe(
            isSameRealm && mayConnectAs(role, connectionType, narrowedTo),
          );
        },
      ),
    );
  });
});
