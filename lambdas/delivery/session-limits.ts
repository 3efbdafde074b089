import type { Authenticated } from '../connection/connection.ts';

/** How many sessions there may be at one restaurant: of one user, and of all. */
export type SessionLimits = Readonly<{ sessionsPerUser: number; sessionsPerRestaurant: number }>;

/**
 * Which of a restaurant's sessions are too many. Of a user the oldest go: those whose devices are gone without a word are among
 * them, and a device that comes back finds its place. Of a restaurant the newest go, so that a crowd puts out nobody who was there.
 */
export const sessionsBeyond = (
  sessions: readonly Authenticated[],
  { sessionsPerUser, sessionsPerRestaurant }: SessionLimits,
): ReadonlySet<Authenticated> => {
  const oldestFirst = sessions.toSorted(byAge);
  const ofUser = new Map<string, Authenticated[]>();
  for (const connection of oldestFirst) {
    const key = JSON.stringify([connection.session.issuer, connection.session.userId]);
    ofUser.set(key, [...(ofUser.get(key) ?? []), connection]);
  }
  const beyond = new Set(
    [...ofUser.values()].flatMap((own) => own.slice(0, Math.max(0, own.length - sessionsPerUser))),
  );
  for (const newest of oldestFirst.filter((connection) => !beyond.has(connection)).slice(sessionsPerRestaurant))
    beyond.add(newest);
  return beyond;
};

const byAge = (one: Authenticated, other: Authenticated): number =>
  one.connectedAtMs - other.connectedAtMs || (one.connectionId < other.connectionId ? -1 : 1);
