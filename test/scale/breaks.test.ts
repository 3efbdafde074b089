/** docs/limits.md says at how many restaurants each row breaks, as the quotas and the fleet of docs/cost.md give it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { reference } from '../../cost/fleet.ts';
import { mostPerSecond } from '../../cost/shared-runs.ts';
import { assumed } from '../../cost/assumptions.ts';
import { breaksOf, firstOf, perRestaurant } from '../../scale/breaks.ts';
import { quotas } from '../../scale/quotas.ts';
import { count } from '../../scale/storm-report.ts';

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const page = textOf('docs/limits.md');
const rowWith = (text: string): readonly string[] => {
  const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(text));
  if (row === undefined) throw new Error(`docs/limits.md has no row with ${text}`);
  return row.split('|').map((cell) => cell.trim());
};
const breaks = breaksOf();
const fifo = Object.entries(quotas.fifoSends).map(([regions]) => breaks[`FIFO sends in ${regions}`] ?? 0);

test.each([
  { text: "API Gateway's requests", has: [breaks['requests'], breaks['requests in small regions']] },
  { text: 'new connections |', has: [breaks['connections']] },
  { text: 'Cognito, where', has: [breaks['tokens']] },
  { text: 'runs of the fan-out at once', has: [breaks['fan-out']] },
  { text: '| the FIFO queue |', has: [...new Set(fifo)] },
  { text: 'the event table on demand', has: [breaks['table'], breaks['new table']] },
  { text: 'one key of the membership table', has: [breaks['memberships of the platform']] },
])('docs/limits.md has how many restaurants it takes: $text', ({ text, has }) => {
  const cell = rowWith(text)[4] ?? '';
  expect(cell.match(/\d[\d,]*\d{3}/g)).toEqual(has.map((number) => count(number ?? 0)));
});

test('docs/limits.md and docs/scale.md say what comes first', () => {
  const asTheyCome = firstOf(reference, false);
  const raised = { ...reference, fanOutConcurrency: 60 };
  expect([asTheyCome.row, firstOf(raised, false).row, firstOf(raised, true).row]).toEqual([
    'fan-out',
    'requests',
    'requests in small regions',
  ]);
  for (const { restaurants } of [asTheyCome, firstOf(raised, false), firstOf(raised, true)])
    for (const text of [page, textOf('docs/scale.md')]) expect(text).toContain(`**${count(restaurants)}**`);
});

test.each([
  { text: 'requests of API Gateway', has: 'requests' },
  { text: 'connections that are opened', has: 'entriesPerSecond' },
  { text: 'tokens of an hour', has: 'tokensPerSecond' },
  { text: 'events through the queue', has: 'eventsPerSecond' },
  { text: 'writes of the events table', has: 'eventWritesPerSecond' },
] as const)('docs/scale.md has what a million devices need of $text', ({ text, has }) => {
  const one = perRestaurant(reference);
  const each = has === 'requests' ? one.deliveriesPerSecond + one.requestsPerSecond : one[has];
  const row = textOf('docs/scale.md')
    .split('\n')
    .find((line) => line.startsWith(`| ${text}`));
  expect(row?.split('|')[2]?.trim()).toBe(`${count(Number((200_000 * each).toPrecision(2)))}/s`);
});

test('docs/limits.md has the quotas that it computes with', () => {
  const prose = page.replace(/\s+/g, ' ');
  for (const quota of [
    `**${quotas.connections}/s** new connections`,
    `**${count(quotas.requests)} requests/s**`,
    `at once ${count(quotas.requestBurst)}`,
    `${count(quotas.requestsInSmallRegions)}/s and 1,250 at once`,
    `${quotas.tokens} sign-ins`,
    `${count(mostPerSecond(reference.fanOutConcurrency, assumed))} events/s`,
    `${count(quotas.tableWrites)} writes/s a table`,
    `${count(quotas.newTableWrites)} writes/s and ${count(quotas.newTableReads)} reads/s`,
    `${count(quotas.partitionReads)} reads/s`,
    ...Object.values(quotas.fifoSends).map(count),
  ])
    expect(prose).toContain(quota);
});

test('twice the devices and events are four times the deliveries', () => {
  const one = perRestaurant(reference);
  const double = perRestaurant({ ...reference, devices: 2 * reference.devices, events: 2 * reference.events });
  expect(double.eventsPerSecond).toBeCloseTo(2 * one.eventsPerSecond);
  expect(double.deliveriesPerSecond).toBeCloseTo(4 * one.deliveriesPerSecond);
  expect(double.entriesPerSecond).toBeCloseTo(2 * one.entriesPerSecond);
});
