/** docs/cost.md says what its inputs give. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { resources, templates } from '../lib/templates.ts';
import { functionLines } from '../monitoring/real-lines.ts';
import {
  alternatives,
  idleCost,
  idleStage,
  inDollars,
  levers,
  measured,
  millionQuestions,
  monthlyCost,
  outboxCost,
  outboxLogBytesPerRun,
  pingsPerHour,
  plainMonth,
  total,
} from './monthly-cost.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8');
const rows = new Map(
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => {
      const [name = '', ...cells] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [name, cells];
    }),
);
const items = monthlyCost(plainMonth);
const all = total(items);
const change = (dollars: number): string => {
  const percent = Math.round(100 * (dollars / all - 1));
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
};

test.each(Object.entries(items))('the plain month: %s', (item, dollars) => {
  expect(rows.get(item)).toEqual([inDollars(dollars), `${Math.round((100 * dollars) / all)} %`]);
});

test('the plain month in all', () => {
  expect(rows.get('**together**')).toEqual([`**${inDollars(all)}**`, '']);
});

test.each(levers)('a lever: $lever', ({ lever, month }) => {
  const dollars = total(monthlyCost(month));
  expect(rows.get(lever)).toEqual([inDollars(dollars), change(dollars)]);
});

test.each(Object.entries(alternatives(plainMonth)))('an alternative: %s', (name, dollars) => {
  expect(rows.get(name)?.[0]).toBe(inDollars(dollars));
});

test.each(Object.entries(measured))('a measured unit: %s', (unit, value) => {
  expect(rows.get(`\`${unit}\``)?.[0]).toBe(value.toLocaleString('en-US'));
});

test('a question who is there, of ten sessions and of a hundred', () => {
  const [ten, hundred] = [measured.readUnitsPerWhoOf10, measured.readUnitsPerWhoOf100].map(
    (units) => `$${millionQuestions(units).toFixed(2)}`,
  );
  expect(text).toContain(`${ten} a million at a restaurant of ten sessions, ${hundred} at one of a hundred`);
});

test('the heartbeats of the plain month', () => {
  const { eventsPerDay, openHoursPerDay } = plainMonth;
  const pings = Math.round(pingsPerHour(eventsPerDay / openHoursPerDay));
  expect(text.replace(/\s+/g, ' ')).toContain(`sends ${pings} pings an hour`);
});

test.each([
  { why: 'nothing to hear: one a minute', framesPerHour: 0, pings: 60 },
  { why: 'hardly anything to hear', framesPerHour: 0.001, pings: 60 },
  { why: 'one frame a minute: 1 / (e - 1) of the minutes are silent', framesPerHour: 60, pings: 34.9 },
  { why: 'always something to hear', framesPerHour: 6_000, pings: 0 },
])('heartbeats in an hour, $why', ({ framesPerHour, pings }) => {
  expect(pingsPerHour(framesPerHour)).toBeCloseTo(pings, 1);
});

test('heartbeats are as many as gaps between events at random moments have whole minutes', () => {
  const framesPerHour = 167;
  // Gaps at the middle of equal shares of their distribution, in minutes.
  const shares = 100_000;
  const minutes = Array.from({ length: shares }, (_, nth) => (-Math.log((nth + 0.5) / shares) / framesPerHour) * 60);
  const perGap = minutes.reduce((sum, gap) => sum + Math.floor(gap), 0) / shares;
  expect(pingsPerHour(framesPerHour)).toBeCloseTo(perGap * framesPerHour, 1);
});

const inCents = (dollars: number): string => `$${dollars.toFixed(2)}`;
const idle = idleCost(idleStage);

test.each(Object.entries(idle))('an idle stage: %s', (item, dollars) => {
  expect(rows.get(item)).toEqual([inCents(dollars)]);
});

test('an idle stage in all', () => {
  expect(rows.get('**an idle stage**')).toEqual([`**${inCents(total(idle))}**`]);
});

test('an idle stage has what the templates have', () => {
  const { state, gateway, monitoring } = templates();
  const of = (type: string) =>
    [state, gateway, monitoring].flatMap((template) => Object.values(resources(template, type)));
  const alarms = of('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const metrics = alarms.flatMap(({ Metrics }) =>
    Metrics === undefined ? ['one'] : Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat),
  );
  expect(text).toContain(`${alarms.length} alarms look at ${metrics.length} metrics`);
  const mappings = of('AWS::Lambda::EventSourceMapping');
  expect({
    alarmMetrics: metrics.length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    keys: of('AWS::KMS::Key').length,
    queuesRead: mappings.length,
  }).toEqual({
    alarmMetrics: idleStage.alarmMetrics,
    dashboards: idleStage.dashboards,
    keys: idleStage.keys,
    queuesRead: idleStage.standardQueuesRead + idleStage.fifoQueuesRead,
  });
  // Where a maximum concurrency is set, Lambda does not read less while a queue is empty.
  expect(mappings.every(({ Properties }) => Properties.ScalingConfig !== undefined)).toBe(true);
});

const [toBus, toQueue] = [outboxCost('bus'), outboxCost('queue')];

test.each(Object.entries(toBus))('a million events to the backend: %s', (item, dollars) => {
  const there = Object.entries(toQueue).find(([name]) => name === item)?.[1] ?? Number.NaN;
  expect(rows.get(item)).toEqual([inCents(dollars), inCents(there)]);
});

test('a million events to the backend in all, and the plain month', () => {
  const both = [total(toBus), total(toQueue)];
  expect(rows.get('**a million events**')).toEqual(both.map((dollars) => `**${inCents(dollars)}**`));
  const { restaurants, eventsPerDay, days } = plainMonth;
  const month = both.map((dollars) => inDollars((dollars * restaurants * eventsPerDay * days) / 1e6));
  expect(text.replace(/\s+/g, ' ')).toContain(`${month[0]} to a bus, ${month[1]} to a queue`);
});

test('the log of a run of the outbox is as long as it is said to be', () => {
  const lines = functionLines().filter(({ name }) => /^(metric of )?outbox ran$/.test(name));
  const bytes = lines.reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0);
  expect(Math.abs(bytes - outboxLogBytesPerRun)).toBeLessThan(10);
});
