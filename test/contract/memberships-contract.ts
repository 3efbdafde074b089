/** What every membership table must do, whatever it is made of. */
import { expect, test } from '@jest/globals';
import { type Membership, noRole } from '../../lambdas/access/membership.ts';
import type { Storage } from './storage.ts';

const chef: Membership = {
  restaurantId: 'r-17',
  issuer: 'demo',
  userId: 'u-chef',
  role: 'employee',
  connectionTypes: ['kitchen'],
  revokedBeforeMs: 1_764_000_000_000,
};

export const membershipsContract = (storage: () => Storage): void => {
  let made = 0;
  /** A user of its own for each test, enrolled as told. */
  const enrolled = async (...restaurants: readonly string[]) => {
    const user = { issuer: 'demo', userId: `u-${++made}` };
    const rows = restaurants.map((restaurantId) => ({ ...chef, ...user, restaurantId }));
    for (const row of rows) await storage().enrol(row);
    return { user, rows };
  };

  test.each([
    { who: 'a member', of: ['r-17'], here: 'r-17', everywhere: undefined },
    { who: 'a platform owner', of: ['*'], here: undefined, everywhere: '*' },
    { who: 'both', of: ['r-17', '*'], here: 'r-17', everywhere: '*' },
    { who: 'a member elsewhere', of: ['r-99'], here: undefined, everywhere: undefined },
    { who: 'nobody', of: [], here: undefined, everywhere: undefined },
  ])('looking up $who finds the row here and the row everywhere', async ({ of, here, everywhere }) => {
    const { user, rows } = await enrolled(...of);
    const rowOf = (restaurantId: string | undefined) => rows.find((row) => row.restaurantId === restaurantId);
    expect(await storage().findMemberships('r-17', user)).toMatchObject({
      here: rowOf(here),
      everywhere: rowOf(everywhere),
    });
  });

  test.each(['', '*', ' r-17', 'r-17 ', '-', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln', 'r'.repeat(65), 'r'.repeat(3_000)])(
    'what can be no id is looked up like any other, and found nowhere: %j',
    async (restaurantId) => {
      const { user } = await enrolled('r-17');
      expect(await storage().findMemberships(restaurantId, user)).toMatchObject({
        here: undefined,
        everywhere: undefined,
      });
    },
  );

  test('asking for every restaurant by its stored name is no row here', async () => {
    const { user, rows } = await enrolled('*');
    expect(await storage().findMemberships('*', user)).toMatchObject({ here: undefined, everywhere: rows[0] });
  });

  test('a membership without narrowing or revocation reads without them', async () => {
    const { connectionTypes: _, revokedBeforeMs: __, ...plain } = { ...chef, userId: 'u-plain' };
    await storage().enrol(plain);
    expect((await storage().findMemberships('r-17', plain)).here).toEqual(plain);
  });

  test.each([
    { why: 'and was revoked before', ...chef },
    { why: 'and was not revoked', ...chef, revokedBeforeMs: undefined },
    { why: 'and is a member of nothing', ...chef, role: noRole, revokedBeforeMs: undefined },
  ])('somebody who is suspended $why reads as that', async ({ why: _, revokedBeforeMs, ...row }) => {
    const membership = {
      ...row,
      userId: `u-suspended-${++made}`,
      suspendedAtMs: 1_764_000_500_000,
      ...(revokedBeforeMs === undefined ? {} : { revokedBeforeMs }),
    };
    await storage().enrol(membership);
    expect((await storage().findMemberships('r-17', membership)).here).toEqual(membership);
  });

  test.each([
    { why: 'of a restaurant that had none', had: false },
    { why: 'of a member', had: true },
  ])('the head of the events comes with the memberships: $why', async ({ had }) => {
    const restaurantId = `r-head-${had}`;
    const head = { epoch: 'e-1', headSeq: 1, headSeqOf: { kitchen: 1 } };
    if (had) await storage().streams.advance(restaurantId, undefined, head);
    expect((await storage().findMemberships(restaurantId, chef)).head).toEqual(had ? head : 'none');
  });

  test('a change shows at the next look', async () => {
    const { user, rows } = await enrolled('r-17');
    await storage().enrol({ ...chef, ...user, role: 'manager' });
    expect((await storage().findMemberships('r-17', user)).here).toEqual({ ...rows[0], role: 'manager' });
  });

  test.each([
    { why: 'another issuer', restaurantId: 'r-17', issuer: 'demo-2', userId: 'u#collides' },
    { why: 'the separator moved into the user id', restaurantId: 'r-17', issuer: 'demo', userId: 'collides' },
    { why: 'other capitals', restaurantId: 'R-17', issuer: 'demo', userId: 'u#collides' },
    { why: 'a longer restaurant id', restaurantId: 'r-17#M', issuer: 'demo', userId: 'u#collides' },
  ])('no id is taken for $why', async ({ restaurantId, issuer, userId }) => {
    await storage().enrol({ ...chef, userId: 'u#collides' });
    const found = await storage().findMemberships(restaurantId, { issuer, userId });
    expect(found).toMatchObject({ here: undefined, everywhere: undefined });
  });
};
