import {
  type AuthenticateMessage,
  type ClientMessage,
  type Dialect,
  parseClientMessage,
} from '../../protocol/client-messages.ts';
import type { JudgeData } from '../../protocol/data-judge.ts';
import { maxUserIdChars } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import { type RefusalReason, refusals } from '../../protocol/reasons.ts';
import { authError, errorReply } from '../../protocol/server-messages.ts';
import { type AccessGranted, claimedRestaurantId, decideAccess } from '../access/decide-access.ts';
import { isOfDomain } from '../access/authorization.ts';
import { type Arrival, arrivalOf, type MessageEvent, noReply, type Reply, reply } from '../apigateway/events.ts';
import { sendAndClose } from '../apigateway/send-and-close.ts';
import {
  abandonGrant,
  closeUnknown,
  finishAbandoned,
  hearEnded,
  refuseAttempt,
  timeOutAttempt,
} from '../attempt/attempt-ends.ts';
import { acquireLease, endWithoutLease, refuseWithoutLease } from '../attempt/lease.ts';
import { type Refusal, refusal } from '../attempt/refusal.ts';
import type { Authenticated, FoundConnection, Handshake, Session, Verifying } from '../connection/connection.ts';
import { type Identity, isRefusal, loginOf, type TokenRefusal } from '../identity/identity.ts';
import { admit } from '../rate-limit/gcra.ts';
import { messageRate } from '../rate-limit/limits.ts';
import type { KnownHead, UnreadHead } from '../ports.ts';
import type { AuthenticationPorts } from '../route-ports.ts';
import { auditRecord, claimedParty, grantRecords } from '../security/audit-records.ts';
import { requireAudit } from '../security/audit-writer.ts';
import { withoutTokens } from '../security/capped-text.ts';
import type { SecurityEvent } from '../security/catalogue.ts';
import { renewSession } from '../session/renewal.ts';
import { tellUnreadable } from '../session/unreadable-memberships.ts';
import {
  answerAsFound,
  answerSession,
  answerUnrecognized,
  endFlood,
  endOfAnotherDomain,
  finishClosing,
  hasExpired,
} from '../session/session.ts';

/**
 * The `authenticate` route: the first message of a connection, or the renewal of its session. The lease comes before
 * any verification, so one message of a connection is judged, by the moment it arrived; success rides on the route
 * response, every refusal is a last message and a close.
 */
export const authenticate =
  (ports: AuthenticationPorts) =>
  async (event: MessageEvent): Promise<Reply> => {
    const arrival = arrivalOf(event);
    if (ports.knownClosed.has(arrival.key)) return noReply;
    const message = parseClientMessage(event.body ?? '', ports.domain, unjudged);
    const before = await rowBefore(ports)(arrival);
    if (typeof before !== 'string') return answerByRow(ports)(before.found, message, arrival);
    const lease = await acquireLease(ports)(arrival);
    if (lease === 'unavailable' && before === 'unreadable') {
      await refuseWithoutLease(ports)(unknownHandshake(event));
      return noReply;
    }
    if (lease === 'unavailable') return answerWithoutLease(ports)(message, arrival, unknownHandshake(event));
    if (lease.moved) return judge(ports)(lease.connection, message, arrival);
    return answerByRow(ports)(lease.found, message, arrival);
  };

/**
 * Nobody publishes here, so this function has no schemas. A frame that two readers route alike has one type, and an event's leads
 * elsewhere; were one brought here all the same, it is no message of this route, whatever its data.
 */
const unjudged: JudgeData = () => undefined;

/**
 * What stands in the way of the lease already: a read costs a fifth of a write that is refused, and most of what comes here
 * twice is a renewal or noise. `open`: nothing does. `unreadable`: the lease will tell.
 */
const rowBefore =
  (ports: AuthenticationPorts) =>
  async ({
    key,
    ownerId,
  }: Arrival): Promise<Readonly<{ found: FoundConnection | undefined }> | 'open' | 'unreadable'> => {
    try {
      const found = await ports.connections.read(key);
      const isOpen = found?.status === 'pending' || (found?.status === 'verifying' && found.ownerId === ownerId);
      return isOpen ? 'open' : { found };
    } catch (error) {
      ports.telemetry.failed('claim', key, error);
      return 'unreadable';
    }
  };

/** The row cannot be written: a session stays what it is. */
const answerWithoutLease =
  (ports: AuthenticationPorts) =>
  async (message: ClientMessage, arrival: Arrival, handshake: Handshake): Promise<Reply> => {
    const outcome = await endWithoutLease(ports)(arrival, handshake);
    if (outcome === 'ended') return noReply;
    const { found } = outcome;
    if (found?.status === 'authenticated')
      return answerSession(ports)(found, arrival.ownerId, (nowMs) => errorReply('unavailable', nowMs));
    return answerByRow(ports)(found, message, arrival);
  };

