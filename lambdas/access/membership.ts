/** One row of the membership table, as stored. `role` is unchecked text until `decideAccess` has read it. */
export type Membership = Readonly<{
  restaurantId: string;
  issuer: string;
  userId: string;
  role: string;
  connectionTypes?: readonly string[];
  /** Sessions whose token was issued before this moment are dead. */
  revokedBeforeMs?: number;
}>;

/** The restaurant under which a platform owner's membership is stored. No client can name it. */
export const everyRestaurant = '*';

/** What the table holds for one user: the row of the restaurant and the platform's. */
export type MembershipsFound = Readonly<{ here: Membership | undefined; everywhere: Membership | undefined }>;
