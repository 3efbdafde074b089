/**
 * `npm run soak -- --minutes N`: twenty restaurants of good and bad clients for so many minutes, while the gateway is killed,
 * stopped and made to suffer, and then what all of them heard, held against each other. Fails where anything is wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readArguments, run, UsageError } from '../../bin/command.ts';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { until } from '../conversation/until.ts';
import { attempt, badClients } from './bad-clients.ts';
import { enrol, publishAsBackend, readAudit } from './operator.ts';
import { type GatewayLives, startLives } from './gateway-lives.ts';
import type { Places, Trouble } from './gateway-process.ts';
import { bareClient, type GoodClient, type Place, sdkClient } from './good-clients.ts';
import {
  type Accepted,
  type Attempt,
  judgeDeliveries,
  judgeRecords,
  judgeSize,
  type Row,
  type Sample,
} from './oracle.ts';
import { tableOf } from './table.ts';

const help = `Lets a gateway run for a while among good and bad clients, kills and faults, and says what came of it.

  npm run soak -- --minutes N    at least 2
`;

const restaurants = Array.from({ length: 20 }, (_, i) => `r-soak-${i}`);
const eventsEachMs = 120;
const attemptsEachMs = 400;
const samplesEachMs = 3_000;
const disturbancesEachMs = 6_000;
/** The rest of the time is quiet, for the size to be measured. */
const disturbedPart = 0.5;
/** What failed is tried again after a minute. */
const settleMs = 150_000;

/** What happens to the gateway, one after another and from the beginning again. */
const disturbances: readonly ('SIGKILL' | 'SIGTERM' | 'SIGHUP' | 'cut' | Trouble)[] = [
  'SIGKILL',
  'cut',
  { queueMessages: 'twice', disconnects: 'twice' },
  'SIGTERM',
  { failing: 2, lost: 1 },
  'SIGKILL',
  { throttledPosts: 30, messageOrder: 'reversed' },
  'SIGHUP',
  { disconnects: { afterMs: 2_000 }, queueMessages: { afterMs: 300 } },
];

const soak = async (gateway: GatewayLives, forMs: number): Promise<readonly Row[]> => {
  await enrol(gateway.places(), restaurants.flatMap(placesAt));
  const clients = restaurants
    .flatMap(placesAt)
    .map((place) => (place.name.endsWith('bare') ? bareClient(gateway, place) : sdkClient(gateway, place)));
  const areConnected = await until(
    async () => clients.every((one) => one.isConnected()),
    (all) => all,
    60_000,
  );
  if (!areConnected) throw new Error('not all clients have connected within a minute');

  const accepted: Accepted[] = [];
  const attempts: Promise<Attempt>[] = [];
  const ends: string[] = [];
  const pending = new Set<Promise<unknown>>();
  let samples: Sample[] = [];
  const endMs = performance.now() + forMs;
  const goesOn = (): boolean => performance.now() < endMs;

  const publishing = async (): Promise<void> => {
    for (let i = 0; goesOn(); i += 1) {
      const published = publishOne(gateway, clients, i)
        .then(
          (one) => accepted.push(one),
          () => {},
        )
        .finally(() => pending.delete(published));
      pending.add(published);
      await delay(eventsEachMs);
    }
  };
  const attempting = async (): Promise<void> => {
    for (let i = 0; goesOn(); i += 1) {
      const [one] = badClients.slice(i % badClients.length);
      if (one !== undefined) attempts.push(attempt(gateway, one, `soak-attempt-${i}`));
      await delay(attemptsEachMs);
    }
  };
  const measuring = async (): Promise<void> => {
    while (goesOn()) {
      const size = await gateway.size().catch(() => undefined);
      // A new life begins small.
      if (size === undefined) samples = [];
      else samples.push({ ...size, atMs: performance.now() });
      await delay(samplesEachMs);
    }
  };
  const disturbing = async (): Promise<void> => {
    const calmMs = endMs - forMs * (1 - disturbedPart);
    for (let i = 0; performance.now() < calmMs; i += 1) {
      const [one] = disturbances.slice(i % disturbances.length);
      if (one === 'cut') for (const client of clients) client.cut();
      else if (typeof one === 'object') await gateway.be(one);
      else if (one !== undefined) {
        if (one === 'SIGKILL') accepted.push(...(await burst(gateway.places(), `burst-${i}`)));
        const ended = gateway.endAndStart(one);
        if (one === 'SIGKILL') for (const client of clients) client.killed();
        ends.push(`${one}: ${await ended}`);
        samples = [];
      }
      await delay(disturbancesEachMs);
      await gateway.be({});
    }
    samples = [];
  };
  await Promise.all([publishing(), attempting(), measuring(), disturbing()]);

  const attempted = await Promise.all(attempts);
  await until(
    async () => pending.size,
    (left) => left === 0,
    settleMs,
  );
  const deliveries = await until(
    async () => judgeDeliveries(accepted, clients),
    (rows) => rows.every(({ wrong }) => wrong.length === 0),
    settleMs,
  );
  for (const client of clients) client.close();
  const records = await until(
    async () =>
      judgeRecords(
        await readAudit(gateway.places()),
        clients.flatMap(({ sessions }) => sessions),
        attempted,
      ),
    (rows) => rows.every(({ wrong }) => wrong.length === 0),
    settleMs,
  );
  return [...deliveries, ...records, judgeEnds(ends), judgeSize(samples)];
};

