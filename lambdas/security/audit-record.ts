/** An audit record: one security event as it is kept, in each of its states. Its columns are in `audit-columns.ts`. */
import * as v from 'valibot';
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

const text = v.string();
const optionalText = v.exactOptional(text);
const ms = v.number();

/** The fields of a record. A new one that is not in a column does not compile. */
export const recordFields = {
  kind: text,
  event: text,
  detail: text,
  occurredAtMs: ms,
  connectionId: text,
  connectedAtMs: ms,
  sourceIp: text,
  userAgent: optionalText,
  /** Of a refused handshake: what is on no list. Unverified, capped, escaped. */
  origin: optionalText,
  /** Who it was, from verified claims and the membership table only. */
  verified: v.exactOptional(v.object({ issuer: text, userId: text, restaurantId: text, connectionType: text })),
  /** A user whose token was genuine, when the restaurant was refused: `verified` would put it into that restaurant's trail. */
  verifiedUser: v.exactOptional(v.object({ issuer: text, userId: text })),
  /** What was claimed and not verified: capped, escaped, kept apart. */
  claimed: v.exactOptional(
    v.object({
      claimedUserId: optionalText,
      claimedRestaurantId: optionalText,
      claimedConnectionType: optionalText,
    }),
  ),
  /** Set on the one record that stands for the refusals of a minute beyond those recorded one by one. */
  aggregate: v.exactOptional(v.object({ count: v.number(), startTimeMs: ms, endTimeMs: ms })),
};

/**
 * A record as anybody wrote it. Its words may be of a version that knows more of them; what else it has is in `QueuedRecord`,
 * and is kept.
 */
export type AnyAuditRecord = Readonly<v.InferOutput<v.ObjectSchema<typeof recordFields, undefined>>>;

/** A record as it comes out of the queue: unknown fields stay, in its parts, too. */
export const QueuedRecord = v.looseObject({
  ...recordFields,
  verified: v.exactOptional(v.looseObject(recordFields.verified.wrapped.entries)),
  verifiedUser: v.exactOptional(v.looseObject(recordFields.verifiedUser.wrapped.entries)),
  claimed: v.exactOptional(v.looseObject(recordFields.claimed.wrapped.entries)),
  aggregate: v.exactOptional(v.looseObject(recordFields.aggregate.wrapped.entries)),
});

export type VerifiedParty = Readonly<{
  issuer: string;
  userId: string;
  restaurantId: string;
  connectionType: ConnectionType;
}>;
export type ClaimedParty = NonNullable<AnyAuditRecord['claimed']>;

/** A record as this version makes it: compact (1 KB at most), free of client text but for the capped evidence. */
export type AuditRecord = AnyAuditRecord & Readonly<{ kind: RecordKind; event: SecurityEvent; detail: Detail }>;

export const recordId = (record: Pick<AnyAuditRecord, 'connectionId' | 'connectedAtMs' | 'kind'>): string =>
  `${record.connectionId}/${record.connectedAtMs}/${record.kind}`;
