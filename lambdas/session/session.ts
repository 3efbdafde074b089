/** How a session ends by our doing. */
import type { ClosingReason } from '../../protocol/reasons.ts';
import { authSuccess, closing, errorReply, type Frame, type HeadFound } from '../../protocol/server-messages.ts';
import { noReply, type Reply, reply } from '../apigateway/events.ts';
import { sendAndClose } from '../apigateway/send-and-close.ts';
import type {
  Authenticated,
  Closing,
  FoundConnection,
  Handshake,
  Session,
  UnrecognizedRow,
} from '../connection/connection.ts';
import type { UntakenFrame } from '../connection/platform-close.ts';
import type { FailedPart, KnownHead, Ports, UnreadHead } from '../ports.ts';
import { distrustMember, reentryPass } from '../reentry/reentry.ts';
import type { ClosePorts } from '../route-ports.ts';
import type { AuditRecord } from '../security/audit-record.ts';
import { sessionRecord } from '../security/audit-records.ts';
import { writeAudit } from '../security/audit-writer.ts';

export const hasExpired = (session: Session, atMs: number): boolean => session.sessionExpiresAtMs <= atMs;

/** The record of a session's end: one a session, whoever writes it. */
export const endRecord = (
  handshake: Handshake,
  session: Session,
  reason: ClosingReason | 'client_left' | UntakenFrame,
  atMs: number,
): AuditRecord => {
  switch (reason) {
    case 'client_left':
    case 'binary_frame':
    case 'encoding_invalid':
    case 'frame_too_large':
      return sessionRecord(handshake, session, 'end', 'session_ended', reason, atMs);
    case 'session_expired':
      return sessionRecord(handshake, session, 'end', 'session_expired', 'lifetime_over', atMs);
    case 'revoked':
      return sessionRecord(handshake, session, 'end', 'session_revoked', 'membership_revoked', atMs);
    case 'too_many_sessions':
      return sessionRecord(handshake, session, 'end', 'session_ended', 'too_many_sessions', atMs);
    case 'access_denied':
    case 'token_invalid':
    case 'token_expired':
    case 'rate_limited':
    case 'going_away':
    case 'unavailable':
      return sessionRecord(handshake, session, 'end', 'session_ended', 'closed_by_us', atMs);
  }
};

/** Answers a session, unless it is over by now: then it is closed. */
export const answerSession =
  (ports: ClosePorts) =>
  async (connection: Authenticated, ownerId: string, answer: (nowMs: number) => Frame): Promise<Reply> => {
    const nowMs = ports.now();
    if (!hasExpired(connection.session, nowMs)) return reply(answer(nowMs));
    await closeSession(ports)(connection, ownerId, 'session_expired');
    return noReply;
  };

/**
 * Answers an activation or a renewal by what is there now: a session, whoever moved it on last, or none. With the head that its
 * memberships brought; it is read where they did not, unless its key is throttled, or nobody asked for them.
 */
export const answerAsFound =
  (ports: ClosePorts & Pick<Ports, 'streams' | 'passKeys' | 'eventRetentionMs' | 'pingIntervalMs'>) =>
  async (found: FoundConnection | undefined, ownerId: string, known?: KnownHead | UnreadHead): Promise<Reply> => {
    if (found?.status === 'authenticated') {
      const [head, pass] = await Promise.all([headFound(ports)(found, known), reentryPass(ports)(found.session)]);
      return answerSession(ports)(found, ownerId, (nowMs) =>
        authSuccess(
          { connectionId: found.connectionId, ...found.session },
          head,
          { retentionMs: ports.eventRetentionMs, pingIntervalMs: ports.pingIntervalMs },
          nowMs,
          pass,
        ),
      );
    }
    if (found?.status === 'unrecognized') return answerUnrecognized(ports)(found, 'seat');
    if (found?.status === 'closing') await finishClosing(ports)(found);
    return noReply;
  };

/** Leaves a row to the version that knows it; its client hears that it cannot be served now, and keeps its socket. */
export const answerUnrecognized =
  (ports: Pick<Ports, 'telemetry' | 'now'>) =>
  (row: UnrecognizedRow, part: FailedPart, messageId?: string): Reply => {
    ports.telemetry.failed(part, row, new UnrecognizedRowError());
    return reply(errorReply('unavailable', ports.now(), messageId));
  };

/** Told to the people on call: where no later version is being rolled out, the row is broken. */
class UnrecognizedRowError extends Error {
  readonly code = 'ROW_UNRECOGNIZED';

  constructor() {
    super('a row of the connection table is none that this version knows');
    this.name = 'UnrecognizedRowError';
  }
}

/** A session is a session though its restaurant's events cannot be read: a later answer will tell. */
const headFound =
  (ports: Pick<Ports, 'streams' | 'telemetry'>) =>
  async (connection: Authenticated, brought: KnownHead | UnreadHead | undefined): Promise<HeadFound> => {
    const { restaurantId } = connection.session;
    const isUnread = typeof brought === 'object' && 'unread' in brought;
    if (isUnread) ports.telemetry.failed('head', connection, brought.error);
    if (isUnread && brought.unread === 'throttled') return 'unknown';
    try {
      const known = isUnread ? undefined : brought;
      const head = known ?? (await ports.streams.readHead(restaurantId)) ?? 'none';
      if (head === 'none') await remember(ports)(connection, restaurantId);
      return head;
    } catch (error) {
      ports.telemetry.failed('head', connection, error);
      return 'unknown';
    }
  };

/** Its first event may come from a backend when nobody is a member any more. */
const remember =
  (ports: Pick<Ports, 'streams' | 'telemetry'>) =>
  async (connection: Authenticated, restaurantId: string): Promise<void> => {
    try {
      await ports.streams.remember(restaurantId);
    } catch (error) {
      ports.telemetry.failed('head', connection, error);
    }
  };

/** Ends a session: the row, then the record, then the last message and the close. The first reason stands. */
export const closeSession =
  (ports: ClosePorts) =>
  async (connection: Authenticated, ownerId: string, reason: ClosingReason): Promise<void> => {
    const outcome = await ports.connections.close(connection, ownerId, reason);
    if (outcome.moved) {
      if (reason === 'revoked' || reason === 'access_denied') await distrustMember(ports)(connection);
      return finishClosing(ports)(outcome.connection);
    }
    if (outcome.found?.status === 'closing') return finishClosing(ports)(outcome.found);
  };

/** What follows a committed closing; may be done again, any number of times. */
export const finishClosing =
  (ports: ClosePorts) =>
  async (connection: Closing): Promise<void> => {
    await writeAudit(ports)(endRecord(connection, connection.session, connection.closingReason, ports.now()));
    await sendAndClose(ports)(
      connection,
      closing(connection.closingReason, ports.now(), connection.session.lastMessage),
    );
  };

/**
 * A session of another configuration may do nothing under this one, and its membership was not asked. It may be from before this
 * one or, while both run, from after it: its client hears that it should come again, and whoever is in force then decides.
 */
export const endOfAnotherDomain =
  (ports: ClosePorts) =>
  (connection: Authenticated, ownerId: string): Promise<void> =>
    closeSession(ports)(connection, ownerId, 'going_away');

/** A session that goes on sending after a whole burst of refusals is ended. */
export const endFlood =
  (ports: ClosePorts) =>
  async (connection: Authenticated, ownerId: string): Promise<void> => {
    const record = sessionRecord(
      connection,
      connection.session,
      'messages',
      'rate_limit_exceeded',
      'too_many_messages',
      ports.now(),
    );
    await writeAudit(ports)(record);
    await closeSession(ports)(connection, ownerId, 'rate_limited');
  };
