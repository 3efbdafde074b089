import { describe, expect, test } from '@jest/globals';
import type { Ports } from '../../lambdas/ports.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { trailOf } from '../memory/audit.ts';
import { allGoesWell, type Conduct, down, when } from '../memory/port-call.ts';
import type { World } from '../memory/world.ts';
import { authenticated, authenticateText, emptyRoom } from './conversation.ts';

const body = (fields: object = {}) => JSON.stringify({ v: 1, type: 'order.created', data: { order_id: 1 }, ...fields });
const record = (messageId: string, text = body({ id: messageId }), group = 'r-17') => ({
  messageId,
  body: text,
  attributes: { MessageGroupId: group, SentTimestamp: '1' },
});

type Batch = Parameters<ReturnType<typeof fanOut>>[0]['Records'];

/** Runs the function; yields the ids of the messages that must come again. */
const run = async (world: World, Records: Batch, conduct: Conduct = allGoesWell, change = (ports: Ports) => ports) => {
  const { batchItemFailures } = await fanOut(change(world.ports(conduct).ports))({ Records });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const seqsHeard = (frames: readonly Readonly<Record<string, unknown>>[]) =>
  frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));

describe('a batch', () => {
  test('is numbered in its order and posted to who may see it', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a'), record('b', body({ audience: ['pos'] })), record('c')])).toEqual([]);
    // The kitchen sees the first and the third.
    expect(seqsHeard(door.readBy())).toEqual([1, 3]);
    expect(door.readBy().at(-1)).toMatchObject({ seq: 3, prev_seq: 1 });
    expect(world.telemetry.deliveries).toMatchObject([{ numbered: 3, posted: 2, failed: 0 }]);
  });

  test('of a restaurant that cannot be served comes again, in whole; the others are done', async () => {
    const { world } = await authenticated();
    const conduct: Conduct = (call, nth) => (call === 'streams.append' && nth <= 4 ? 'lost' : 'done');
    const batch = [record('a', undefined, 'r-1'), record('b', undefined, 'r-2'), record('c', undefined, 'r-1')];
    const failed = await run(world, batch, conduct);
    expect(failed.length).toBeGreaterThan(0);
    expect(
      await run(
        world,
        batch.filter(({ messageId }) => failed.includes(messageId)),
      ),
    ).toEqual([]);
    expect([...(world.streams.get('r-1')?.events.values() ?? [])].map(({ event }) => event.id)).toEqual(['a', 'c']);
    expect(world.streams.get('r-2')?.head?.headSeq).toBe(1);
  });

  test('that comes again is posted again, and a second message with the same id is not', async () => {
    const { world, door } = await authenticated();
    await run(world, [record('a')]);
    await run(world, [record('a')]);
    expect(seqsHeard(door.readBy())).toEqual([1, 1]);
    await run(world, [record('another', body({ id: 'a' }))]);
    expect(seqsHeard(door.readBy())).toEqual([1, 1]);
    expect(world.streams.get('r-17')?.head?.headSeq).toBe(1);
  });
});

test('an event for a connection type that only another version knows is numbered, kept, and heard by nobody here', async () => {
  const { world, door } = await authenticated();
  expect(await run(world, [record('a', body({ id: 'a', audience: ['courier'] })), record('b')])).toEqual([]);
  expect(world.events.aside).toEqual([]);
  expect(seqsHeard(door.readBy())).toEqual([2]);
  expect(door.readBy().at(-1)).toMatchObject({ seq: 2, prev_seq: 0 });
  expect(world.streams.get('r-17')?.events.get(1)).toMatchObject({ event: { id: 'a', audience: ['courier'] } });
  expect(world.streams.get('r-17')?.head).toMatchObject({ headSeq: 2, headSeqOf: { courier: 1, kitchen: 2 } });
});

