/** The security records the routes make, one function a fact, so that whoever completes a fact writes the same record. */
import type { Claims } from '../../protocol/client-messages.ts';
import type { Hints, Session, Visit } from '../connection/connection.ts';
import { cappedText } from './capped-text.ts';
import type { Detail, SecurityEvent } from './catalogue.ts';
import type { ClaimedParty, RecordKind, SecurityRecord, VerifiedParty } from './security-record.ts';

const maxClaimBytes = 64;

/** The common part: which connection, from where, what, when. */
export const fact = (
  visit: Visit,
  kind: RecordKind,
  event: SecurityEvent,
  detail: Detail,
  occurredAtMs: number,
): SecurityRecord => ({
  kind,
  event,
  detail,
  occurredAtMs,
  connectionId: visit.connectionId,
  connectedAtMs: visit.connectedAtMs,
  sourceIp: visit.sourceIp,
  ...(visit.userAgent === undefined ? {} : { userAgent: visit.userAgent }),
});

export const verifiedParty = ({ issuer, userId, restaurantId, connectionType }: Session): VerifiedParty => ({
  issuer,
  userId,
  restaurantId,
  connectionType,
});

/** A fact about a session, in its restaurant's trail. */
export const sessionFact = (
  visit: Visit,
  session: Session,
  kind: RecordKind,
  event: SecurityEvent,
  detail: Detail,
  occurredAtMs: number,
): SecurityRecord => ({ ...fact(visit, kind, event, detail, occurredAtMs), verified: verifiedParty(session) });

/** The grant, whoever writes it: its time is the session's, so that the handler and the timer write the same bytes. */
export const grantFact = (visit: Visit, session: Session): SecurityRecord =>
  sessionFact(visit, session, 'attempt', 'access_granted', 'verified', session.grantedAtMs);

export const platformOwnerFact = (visit: Visit, session: Session): SecurityRecord =>
  sessionFact(visit, session, 'platform_owner', 'platform_owner_access', 'verified', session.grantedAtMs);

export const neverActivatedFact = (visit: Visit, session: Session, occurredAtMs: number): SecurityRecord =>
  sessionFact(visit, session, 'end', 'session_ended', 'never_seated', occurredAtMs);

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
export const claimedParty = (claims: Claims | undefined, hints: Hints): ClaimedParty => {
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
