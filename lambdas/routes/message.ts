import { type ClientMessage, parseClientMessage } from '../../protocol/client-messages.ts';
import { errorReply, pong } from '../../protocol/server-messages.ts';
import { isOfDomain, isStillAuthorized } from '../access/authorization.ts';
import { type Arrival, arrivalOf, type MessageEvent, noReply, type Reply, reply } from '../apigateway/events.ts';
import { closeUnknown, hearEnded, refuseAttempt, timeOutAttempt } from '../attempt/attempt-ends.ts';
import { acquireLease, endWithoutLease } from '../attempt/lease.ts';
import { type Refusal, refusal } from '../attempt/refusal.ts';
import type { Authenticated, Pending } from '../connection/connection.ts';
import type { Authorization, ReadSession } from '../ports.ts';
import type { ClosePorts, MessagePorts } from '../route-ports.ts';
import { publish } from '../session/publish.ts';
import { replay } from '../session/replay.ts';
import {
  answerUnrecognized,
  closeSession,
  endFlood,
  endOfAnotherDomain,
  finishClosing,
  hasExpired,
} from '../session/session.ts';
import { who } from '../session/who.ts';
import { tellUnreadable } from '../session/unreadable-memberships.ts';

/**
 * The `$default` route: every message that is not `authenticate`. What the client is allowed is decided by its row and
 * by this parse of the frame; the route key is the client's word.
 */
export const message =
  (ports: MessagePorts) =>
  async (event: MessageEvent): Promise<Reply> => {
    const arrival = arrivalOf(event);
    if (ports.knownClosed.has(arrival.key)) return noReply;
    const said = parseClientMessage(event.body ?? '', ports.domain, ports.judgeData);
    let authenticated: Awaited<ReturnType<ReadSession>>;
    try {
      const again = async () => ({ connection: await ports.connections.read(arrival.key), authorization: undefined });
      authenticated = await ports.readSession(arrival.key, headFor(said)).catch(again);
    } catch (error) {
      // A session stays while its row cannot be read, and so does a connection that has none: it is told nothing else.
      ports.telemetry.failed('message', arrival.key, error);
      return reply(errorReply('unavailable', ports.now()));
    }
    const { connection, authorization } = authenticated;
    switch (connection?.status) {
      case undefined:
        await closeUnknown(ports)(arrival.key);
        return noReply;
      case 'pending':
        await refuseUnauthenticated(ports)(connection, said, arrival);
        return noReply;
      case 'authenticated':
        return serve(ports)(connection, authorization, said, arrival);
      case 'closing':
        await finishClosing(ports)(connection);
        return noReply;
      case 'ended':
        await hearEnded(ports)(connection);
        return noReply;
      case 'unrecognized':
        return answerUnrecognized(ports)(connection, 'message', idOf(said));
      // Being decided: nothing is served and nothing changes.
      case 'verifying':
      case 'granting':
        return noReply;
      // Decided and being closed.
      case 'refused':
      case 'timed_out':
      case 'lapsed':
      case 'unseated':
        ports.knownClosed.add(arrival.key);
        return noReply;
    }
  };

/** Anything but `authenticate` uses up a pending connection's one attempt. */
const refuseUnauthenticated =
  (ports: ClosePorts) =>
  async (pending: Pending, said: ClientMessage, arrival: Arrival): Promise<void> => {
    const { ownerId, arrivedAtMs } = arrival;
    const nowMs = ports.now();
    const lease = await acquireLease(ports)(arrival);
    if (lease === 'unavailable') {
      await endWithoutLease(ports)(arrival, pending);
      return;
    }
    if (lease.moved) return refuseAttempt(ports)(lease.connection, refusalOf(lease.connection, said, nowMs));
    if (lease.found?.status === 'pending')
      await timeOutAttempt(ports)(pending, { ownerId, atMs: Math.max(nowMs, arrivedAtMs), detail: 'late' });
  };

const refusalOf = (pending: Parameters<typeof refusal>[0], said: ClientMessage, nowMs: number): Refusal => {
  switch (said.kind) {
    case 'malformed':
      return refusal(pending, 'malformed_message', 'malformed_message', said.problem, nowMs);
    // An `authenticate` that the platform routed elsewhere: the frame names its type twice.
    case 'authenticate':
      return refusal(pending, 'malformed_message', 'malformed_message', 'route_differs', nowMs);
    case 'ping':
    case 'replay':
    case 'publish':
    case 'who':
    case 'unusable':
    case 'other':
      return refusal(pending, 'expected_authentication', 'expected_authentication', 'not_authenticate', nowMs);
  }
};

const serve =
  (ports: MessagePorts) =>
  async (
    connection: Authenticated,
    readWithIt: Authorization | undefined,
    said: ClientMessage,
    { ownerId }: Arrival,
  ): Promise<Reply> => {
    const nowMs = ports.now();
    const { session } = connection;
    if (hasExpired(session, nowMs)) {
      await closeSession(ports)(connection, ownerId, 'session_expired');
      return noReply;
    }
    if (!isOfDomain(ports.domain, session)) {
      await endOfAnotherDomain(ports)(connection, ownerId);
      return noReply;
    }
    const outcome = ports.messageLimiter(connection, said.kind === 'ping' ? 'ping' : 'message', nowMs);
    if (outcome === 'flood') {
      await endFlood(ports)(connection, ownerId);
      return noReply;
    }
    if (outcome === 'over') return reply(errorReply('rate_limited', nowMs, idOf(said)));
    const authorization = readWithIt ?? (await authorizationOf(ports)(connection, said));
    if (authorization === 'unknown') return reply(errorReply('unavailable', nowMs, idOf(said)));
    if (!isStillAuthorized(ports.domain, session, authorization.memberships)) {
      tellUnreadable(ports)(Object.values(authorization.memberships), connection);
      await closeSession(ports)(connection, ownerId, 'revoked');
      return noReply;
    }
    switch (said.kind) {
      case 'ping':
        return reply(pong(session, authorization.head ?? 'none', nowMs));
      case 'replay':
        return replay(ports)(connection, authorization.head, said);
      case 'publish':
        return publish(ports)(connection, authorization.head, said, ownerId);
      case 'who':
        return who(ports)(connection, said);
      case 'malformed':
      case 'unusable':
      case 'authenticate':
        return reply(errorReply('malformed_message', nowMs, idOf(said), 'field' in said ? said.field : undefined));
      case 'other':
        return reply(errorReply('unknown_type', nowMs, said.id));
    }
  };

/** The membership is asked at every message, so that a dismissed employee is out at the next one. */
const authorizationOf =
  (ports: MessagePorts) =>
  async (connection: Authenticated, said: ClientMessage): Promise<Authorization | 'unknown'> => {
    try {
      return await ports.readAuthorization(connection.session, headFor(said));
    } catch (error) {
      ports.telemetry.failed('message', connection, error);
      return 'unknown';
    }
  };

/** Heartbeats may tell of a head a moment late; a replay ends at it. */
const headFor = (said: ClientMessage): 'newest' | 'recent' => (said.kind === 'replay' ? 'newest' : 'recent');

const idOf = (said: ClientMessage): string | undefined => ('id' in said ? said.id : undefined);
