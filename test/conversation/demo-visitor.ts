/** Who talks in the tests unless a conversation says otherwise: the chef of the demo restaurant, at a kitchen display, or who has that part. */
import { cast } from './cast.ts';

export const restaurantOfVisitor = 'r-17';
export const [visitorOfTests, connectionTypeOfVisitor] = cast.receiver;
export const userIdOfVisitor = `u-${visitorOfTests}`;
/** Issuer alias and user id, as records name a verified user. */
export const userOfVisitor = `demo/${userIdOfVisitor}`;
