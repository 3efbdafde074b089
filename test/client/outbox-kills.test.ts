/** Publications in a storage, whose process is killed at every moment there is, one life each. Judged by what the kitchen heard. */
import { describe, expect, test } from '@jest/globals';
import { connect, type MaitredClient } from '../../client/src/index.ts';
import { createClock } from './clock.ts';
import { evenRandom, hour, minute } from './client-fixture.ts';
import { createFakeGateway } from './fake-gateway.ts';
import { type Disk, type Frailty, loseLastWrite, newDisk, sound, startProcess } from './frail-storage.ts';

const day = 24 * hour;
const ids = ['o-1', 'o-2', 'o-3', 'o-4', 'o-5', 'o-6'];

type Course = Readonly<{
  frailty: Frailty;
  /** What becomes of the write that was made last. */
  last: 'stays' | 'lost' | 'torn';
  /** The next process is killed as well, soon. */
  twice?: boolean;
  /** From the kill to the next process, and the one after it. */
  restMs: number;
  /** Who signs in after the kill, before the first one comes back. */
  between: 'nobody' | 'another user';
}>;

const world = () => {
  const clock = createClock();
  const gateway = createFakeGateway(clock);
  gateway.script.issuer = 'login';
  gateway.script.retentionMs = day;
  return { clock, gateway };
};

const startClient = ({ clock, gateway }: ReturnType<typeof world>, disk: Disk, dies: number, frailty: Frailty) => {
  const process = startProcess(clock, disk, gateway.WebSocket, dies, frailty);
  const client = connect({
    url: 'wss://gateway.example/prod',
    restaurantId: 'r-17',
    connectionType: 'pos',
    getToken: () => `secret@${clock.now() + hour}`,
    publishTimeoutMs: Number.POSITIVE_INFINITY,
    WebSocket: process.WebSocket,
    timers: process.timers,
    now: clock.now,
    random: evenRandom(),
    storage: process.storage,
    user: { issuer: 'login', userId: gateway.script.userId },
    onError: () => {},
  });
  return { process, client };
};

/** Publishes three orders before the first connection, two in a session, and one while the network is gone. */
const publishAll = async (
  { clock, gateway }: ReturnType<typeof world>,
  client: MaitredClient,
  told: (id: string) => void,
  goesOn: () => boolean,
) => {
  const publish = (id: string) => {
    if (!goesOn()) return;
    client.publish('order.created', { order_id: id }, { id }).kept.then(
      () => {
        if (goesOn()) told(id);
      },
      () => {},
    );
  };
  for (const id of ids.slice(0, 3)) publish(id);
  await clock.pass(30_000);
  for (const id of ids.slice(3, 5)) publish(id);
  await clock.pass(100);
  gateway.script.handshake = 'fail';
  gateway.restart();
  await clock.pass(1_000);
  for (const id of ids.slice(5)) publish(id);
  await clock.pass(20_000);
};

const live = async (dies: number, { frailty, last, restMs, between, twice }: Course) => {
  const at = world();
  const disk = newDisk();
  const kept = new Set<string>();
  const { process, client } = startClient(at, disk, dies, frailty);
  await publishAll(at, client, (id) => kept.add(id), process.isAlive);
  const { moments } = process;
  const wasKilled = !process.isAlive();
  process.kill();
  if (last !== 'stays') loseLastWrite(disk, last);
  await at.clock.pass(restMs);
  at.gateway.script.handshake = 'accept';
  const offeredToOther: string[] = [];
  const heardBefore = at.gateway.events().length;
  if (between === 'another user') {
    at.gateway.script.userId = 'u-2';
    const other = startClient(at, disk, 0, sound);
    other.client.onReturned(({ id, returned }) => offeredToOther.push(`${id} ${returned?.code}`));
    await at.clock.pass(minute);
    expect(at.gateway.events()).toHaveLength(heardBefore);
    other.client.close();
    await at.clock.pass(minute);
    other.process.kill();
    at.gateway.script.userId = 'u-1';
  }
  if (twice) {
    const second = startClient(at, disk, 1 + (dies % 20), frailty);
    await at.clock.pass(minute);
    second.process.kill();
    if (last !== 'stays') loseLastWrite(disk, last);
  }
  const after = startClient(at, disk, 0, sound);
  const offered: string[] = [];
  after.client.onReturned(({ id, returned }) => offered.push(`${id} ${returned?.code}`));
  await at.clock.pass(10 * minute);
  const heard = at.gateway.events().map(({ id }) => id);
  return {
    kept,
    heard,
    offered,
    offeredToOther,
    moments: moments(),
    wasKilled,
    disk,
    left: after.client.pending,
    events: at.gateway.events(),
  };
};

