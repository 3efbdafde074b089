/** PURE. What left for the backend, as the cells of a table. */
import { called } from '../bin/called.ts';
import { durationText } from './journey-wording.ts';
import { isRecord } from './frame.ts';
import type { Outbox, OutboxRow } from './rows.ts';

export const outboxColumns = ['Time', 'Source', 'Type', 'Where', 'To', 'Answer', 'Data'] as const;

/** Newest first, as everything is that is read and not followed. */
export const outboxRows = ({ records }: Outbox): readonly (readonly string[])[] =>
  records
    .toReversed()
    .map((record) => [
      clock(record.at),
      record.source,
      record['detail-type'],
      whereOf(record.detail),
      record.target,
      answerOf(record.webhook),
      dataOf(record.detail),
    ]);

export const outboxCaption = ({ records }: Outbox): string => {
  if (records.length === 0) return 'Nothing yet.';
  const count = records.length === 1 ? '1 record' : `${records.length} records`;
  const hint = `${called('start --webhook URL')} posts what leaves to a backend of yours.`;
  return records.some(({ webhook }) => webhook !== undefined)
    ? `${count}, newest first`
    : `${count}, newest first. ${hint}`;
};

const whereOf = (detail: unknown): string => {
  if (!isRecord(detail)) return '';
  const { restaurant_id: restaurant, seq } = detail;
  return [
    ...(typeof restaurant === 'string' ? [restaurant] : []),
    ...(typeof seq === 'number' ? [`#${seq}`] : []),
  ].join(' ');
};

const elsewhere: ReadonlySet<string> = new Set(['v', 'stage', 'restaurant_id', 'id', 'connection_id']);

/** Long data is for whoever got it. */
const maxChars = 200;

/** Of an event its data, of anything else who and what: neither where it was nor how it is called in the audit table. */
const dataOf = (detail: unknown): string => {
  if (!isRecord(detail)) return cut(JSON.stringify(detail) ?? '');
  if ('data' in detail) return cut(JSON.stringify(detail['data']) ?? '');
  return cut(JSON.stringify(Object.fromEntries(Object.entries(detail).filter(([name]) => !elsewhere.has(name)))));
};

const cut = (text: string): string => (text.length > maxChars ? `${text.slice(0, maxChars)} …` : text);

const answerOf = (webhook: OutboxRow['webhook']): string => {
  if (webhook === undefined) return '';
  const { status, ms, attempts } = webhook;
  const tries = attempts === 1 ? '' : `, ${attempts} tries`;
  return `${status ?? 'no answer'} after ${durationText(ms)}${tries}`;
};

const clock = (time: string): string => new Date(time).toLocaleTimeString('en-GB');
