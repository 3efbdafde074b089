/**
 * An audit record: one security event as it is kept, in each of its states. Its fields, and the columns that show them, are
 * declared here, once each: the stored item, the queued message, the log line, the listing and the OCSF event are made of them.
 */
import * as v from 'valibot';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { type Detail, type SecurityEvent, severityOf } from './catalogue.ts';

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
  /** Of a session: whether the table or the token made its user a member. */
  membershipSource: optionalText,
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

type Value = string | number | undefined;
type Column = Readonly<{
  /** The field of the record that it shows. */
  field: keyof AnyAuditRecord;
  of: (record: AnyAuditRecord) => Value;
  /** As stored. */
  schema: v.GenericSchema<unknown, Value>;
  /** Client text, capped. `claimed` is stored apart, under `unmapped`, and named in the listing. */
  evidence?: 'plain' | 'claimed';
  /** On the log line only where there is a value. */
  sparse?: true;
}>;

/** As stored; most columns are not in every record. */
const storedText = v.optional(text);
const timeOf = (ms: number): string => new Date(ms).toISOString();
const userOf = ({ verified, verifiedUser }: AnyAuditRecord) => verified ?? verifiedUser;

export const columns = {
  event: { field: 'event', of: ({ event }) => event, schema: text },
  severity: { field: 'event', of: ({ event }) => severityOf(event), schema: text },
  detail: { field: 'detail', of: ({ detail }) => detail, schema: text },
  time: {
    field: 'occurredAtMs',
    of: ({ occurredAtMs }) => timeOf(occurredAtMs),
    schema: v.pipe(text, v.isoTimestamp()),
  },
  connection_id: { field: 'connectionId', of: ({ connectionId }) => connectionId, schema: text },
  source_ip: { field: 'sourceIp', of: ({ sourceIp }) => sourceIp, schema: text },
  user_agent: { field: 'userAgent', of: ({ userAgent }) => userAgent, schema: storedText, evidence: 'plain' },
  origin: { field: 'origin', of: ({ origin }) => origin, schema: storedText, evidence: 'plain', sparse: true },
  issuer: { field: 'verifiedUser', of: (record) => userOf(record)?.issuer, schema: storedText },
  user_id: { field: 'verifiedUser', of: (record) => userOf(record)?.userId, schema: storedText },
  restaurant_id: { field: 'verified', of: ({ verified }) => verified?.restaurantId, schema: storedText },
  connection_type: { field: 'verified', of: ({ verified }) => verified?.connectionType, schema: storedText },
  membership: {
    field: 'membershipSource',
    of: ({ membershipSource }) => membershipSource,
    schema: storedText,
    sparse: true,
  },
  claimed_user_id: {
    field: 'claimed',
    of: ({ claimed }) => claimed?.claimedUserId,
    schema: storedText,
    evidence: 'claimed',
  },
  claimed_restaurant_id: {
    field: 'claimed',
    of: ({ claimed }) => claimed?.claimedRestaurantId,
    schema: storedText,
    evidence: 'claimed',
  },
  claimed_connection_type: {
    field: 'claimed',
    of: ({ claimed }) => claimed?.claimedConnectionType,
    schema: storedText,
    evidence: 'claimed',
  },
  count: { field: 'aggregate', of: ({ aggregate }) => aggregate?.count, schema: v.optional(v.number()), sparse: true },
  start_time: {
    field: 'aggregate',
    of: ({ aggregate }) => aggregate && timeOf(aggregate.startTimeMs),
    schema: storedText,
    sparse: true,
  },
  end_time: {
    field: 'aggregate',
    of: ({ aggregate }) => aggregate && timeOf(aggregate.endTimeMs),
    schema: storedText,
    sparse: true,
  },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as readonly ColumnName[];
export const columnOf = (name: ColumnName): Column => columns[name];
export const isClaimed = (name: ColumnName): boolean => columnOf(name).evidence === 'claimed';
export const isSparse = (name: ColumnName): boolean => columnOf(name).sparse === true;

/** These are in the record's key. */
type InTheKey = 'kind' | 'connectedAtMs';
type WithoutColumn = Exclude<keyof AnyAuditRecord, InTheKey | (typeof columns)[ColumnName]['field']>;
// A field that no column shows is a line that does not compile.
const everyFieldHasAColumn: [WithoutColumn] extends [never] ? true : WithoutColumn = true;
void everyFieldHasAColumn;

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
