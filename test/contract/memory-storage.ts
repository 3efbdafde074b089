import { randomBytes } from 'node:crypto';
import { enrol } from '../memory/memberships.ts';
import type { Fate } from '../memory/port-call.ts';
import { memoryPassKeys } from '../memory/pass-keys.ts';
import { memoryWorld } from '../memory/world.ts';
import type { Storage } from './storage.ts';

/** The ports in memory, as the routes' tests use them. */
export const memoryStorage = async (): Promise<Storage> => {
  const world = memoryWorld();
  let next: Fate = 'done';
  const { ports } = world.ports(() => {
    const fate = next;
    next = 'done';
    return fate;
  });
  return {
    ...ports,
    passKeyTable: memoryPassKeys(
      { keys: undefined },
      async (_call, apply) => apply(),
      () => randomBytes(32).toString('base64url'),
    ),
    enrol: async (membership) => enrol(world.memberships, membership),
    loseNextAnswer: () => {
      next = 'retried';
    },
    close: async () => {},
  };
};
