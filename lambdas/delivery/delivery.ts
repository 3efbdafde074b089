import { eventFrame, packed } from '../../protocol/event-messages.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { isVisibleTo } from '../../protocol/restaurant-events.ts';
import type { Frame } from '../../protocol/server-messages.ts';
import { isStillAuthorized } from '../access/authorization.ts';
import { everyRestaurant, type MembershipsFound } from '../access/membership.ts';
import type { Authenticated, Session } from '../connection/connection.ts';
import type { Ports } from '../ports.ts';
import type { DeliveryPorts } from '../route-ports.ts';
import { writeAudit } from '../security/audit-writer.ts';
import { closeSession, endRecord, hasExpired } from '../session/session.ts';
import type { Numbered } from './numbering.ts';

/** How long posting may take in all; the function has 10 s, and what is left over is pulled by the clients. */
const postingMs = 5_000;
/** A post that failed is tried once more, this much later. */
const retryAfterMs = 150;

type Posted = Readonly<{ posted: number; failed: number }>;

/**
 * Posts a restaurant's events to the sessions that may see them: the connection type is in the audience, the session has
 * not expired, its membership stands. A post that fails stands in nobody's way; the client sees the hole and pulls.
 */
export const deliver =
  (ports: DeliveryPorts) =>
  async (restaurantId: string, numbered: Numbered): Promise<Posted> => {
    if (numbered.events.length === 0) return { posted: 0, failed: 0 };
    const [sessions, membershipsOf] = await Promise.all([
      ports.connections.sessionsAt(restaurantId),
      memberships(ports)(restaurantId),
    ]);
    const untilMs = ports.now() + postingMs;
    const framesFor = frames(restaurantId, numbered);
    const outcomes = await Promise.all(
      sessions.map(async (connection): Promise<Posted> => {
        const { session } = connection;
        if (hasExpired(session, ports.now())) return { posted: 0, failed: 0 };
        if (!isStillAuthorized(session, await membershipsOf(session))) {
          await closeRevoked(ports)(connection);
          return { posted: 0, failed: 0 };
        }
        return postAll(ports)(connection, framesFor(session), untilMs);
      }),
    );
    return {
      posted: outcomes.reduce((sum, { posted }) => sum + posted, 0),
      failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    };
  };

/** What the table says of a session's user; the platform's owners are looked up only where one of them is authenticated. */
const memberships =
  (ports: Pick<Ports, 'listMembers'>) =>
  async (restaurantId: string): Promise<(session: Session) => Promise<MembershipsFound>> => {
    const keyed = async (id: string) =>
      new Map((await ports.listMembers(id)).map((membership) => [keyOf(membership), membership]));
    const here = await keyed(restaurantId);
    let everywhere: ReturnType<typeof keyed> | undefined;
    return async (session) => {
      const key = keyOf(session);
      if (session.role !== 'platform_owner') return { here: here.get(key), everywhere: undefined };
      everywhere ??= keyed(everyRestaurant);
      return { here: here.get(key), everywhere: (await everywhere).get(key) };
    };
  };

const keyOf = ({ issuer, userId }: Readonly<{ issuer: string; userId: string }>): string =>
  JSON.stringify([issuer, userId]);

/** The frames of one kind of session, made once for all of that kind. */
const frames = (restaurantId: string, { events, epoch }: Numbered): ((session: Session) => readonly Frame[]) => {
  const made = new Map<string, readonly Frame[]>();
  const make = (connectionType: ConnectionType, batch: boolean): readonly Frame[] => {
    const single = events
      .filter((event) => isVisibleTo(event, connectionType))
      .map((event) => eventFrame(event, { restaurantId, epoch, connectionType }));
    return batch ? packed(single) : single;
  };
  return ({ connectionType, batch }) => {
    const kind = `${connectionType} ${batch}`;
    const ready = made.get(kind) ?? make(connectionType, batch);
    made.set(kind, ready);
    return ready;
  };
};

/** One session's frames, in order. After one that failed only the last is tried: it shows the client what is missing. */
const postAll =
  (ports: DeliveryPorts) =>
  async (connection: Authenticated, all: readonly Frame[], untilMs: number): Promise<Posted> => {
    let posted = 0;
    let next = 0;
    for (const [nth, frame] of all.entries()) {
      if (nth < next) continue;
      const outcome = await postOne(ports)(connection, frame, untilMs);
      if (outcome === 'gone') {
        await removeGone(ports)(connection);
        return { posted, failed: 0 };
      }
      if (outcome === 'sent') posted += 1;
      else next = all.length - 1;
    }
    return { posted, failed: all.length - posted };
  };

const postOne =
  (ports: DeliveryPorts) =>
  async (
    { connectionId, session }: Authenticated,
    frame: Frame,
    untilMs: number,
  ): Promise<'sent' | 'gone' | 'failed'> => {
    for (const waitMs of [0, retryAfterMs]) {
      if (waitMs > 0) await ports.pause(waitMs);
      const nowMs = ports.now();
      if (nowMs >= untilMs || hasExpired(session, nowMs)) return 'failed';
      try {
        return await ports.sockets.post(connectionId, frame);
      } catch {
        // Throttled, a full buffer or trouble of the platform: once more, then the client's replay heals it.
      }
    }
    return 'failed';
  };

/** A socket that is gone: its end is recorded before its row goes, as `$disconnect` would have done. */
const removeGone =
  (ports: DeliveryPorts) =>
  async (connection: Authenticated): Promise<void> => {
    try {
      await writeAudit(ports)(endRecord(connection, connection.session, 'client_left', ports.now()));
      await ports.connections.end(connection, 'authenticated', { endedBy: 'gone', atMs: ports.now() });
    } catch (error) {
      ports.telemetry.failed('fan_out', connection, error);
    }
  };

/** A session whose membership is gone hears so instead of the event. */
const closeRevoked =
  (ports: DeliveryPorts) =>
  async (connection: Authenticated): Promise<void> => {
    try {
      await closeSession(ports)(connection, `dismissal/${connection.connectionId}`, 'revoked');
    } catch (error) {
      ports.telemetry.failed('fan_out', connection, error);
    }
  };
