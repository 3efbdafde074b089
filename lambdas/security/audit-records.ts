/** The audit records the routes make, one function each, so that whoever completes one writes the same record. */
import type { Claims } from '../../protocol/client-messages.ts';
import type { Domain } from '../../protocol/domain.ts';
import type { Handshake, HandshakeHints, Session } from '../connection/connection.ts';
import type { AuditRecord, ClaimedParty, RecordKind, VerifiedParty } from './audit-record.ts';
import { cappedText } from './capped-text.ts';
import type { Detail, SecurityEvent } from './catalogue.ts';

const maxClaimBytes = 64;

/** The common part: which connection, from where, what, when. */
export const auditRecord = (
  handshake: Handshake,
  kind: RecordKind,
  event: SecurityEvent,
  detail: Detail,
  occurredAtMs: number,
): AuditRecord => ({
  kind,
  event,
  detail,
  occurredAtMs,
  connectionId: handshake.connectionId,
  connectedAtMs: handshake.connectedAtMs,
  sourceIp: handshake.sourceIp,
  ...(handshake.userAgent === undefined ? {} : { userAgent: handshake.userAgent }),
});

export const verifiedParty = ({ issuer, userId, restaurantId, connectionType }: Session): VerifiedParty => ({
  issuer,
  userId,
  restaurantId,
  connectionType,
});

/** A record about a session, in its restaurant's trail. */
export const sessionRecord = (
  handshake: Handshake,
  session: Session,
  kind: RecordKind,
  event: SecurityEvent,
  detail: Detail,
  occurredAtMs: number,
): AuditRecord => ({
  ...auditRecord(handshake, kind, event, detail, occurredAtMs),
  verified: verifiedParty(session),
  membershipSource: session.membershipSource ?? 'table',
});

/** The grant, whoever writes it: its time is the session's, so that the handler and the timer write the same bytes. */
export const grantRecord = (handshake: Handshake, session: Session): AuditRecord =>
  sessionRecord(handshake, session, 'attempt', 'access_granted', 'verified', session.grantedAtMs);

export const platformOwnerRecord = (handshake: Handshake, session: Session): AuditRecord =>
  sessionRecord(handshake, session, 'platform_owner', 'platform_owner_access', 'verified', session.grantedAtMs);

/** The records of a grant: the grant itself and, for a role of every restaurant, the access. */
export const grantRecords =
  (domain: Domain) =>
  (handshake: Handshake, session: Session): readonly AuditRecord[] =>
    domain.isOfEveryRestaurant(session.role)
      ? [grantRecord(handshake, session), platformOwnerRecord(handshake, session)]
      : [grantRecord(handshake, session)];

export const neverActivatedRecord = (handshake: Handshake, session: Session, occurredAtMs: number): AuditRecord =>
  sessionRecord(handshake, session, 'end', 'session_ended', 'never_seated', occurredAtMs);

/** The crossing of an address's threshold: of one window, whoever of its failures writes it. */
export const thresholdRecord = (
  address: string,
  windowStartMs: number,
  { occurredAtMs, sourceIp }: AuditRecord,
): AuditRecord => ({
  kind: 'threshold',
  event: 'failure_threshold_crossed',
  detail: 'too_many_failures',
  occurredAtMs,
  connectionId: `hostility:${address}`,
  connectedAtMs: windowStartMs,
  sourceIp,
});

/** What was claimed, the message's word before the hint's; capped and escaped. */
export const claimedParty = (claims: Claims | undefined, hints: HandshakeHints): ClaimedParty => {
  const said = claims?.userId;
  const userId = said?.form === 'canonical' ? said.userId : said?.form === 'refused' ? said.text : hints.userId;
  const restaurantId = claims?.restaurantId ?? hints.restaurantId;
  const connectionType = claims?.connectionType ?? hints.connectionType;
  return {
    ...(userId === undefined ? {} : { claimedUserId: cappedText(userId, maxClaimBytes) }),
    ...(restaurantId === undefined ? {} : { claimedRestaurantId: cappedText(restaurantId, maxClaimBytes) }),
    ...(connectionType === undefined ? {} : { claimedConnectionType: cappedText(connectionType, maxClaimBytes) }),
  };
};
