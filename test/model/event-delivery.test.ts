/**
 * Restaurant events under every kind of trouble: lost posts, lost answers, crashes between any two steps, messages that
 * come twice or are given up, an index that lags, clients that come and go. In the end every client has had what it was
 * entitled to, once, in order, be it live or replayed.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Authenticated } from '../../lambdas/connection/connection.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { redeliver } from '../../lambdas/routes/redeliver.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { runs } from '../harness/runs.ts';
import { type EventMessage, put } from '../memory/event-queue.ts';
import { enrol } from '../memory/memberships.ts';
import { type Platform, platform } from '../memory/platform.ts';
import { allGoesWell, type Conduct, type Fate } from '../memory/port-call.ts';
import { memoryWorld, tokenOf, type World } from '../memory/world.ts';
import { connectionTypes } from '../restaurant-domain.ts';

const restaurantId = 'r-17';
const clientTypes = ['pos', 'kitchen', 'customer', 'management'] as const;

/** A client that keeps PROTOCOL.md's rules: a cursor that never goes back, a pull when something is missing. */
type NamedClient = {
  readonly type: ConnectionType;
  connectionId: string;
  cursor: number;
  read: number;
  readonly had: number[];
};

type Step =
  | Readonly<{ does: 'publish'; id: number; says: number; audience: readonly ConnectionType[] }>
  | Readonly<{
      does: 'receive';
      batch: number;
      fault: Fault | undefined;
      lagging: boolean;
      twice: boolean;
      deaf: boolean;
    }>
  | Readonly<{ does: 'give up' }>
  | Readonly<{ does: 'post again'; fault: Fault | undefined }>
  | Readonly<{ does: 'read'; client: number }>
  | Readonly<{ does: 'leave' | 'come back'; client: number }>;

/** `lasts`: every call after it has the same. */
type Fault = Readonly<{ call: number; fate: Fate; lasts: boolean }>;

const clientIndex = fc.nat(clientTypes.length - 1);
const fault = fc.record({
  call: fc.integer({ min: 1, max: 24 }),
  fate: fc.constantFrom<Fate>('lost', 'answer_lost', 'retried', 'stops_before', 'stops_after'),
  lasts: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('publish' as const),
      // So few ids that some are published again.
      id: fc.nat(30),
      // Few of them say something else.
      says: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constant(1)),
      audience: fc.subarray([...connectionTypes], { minLength: 1 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('receive' as const),
      batch: fc.integer({ min: 1, max: 10 }),
      fault: fc.option(fault, { nil: undefined }),
      lagging: fc.boolean(),
      twice: fc.boolean(),
      // No socket takes anything.
      deaf: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'give up' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('post again' as const), fault: fc.option(fault, { nil: undefined }) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('read' as const), client: clientIndex }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('leave' as const, 'come back' as const), client: clientIndex }),
  },
);

const publish = (world: World, id: number, says: number, audience: readonly ConnectionType[]) =>
  put(
    world.events,
    restaurantId,
    JSON.stringify({ v: 1, type: 'order.created', id: `id-${id}`, data: { id, says }, audience }),
    world.clock.nowMs,
  );

const recordsOf = (messages: readonly EventMessage[]) =>
  messages.map(({ messageId, body, group, sentAtMs }) => ({
    messageId,
    receiptHandle: messageId,
    body,
    attributes: { MessageGroupId: group, SentTimestamp: String(sentAtMs), ApproximateReceiveCount: '1' },
  }));

const conductOf =
  (fault: Fault | undefined): Conduct =>
  (_, nth) => {
    if (fault === undefined || nth < fault.call || (nth > fault.call && !fault.lasts)) return 'done';
    return fault.fate;
  };

