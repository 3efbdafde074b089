/** Where it is kept what a user may do, and how far a restaurant's events have come. */
export type AuthorizationTables = Readonly<{ memberships: string; events: string }>;
