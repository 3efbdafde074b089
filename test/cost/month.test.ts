/** The model of a month: what is drawn agrees with what is computed, no use is forgotten, and docs/cost.md says what it gives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { alternatives } from '../../cost/alternatives.ts';
import { assumed, assumptionNames } from '../../cost/assumptions.ts';
import { stretchesOf } from '../../cost/arrivals.ts';
import { seeded } from '../../cost/seeded.ts';
import { bounds, type Fleet, problemOf, reference } from '../../cost/fleet.ts';
import { computedPings, drawnPings, pingsPerDay, pingsPerHour } from '../../cost/heartbeats.ts';
import { listPrices } from '../../cost/list-prices.ts';
import { countsOf } from '../../cost/counts.ts';
import { monthOf, totalOf, usesOf } from '../../cost/month.ts';
import { outboxLogBytesPerRun } from '../../cost/stage-uses.ts';
import { purposes } from '../../cost/use.ts';
import { changes, differenceOf, savings, withSavings } from '../../cost/options.ts';
import { apiGatewayMessages, inDollars, priced } from '../../cost/price.ts';
import { millionQuestions, tables, withTables } from '../../cost/page-tables.ts';
import { drawnMessagesPerRun, messagesPerRun, mostPerSecond, slotOf } from '../../cost/shared-runs.ts';
import { tornadoOf } from '../../cost/tornado.ts';
import { eventsTableLeast, functionMb, idleStage, keyAskers, measured, platformLogBytes } from '../../cost/units.ts';
import { StageKeys } from '../../config-schema/stage-config.ts';
import { throughputKeys } from '../../config-schema/throughput.ts';
import { pingIntervalSeconds } from '../../protocol/limits.ts';
import { resources, templates } from '../lib/templates.ts';
import { functionLines } from '../monitoring/real-lines.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8');
const prose = page.replace(/\s+/g, ' ');

describe('docs/cost.md', () => {
  // `node test/cost/write-page.ts` writes them.
  test('has the tables that the model gives', () => {
    expect(page).toBe(withTables(page));
    for (const name of Object.keys(tables)) expect(page).toContain(`<!-- table ${name} -->`);
  });

  test('says what a question who is there costs, of ten sessions and of a hundred', () => {
    const [ten, hundred] = [measured.readUnitsPerWhoOf10, measured.readUnitsPerWhoOf100].map(
      (units) => `$${millionQuestions(units).toFixed(2)}`,
    );
    expect(prose).toContain(`${ten} a million at a restaurant of ten sessions, ${hundred} at one of a hundred`);
  });

  test('says that the month meets its target with all options', () => {
    expect(totalOf(withSavings(reference))).toBeLessThanOrEqual(4_800);
    expect(prose).toContain('$4,800 with all options. The second is met.');
  });

  test('says which alternative is cheaper with the same beside it, and which is not', () => {
    const all = totalOf(reference);
    for (const { name, alike } of alternatives(reference))
      if (alike !== undefined) expect([name, alike < all]).toEqual([name, name === 'AWS IoT Core, QoS 0']);
    const cheaper = alternatives(reference).find(({ name }) => name === 'AWS IoT Core, QoS 0')?.alike ?? 0;
    expect(prose).toContain(`IoT Core at QoS 0 is cheaper by $${Math.round(all - cheaper)}`);
    const small = { ...reference, restaurants: 100 };
    const appSync = alternatives(small).find(({ name }) => name === 'AWS AppSync Events')?.alike ?? 0;
    expect(prose).toContain(
      `at 100 restaurants AppSync Events is ${inDollars(appSync)} against ${inDollars(totalOf(small))}`,
    );
  });

  test('says how far the month is above its target like for like', () => {
    const pings = totalOf(reference) - totalOf({ ...reference, heartbeat: 240 });
    expect(prose).toContain(
      `240 s, which would save ${inDollars(pings)} here; like for like, with a ping after 120 s, it is ${inDollars(5_400 + pings)}, and the month is above that by some $${Math.round(totalOf(reference) - pings - 5_400)}`,
    );
  });

  test('says from where provisioned throughput saves', () => {
    const saves = (restaurants: number): boolean => withSavings({ ...reference, restaurants }).provisioned;
    const from = Array.from({ length: 100 }, (_, nth) => nth + 1).find(saves);
    expect(prose).toContain(`from ${from} restaurants of the reference month`);
  });

  test('says how many pings an hour a device sends in the reference month', () => {
    expect(prose).toContain(`**${(pingsPerDay(reference) / reference.hours).toFixed(1)} pings an hour**`);
  });
});

describe('heartbeats in an hour', () => {
  test.each([
    { why: 'nothing to hear: one each time', framesPerHour: 0, silence: 60, pings: 60 },
    { why: 'hardly anything to hear', framesPerHour: 0.001, silence: 120, pings: 30 },
    { why: 'one frame a minute: 1 / (e - 1) of the minutes are silent', framesPerHour: 60, silence: 60, pings: 34.9 },
    { why: 'always something to hear', framesPerHour: 6_000, silence: 120, pings: 0 },
  ])('$why', ({ framesPerHour, silence, pings }) => {
    expect(pingsPerHour(framesPerHour, silence)).toBeCloseTo(pings, 1);
  });

  test.each([
    { why: 'random, 60 s', arrivals: 'random', silence: 60 },
    { why: 'random, 120 s', arrivals: 'random', silence: 120 },
    { why: 'peaked, 60 s', arrivals: 'peaked', silence: 60 },
    { why: 'peaked, 120 s', arrivals: 'peaked', silence: 120 },
    { why: 'peaked, 300 s', arrivals: 'peaked', silence: 300 },
  ] as const)('drawn event by event and computed are the same: $why', ({ arrivals, silence }) => {
    const day = { ...reference, arrivals };
    const computed = computedPings(day, silence);
    expect(Math.abs(drawnPings(day, silence, 100) - computed)).toBeLessThan(0.05 * computed + 1);
  });

  test('of events that come in clusters are more than of as many that do not', () => {
    expect(pingsPerDay({ ...reference, arrivals: 'orders' })).toBeGreaterThan(pingsPerDay(reference));
    expect(pingsPerDay(reference)).toBeGreaterThan(pingsPerDay({ ...reference, arrivals: 'random' }));
  });

  test('are drawn alike each time', () => {
    const [one, other] = [seeded(7), seeded(7)];
    expect(Array.from({ length: 5 }, one)).toEqual(Array.from({ length: 5 }, other));
  });
});

test.each(['random', 'peaked', 'orders'] as const)(
  'a day of events that come %s has all of them and all its hours',
  (arrivals) => {
    const stretches = stretchesOf(arrivals, 12, 2_000);
    expect(stretches.reduce((sum, { hours }) => sum + hours, 0)).toBeCloseTo(12);
    expect(stretches.reduce((sum, { hours, perHour }) => sum + hours * perHour, 0)).toBeCloseTo(2_000);
  },
);

describe('restaurants in a run', () => {
  test.each([
    { why: 'far fewer come than places wait', perSecond: 50, places: 30 },
    { why: 'some more come than places are', perSecond: 463, places: 20 },
    { why: 'a busy hour', perSecond: 889, places: 30 },
    { why: 'lunch', perSecond: 1_111, places: 30 },
    { why: 'more than all places take', perSecond: 1_111, places: 20 },
  ])('drawn and computed are the same: $why', ({ perSecond, places }) => {
    const computed = messagesPerRun(perSecond, places, assumed);
    expect(Math.abs(drawnMessagesPerRun(perSecond, places, assumed, 20_000) / computed - 1)).toBeLessThan(0.06);
  });

  test.each([
    {
      why: 'half the memory does the work of a further restaurant in twice the time',
      memoryMiB: 512,
      furtherTurnMs: 26,
      runs: 'fewer',
    },
    {
      why: 'and more than a whole processor does no more',
      memoryMiB: 3_008,
      furtherTurnMs: (13 * 1_024) / 1_769,
      runs: 'more',
    },
  ])('$why', ({ memoryMiB, furtherTurnMs, runs }) => {
    const slot = slotOf({ ...reference, fanOutMemoryMiB: memoryMiB }, { ...assumed, slotMs: 100, furtherTurnMs: 13 });
    expect(slot).toEqual({ slotMs: 100, furtherTurnMs });
    const fleet = { ...reference, fanOutMemoryMiB: memoryMiB };
    expect(countsOf(fleet).runs > countsOf(reference).runs ? 'more' : 'fewer').toBe(runs);
  });

  test.each([
    { why: 'posts to more devices take longer', fleet: { devices: 200 }, more: 195 * 1.2 },
    { why: 'with half the memory twice as long', fleet: { devices: 200, fanOutMemoryMiB: 512 }, more: 195 * 2.4 },
    { why: 'to those alone who hear', fleet: { devices: 10, audience: 0.6 }, more: 1.2 },
    { why: 'and to fewer not less, since they are side by side', fleet: { audience: 0.2 }, more: 0 },
  ])('$why', ({ fleet, more }) => {
    const one = { ...reference, ...fleet };
    const alone = slotOf({ ...one, devices: reference.devices, audience: 1 }, assumed);
    const slot = slotOf(one, assumed);
    expect(slot.slotMs).toBeCloseTo(alone.slotMs + more);
    expect(slot.furtherTurnMs).toBeCloseTo(alone.furtherTurnMs + more);
  });

  test('a run for many devices is billed longer', () => {
    const timeOf = (devices: number) => {
      const fleet = { ...reference, restaurants: 1, devices };
      return usesOf(fleet).find(({ purpose, price }) => purpose === 'runs of the fan-out' && price === 'lambdaGbSecond')
        ?.quantity;
    };
    expect((timeOf(200) ?? 0) / (timeOf(5) ?? 0)).toBeGreaterThan(4);
  });

  test('the default takes what the reference month has at lunch', () => {
    const busiest = Math.max(...stretchesOf('peaked', 12, 2_000).map(({ perHour }) => perHour));
    expect((reference.restaurants * busiest) / 3600).toBeLessThan(mostPerSecond(reference.fanOutConcurrency, assumed));
  });
});

describe('a month', () => {
  test('has a use for each purpose there is, with everything on', () => {
    const everything: Fleet = {
      ...reference,
      outbox: 'bus',
      issuer: 'pool',
      publishers: 'devices',
      dashboard: 'full',
      encryptionKey: true,
    };
    expect([...monthOf(everything).keys()]).toEqual(purposes);
  });

  test('is as dear as all its uses, whatever they are summed by', () => {
    const dollars = priced(usesOf(reference)).reduce((sum, use) => sum + use.dollars, 0);
    expect(totalOf(reference)).toBeCloseTo(dollars, 6);
  });

  test('has the second billion of messages cheaper', () => {
    expect(apiGatewayMessages(1e9)).toBeCloseTo(1_000);
    expect(apiGatewayMessages(3e9)).toBeCloseTo(1_000 + 2_000 * 0.8);
  });

  test('grows by each restaurant, and by each thing that happens at it', () => {
    for (const key of ['restaurants', 'devices', 'events', 'nightHours', 'days'] as const)
      expect([key, totalOf({ ...reference, [key]: reference[key] + 1 }) > totalOf(reference)]).toEqual([key, true]);
  });

  test('of nobody counts nothing but what stands there', () => {
    expect([...monthOf({ ...reference, restaurants: 0 }).keys()]).toEqual([
      'alarms, metrics, dashboard',
      'reading empty queues',
    ]);
    expect(countsOf({ ...reference, restaurants: 0 }).pings).toBe(0);
  });

  test('is cheaper with each option that is called a saving, and with all of them', () => {
    for (const one of savings) expect([one.option, differenceOf(reference, one) < 0]).toEqual([one.option, true]);
    expect(totalOf(withSavings(reference))).toBeLessThan(
      Math.min(...savings.map((one) => totalOf({ ...reference, ...one.chosen }))),
    );
    for (const one of changes) expect([one.option, differenceOf(reference, one) !== 0]).toEqual([one.option, true]);
  });

  test.each([{ restaurants: 0 }, { restaurants: 1 }, { restaurants: 20 }])(
    'of $restaurants restaurants is dearer with provisioned throughput, whose least is paid day and night',
    ({ restaurants }) => {
      const few = { ...reference, restaurants };
      const more = totalOf({ ...few, provisioned: true }) - totalOf(few);
      expect(more).toBeGreaterThan(0);
      if (restaurants > 0) return;
      const leastOfHour = eventsTableLeast.writes * 0.00065 + eventsTableLeast.reads * 0.00013;
      expect(more).toBeCloseTo(leastOfHour * 720 + 8 * listPrices.cloudWatchAlarmMetric);
      expect(withSavings(few)).toEqual(few);
    },
  );

  test('with provisioned throughput pays the least of it while nobody is connected, and what is provisioned else', () => {
    const quantityOf = (fleet: Fleet): number =>
      usesOf({ ...fleet, provisioned: true })
        .filter(({ price }) => price === 'dynamodbProvisionedWriteUnit')
        .reduce((sum, { quantity }) => sum + quantity, 0);
    const writes = 600e6 * (3 + assumed.largeEvents);
    expect(quantityOf(reference)).toBeCloseTo(writes / assumed.utilization + eventsTableLeast.writes * 12 * 3600 * 30);
    expect(quantityOf({ ...reference, nightHours: 12 })).toBeCloseTo(writes / assumed.utilization);
  });

  test('counts provisioned throughput from the least that a stage has by default', () => {
    expect(v.parse(throughputKeys.provisionedThroughput, { maxReads: 100, maxWrites: 100 })).toMatchObject({
      minReads: eventsTableLeast.reads,
      minWrites: eventsTableLeast.writes,
    });
  });

  test('with a key of its own is dearer by the key, and where it is used by its requests', () => {
    const more = (fleet: Fleet): number => totalOf({ ...fleet, encryptionKey: true }) - totalOf(fleet);
    expect(more({ ...reference, restaurants: 0 })).toBeCloseTo(listPrices.kmsKey);
    expect(more(reference)).toBeGreaterThan(listPrices.kmsKey + 0.3);
    expect(more(reference)).toBeLessThan(listPrices.kmsKey + 2);
  });

  test('depends on every assumption, or has options under which it does', () => {
    const swings = tornadoOf({ ...reference, provisioned: true, devices: 6 });
    expect(swings.map(({ name }) => name).sort()).toEqual([...assumptionNames].sort());
    expect(swings.filter(({ less, more }) => less === 0 && more === 0)).toEqual([]);
    for (const { name } of swings) expect(page).toContain(`| \`${name}\` |`);
  });
});

describe('what a fleet may be', () => {
  test.each([
    { key: 'restaurants', fleet: { restaurants: 1.5 }, says: 'is a whole number from 0 to 10000000, got 1.5' },
    { key: 'audience', fleet: { audience: 1.1 }, says: 'is a number from 0 to 1, got 1.1' },
    { key: 'hours', fleet: { hours: Number.NaN }, says: 'is a number from 0.5 to 24, got NaN' },
    {
      key: 'nightHours',
      fleet: { hours: 20, nightHours: 5 },
      says: 'and the open hours are a day at most, got 20 and 5',
    },
  ])('$key $says', ({ key, fleet, says }) => {
    expect(problemOf({ ...reference, ...fleet })).toEqual({ key, says });
  });

  test('may ping as late as a stage may say, and no later', () => {
    expect(bounds.heartbeat).toEqual([pingIntervalSeconds.least, pingIntervalSeconds.most]);
  });

  test('the reference month is one, and so is a fleet at either end', () => {
    expect(problemOf(reference)).toBeUndefined();
    const ends = Object.entries(bounds).flatMap(([key, [from, to]]) =>
      key === 'hours' || key === 'nightHours' ? [] : [{ [key]: from }, { [key]: to }],
    );
    for (const end of ends) expect([end, problemOf({ ...reference, ...end })]).toEqual([end, undefined]);
    expect(Number.isFinite(totalOf({ ...reference, events: 0, audience: 0 }))).toBe(true);
  });
});

describe('the units are those of the templates and the functions', () => {
  const made = templates();
  const withOutbox = templates({ outbox: 'bus' });
  const alarmMetricsOf = ({ state, gateway, monitoring }: typeof made) => {
    const alarms = [state, gateway, monitoring].flatMap((one) =>
      Object.values(resources(one, 'AWS::CloudWatch::Alarm')),
    );
    return alarms.flatMap(({ Properties: { Metrics } }) =>
      Metrics === undefined ? ['one'] : Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat),
    ).length;
  };

  test('an idle stage has so many alarm metrics, keys and queues that are read', () => {
    const all = (type: string) => Object.values(made).flatMap((one) => Object.values(resources(one, type)));
    const mappings = all('AWS::Lambda::EventSourceMapping');
    expect({
      alarmMetrics: alarmMetricsOf(made),
      alarmMetricsOfOutbox: alarmMetricsOf(withOutbox) - alarmMetricsOf(made),
      keys: all('AWS::KMS::Key').length,
      queues: mappings.length,
      tables: all('AWS::DynamoDB::GlobalTable').length,
    }).toEqual({
      alarmMetrics: idleStage.alarmMetrics,
      alarmMetricsOfOutbox: idleStage.alarmMetricsOfOutbox,
      keys: idleStage.keys,
      queues: idleStage.standardQueues + idleStage.fifoQueues,
      tables: keyAskers.tables,
    });
    // Where a maximum concurrency is set, Lambda does not read less while a queue is empty.
    expect(mappings.every(({ Properties }) => Properties.ScalingConfig !== undefined)).toBe(true);
  });

  test('each function has the memory that is paid', () => {
    const functions = resources(withOutbox.gateway, 'AWS::Lambda::Function');
    const memoryOf = (id: string): unknown =>
      functions[`${id[0]?.toUpperCase()}${id.slice(1)}Function`]?.['Properties'].MemorySize;
    const { outbox: _, ...named } = functionMb;
    for (const [id, mb] of Object.entries({
      ...named,
      fanOut: reference.fanOutMemoryMiB,
      redeliver: reference.fanOutMemoryMiB,
    }))
      expect([id, memoryOf(id)]).toEqual([id, mb]);
    const [outbox] = Object.entries(functions).filter(([id]) => /outbox/i.test(id));
    expect(outbox?.[1]['Properties'].MemorySize).toBe(functionMb.outbox);
  });

  test('no function pays for Lambda’s own lines about runs that went well', () => {
    const functions = Object.values(resources(withOutbox.gateway, 'AWS::Lambda::Function'));
    for (const { Properties } of functions) expect(Properties.LoggingConfig.SystemLogLevel).toBe('WARN');
    expect(platformLogBytes).toBe(0);
  });

  test('the default of fanOutConcurrency is the one that is counted with', () => {
    const mapping = resources(made.gateway, 'AWS::Lambda::EventSourceMapping')['FanOutFunctionEvents'];
    expect(mapping?.['Properties'].ScalingConfig.MaximumConcurrency).toBe(reference.fanOutConcurrency);
  });

  test('the fan-out may have as much memory as a stage may say', () => {
    expect(bounds.fanOutMemoryMiB).toEqual([512, 3_008, 'whole']);
    for (const memoryMiB of bounds.fanOutMemoryMiB.slice(0, 2))
      expect(v.safeParse(StageKeys, { fanOutMemoryMiB: memoryMiB }).success).toBe(true);
    for (const memoryMiB of [511, 3_009])
      expect(v.safeParse(StageKeys, { fanOutMemoryMiB: memoryMiB }).success).toBe(false);
  });

  test('the log of a run of the outbox is as long as it is said to be', () => {
    const lines = functionLines().filter(({ name }) => /^(metric of )?outbox ran$/.test(name));
    const bytes = lines.reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0);
    expect(Math.abs(bytes - outboxLogBytesPerRun)).toBeLessThan(10);
  });

  test('every price is one that something is paid with', () => {
    const paid = new Set(
      [
        reference,
        {
          ...reference,
          provisioned: true,
          auditTableClass: 'infrequent',
          outbox: 'bus',
          issuer: 'pool',
          dashboard: 'full',
          encryptionKey: true,
        } as const,
      ].flatMap((fleet) => usesOf(fleet).map(({ price }): string => price)),
    );
    const others = Object.keys(listPrices).filter((price) => !paid.has(price));
    expect(others).toEqual(['apiGatewayMessageBeyond']);
  });
});