/** Runs the fan-out once; yields the messages that must come again. */
const receive = async (
  world: World,
  batch: readonly EventMessage[],
  conduct: Conduct,
  authenticated?: readonly Authenticated[],
): Promise<readonly EventMessage[]> => {
  const { ports, stopped } = world.ports(conduct, 'fan-out');
  const connections =
    authenticated === undefined ? ports.connections : { ...ports.connections, sessionsAt: async () => authenticated };
  const ended = await Promise.race([
    fanOut({ ...ports, connections })({ Records: recordsOf(batch) }),
    stopped.then(() => undefined),
  ]);
  if (ended === undefined) return batch;
  const failed = new Set(ended.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return batch.filter(({ messageId }) => failed.has(messageId));
};

const enter = async (door: Platform, client: NamedClient, connectionId: string): Promise<void> => {
  client.connectionId = connectionId;
  client.read = 0;
  await door.connect({ connectionId });
  await door.say(
    JSON.stringify({
      type: 'authenticate',
      token: tokenOf('u-owner'),
      restaurant_id: restaurantId,
      connection_type: client.type,
      batch: client.type !== 'kitchen',
    }),
    {},
    connectionId,
  );
  expect(door.readBy(connectionId)[0]).toMatchObject({ type: 'auth_success' });
};

type Frame = Readonly<Record<string, unknown>>;

/** Takes what has come; pulls where something is missing. */
const catchUp = async (door: Platform, client: NamedClient, from: readonly Frame[]): Promise<void> => {
  let isBehind = false;
  const take = (event: Frame, isReplayed: boolean): void => {
    const [seq, prev] = [Number(event['seq']), Number(event['prev_seq'])];
    if (seq <= client.cursor) return;
    if (!isReplayed && prev > client.cursor) isBehind = true;
    if (isBehind) return;
    client.had.push(seq);
    client.cursor = seq;
  };
  for (const frame of from) {
    if (frame['type'] === 'order.created') take(frame, false);
    if (frame['type'] === 'events') for (const event of frame['events'] as Frame[]) take(event, false);
    if ((frame['type'] === 'pong' || frame['type'] === 'auth_success') && Number(frame['head_seq']) > client.cursor)
      isBehind = true;
  }
  while (isBehind) {
    isBehind = false;
    await door.say(JSON.stringify({ type: 'replay', after: client.cursor, limit: 3 }), {}, client.connectionId);
    const answer = door.readBy(client.connectionId).at(-1) ?? {};
    if (answer['type'] !== 'replayed') return;
    expect(answer['gap']).toBe(false);
    for (const event of answer['events'] as Frame[]) take(event, true);
    client.cursor = Math.max(client.cursor, Number(answer['next_after']));
    isBehind = answer['more'] === true;
  }
};

const read = async (door: Platform, client: NamedClient): Promise<void> => {
  const frames = door.readBy(client.connectionId);
  const fresh = frames.slice(client.read);
  await catchUp(door, client, fresh);
  client.read = door.readBy(client.connectionId).length;
};

let reposted = 0;

const play = async (steps: readonly Step[]) => {
  const world = memoryWorld();
  enrol(world.memberships, { restaurantId, issuer: 'demo', userId: 'u-owner', role: 'restaurant_owner' });
  const door = platform(world);
  const clients: NamedClient[] = clientTypes.map((type) => ({ type, connectionId: '', cursor: 0, read: 0, had: [] }));
  let handshakes = 0;
  for (const client of clients) await enter(door, client, `handshake-${++handshakes}`);
  const { waiting } = world.events;
  let earlier: readonly Authenticated[] = [];
  let isStuck = false;
  const givenUp: string[] = [];

  for (const one of steps) {
    world.clock.nowMs += 50;
    switch (one.does) {
      case 'publish':
        publish(world, one.id, one.says, one.audience);
        break;
      case 'receive': {
        const batch = waiting.splice(0, one.batch);
        const faulty = conductOf(one.fault);
        const conduct: Conduct = (call, nth) => (one.deaf && call === 'sockets.post' ? 'lost' : faulty(call, nth));
        const authenticated = one.lagging ? earlier : undefined;
        const again = await receive(world, batch, conduct, authenticated);
        isStuck = again.length > 0;
        waiting.unshift(...again);
        if (one.twice && again.length === 0 && batch.length > 0)
          await receive(world, batch, allGoesWell, authenticated);
        break;
      }
      case 'give up':
        // After its last try; what it has left behind stays.
        if (isStuck) givenUp.push(waiting.shift()?.body ?? '');
        isStuck = false;
        break;
      case 'post again': {
        // Late, in any order, and twice where it failed.
        const conduct: Conduct = (_, nth) => (nth === one.fault?.call ? one.fault.fate : 'done');
        for (const due of world.redeliveries.waiting.splice(0).toReversed()) {
          const { ports, stopped } = world.ports(conduct, 'redeliver');
          await Promise.race([redeliver(ports)({ Records: [due] }), stopped]);
          reposted += world.telemetry.redeliveries.splice(0).reduce((sum, { posted }) => sum + posted, 0);
        }
        break;
      }
      case 'read':
        await read(door, clients[one.client] as NamedClient);
        break;
      case 'leave': {
        const client = clients[one.client] as NamedClient;
        await read(door, client);
        door.leave(client.connectionId);
        break;
      }
      case 'come back': {
        const client = clients[one.client] as NamedClient;
        door.leave(client.connectionId);
        await enter(door, client, `handshake-${++handshakes}`);
        break;
      }
    }
    if (one.does !== 'receive')
      earlier = [...world.connections.rows.values()].filter((row) => row.status === 'authenticated');
  }
  return { world, door, clients, handshakes, givenUp };
};

/** Nothing fails any more; everybody is there and hears a heartbeat. */
const settle = async ({ world, door, clients, handshakes, givenUp }: Awaited<ReturnType<typeof play>>) => {
  let entered = handshakes;
  for (const client of clients)
    if (door.socketOf(client.connectionId).state !== 'open') await enter(door, client, `handshake-${++entered}`);
  const { waiting } = world.events;
  while (waiting.length > 0) expect(await receive(world, waiting.splice(0, 10), allGoesWell)).toEqual([]);
  if (givenUp.length > 0) {
    // What a message that was given up has left behind is finished with the next event.
    publish(world, 1_000, 0, connectionTypes);
    await receive(world, waiting.splice(0), allGoesWell);
  }
  for (const client of clients) {
    await door.say('{"type":"ping"}', {}, client.connectionId);
    await read(door, client);
  }
};

const eventsOf = (world: World) =>
  [...(world.streams.get(restaurantId)?.events.values() ?? [])].map(({ event }) => event).sort((a, b) => a.seq - b.seq);

describe('restaurant events, whatever happens on the way', () => {
  test('are numbered without holes, each id once, and every client has had its own, once, in order', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const played = await play(steps);
        await settle(played);
        const events = eventsOf(played.world);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
        expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
        expect(played.world.streams.get(restaurantId)?.head?.headSeq ?? 0).toBe(events.length);
        for (const { type, had } of played.clients)
          expect([type, had]).toEqual([
            type,
            events.filter(({ audience }) => audience.includes(type)).map(({ seq }) => seq),
          ]);
        // Nothing that was queued is lost, but for what was given up.
        const published = steps.flatMap((one) => (one.does === 'publish' ? [`id-${one.id}`] : []));
        const lost = published.filter((id) => events.every((event) => event.id !== id));
        const excused = new Set(played.givenUp.map((body) => JSON.parse(body).id));
        expect(lost.filter((id) => !excused.has(id))).toEqual([]);
        // And nothing is swallowed: what says something else than the event of its id is put aside, and nothing but that.
        const said = new Map(events.map(({ id, data }) => [id, JSON.parse(data).says]));
        const others = steps.flatMap((one) =>
          one.does === 'publish' && said.get(`id-${one.id}`) !== one.says ? [`id-${one.id}`] : [],
        );
        const aside = played.world.events.aside.map(({ body, why }) => ({ ...JSON.parse(body), why }));
        for (const { id, data, why } of aside)
          expect([why, said.get(id) !== undefined && data.says !== said.get(id)]).toEqual(['id_conflict', true]);
        const asideIds = new Set(aside.map(({ id }) => id));
        expect(others.filter((id) => !asideIds.has(id) && !excused.has(id))).toEqual([]);
      }),
      { numRuns: runs(600), seed: Number(process.env['FC_SEED'] ?? 4711) },
    ));

  test('and some of it was posted again', () => {
    expect(reposted).toBeGreaterThan(0);
  });
});
