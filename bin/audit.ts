import { restaurantTrail, unverifiedTrail } from '../lambdas/dynamodb/audit-trail.ts';
import type { Trail } from '../lambdas/dynamodb/record-order.ts';
import type { StoredAuditRecord } from '../lambdas/security/audit-columns.ts';
import { ocsfEvent } from '../lambdas/security/ocsf.ts';
import { isRestaurantId } from '../protocol/identifiers.ts';
import { targetHelp, targetOptions } from './asked-gateway.ts';
import { type Column, headingsFor, rowOf } from './columns.ts';
import { called, durationMs, readArguments, run, UsageError } from './command.ts';
import { printLines } from './printed-lines.ts';
import { openTarget } from './target.ts';

const help = `The audit trail: everybody who tried to connect, and what became of it.

  ${called('audit --restaurant R [--since 1h]')}
  ${called('audit --unverified   [--since 1h]')}

  --restaurant R  what verified users did at this restaurant
  --unverified    everybody who was refused, timed out or never said who they were
  --since SPAN    90s, 15m, 1h (the default), 7d. Records come as they are read, however many there are
  --format F      text (the default); json: the records as stored; ocsf: OCSF 1.8.0 events for a SIEM;
                  both one JSON object a line
${targetHelp(16)}`;

const columns: readonly Column[] = [
  ['TIME', 24],
  ['SEVERITY', 8],
  ['EVENT', 28],
  ['DETAIL', 27],
  ['USER', 18],
  ['TYPE', 10],
  ['ADDRESS', 15],
  ['CONNECTION', 16],
  ['CLAIMED', 0],
];

/** A column that is in neither line, as a new one is, is printed by its name. */
const headedOrOmitted: ReadonlySet<string> = new Set([
  ...['time', 'severity', 'event', 'detail', 'user_id', 'issuer', 'connection_type', 'source_ip', 'connection_id'],
  ...['pk', 'sk', 'expires_at', 'unmapped', 'restaurant_id', 'user_agent', 'count', 'start_time', 'end_time'],
]);

await run(async () => {
  const { values, positionals } = readArguments(help, {
    restaurant: { type: 'string' },
    unverified: { type: 'boolean' },
    since: { type: 'string' },
    format: { type: 'string' },
    ...targetOptions,
  });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
  const { restaurant, unverified = false, since = '1h', format = 'text' } = values;
  if (restaurant === undefined && !unverified) throw new UsageError('say --restaurant R or --unverified; see --help');
  if (restaurant !== undefined && unverified)
    throw new UsageError(
      'say --restaurant R or --unverified, not both: who was refused is in no trail of a restaurant',
    );
  if (restaurant !== undefined && !isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);
  if (format !== 'text' && format !== 'json' && format !== 'ocsf')
    throw new UsageError(`--format is text, json or ocsf, got ${format}`);
  const nowMs = Date.now();
  const period = { fromMs: nowMs - durationMs(since), toMs: nowMs };
  const { audit } = await openTarget(values);
  const trail = restaurant === undefined ? unverifiedTrail(audit)(period) : restaurantTrail(audit)(restaurant, period);
  await printLines({ text: textLines(trail, since), json: jsonLines(trail), ocsf: ocsfLines(trail) }[format]);
});

async function* textLines(trail: Trail, since: string) {
  let isFirst = true;
  for await (const entry of trail) {
    if (isFirst) yield* headingsFor(columns);
    isFirst = false;
    yield `${lineOf(entry)}\n`;
  }
  if (isFirst) yield `Nothing in the last ${since}.\n`;
}

async function* jsonLines(trail: Trail) {
  for await (const entry of trail) yield `${JSON.stringify(entry)}\n`;
}

async function* ocsfLines(trail: Trail) {
  let unknown = 0;
  for await (const entry of trail) {
    const event = ocsfEvent(entry);
    if (event === undefined) unknown += 1;
    else yield `${JSON.stringify(event)}\n`;
  }
  if (unknown > 0) console.error(`${unknown} records of events that this version does not know are left out`);
}

function lineOf(entry: StoredAuditRecord): string {
  const evidence = Object.entries({ ...entry.unmapped, ...unheaded(entry) }).map(
    ([name, value]) => `${name}=${quoted(String(value))}`,
  );
  return rowOf(columns, [
    entry.time,
    entry.severity,
    entry.event,
    entry.detail,
    entry.user_id === undefined ? '-' : `${entry.user_id} (${entry.issuer})`,
    entry.connection_type ?? '-',
    entry.source_ip,
    entry.connection_id,
    ...evidence,
  ]);
}

/** In a record all but printable ASCII is a `\uXXXX` escape; a quotation mark is made one, too, so that no claim ends early. */
function quoted(claim: string): string {
  return `"${claim.replaceAll('"', String.raw`\u0022`)}"`;
}

/** What a record holds beyond the columns that have a heading, and those that a line has no room for. */
function unheaded(entry: StoredAuditRecord): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !headedOrOmitted.has(name)));
}
