import type { ConnectionType } from '../../protocol/identifiers.ts';
import type { Detail, SecurityEvent } from './catalogue.ts';

/**
 * What is being recorded about a connection. Together with the connection and the moment it began it makes the record's
 * id, so that a second writer of the same record finds it written: one `attempt` and one `end` a connection, one
 * `renewal` a message, one `threshold` a window of an address.
 */
export type RecordKind =
  | 'handshake'
  | 'attempt'
  | 'platform_owner'
  | 'end'
  | 'threshold'
  | 'messages'
  | 'aggregate'
  | `renewal/${string}`
  | `message/${string}`;

/** Who it was, from verified claims and the membership table only. */
export type VerifiedParty = Readonly<{
  issuer: string;
  userId: string;
  restaurantId: string;
  connectionType: ConnectionType;
}>;

/** What was claimed and not verified: capped, escaped, kept apart. */
export type ClaimedParty = Readonly<{
  claimedUserId?: string;
  claimedRestaurantId?: string;
  claimedConnectionType?: string;
}>;

/** One security event as it is kept: compact (1 KB at most), free of client text but for the capped claims and user agent. */
export type AuditRecord = Readonly<{
  kind: RecordKind;
  event: SecurityEvent;
  detail: Detail;
  occurredAtMs: number;
  connectionId: string;
  connectedAtMs: number;
  sourceIp: string;
  userAgent?: string;
  verified?: VerifiedParty;
  /** A user whose token was genuine, when the restaurant was refused: `verified` would put it into that restaurant's trail. */
  verifiedUser?: Readonly<{ issuer: string; userId: string }>;
  claimed?: ClaimedParty;
  /** Set on the one record that stands for the refusals of a minute beyond those recorded one by one. */
  aggregate?: Readonly<{ count: number; startTimeMs: number; endTimeMs: number }>;
}>;

export const recordId = (record: Pick<AuditRecord, 'connectionId' | 'connectedAtMs' | 'kind'>): string =>
  `${record.connectionId}/${record.connectedAtMs}/${record.kind}`;
