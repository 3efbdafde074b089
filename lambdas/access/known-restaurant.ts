import type { Ports } from '../ports.ts';

type KnownPorts = Readonly<{ streams: Pick<Ports['streams'], 'isRemembered'> }> &
  Pick<Ports, 'listMembers' | 'isNamedByIssuer'>;

/**
 * Whether there is such a restaurant, where it has no events yet: nothing says so but that the entry of an issuer names it as one
 * where its tokens let somebody in, that somebody is a member of it, or that somebody was let in there at some time.
 */
export const isKnownRestaurant =
  ({ streams, listMembers, isNamedByIssuer }: KnownPorts) =>
  async (restaurantId: string): Promise<boolean> =>
    isNamedByIssuer(restaurantId) || (await listMembers(restaurantId)).length > 0 || streams.isRemembered(restaurantId);
