import { isOfDomain, isStillAuthorized } from '../access/authorization.ts';
import { everyRestaurant, type MembershipsFound } from '../access/membership.ts';
import type { Authenticated, Session } from '../connection/connection.ts';
import type { Ports, Unposted } from '../ports.ts';
import type { DeliveryPorts } from '../route-ports.ts';
import { hasExpired } from '../session/session.ts';
import { tellUnreadable } from '../session/unreadable-memberships.ts';
import { framesOf } from './frames.ts';
import type { Share } from './gate.ts';
import type { Numbered } from './numbering.ts';
import { type Outcome, postAll, putOut } from './posting.ts';
import { sessionsBeyond } from './session-limits.ts';

/** How long posting may take in all; the function has 10 s, and what is left over is posted again. */
const postingMs = 6_500;
/** Of the time of a run, for what comes after its posts: putting off what is left over, hiding what comes again. */
const leftAfterPostsMs = 1_500;

/** No post begins later. A run that had to read or number twice has less time for its posts. */
export const postedUntilMs = (ports: Pick<DeliveryPorts, 'now' | 'timeLeftMs'>): number =>
  ports.now() + Math.min(postingMs, ports.timeLeftMs() - leftAfterPostsMs);

export type Delivered = Readonly<{ posted: number; failed: number; unposted: readonly Unposted[] }>;

/**
 * Posts a restaurant's events to the sessions that may see them: the connection type is in the audience, the session has
 * not expired, its membership stands, and it is none too many. What was not posted stands in nobody's way: it is yielded.
 */
export const deliver =
  (ports: DeliveryPorts, share: Share) =>
  async (restaurantId: string, numbered: Numbered): Promise<Delivered> => {
    if (numbered.events.length === 0) return { posted: 0, failed: 0, unposted: [] };
    const { entitled, dismissed } = await judgedSessions(ports)(restaurantId);
    const beyond = sessionsBeyond(entitled, ports.limits);
    const framesFor = framesOf(ports.domain, restaurantId, numbered);
    const untilMs = postedUntilMs(ports);
    const end = putOut(ports, share, untilMs);
    const outcomes = await Promise.all([
      ...entitled
        .filter((connection) => !beyond.has(connection))
        .map((connection) => postAll(ports, share)(connection, framesFor(connection.session), untilMs)),
      ...dismissed.map((connection) => end(connection, `dismissal/${connection.connectionId}`, 'revoked')),
      ...[...beyond].map((connection) => end(connection, `limit/${connection.connectionId}`, 'too_many_sessions')),
    ]);
    return deliveredOf(restaurantId, numbered, outcomes);
  };

/**
 * The sessions of a restaurant as they are now: who may hear of it, and whose membership is gone. Expired ones are neither, and those
 * of another configuration: they hear at their next message how they go on.
 */
export const judgedSessions =
  (ports: DeliveryPorts) =>
  async (
    restaurantId: string,
  ): Promise<Readonly<{ entitled: readonly Authenticated[]; dismissed: readonly Authenticated[] }>> => {
    const [sessions, membershipsOf] = await Promise.all([
      ports.connections.sessionsAt(restaurantId),
      memberships(ports)(restaurantId),
    ]);
    const live = sessions.filter(
      ({ session }) => isOfDomain(ports.domain, session) && !hasExpired(session, ports.now()),
    );
    const isEntitled = await Promise.all(
      live.map(async ({ session }) => isStillAuthorized(ports.domain, session, await membershipsOf(session))),
    );
    return {
      entitled: live.filter((_, nth) => isEntitled[nth] === true),
      dismissed: live.filter((_, nth) => isEntitled[nth] !== true),
    };
  };

/** The sum of what became of each connection; who missed the same stands together. */
export const deliveredOf = (
  restaurantId: string,
  { epoch, events }: Pick<Numbered, 'epoch' | 'events'>,
  outcomes: readonly Outcome[],
): Delivered => {
  const missed = Map.groupBy(
    outcomes.flatMap((outcome) => outcome.missed ?? []),
    ({ fromSeq }) => fromSeq,
  );
  return {
    posted: outcomes.reduce((sum, { posted }) => sum + posted, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    unposted:
      missed.size === 0
        ? []
        : [
            {
              restaurantId,
              epoch,
              seqs: events.map(({ seq }) => seq),
              missed: [...missed].map(([fromSeq, all]) => ({ fromSeq, connections: all.map(({ key }) => key) })),
            },
          ],
  };
};

/** What the table says of a session's user; the platform's owners are looked up only where one of them is authenticated. */
const memberships =
  (ports: Pick<Ports, 'domain' | 'listMembers' | 'telemetry'>) =>
  async (restaurantId: string): Promise<(session: Session) => Promise<MembershipsFound>> => {
    const keyed = async (id: string) => {
      const listed = await ports.listMembers(id);
      tellUnreadable(ports)(listed);
      return new Map(listed.map((membership) => [keyOf(membership), membership]));
    };
    const here = await keyed(restaurantId);
    let everywhere: ReturnType<typeof keyed> | undefined;
    return async (session) => {
      const key = keyOf(session);
      if (!ports.domain.isOfEveryRestaurant(session.role)) return { here: here.get(key), everywhere: undefined };
      everywhere ??= keyed(everyRestaurant);
      return { here: here.get(key), everywhere: (await everywhere).get(key) };
    };
  };

const keyOf = ({ issuer, userId }: Readonly<{ issuer: string; userId: string }>): string =>
  JSON.stringify([issuer, userId]);
