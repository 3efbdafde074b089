import type { Ports } from '../ports.ts';

type KnownPorts = Readonly<{ streams: Pick<Ports['streams'], 'isRemembered'> }> & Pick<Ports, 'listMembers'>;

/**
 * Whether there is such a restaurant, where it has no events yet: nothing says so but that somebody is a member of it, or was let
 * in there at some time.
 */
export const isKnownRestaurant =
  ({ streams, listMembers }: KnownPorts) =>
  async (restaurantId: string): Promise<boolean> =>
    (await listMembers(restaurantId)).length > 0 || streams.isRemembered(restaurantId);
