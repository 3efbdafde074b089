/** The columns of an audit record, each declared once: the stored item, the log line, the listing and the OCSF event are made of them. */
import * as v from 'valibot';
import { type AnyAuditRecord, recordFields } from './audit-record.ts';
import { severityOf } from './catalogue.ts';

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

const text = v.string();
const optionalText = v.optional(text);
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
  user_agent: { field: 'userAgent', of: ({ userAgent }) => userAgent, schema: optionalText, evidence: 'plain' },
  origin: {
    field: 'origin',
    of: ({ origin }) => origin,
    schema: optionalText,
    evidence: 'plain',
    sparse: true,
  },
  issuer: { field: 'verifiedUser', of: (record) => userOf(record)?.issuer, schema: optionalText },
  user_id: { field: 'verifiedUser', of: (record) => userOf(record)?.userId, schema: optionalText },
  restaurant_id: { field: 'verified', of: ({ verified }) => verified?.restaurantId, schema: optionalText },
  connection_type: { field: 'verified', of: ({ verified }) => verified?.connectionType, schema: optionalText },
  claimed_user_id: {
    field: 'claimed',
    of: ({ claimed }) => claimed?.claimedUserId,
    schema: optionalText,
    evidence: 'claimed',
  },
  claimed_restaurant_id: {
    field: 'claimed',
    of: ({ claimed }) => claimed?.claimedRestaurantId,
    schema: optionalText,
    evidence: 'claimed',
  },
  claimed_connection_type: {
    field: 'claimed',
    of: ({ claimed }) => claimed?.claimedConnectionType,
    schema: optionalText,
    evidence: 'claimed',
  },
  count: { field: 'aggregate', of: ({ aggregate }) => aggregate?.count, schema: v.optional(v.number()), sparse: true },
  start_time: {
    field: 'aggregate',
    of: ({ aggregate }) => aggregate && timeOf(aggregate.startTimeMs),
    schema: optionalText,
    sparse: true,
  },
  end_time: {
    field: 'aggregate',
    of: ({ aggregate }) => aggregate && timeOf(aggregate.endTimeMs),
    schema: optionalText,
    sparse: true,
  },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as readonly ColumnName[];
const columnOf = (name: ColumnName): Column => columns[name];
export const isClaimed = (name: ColumnName): boolean => columnOf(name).evidence === 'claimed';
export const isSparse = (name: ColumnName): boolean => columnOf(name).sparse === true;

/** These are in the record's key. */
type InTheKey = 'kind' | 'connectedAtMs';
type WithoutColumn = Exclude<keyof AnyAuditRecord, InTheKey | (typeof columns)[ColumnName]['field']>;
// A field that no column shows is a line that does not compile.
const everyFieldHasAColumn: [WithoutColumn] extends [never] ? true : WithoutColumn = true;
void everyFieldHasAColumn;

/**
 * What all evidence of a record may take, names included: a user agent of 128 bytes and three claims of 64. A record stays
 * one write unit, so a further column of evidence takes its bytes from the others, the last ones first.
 */
export const evidenceBytes = 389;

/** Evidence is printable ASCII with `\uXXXX` escapes; one that is cut in half goes as a whole. */
const cut = (evidence: string, maxBytes: number): string =>
  evidence.length <= maxBytes ? evidence : evidence.slice(0, maxBytes).replace(/\\(?:u[0-9a-f]{0,3})?$/, '');

/** The values of a record by their columns; those without a value are left out. */
export const columnValues = (record: AnyAuditRecord): Readonly<Partial<Record<ColumnName, string | number>>> => {
  let left = evidenceBytes;
  const values: Partial<Record<ColumnName, string | number>> = {};
  for (const name of columnNames) {
    const column = columnOf(name);
    const value = column.of(record);
    if (value === undefined) continue;
    if (column.evidence === undefined) {
      values[name] = value;
      continue;
    }
    const kept = cut(String(value), Math.max(0, left - name.length));
    // Cut to nothing is not the same as said to be nothing.
    if (kept === '' && value !== '') continue;
    left -= name.length + kept.length;
    values[name] = kept;
  }
  return values;
};

/**
 * Fields that a newer version put into a queued record. They are stored apart, as JSON under `unrecognized`: under a name of
 * their own they could pass for a verified column.
 */
export const unrecognizedFields = (record: AnyAuditRecord): string | undefined => {
  const fields = Object.entries(record).filter(([name]) => !Object.hasOwn(recordFields, name));
  return fields.length === 0 ? undefined : JSON.stringify(Object.fromEntries(fields));
};

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

type OwnColumn = {
  [Name in ColumnName]: (typeof columns)[Name] extends { evidence: 'claimed' } ? never : Name;
}[ColumnName];
type Schemas = { [Name in OwnColumn]: (typeof columns)[Name]['schema'] };

/** A record as stored. What a newer version wrote there besides is listed, too. */
export const StoredAuditRecord = v.looseObject({
  sk: text,
  ...(Object.fromEntries(
    columnNames.filter((name) => !isClaimed(name)).map((name) => [name, columns[name].schema]),
  ) as Schemas),
  // Of a newer version there may be other values than text; nobody's listing ends at one.
  unmapped: v.optional(v.record(text, v.pipe(v.unknown(), v.transform(asText)))),
});
export type StoredAuditRecord = Readonly<v.InferOutput<typeof StoredAuditRecord>>;
