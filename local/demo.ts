import type { TableBlueprint } from './blueprint/tables.ts';
import { type Engine, mustCall } from './engines/engine.ts';

/** The people of the demo. `stranger` belongs to no restaurant, `rival` to another one. */
export const demoUsers = ['owner', 'manager', 'chef', 'cashier', 'stranger', 'rival'] as const;

export type DemoUser = (typeof demoUsers)[number];

export const demoRestaurant = 'r-17';
export const rivalRestaurant = 'r-99';

/** What the issuer of the local stage is called, in its configuration and in the keys of memberships. */
export const demoIssuerAlias = 'demo';

/** The audience the local stage expects in tokens. */
export const demoAudience = 'maitred-demo';

/** The claim by which a token of the local stage may make its user a member, as its configuration says: roles by restaurant. */
export const demoMembershipClaim = 'restaurants';

export const isDemoUser = (value: unknown): value is DemoUser => demoUsers.some((user) => user === value);

/** The user id in tokens and memberships. */
export const demoUserId = (user: DemoUser): string => `u-${user}`;

export const demoMemberships: readonly {
  readonly restaurant: string;
  readonly user: DemoUser;
  readonly role: string;
}[] = [
  { restaurant: demoRestaurant, user: 'owner', role: 'restaurant_owner' },
  { restaurant: demoRestaurant, user: 'manager', role: 'manager' },
  { restaurant: demoRestaurant, user: 'chef', role: 'employee' },
  { restaurant: demoRestaurant, user: 'cashier', role: 'employee' },
  { restaurant: rivalRestaurant, user: 'rival', role: 'restaurant_owner' },
];

/** Where a demo user works; of a user who is a member of nothing, the demo's own restaurant. */
export const demoRestaurantOf = (user: DemoUser): string =>
  demoMemberships.find((one) => one.user === user)?.restaurant ?? demoRestaurant;

/** Writes the demo's memberships into a new table. */
export const seedDemo = async (dynamodb: Engine, table: TableBlueprint['name']): Promise<void> => {
  for (const { restaurant, user, role } of demoMemberships) {
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