/** Answers a message that did not get the lease, by what stood in its way. */
const answerByRow =
  (ports: AuthenticationPorts) =>
  async (found: FoundConnection | undefined, message: ClientMessage, arrival: Arrival): Promise<Reply> => {
    switch (found?.status) {
      case undefined:
        await closeUnknown(ports)(arrival.key);
        return noReply;
      case 'pending':
        await timeOutAttempt(ports)(found, {
          ...arrival,
          atMs: Math.max(ports.now(), arrival.arrivedAtMs),
          detail: 'late',
        });
        return noReply;
      case 'authenticated':
        // This very message, handled before: it is no renewal.
        if (found.ownerId === arrival.ownerId) return answerAsFound(ports)(found, arrival.ownerId);
        return answerInSession(ports)(found, message, arrival);
      case 'closing':
        await finishClosing(ports)(found);
        return noReply;
      case 'ended':
        await hearEnded(ports)(found);
        return noReply;
      case 'unrecognized':
        return answerUnrecognized(ports)(found, 'claim');
      // Being decided: a second message changes nothing and is not answered.
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

const answerInSession =
  (ports: AuthenticationPorts) =>
  async (connection: Authenticated, message: ClientMessage, arrival: Arrival): Promise<Reply> => {
    const nowMs = ports.now();
    if (message.kind === 'authenticate' && !hasExpired(connection.session, nowMs)) {
      if (!isOfDomain(ports.domain, connection.session)) {
        await endOfAnotherDomain(ports)(connection, arrival.ownerId);
        return noReply;
      }
      const outcome = ports.messageLimiter(connection, 'message', nowMs);
      if (outcome === 'flood') {
        await endFlood(ports)(connection, arrival.ownerId);
        return noReply;
      }
      // The write decides; what was read saves a verification that it would refuse.
      const isOver = admit(connection.messagesTatMs, messageRate(ports.limits), nowMs) === 'over';
      if (outcome === 'over' || isOver) return reply(errorReply('rate_limited', nowMs));
      return renewSession(ports)(connection, message, arrival);
    }
    return answerSession(ports)(connection, arrival.ownerId, (nowMs) =>
      errorReply(
        'malformed_message',
        nowMs,
        'id' in message ? message.id : undefined,
        'field' in message ? message.field : undefined,
      ),
    );
  };

/** A session that may be, and the head that came with its memberships, or why it did not. */
type Granted = Readonly<{ session: Session; head: KnownHead | UnreadHead }>;

/** Decides the leased attempt. A throw from here on is `unavailable`: recorded, refused, closed. */
const judge =
  (ports: AuthenticationPorts) =>
  async (leased: Verifying, message: ClientMessage, arrival: Arrival): Promise<Reply> => {
    let verdict: Granted | Refusal;
    try {
      verdict = await verdictOn(ports)(leased, message);
    } catch (error) {
      ports.telemetry.failed('verification', leased, error);
      verdict = refusal(leased, 'unavailable', 'verification_unavailable', 'tables_unreachable', ports.now());
    }
    if ('reason' in verdict) {
      await refuseAttempt(ports)(leased, verdict);
      return noReply;
    }
    const granted = verdict;
    const activate = () => activateSession(ports)(leased, granted, arrival);
    try {
      // Without an answer nobody knows how far the row got; each step knows what it has done before.
      return await activate().catch(activate);
    } catch (error) {
      // The timer settles it and closes the connection; the answer does not wait. Closed from here, `$disconnect` would remove
      // the row before anybody has recorded the attempt.
      ports.telemetry.failed('seat', leased, error);
      return reply(authError('unavailable', ports.now()));
    }
  };

const verdictOn =
  (ports: AuthenticationPorts) =>
  async (handshake: Verifying, message: ClientMessage): Promise<Granted | Refusal> => {
    if (message.kind === 'malformed')
      return refusal(handshake, 'malformed_message', 'malformed_message', message.problem, ports.now());
    if (message.kind !== 'authenticate')
      return refusal(handshake, 'malformed_message', 'malformed_message', 'route_differs', ports.now());
    const identity = await ports.verifyToken(message.unverifiedToken);
    if (isRefusal(identity)) return tokenRefusal(handshake, message, identity, ports.now());
    const restaurantId = claimedRestaurantId(message.claims, handshake.hints);
    if (restaurantId === undefined)
      return refusal(handshake, 'malformed_message', 'malformed_message', 'restaurant_id_missing', ports.now());
    const found = await ports.findMemberships(restaurantId, identity);
    tellUnreadable(ports)([found.here, found.everywhere], handshake);
    const access = decideAccess(ports.domain, identity, message.claims, handshake.hints, found);
    if (access.granted)
      return { session: sessionOf(handshake, identity, access, message, ports.now()), head: found.head };
    return {
      reason: 'access_denied',
      record: {
        ...auditRecord(handshake, 'attempt', access.event, access.detail, ports.now()),
        verifiedUser: { issuer: identity.issuer, userId: identity.userId },
        claimed: claimedParty(message.claims, handshake.hints),
      },
    };
  };

const tokenRefusal = (
  handshake: Handshake,
  message: AuthenticateMessage,
  { reason, detail, retryAfterMs }: TokenRefusal,
  nowMs: number,
): Refusal => {
  const isAnonymous = message.claims.userId.form === 'absent' && handshake.hints.userId === undefined;
  return {
    reason,
    // Never sooner than is advised to everybody.
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.max(retryAfterMs, refusals[reason].retryAfterMs ?? 0) }),
    ...(message.unverifiedToken === undefined ? {} : { unverifiedToken: message.unverifiedToken }),
    record: {
      ...auditRecord(handshake, 'attempt', eventOfTokenRefusal(reason, isAnonymous), detail, nowMs),
      claimed: claimedParty(message.claims, handshake.hints),
    },
  };
};

