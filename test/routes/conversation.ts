/** A conversation with the routes in memory, from the handshake on. */
import type { RateLimits } from '../../config-schema/rate-limits.ts';
import type { ConnectSettings } from '../../lambdas/routes/connect.ts';
import { drainQueue, platform, type Visitor } from '../memory/platform.ts';
import { generousLimits, memoryWorld, startMs, tokenOf } from '../memory/world.ts';

export const deadlineMs = startMs + 5_000;

/** An `authenticate` of the chef of r-17, with other fields where told. */
export const authenticateText = (fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    type: 'authenticate',
    token: tokenOf('u-chef'),
    restaurant_id: 'r-17',
    connection_type: 'kitchen',
    ...fields,
  });

export const pingText = JSON.stringify({ type: 'ping' });

/** A world, its platform, and a clock that moves by so many milliseconds. */
export const emptyRoom = (
  settings?: Partial<ConnectSettings>,
  limits: Partial<RateLimits> = {},
  sandboxes?: Parameters<typeof memoryWorld>[2],
  trustedAddresses?: readonly string[],
) => {
  const world = memoryWorld(undefined, { ...generousLimits, ...limits }, sandboxes, trustedAddresses);
  const door = platform(world, settings);
  return {
    world,
    door,
    wait: (ms: number) => {
      world.clock.nowMs += ms;
    },
    /** Delivers every queue message when it is due, until none is left. */
    letTimersRun: () => drainQueue(world, door),
  };
};

export type Room = ReturnType<typeof emptyRoom>;

/** Somebody has connected and said nothing yet. */
export const connected = async (visitor?: Visitor): Promise<Room> => {
  const room = emptyRoom();
  await room.door.connect(visitor);
  return room;
};

/** The chef of r-17 sits at the kitchen display. */
export const authenticated = async (fields?: Readonly<Record<string, unknown>>, visitor?: Visitor): Promise<Room> => {
  const room = await connected(visitor);
  await room.door.say(authenticateText(fields));
  if (room.door.rowOf()?.status !== 'authenticated') throw new Error('the chef was not authenticated');
  return room;
};
