/** Who is connected, what was recorded and what left, as tables. */
import { element } from './element.ts';
import { outboxCaption, outboxColumns, outboxRows } from './outbox-rows.ts';
import type { AuditRow, ConnectionRow, Outbox } from './rows.ts';
import { auditCaption, claimsText } from './wording.ts';

export const connectionTable = (rows: readonly ConnectionRow[]): HTMLElement =>
  table(
    rows.length === 0 ? 'Nobody.' : `${rows.length} authenticated ${rows.length === 1 ? 'connection' : 'connections'}`,
    ['Restaurant', 'User', 'Role', 'Type', 'Since', 'Until', 'Connection'],
    rows.map((row) => [
      row.restaurantId,
      row.userId,
      row.role,
      row.connectionType,
      clock(row.connectedAtMs),
      clock(row.expiresAtMs),
      row.connectionId,
    ]),
  );

export const auditTable = (rows: readonly AuditRow[]): HTMLElement =>
  table(
    auditCaption(rows.length),
    ['Time', 'Severity', 'Event', 'Detail', 'User', 'Restaurant', 'Type', 'Claims (unverified)'],
    rows.map((row) => [
      clock(Date.parse(row.time)),
      element('span', { class: 'severity', 'data-severity': row.severity }, row.severity),
      row.event,
      row.detail,
      row.userId ?? '',
      row.restaurantId ?? '',
      row.connectionType ?? '',
      claimsText(row.claims),
    ]),
  );

export const outboxTable = (outbox: Outbox): HTMLElement =>
  table(outboxCaption(outbox), outboxColumns, outboxRows(outbox));

/** On a narrow screen each row is a card and each cell says its column. The roles keep it a table for who listens. */
export const table = (caption: string, names: readonly string[], rows: readonly (readonly (Node | string)[])[]) => {
  const header = names.map((name) => element('th', { scope: 'col', role: 'columnheader' }, name));
  const rowOf = (cells: readonly (Node | string)[]) =>
    element(
      'tr',
      { role: 'row' },
      ...cells.map((cell, at) => element('td', { role: 'cell', 'data-column': names[at] ?? '' }, cell)),
    );
  // A table without rows is none.
  if (rows.length === 0) return element('p', { class: 'caption' }, caption);
  return element(
    'table',
    { role: 'table' },
    element('caption', {}, caption),
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...header)),
    element('tbody', { role: 'rowgroup' }, ...rows.map(rowOf)),
  );
};

const clock = (epochMs: number): string => new Date(epochMs).toLocaleTimeString('en-GB');