describe('a message that is no event', () => {
  test.each([
    { why: 'not_json', text: '{' },
    { why: 'not_json', text: 'null' },
    { why: 'version_unknown', text: body({ v: 2 }) },
    { why: 'version_unknown', text: '{}' },
    { why: 'type_invalid', text: body({ type: 'auth_success' }) },
    { why: 'type_invalid', text: body({ type: 'Order.Created' }) },
    { why: 'data_invalid', text: body({ data: 'soup' }) },
    { why: 'data_invalid', text: body({ data: undefined }) },
    { why: 'data_too_deep', text: body({ data: { deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) } }) },
    { why: 'data_too_large', text: body({ data: { text: 'ü'.repeat(32_769) } }) },
    { why: 'id_invalid', text: body({ id: '' }) },
    { why: 'audience_invalid', text: body({ audience: [] }) },
    { why: 'audience_invalid', text: body({ audience: ['Oven'] }) },
    { why: 'publisher_invalid', text: body({ from: { user_id: 'u', connection_type: 'the oven' } }) },
  ])('$why (%#) is put aside, and the next one is served', async ({ why, text }) => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('bad', text), record('good')])).toEqual([]);
    expect(world.events.aside).toEqual([{ body: text, why }]);
    expect(world.telemetry.invalid).toEqual([why]);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });

  test('of no restaurant is put aside, too', async () => {
    const { world } = await authenticated();
    await run(world, [record('a', undefined, 'r/17'), record('b', undefined, '*')]);
    expect(world.events.aside.map(({ why }) => why)).toEqual(['restaurant_invalid', 'restaurant_invalid']);
  });

  test('that cannot be put aside comes again alone', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('bad', '{'), record('good')], down('deadLetter'))).toEqual(['bad']);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });
});

describe('a post', () => {
  test('that fails is tried once more', async () => {
    const { world, door } = await authenticated();
    await run(world, [record('a')], when('sockets.post', 'lost'));
    expect(seqsHeard(door.readBy())).toEqual([1]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 1, failed: 0 }]);
  });

  test('that fails twice is posted again later, and what comes after it in its run is not tried before', async () => {
    const { world, door } = await authenticated();
    let posts = 0;
    const conduct: Conduct = (call) => (call === 'sockets.post' && ++posts <= 2 ? 'lost' : 'done');
    expect(await run(world, [record('a'), record('b'), record('c')], conduct)).toEqual([]);
    expect(posts).toBe(2);
    expect(seqsHeard(door.readBy())).toEqual([]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 0, failed: 3 }]);
    expect(world.redeliveries.waiting).toMatchObject([{ dueAtMs: world.clock.nowMs + 2_000 }]);
  });

  test('to a socket that is gone removes its row, after its end is recorded', async () => {
    const { world, door } = await authenticated();
    door.leave();
    await run(world, [record('a'), record('b')]);
    expect(door.rowOf()).toBe(undefined);
    expect(trailOf(world.audit).map(({ event, detail }) => [event, detail])).toEqual([
      ['access_granted', 'verified'],
      ['session_ended', 'client_left'],
    ]);
  });

  test('is not made to a session that has expired, whatever the index says', async () => {
    const { world, door, wait } = await authenticated();
    wait(3_600_000);
    await run(world, [record('a')]);
    expect(seqsHeard(door.readBy())).toEqual([]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 0, failed: 0 }]);
    expect(door.socketOf('c-1=').state).toBe('open');
  });

  test('is not tried again for a session that has expired since', async () => {
    const { world, door, wait } = await authenticated();
    wait(3_599_000);
    let posts = 0;
    // Posting has 5 s in all: of these 4 are left when the session ends.
    const conduct: Conduct = (call) => {
      if (call !== 'sockets.post') return 'done';
      posts += 1;
      wait(1_000);
      return 'lost';
    };
    await run(world, [record('a')], conduct);
    expect(posts).toBe(1);
    expect(seqsHeard(door.readBy())).toEqual([]);
  });

  test('that takes too long ends the posting of its restaurant, not the function', async () => {
    const { world } = await authenticated();
    let posts = 0;
    const slow = (ports: Ports): Ports => ({
      ...ports,
      sockets: {
        ...ports.sockets,
        post: async () => {
          posts += 1;
          world.clock.nowMs += 4_000;
          throw new Error('no answer');
        },
      },
    });
    expect(await run(world, [record('a'), record('b'), record('c')], allGoesWell, slow)).toEqual([]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 0, failed: 3, lagMs: expect.any(Number) }]);
    // The first one and its second try: 8 s.
    expect(posts).toBe(2);
  });

  test('whose restaurant cannot be looked up comes again', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a')], down('listMembers'))).toEqual(['a']);
    expect(await run(world, [record('a')], down('connections.sessionsAt'))).toEqual(['a']);
    expect(await run(world, [record('a')])).toEqual([]);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });
});

