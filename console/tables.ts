/** Who is connected and what was recorded, as tables. */
import { element } from './element.ts';
import type { AuditRow, ConnectionRow } from './rows.ts';

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
    rows.length === 0 ? 'Nothing in the last hour.' : `The last hour, newest first: ${rows.length}`,
    ['Time', 'Severity', 'Event', 'Detail', 'User', 'Restaurant', 'Type', 'Claims (unverified)'],
    rows.map((row) => [
      clock(Date.parse(row.time)),
      element('span', { class: 'severity', 'data-severity': row.severity }, row.severity),
      row.event,
      row.detail,
      row.userId ?? '',
      row.restaurantId ?? '',
      row.connectionType ?? '',
      Object.values(row.claims).join(' '),
    ]),
  );

const table = (caption: string, names: readonly string[], rows: readonly (readonly (Node | string)[])[]) =>
  element(
    'table',
    {},
    element('caption', {}, caption),
    ...(rows.length === 0
      ? []
      : [
          element('thead', {}, element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name)))),
          element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map((cell) => element('td', {}, cell))))),
        ]),
  );

const clock = (epochMs: number): string => new Date(epochMs).toLocaleTimeString('en-GB');
