/** Who talks in the tests unless a conversation says otherwise: the chef of the demo restaurant, at a kitchen display. */
export const restaurantOfVisitor = 'r-17';
export const connectionTypeOfVisitor = 'kitchen';
export const userIdOfVisitor = 'u-chef';
/** Issuer alias and user id, as records name a verified user. */
export const userOfVisitor = `demo/${userIdOfVisitor}`;