describe('a dismissed member', () => {
  test('hears that access is revoked instead of the event; when that fails, nothing', async () => {
    const { world, door } = await authenticated();
    world.memberships.clear();
    await run(world, [record('a')], down('connections.close'));
    expect(seqsHeard(door.readBy())).toEqual([]);
    expect(world.telemetry.failures.map(({ what }) => what)).toEqual(['fan_out']);
    await run(world, [record('b')]);
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'revoked' });
    expect(door.socketOf('c-1=').state).toBe('closed');
  });
});

describe('a session too many', () => {
  /** So many displays of the chef of r-17, one a second, and the manager of r-99 elsewhere. */
  const displays = async (count: number, limits: Parameters<typeof emptyRoom>[1]) => {
    const room = emptyRoom(undefined, limits);
    const ids = Array.from({ length: count }, (_, nth) => `c-${nth + 1}=`);
    for (const connectionId of ids) {
      room.wait(1_000);
      await room.door.connect({ connectionId });
      await room.door.say(authenticateText(), {}, connectionId);
    }
    return { ...room, ids };
  };
  const heardBy = ({ door, ids }: Awaited<ReturnType<typeof displays>>) =>
    ids.map((id) => door.readBy(id).at(-1)).map((last) => last?.['reason'] ?? last?.['type']);

  test.each([
    {
      why: 'of one user ends the oldest of that user',
      limits: { sessionsPerUser: 3 },
      heard: ['too_many_sessions', 'too_many_sessions', 'order.created', 'order.created', 'order.created'],
    },
    {
      why: 'of one restaurant ends the newest',
      limits: { sessionsPerRestaurant: 3 },
      heard: ['order.created', 'order.created', 'order.created', 'too_many_sessions', 'too_many_sessions'],
    },
    {
      why: 'is none where there are as many as there may be',
      limits: { sessionsPerUser: 5, sessionsPerRestaurant: 5 },
      heard: Array.from({ length: 5 }, () => 'order.created'),
    },
  ])('$why', async ({ limits, heard }) => {
    const room = await displays(5, limits);
    await run(room.world, [record('a')]);
    expect(heardBy(room)).toEqual(heard);
    for (const [nth, last] of heard.entries())
      expect(room.door.socketOf(`c-${nth + 1}=`).state).toBe(last === 'order.created' ? 'open' : 'closed');
    expect(
      trailOf(room.world.audit).filter(
        ({ event, detail }) => event === 'session_ended' && detail === 'too_many_sessions',
      ),
    ).toHaveLength(heard.filter((last) => last === 'too_many_sessions').length);
  });

  test('is told to come back, and when', async () => {
    const { world, door } = await displays(2, { sessionsPerUser: 1 });
    await run(world, [record('a')]);
    expect(door.readBy('c-1=').at(-1)).toMatchObject({
      type: 'closing',
      reason: 'too_many_sessions',
      code: 4029,
      reconnect: true,
      reauthenticate: false,
      retry_after_ms: 60_000,
    });
  });

  test('has no more time than the posts: what is left of many is ended at the next event', async () => {
    const room = await displays(6, { sessionsPerUser: 1 });
    let closes = 0;
    const slow: Conduct = (call) => {
      if (call === 'connections.close' && ++closes === 2) room.wait(7_000);
      return 'done';
    };
    await run(room.world, [record('a')], slow);
    const closed = () => room.ids.filter((id) => room.door.socketOf(id).state === 'closed').length;
    expect(closed()).toBeLessThan(5);
    await run(room.world, [record('b')]);
    expect(closed()).toBe(5);
  });

  test('is none that is over, or whose member is dismissed', async () => {
    const room = await displays(3, { sessionsPerUser: 2 });
    room.wait(3_600_000 - 2_000);
    // The token of all three is over.
    await run(room.world, [record('a')]);
    expect(room.ids.map((id) => room.door.socketOf(id).state)).toEqual(['open', 'open', 'open']);
  });

  test('of a device that went without a word is found first: those behind it stay', async () => {
    const room = await displays(3, { sessionsPerUser: 2 });
    room.door.leave('c-1=');
    await run(room.world, [record('a')]);
    expect(heardBy(room).slice(1)).toEqual(['order.created', 'order.created']);
    expect(room.door.rowOf('c-1=')?.status).toBe('closing');
    expect(trailOf(room.world.audit).at(-1)).toMatchObject({ event: 'session_ended', detail: 'too_many_sessions' });
  });
});
