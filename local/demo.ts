import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { TableBlueprint } from './blueprint/tables.ts';
import { type Engine, mustCall } from './engines/engine.ts';

/** Somebody of the demo, by name. */
export type DemoUser = string;

/** The people of a stage's demo. */
export type Demo = Readonly<{
  /** Those of the demo's restaurant, then the stranger, who is a member of nothing, and the rival, who is one elsewhere. */
  users: readonly DemoUser[];
  members: readonly DemoUser[];
  isUser: (value: unknown) => value is DemoUser;
  /** Where a demo user works; of a user who is a member of nothing, the demo's own restaurant. */
  restaurantOf: (user: DemoUser) => string;
  memberships: readonly Readonly<{ restaurant: string; user: DemoUser; role: string }>[];
}>;

export const demoRestaurant = 'r-17';
export const rivalRestaurant = 'r-99';

export const stranger = 'stranger';
export const rival = 'rival';

/** What the issuer of the local stage is called, in its configuration and in the keys of memberships. */
export const demoIssuerAlias = 'demo';

/** The name that a stage's configuration has for the issuer of this machine, wherever that listens. */
export const issuerName = 'http://issuer.maitred.localhost';

/** The audience the local stage expects in tokens. */
export const demoAudience = 'maitred-demo';

/** The claim by which a token of the local stage may make its user a member, as its configuration says: roles by restaurant. */
export const demoMembershipClaim = 'restaurants';

/** The user id in tokens and memberships. */
export const demoUserId = (user: DemoUser): string => `u-${user}`;

/** The demo of a stage whose configuration has these users, each with a role. The rival has that of the first. */
export const demoOf = (roleOf: Readonly<Record<DemoUser, string>>): Demo => {
  const members = Object.keys(roleOf);
  const users = [...members, stranger, rival];
  const memberships = [
    ...Object.entries(roleOf).map(([user, role]) => ({ restaurant: demoRestaurant, user, role })),
    ...Object.values(roleOf)
      .slice(0, 1)
      .map((role) => ({ restaurant: rivalRestaurant, user: rival, role })),
  ];
  return {
    users,
    members,
    isUser: (value): value is DemoUser => users.some((user) => user === value),
    restaurantOf: (user) => memberships.find((one) => one.user === user)?.restaurant ?? demoRestaurant,
    memberships,
  };
};

const StageFile = v.object({ demoUsers: v.optional(v.record(v.string(), v.string()), {}) });

/** The demo that the stage's file beside the functions' code says; where there is none, or none in it, nobody. */
export const demoIn = (stageFile: string | undefined): Demo =>
  demoOf(stageFile === undefined ? {} : v.parse(StageFile, JSON.parse(readFileSync(stageFile, 'utf8'))).demoUsers);

/** Writes the demo's memberships into a new table. */
export const seedDemo = async (dynamodb: Engine, table: TableBlueprint['name'], demo: Demo): Promise<void> => {
  for (const { restaurant, user, role } of demo.memberships) {
    const row = {
      pk: `R#${restaurant}`,
      sk: `M#${demoIssuerAlias}#${demoUserId(user)}`,
      restaurant_id: restaurant,
      issuer: demoIssuerAlias,
      user_id: demoUserId(user),
      role,
    };
    const Item = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { S: value }]));
    await mustCall(dynamodb, 'PutItem', { TableName: table, Item });
  }
};
