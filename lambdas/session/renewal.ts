import type { AuthenticateMessage } from '../../protocol/client-messages.ts';
import { limits } from '../../protocol/limits.ts';
import type { ClosingReason } from '../../protocol/reasons.ts';
import { errorReply } from '../../protocol/server-messages.ts';
import { type AccessRefused, decideAccess } from '../access/decide-access.ts';
import { type Arrival, noReply, type Reply } from '../apigateway/events.ts';
import type { Authenticated, Session } from '../connection/connection.ts';
import { type Identity, isRefusal, loginOf } from '../identity/identity.ts';
import type { FailedPart } from '../ports.ts';
import { messageRate } from '../rate-limit/limits.ts';
import type { AuthenticationPorts } from '../route-ports.ts';
import type { AuditRecord } from '../security/audit-record.ts';
import { claimedParty, sessionRecord } from '../security/audit-records.ts';
import { requireAudit, writeAudit } from '../security/audit-writer.ts';
import type { Detail, SecurityEvent } from '../security/catalogue.ts';
import { answerAsFound, answerSession, closeSession } from './session.ts';
import { tellUnreadable } from './unreadable-memberships.ts';

/**
 * Renews a session in place with a new token. User, restaurant and connection type are pinned: another one ends the
 * session, as does a token that is refused; when the token cannot be judged the session keeps what it has.
 */
export const renewSession =
  (ports: AuthenticationPorts) =>
  async (connection: Authenticated, message: AuthenticateMessage, { ownerId }: Arrival): Promise<Reply> => {
    const { session } = connection;
    const recordOf = (event: SecurityEvent, detail: Detail): AuditRecord =>
      sessionRecord(connection, session, `renewal/${ownerId}`, event, detail, ports.now());
    const stay = () => answerSession(ports)(connection, ownerId, (nowMs) => errorReply('unavailable', nowMs));
    const unreachable =
      (part: FailedPart) =>
      (error: unknown): 'unreachable' => {
        ports.telemetry.failed(part, connection, error);
        return 'unreachable';
      };
    const end = async (reason: ClosingReason, event: SecurityEvent, detail: Detail): Promise<Reply> => {
      await writeAudit(ports)({ ...recordOf(event, detail), claimed: claimedParty(message.claims, {}) });
      await closeSession(ports)(connection, ownerId, reason);
      return noReply;
    };

    const identity = await ports.verifyToken(message.unverifiedToken);
    if (isRefusal(identity)) {
      if (identity.reason !== 'unavailable') return end(identity.reason, identity.reason, identity.detail);
      await writeAudit(ports)(recordOf('verification_unavailable', identity.detail));
      return stay();
    }
    const changed = changedParty(session, identity, message);
    if (changed !== undefined) return end('access_denied', 'identity_change_refused', changed);
    const found = await ports.findMemberships(session.restaurantId, identity).catch(unreachable('verification'));
    if (found === 'unreachable') {
      await writeAudit(ports)(recordOf('verification_unavailable', 'tables_unreachable'));
      return stay();
    }
    tellUnreadable(ports)([found.here, found.everywhere], connection);
    const access = decideAccess(
      ports.domain,
      identity,
      { ...message.claims, restaurantId: session.restaurantId, connectionType: session.connectionType },
      {},
      found,
    );
    if (!access.granted) {
      const { event, detail } = refusalOf(session, access);
      return end(event === 'session_revoked' ? 'revoked' : 'access_denied', event, detail);
    }

    const endsAtMs = Math.min(identity.expiresAtMs, connection.connectedAtMs + limits.maxSessionMs);
    const renewed: Session = {
      ...session,
      tokenIssuedAtMs: identity.issuedAtMs,
      ...loginOf(identity),
      role: access.role,
      membershipSource: access.membershipSource,
      // A membership by token ends with that token: where it ends sooner than the session, the row keeps what the session stands by.
      sessionExpiresAtMs:
        access.membershipSource === 'token' ? endsAtMs : Math.max(session.sessionExpiresAtMs, endsAtMs),
    };
    if ((await requireAudit(ports)(recordOf('session_renewed', 'renewed'))) === 'unavailable') return stay();
    const outcome = await ports.connections
      .renew(connection, { ownerId, atMs: ports.now(), session: renewed, rate: messageRate(ports.limits) })
      .catch(unreachable('renewal'));
    if (outcome === 'unreachable') return stay();
    if (outcome === 'over_rate')
      return answerSession(ports)(connection, ownerId, (nowMs) => errorReply('rate_limited', nowMs));
    return answerAsFound(ports)(outcome.moved ? outcome.connection : outcome.found, ownerId, found.head);
  };

const changedParty = (session: Session, identity: Identity, { claims }: AuthenticateMessage): Detail | undefined => {
  if (identity.issuer !== session.issuer || identity.userId !== session.userId) return 'user_changed';
  if (claims.restaurantId !== undefined && claims.restaurantId !== session.restaurantId) return 'restaurant_changed';
  if (claims.connectionType !== undefined && claims.connectionType !== session.connectionType)
    return 'connection_type_changed';
  return undefined;
};

/** That a new token says nothing of a membership any more is how one that came by token ends, and no attempt at another restaurant. */
const refusalOf = (
  { membershipSource }: Session,
  { event, detail }: AccessRefused,
): Pick<AccessRefused, 'event' | 'detail'> =>
  membershipSource === 'token' && event === 'cross_tenant_attempt'
    ? { event: 'session_revoked', detail }
    : { event, detail };