const judge = ({ kept, heard, offered, left, disk, events }: Awaited<ReturnType<typeof live>>) => {
  const problems: string[] = [];
  const times = (id: string) => heard.filter((one) => one === id).length;
  for (const id of ids) if (times(id) > 1) problems.push(`${id} was heard ${times(id)} times`);
  for (const id of kept)
    if (times(id) === 0 && !offered.includes(`${id} may_have_been_accepted`))
      problems.push(`${id} was kept and is lost`);
  for (const one of offered) if (!one.endsWith(' may_have_been_accepted')) problems.push(`offered ${one}`);
  if (heard.join() !== [...heard].sort().join()) problems.push(`heard in the order ${heard}`);
  for (const { id } of left) if (!offered.some((one) => one.startsWith(id))) problems.push(`${id} waits still`);
  for (const { userId } of events) if (userId !== 'u-1') problems.push(`heard one of ${userId}`);
  if (JSON.stringify([...disk.texts]).includes('secret')) problems.push('a token is in the storage');
  return problems;
};

/** Fails about one write in so many, before it was done or after, as a seed says. */
const failing = (one: number, seed: number): Frailty => {
  const draw = (nth: number) => {
    const value = Math.sin(nth * 12.9898 + seed * 78.233) * 43_758.5453;
    return value - Math.floor(value);
  };
  return {
    latencyMs: (nth) => 1 + Math.floor(draw(nth + 0.5) * 40),
    failure: (nth) => (draw(nth) < 1 / one ? (draw(nth + 0.25) < 0.5 ? 'before' : 'after') : 'none'),
  };
};

const courses: readonly (Course & Readonly<{ why: string }>)[] = [
  { why: 'a sound storage', frailty: sound, last: 'stays', restMs: minute, between: 'nobody' },
  { why: 'the last write lost', frailty: sound, last: 'lost', restMs: minute, between: 'nobody' },
  { why: 'the last write lost, and two days', frailty: sound, last: 'lost', restMs: 2 * day, between: 'nobody' },
  { why: 'another user in between', frailty: sound, last: 'lost', restMs: minute, between: 'another user' },
  { why: 'a slow storage that fails', frailty: failing(8, 1), last: 'lost', restMs: minute, between: 'nobody' },
  {
    why: 'one that fails, and two days',
    frailty: failing(8, 2),
    last: 'lost',
    restMs: 2 * day,
    between: 'another user',
  },
  {
    why: 'the last write half made, twice',
    frailty: sound,
    last: 'torn',
    restMs: minute,
    between: 'nobody',
    twice: true,
  },
  {
    why: 'the last write half made, twice, and two days',
    frailty: failing(8, 3),
    last: 'torn',
    restMs: 2 * day,
    between: 'nobody',
    twice: true,
  },
];

describe('a process that is killed at any moment', () => {
  test.each(courses)(
    'loses nothing that was kept and repeats nothing, with $why',
    async (course) => {
      const problems: string[] = [];
      const all = await live(0, course);
      expect(all.kept.size).toBe(ids.length);
      expect(all.moments).toBeGreaterThan(50);

      const seen = { kept: 0, heard: 0, offered: 0, other: 0 };
      for (let dies = 1; dies <= all.moments; dies++) {
        const life = await live(dies, course);
        expect(life.wasKilled).toBe(true);
        seen.kept += life.kept.size;
        seen.heard += life.heard.length;
        seen.offered += life.offered.length;
        seen.other += life.offeredToOther.length;
        problems.push(...judge(life).map((problem) => `killed at ${dies}: ${problem}`));
      }
      console.info(`${course.why}: ${all.moments} moments`, JSON.stringify(seen));
      expect(problems).toEqual([]);
      expect(seen.kept).toBeGreaterThan(0);
      if (course.between === 'another user') expect(seen.other).toBeGreaterThan(0);
    },
    120_000,
  );
});
