/** The security records the routes make, one function a fact, so that whoever completes a fact writes the same record. */
import type { Claims } from '../../protocol/client-messages.ts';
import type { HandshakeHints, Session, Handshake } from '../connection/connection.ts';
import { cappedText } from './capped-text.ts';
import type { Detail, SecurityEvent } from './catalogue.ts';
import type { ClaimedParty, RecordKind, SecurityRecord, VerifiedParty } from './security-record.ts';

const maxClaimBytes = 64;

/** The common part: which connection, from where, what, when. */
export const fact = (
  handshake: Handshake,
  kind: RecordKind,
  event: SecurityEvent,
  detail: Detail,
  occurredAtMs: number,
): SecurityRecord => ({
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

/** A fact about a session, in its restaurant's trail. */
export const sessionFact = (
  handshake: Handshake,
  session: Session,
  kind: RecordKind,
  event: SecurityEvent,
  detail: Detail,
  occurredAtMs: number,
): SecurityRecord => ({ ...fact(handshake, kind, event, detail, occurredAtMs), verified: verifiedParty(session) });

/** The grant, whoever writes it: its time is the session's, so that the handler and the timer write the same bytes. */
export const grantFact = (handshake: Handshake, session: Session): SecurityRecord =>
  sessionFact(handshake, session, 'attempt', 'access_granted', 'verified', session.grantedAtMs);

export const platformOwnerFact = (handshake: Handshake, session: Session): SecurityRecord =>
  sessionFact(handshake, session, 'platform_owner', 'platform_owner_access', 'verified', session.grantedAtMs);

export const neverActivatedFact = (handshake: Handshake, session: Session, occurredAtMs: number): SecurityRecord =>
  sessionFact(handshake, session, 'end', 'session_ended', 'never_seated', occurredAtMs);

/** The crossing of an address's threshold: of one window, whoever of its failures writes it. */
export const thresholdFact = (
  address: string,
  windowStartMs: number,
  { occurredAtMs, sourceIp }: SecurityRecord,
): SecurityRecord => ({
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
