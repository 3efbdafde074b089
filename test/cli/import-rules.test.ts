import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verdictOn } from '../../bin/members/import-rules.ts';
import type { MemberRow } from '../../bin/members/member-row.ts';
import { type Membership, noRole, unreadableRole } from '../../lambdas/access/membership.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

const member = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1' };
const unnamed = { connectionTypes: undefined, revokedBeforeMs: undefined, suspendedAtMs: undefined };
const says = (row: Partial<MemberRow>): MemberRow => ({ ...member, role: 'employee', ...unnamed, ...row });
const employee: Membership = { ...member, role: 'employee' };

describe('a row over what stands in the table', () => {
  test.each<{ why: string; row: Partial<MemberRow>; over: Membership | undefined; is: object }>([
    { why: 'somebody new', row: {}, over: undefined, is: { is: 'created', membership: employee } },
    { why: 'the same', row: {}, over: employee, is: { is: 'unchanged' } },
    {
      why: 'another role',
      row: { role: 'manager' },
      over: employee,
      is: { is: 'changed', membership: { ...employee, role: 'manager' } },
    },
    {
      why: 'a narrowing that it does not name stays',
      row: { role: 'manager' },
      over: { ...employee, connectionTypes: ['pos'] },
      is: { is: 'changed', membership: { ...member, role: 'manager', connectionTypes: ['pos'] } },
    },
    {
      why: 'a narrowing that it names as none goes',
      row: { connectionTypes: null },
      over: { ...employee, connectionTypes: ['pos'] },
      is: { is: 'changed', membership: employee },
    },
    {
      why: 'the same types in another order',
      row: { connectionTypes: ['kitchen', 'pos'] },
      over: { ...employee, connectionTypes: ['pos', 'kitchen'] },
      is: { is: 'unchanged' },
    },
    {
      why: 'narrowed to nothing is not the same as not narrowed',
      row: { connectionTypes: [] },
      over: employee,
      is: { is: 'changed', membership: { ...employee, connectionTypes: [] } },
    },
    {
      why: 'a narrowing that does not fit the new role',
      row: { role: 'employee' },
      over: { ...member, role: 'manager', connectionTypes: ['management'] },
      is: { is: 'left_alone', why: 'narrowed_otherwise' },
    },
    {
      why: 'a revocation that it does not name stays',
      row: { role: 'manager' },
      over: { ...employee, revokedBeforeMs: 5 },
      is: { is: 'changed', membership: { ...member, role: 'manager', revokedBeforeMs: 5 } },
    },
    {
      why: 'a later revocation than the file has',
      row: { role: 'manager', revokedBeforeMs: 4 },
      over: { ...employee, revokedBeforeMs: 5 },
      is: { is: 'left_alone', why: 'revoked_later' },
    },
    {
      why: 'a revocation of the file',
      row: { revokedBeforeMs: 6 },
      over: { ...employee, revokedBeforeMs: 5 },
      is: { is: 'changed', membership: { ...employee, revokedBeforeMs: 6 } },
    },
    {
      why: 'somebody who is suspended',
      row: { role: 'manager' },
      over: { ...employee, suspendedAtMs: 5 },
      is: { is: 'left_alone', why: 'suspended' },
    },
    {
      why: 'somebody who is suspended, with nothing to change',
      row: {},
      over: { ...employee, suspendedAtMs: 5 },
      is: { is: 'left_alone', why: 'suspended' },
    },
    {
      why: 'somebody who is suspended, as the file says',
      row: { suspendedAtMs: 5 },
      over: { ...employee, suspendedAtMs: 5 },
      is: { is: 'unchanged' },
    },
    {
      why: 'a suspension of the file',
      row: { suspendedAtMs: 5 },
      over: { ...employee, revokedBeforeMs: 3 },
      is: { is: 'changed', membership: { ...employee, suspendedAtMs: 5, revokedBeforeMs: 3 } },
    },
    {
      why: 'somebody who is suspended and nothing else',
      row: { role: noRole, suspendedAtMs: 5 },
      over: undefined,
      is: { is: 'created', membership: { ...member, role: noRole, suspendedAtMs: 5 } },
    },
    {
      why: 'a row that cannot be read',
      row: {},
      over: { ...member, role: unreadableRole },
      is: { is: 'left_alone', why: 'unreadable' },
    },
  ])('$why', ({ row, over, is }) => {
    expect(verdictOn(restaurantDomain, says(row), over)).toEqual(is);
  });
});

describe('whatever row comes over whatever stands there', () => {
  const moment = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
  const types = fc.option(fc.constantFrom(['pos'] as const, ['pos', 'kitchen'] as const, [] as const), {
    nil: undefined,
  });
  const standing = fc
    .record({
      role: fc.constantFrom('employee', 'manager', noRole),
      types,
      revokedBeforeMs: moment,
      suspendedAtMs: moment,
    })
    .map(
      ({ role, types: connectionTypes, revokedBeforeMs, suspendedAtMs }): Membership => ({
        ...member,
        role,
        ...(connectionTypes && { connectionTypes }),
        ...(revokedBeforeMs && { revokedBeforeMs }),
        ...(suspendedAtMs && { suspendedAtMs }),
      }),
    );
  const row = fc
    .record({
      role: fc.constantFrom('employee', 'manager'),
      connectionTypes: fc.oneof(types, fc.constant(null)),
      revokedBeforeMs: moment,
      suspendedAtMs: moment,
    })
    .map(says);

  test('nothing is lifted, and a second time there is nothing to do', () => {
    fc.assert(
      fc.property(row, fc.option(standing, { nil: undefined }), (said, before) => {
        const verdict = verdictOn(restaurantDomain, said, before);
        if (!('membership' in verdict)) return;
        const { membership } = verdict;
        expect(before?.suspendedAtMs).toBeUndefined();
        expect(membership.suspendedAtMs).toBe(said.suspendedAtMs);
        expect(membership.revokedBeforeMs ?? 0).toBeGreaterThanOrEqual(before?.revokedBeforeMs ?? 0);
        expect(verdictOn(restaurantDomain, said, membership)).toEqual({ is: 'unchanged' });
      }),
    );
  });
});