const eventOfTokenRefusal = (reason: TokenRefusal['reason'] & RefusalReason, isAnonymous: boolean): SecurityEvent => {
  switch (reason) {
    case 'token_invalid':
      return isAnonymous ? 'access_denied' : 'token_invalid';
    case 'token_expired':
      return 'token_expired';
    case 'unavailable':
      return 'verification_unavailable';
  }
};

const sessionOf = (
  handshake: Handshake,
  identity: Identity,
  access: AccessGranted,
  message: AuthenticateMessage,
  nowMs: number,
): Session => ({
  issuer: identity.issuer,
  userId: identity.userId,
  restaurantId: access.restaurantId,
  connectionType: access.connectionType,
  role: access.role,
  membershipSource: access.membershipSource,
  sessionExpiresAtMs: Math.min(identity.expiresAtMs, handshake.connectedAtMs + limits.maxSessionMs),
  tokenIssuedAtMs: identity.issuedAtMs,
  ...loginOf(identity),
  grantedAtMs: nowMs,
  batch: message.batch,
  ...deviceNameOf(identity, message),
  ...(dialectOf(handshake, message) === 'old' ? { lastMessage: 'auth_error' } : {}),
});

/** The longest row is one write unit, and has no room for the longest of both. A token is no name: others read it. */
const deviceNameOf = ({ userId }: Identity, { deviceId = '' }: AuthenticateMessage): Pick<Session, 'deviceId'> =>
  deviceId !== '' && userId.length + deviceId.length <= maxUserIdChars && withoutTokens(deviceId) === deviceId
    ? { deviceId }
    : {};

/** Its own word that it is new is enough; without one, anything that only old apps do, such as hints in the address. */
const dialectOf = ({ dialect, passMember, hints }: Handshake, message: AuthenticateMessage): Dialect => {
  if (dialect === 'v1' || passMember !== undefined || message.dialect === 'v1') return 'v1';
  const isOld = dialect === 'old' || message.dialect === 'old' || Object.keys(hints).length > 0;
  return isOld ? 'old' : 'v1';
};

/** Grants, records, activates, in this order: no session exists without its record, and whoever settles a crash in between knows both. */
const activateSession =
  (ports: AuthenticationPorts) =>
  async (leased: Verifying, { session, head }: Granted, { ownerId }: Arrival): Promise<Reply> => {
    const grant = await ports.connections.grant(leased, ownerId, session);
    // Somebody settled the row while the token was being verified, or it was authenticated by a write whose answer was lost.
    if (!grant.moved) return answerAsFound(ports)(grant.found, ownerId, head);
    const granting = grant.connection;

    const records = await Promise.all(grantRecords(ports.domain)(granting, session).map(requireAudit(ports)));
    if (records.includes('unavailable')) {
      await abandonGrant(ports)(granting, ownerId);
      return noReply;
    }
    const authenticated = await ports.connections.activate(granting, ownerId, session);
    const now = authenticated.moved ? authenticated.connection : authenticated.found;
    if (now?.status === 'unrecognized') return answerAsFound(ports)(now, ownerId);
    // Only the owner activates: where there is a session it is this one, though renewed or closed since.
    if (now?.status !== 'authenticated' && now?.status !== 'closing') {
      await finishAbandoned(ports)(granting, session);
      await sendAndClose(ports)(granting, authError('unavailable', ports.now()));
      return noReply;
    }
    return answerAsFound(ports)(now, ownerId, head);
  };

/** What a message's own event tells of its connection, for a record when the row cannot be read. */
const unknownHandshake = ({ requestContext }: MessageEvent): Handshake => ({
  connectionId: requestContext.connectionId,
  connectedAtMs: requestContext.connectedAt,
  authDeadlineMs: requestContext.connectedAt,
  sourceIp: requestContext.identity.sourceIp,
  hints: {},
});