const placesAt = (restaurantId: string): readonly Place[] =>
  (['pos', 'kitchen', 'bare'] as const).map((what) => ({
    name: `${restaurantId}-${what}`,
    restaurantId,
    connectionType: what === 'bare' ? 'kitchen' : what,
    sub: `u${restaurantId.slice(1)}-${what}`,
  }));

/** By a device or by a backend, turn by turn, at one restaurant after another. */
const publishOne = async (gateway: GatewayLives, clients: readonly GoodClient[], i: number): Promise<Accepted> => {
  const at = (what: string) => clients.find(({ name }) => name === `${restaurants[i % restaurants.length]}-${what}`);
  const mark = `e-${i}`;
  const [pos, kitchen] = [at('pos'), at('kitchen')];
  if (pos === undefined || kitchen === undefined) throw new Error('a restaurant has no devices');
  // The restaurant changes with each event, so what is published has to change more slowly.
  switch (Math.floor(i / restaurants.length) % 4) {
    case 0:
      return pos.publish('order.created', mark);
    case 1:
      return kitchen.publish('order.status_changed', mark);
    case 2:
      return pos.publish('payment.completed', mark);
    default:
      return publishAsBackend(gateway.places(), pos.restaurantId, mark);
  }
};

/** Three events at each restaurant at once: what is killed right afterwards has most of them still in its queue. */
const burst = async (places: Places, mark: string): Promise<readonly Accepted[]> => {
  const all = [...restaurants, ...restaurants, ...restaurants].map((restaurantId, i) =>
    publishAsBackend(places, restaurantId, `${mark}-${i}`),
  );
  return (await Promise.allSettled(all)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
};

const judgeEnds = (ends: readonly string[]): Row => ({
  what: 'gateways that ended as they were told',
  tried: ends.length,
  wrong: ends.filter((end) => !['SIGKILL: SIGKILL', 'SIGTERM: 0', 'SIGHUP: 0'].includes(end)),
});

await run(async () => {
  const { values } = readArguments(help, { minutes: { type: 'string' } });
  const minutes = Number(values.minutes ?? 2);
  if (!(minutes >= 2)) throw new UsageError(`--minutes is a number from 2, got ${values.minutes}`);
  const dataDir = mkdtempSync(join(tmpdir(), 'maitred-soak-'));
  const gateway = await startLives(await keptAssembly('test'), dataDir);
  try {
    const rows = await soak(gateway, minutes * 60_000);
    process.stdout.write(`${tableOf(rows)}\n`);
    if (rows.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
  } finally {
    await gateway.close();
    rmSync(dataDir, { recursive: true });
  }
});
