/** What is made of the columns of an audit record: the values of each, within one write unit, and the record as stored. */
import * as v from 'valibot';
import {
  type AnyAuditRecord,
  type ColumnName,
  columnNames,
  columnOf,
  columns,
  isClaimed,
  recordFields,
} from './audit-record.ts';

/**
 * What all evidence of a record may take, names included: a user agent of 128 bytes and three claims of 64. A record stays
 * one write unit, so a further column of evidence takes its bytes from the others, the last ones first, and so does a user id of
 * more than 128 characters.
 */
export const evidenceBytes = 389;
const usualUserIdChars = 128;
const evidenceBytesBeside = (userId: string): number => evidenceBytes - Math.max(0, userId.length - usualUserIdChars);

/** Evidence is printable ASCII with `\uXXXX` escapes; one that is cut in half goes as a whole. */
const cut = (evidence: string, maxBytes: number): string =>
  evidence.length <= maxBytes ? evidence : evidence.slice(0, maxBytes).replace(/\\(?:u[0-9a-f]{0,3})?$/, '');

/** The values of a record by their columns; those without a value are left out. */
export const columnValues = (record: AnyAuditRecord): Readonly<Partial<Record<ColumnName, string | number>>> => {
  let left = evidenceBytesBeside(String(columnOf('user_id').of(record) ?? ''));
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
  sk: v.string(),
  ...(Object.fromEntries(
    columnNames.filter((name) => !isClaimed(name)).map((name) => [name, columns[name].schema]),
  ) as Schemas),
  // A newer version may have stored other values than text: they are listed as JSON instead of ending the listing.
  unmapped: v.optional(v.record(v.string(), v.pipe(v.unknown(), v.transform(asText)))),
});
export type StoredAuditRecord = Readonly<v.InferOutput<typeof StoredAuditRecord>>;
