import { describe, expect, test } from '@jest/globals';
import type { Ports } from '../../lambdas/ports.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import { trailOf } from '../memory/audit.ts';
import { enrol } from '../memory/memberships.ts';
import { allGoesWell, type Conduct, down, when } from '../memory/port-call.ts';
import { eventRetentionMs, type World } from '../memory/world.ts';
import { authenticated, authenticateText, emptyRoom } from './conversation.ts';

const body = (fields: object = {}) => JSON.stringify({ v: 1, type: 'order.created', data: { order_id: 1 }, ...fields });
const record = (messageId: string, text = body({ id: messageId }), group = 'r-17', receives = 1) => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  body: text,
  attributes: { MessageGroupId: group, SentTimestamp: '1', ApproximateReceiveCount: String(receives) },
});

/** As the gateway's own function sends it for a device. */
const ofADevice = (messageId: string, group = 'r-17') => {
  const from = { user_id: 'u-1', connection_type: 'pos' };
  const message = record(messageId, body({ id: messageId, from }), group);
  return { ...message, attributes: { ...message.attributes, SenderId: 'AROAMESSAGE:message' } };
};

type Batch = Parameters<ReturnType<typeof fanOut>>[0]['Records'];

/** Runs the function; yields the ids of the messages that must come again. */
const run = async (world: World, Records: Batch, conduct: Conduct = allGoesWell, change = (ports: Ports) => ports) => {
  const { batchItemFailures } = await fanOut(change(world.ports(conduct).ports))({ Records });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const seqsHeard = (frames: readonly Readonly<Record<string, unknown>>[]) =>
  frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));

/** The event table answers for every restaurant but this one. */
const withoutTableFor =
  (restaurantId: string) =>
  (ports: Ports): Ports => ({
    ...ports,
    streams: {
      ...ports.streams,
      begin: (id, ...rest) =>
        id === restaurantId ? Promise.reject(new Error('down')) : ports.streams.begin(id, ...rest),
    },
  });

describe('a batch', () => {
  test('is numbered in its order and posted to who may see it', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a'), record('b', body({ audience: ['pos'] })), record('c')])).toEqual([]);
    // The kitchen sees the first and the third.
    expect(seqsHeard(door.readBy())).toEqual([1, 3]);
    expect(door.readBy().at(-1)).toMatchObject({ seq: 3, prev_seq: 1 });
    expect(world.telemetry.deliveries).toMatchObject([{ numbered: 3, posted: 2, failed: 0 }]);
  });

  test('stores with each event the numbering it is of', async () => {
    const { world } = await authenticated();
    await run(world, [record('a'), record('b')]);
    const { head, events } = world.streams.get('r-17') ?? {};
    expect([...(events?.values() ?? [])].map(({ epoch }) => epoch)).toEqual([head?.epoch, head?.epoch]);
  });

  test('the numbering that a run named before it died is the one that devices hear of', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a')], down('streams.mark'))).toEqual(['a']);
    const [first] = world.streams.get('r-17')?.events.values() ?? [];
    expect(await run(world, [record('a'), record('b')])).toEqual([]);
    const { head, events } = world.streams.get('r-17') ?? {};
    expect(head?.epoch).toBe(first?.epoch);
    expect(new Set([...(events?.values() ?? [])].map(({ epoch }) => epoch))).toEqual(new Set([first?.epoch]));
    expect(door.readBy().at(-1)).toMatchObject({ seq: 2, epoch: first?.epoch });
  });

  test('of a restaurant that cannot be served comes again, in whole and in order; the others are done', async () => {
    const { world } = await authenticated();
    for (const restaurantId of ['r-1', 'r-2'])
      enrol(world.memberships, { issuer: 'demo', userId: 'u-owner', restaurantId, role: 'manager' });
    const batch = [record('a', undefined, 'r-1'), record('b', undefined, 'r-2'), record('c', undefined, 'r-1')];
    const failed = await run(world, batch, allGoesWell, withoutTableFor('r-1'));
    expect(failed).toEqual(['a', 'c']);
    expect(
      await run(
        world,
        [batch[0], batch[2]].flatMap((one) => one ?? []),
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

describe('an id that comes again', () => {
  const other = body({ id: 'a', data: { order_id: 2 } });

  test.each([
    { why: 'other data', text: other },
    { why: 'another type', text: body({ id: 'a', type: 'order.cancelled' }) },
    { why: 'data that JavaScript reads alike', text: body({ id: 'a' }).replace(':1}', ':1.00000000000000000001}') },
  ])(
    'with $why is put aside, whether the event is known or comes beside it, and the next one is served',
    async ({ text }) => {
      for (const batches of [
        [[record('a')], [record('b', text), record('c')]],
        [[record('a'), record('b', text), record('c')]],
      ]) {
        const { world, door } = await authenticated();
        for (const batch of batches) expect(await run(world, batch)).toEqual([]);
        expect(world.events.aside).toMatchObject([{ body: text, why: 'id_conflict' }]);
        expect(world.telemetry.invalid).toEqual(['id_conflict']);
        expect(seqsHeard(door.readBy())).toEqual([1, 2]);
      }
    },
  );

  test.each([
    { why: 'the same data', text: body({ id: 'a' }) },
    {
      why: 'the same value in another spelling',
      text: '{"id":"a","data":{"order_\\u0069d" : 1.0e0},"type":"order.created","v":1}',
    },
    { why: 'another audience', text: body({ id: 'a', audience: ['pos'] }) },
  ])('with $why is the event that is known', async ({ text }) => {
    const { world, door } = await authenticated();
    await run(world, [record('a')]);
    expect(await run(world, [record('b', text)])).toEqual([]);
    expect(world.events.aside).toEqual([]);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });

  test('and cannot be put aside comes again alone, and is found again', async () => {
    const { world } = await authenticated();
    await run(world, [record('a')]);
    expect(await run(world, [record('b', other), record('c')], down('deadLetter'))).toEqual(['b']);
    expect(await run(world, [record('b', other)])).toEqual([]);
    expect(world.events.aside).toMatchObject([{ body: other, why: 'id_conflict' }]);
  });

  test('is put aside where only the event itself was left by a run that died', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a')], down('streams.mark'))).toEqual(['a']);
    // Its message was given up.
    expect(await run(world, [record('b', other), record('c')])).toEqual([]);
    expect(world.events.aside).toMatchObject([{ body: other, why: 'id_conflict' }]);
    expect(seqsHeard(door.readBy())).toEqual([1, 2]);
  });

  test('is a new event once the first is no longer kept', async () => {
    const { world, wait } = await authenticated();
    await run(world, [record('a')]);
    wait(eventRetentionMs);
    expect(await run(world, [record('b', other)])).toEqual([]);
    expect(world.events.aside).toEqual([]);
    expect(world.streams.get('r-17')?.head?.headSeq).toBe(2);
  });

  test('of an event that v0.1.0 left at its number, with half a character in it, stops nobody', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a')], down('streams.mark'))).toEqual(['a']);
    const events = world.streams.get('r-17')?.events;
    for (const [seq, stored] of events ?? [])
      events?.set(seq, { ...stored, event: { ...stored.event, data: scannedBefore('{"a":"\\ud800"}') } });
    expect(await run(world, [record('b', other), record('c')])).toEqual([]);
    expect(world.events.aside).toEqual([]);
    expect(seqsHeard(door.readBy())).toEqual([1, 2]);
  });

  test('is known as it was to a version that kept no content', async () => {
    const { world } = await authenticated();
    await run(world, [record('a')]);
    const marks = world.streams.get('r-17')?.marks;
    for (const [id, marked] of marks ?? []) marks?.set(id, { ...marked, mark: { ...marked.mark, content: undefined } });
    expect(await run(world, [record('b', other)])).toEqual([]);
    expect(world.events.aside).toEqual([]);
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
    expect(world.events.aside).toMatchObject([{ body: text, why, restaurant: 'r-17' }]);
    expect(world.telemetry.invalid).toEqual([why]);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });

  test('of no restaurant is put aside, too', async () => {
    const { world } = await authenticated();
    await run(world, [record('a', undefined, 'r/17'), record('b', undefined, '*')]);
    expect(world.events.aside.map(({ why }) => why)).toEqual(['restaurant_invalid', 'restaurant_invalid']);
  });

  test('that cannot be put aside comes again with all that stands behind it; what stood before it is served', async () => {
    const { world, door } = await authenticated();
    enrol(world.memberships, { issuer: 'demo', userId: 'u-owner', restaurantId: 'r-2', role: 'manager' });
    const batch = [record('a'), record('bad', '{'), record('b'), record('other', undefined, 'r-2')];
    expect(await run(world, batch, down('deadLetter'))).toEqual(['bad', 'b']);
    expect(seqsHeard(door.readBy())).toEqual([1]);
    expect(await run(world, batch.slice(1, 3))).toEqual([]);
    expect(seqsHeard(door.readBy())).toEqual([1, 2]);
  });

  test('and was put aside does not come again with those around it that failed', async () => {
    const { world } = await authenticated();
    const batch = [record('a'), record('bad', '{'), record('b')];
    expect(await run(world, batch, down('streams.begin'))).toEqual(['a', 'b']);
    expect(world.events.aside).toHaveLength(1);
  });
});

describe('what fails', () => {
  /** Pauses pass on the world's clock; `timeLeftMs` is what the run begins with. */
  const pausing =
    (world: World, timeLeftMs = 10_000) =>
    (ports: Ports): Ports => ({
      ...ports,
      timeLeftMs: () => timeLeftMs,
      pause: async (ms) => {
        world.clock.nowMs += ms;
      },
    });

  test.each(['streams.begin', 'streams.append', 'streams.mark', 'streams.advance', 'listMembers', 'deadLetter'])(
    'once at %s is done in the same run, and nobody is told',
    async (call) => {
      const { world, door } = await authenticated();
      const batch = [record('bad', '{'), record('a'), record('b')];
      expect(await run(world, batch, when(call, 'lost'), pausing(world))).toEqual([]);
      expect(seqsHeard(door.readBy())).toEqual([1, 2]);
      expect(world.telemetry.failures).toEqual([]);
      expect(world.events.hiddenSeconds.size).toBe(0);
    },
  );

  test.each([
    { why: 'alone in its run', others: [], timeLeftMs: 10_000, forMs: 3_100 },
    { why: 'with another restaurant in its run', others: ['r-2'], timeLeftMs: 10_000, forMs: 700 },
    { why: 'in a run that has no time left for posts', others: [], timeLeftMs: 6_050, forMs: 0 },
  ])('on and on, $why, is tried for $forMs ms', async ({ others, timeLeftMs, forMs }) => {
    const { world } = await authenticated();
    const beganAtMs = world.clock.nowMs;
    const batch = [record('a', undefined, 'r-1'), ...others.map((group) => record(group, undefined, group))];
    const change = (ports: Ports) => withoutTableFor('r-1')(pausing(world, timeLeftMs)(ports));
    expect(await run(world, batch, allGoesWell, change)).toEqual(['a']);
    expect(world.clock.nowMs - beganAtMs).toBe(forMs);
    expect(world.telemetry.failures).toMatchObject([{ what: 'fan_out' }]);
  });

  test.each([
    { receives: 1, seconds: 1 },
    { receives: 2, seconds: 2 },
    { receives: 3, seconds: 4 },
    { receives: 4, seconds: 8 },
    { receives: 5, seconds: 15 },
    { receives: 43, seconds: 15 },
  ])('for the time number $receives is hidden for $seconds s, with all of its group and nothing else', async (row) => {
    const { world } = await authenticated();
    const batch = [
      record('a', undefined, 'r-1', row.receives),
      record('b', undefined, 'r-2', 7),
      record('c', undefined, 'r-1', 1),
    ];
    expect(await run(world, batch, allGoesWell, withoutTableFor('r-1'))).toEqual(['a', 'c']);
    expect([...world.events.hiddenSeconds]).toEqual([
      ['receipt-a', row.seconds],
      ['receipt-c', row.seconds],
    ]);
  });

  test('and cannot be hidden comes again all the same, when the queue says so', async () => {
    const { world } = await authenticated();
    expect(await run(world, [record('a')], down('streams.begin', 'hideMessages'))).toEqual(['a']);
    expect(world.telemetry.failures.map(({ what }) => what)).toEqual(['fan_out', 'fan_out']);
  });
});

describe('a message that was put aside', () => {
  const from = { user_id: 'u-chef', connection_type: 'the oven' };
  test.each([
    { why: 'a backend, by the id of its role', text: '{', senderId: 'AROA17:orders', publisher: 'AROA17:orders' },
    { why: 'a device, by its user', text: body({ from }), senderId: 'AROAMESSAGE:message', publisher: 'u-chef' },
    {
      why: 'a backend that names a device',
      text: body({ from }),
      senderId: 'AROA17:orders',
      publisher: 'AROA17:orders',
    },
    {
      why: 'somebody whose name is a token',
      text: body({ v: 2, from: { user_id: 'eyJhbGciOiJub25lIn0.e30.x' } }),
      senderId: 'AROAMESSAGE:message',
      publisher: '[token]',
    },
    {
      why: 'somebody with a long name',
      text: body({ v: 2, from: { user_id: 'ü'.repeat(200) } }),
      senderId: 'AROAMESSAGE:message',
      publisher: String.raw`\u00fc`.repeat(42),
    },
    { why: 'nobody knows whom', text: '{', senderId: undefined, publisher: 'unknown' },
  ])('names its restaurant and its publisher: $why', async ({ text, senderId, publisher }) => {
    const { world } = await authenticated();
    const message = record('bad', text);
    await run(world, [{ ...message, attributes: { ...message.attributes, ...(senderId && { SenderId: senderId }) } }]);
    expect(world.events.aside).toMatchObject([{ restaurant: 'r-17', publisher, body: text }]);
  });
});

describe('an event for a restaurant', () => {
  test('where nobody is a member and nobody was ever let in is put aside at once, and no numbering begins', async () => {
    const { world } = await authenticated();
    expect(await run(world, [record('a', undefined, 'r-nope'), record('b'), record('c', undefined, 'r-nope')])).toEqual(
      [],
    );
    expect(world.events.aside.map(({ restaurant, why }) => [restaurant, why])).toEqual([
      ['r-nope', 'restaurant_unknown'],
      ['r-nope', 'restaurant_unknown'],
    ]);
    expect(world.telemetry.invalid).toEqual(['restaurant_unknown', 'restaurant_unknown']);
    expect(world.streams.get('r-nope')?.head).toBe(undefined);
    expect(world.streams.get('r-17')?.head?.headSeq).toBe(1);
  });

  test('that could not be put aside comes again', async () => {
    const { world } = await authenticated();
    expect(await run(world, [record('a', undefined, 'r-nope')], down('deadLetter'))).toEqual(['a']);
    expect(await run(world, [record('a', undefined, 'r-nope')], down('streams.isRemembered'))).toEqual(['a']);
    expect(world.events.aside).toEqual([]);
  });

  test('where somebody was let in once is numbered, though nobody is a member any more', async () => {
    const { world } = await authenticated();
    world.memberships.clear();
    expect(await run(world, [record('a')])).toEqual([]);
    expect(world.streams.get('r-17')?.head?.headSeq).toBe(1);
  });

  test('of a device is numbered: it was let in', async () => {
    const { world } = await authenticated();
    expect(await run(world, [ofADevice('a', 'r-forgotten')])).toEqual([]);
    expect(world.streams.get('r-forgotten')?.head?.headSeq).toBe(1);
  });
});

describe('what a restaurant may have in a minute', () => {
  const minuteMs = Date.UTC(2026, 11, 1, 11);
  const at = (message: ReturnType<typeof record>, sentAtMs: number) => ({
    ...message,
    attributes: { ...message.attributes, SentTimestamp: String(sentAtMs) },
  });
  const roomOfTwo = async () => {
    const room = emptyRoom({}, { publicationsPerMinute: 2 });
    await room.door.connect();
    await room.door.say(authenticateText());
    return room;
  };
  const numbered = (world: World) =>
    [...(world.streams.get('r-17')?.events.values() ?? [])].map(({ event }) => event.id);

  test('is numbered; what a backend published beyond it is put aside, in the same run or in later ones', async () => {
    const { world } = await roomOfTwo();
    await run(
      world,
      ['a', 'b', 'c'].map((id) => at(record(id), minuteMs)),
    );
    await run(world, [at(record('d'), minuteMs + 59_999), at(record('e'), minuteMs + 60_000)]);
    expect(numbered(world)).toEqual(['a', 'b', 'e']);
    expect(world.events.aside.map(({ why }) => why)).toEqual(['restaurant_rate', 'restaurant_rate']);
    expect(world.telemetry.deliveries.map((one) => one.numbered)).toEqual([2, 1]);
  });

  test('is all that a backend may publish that names a device, be the restaurant one that is not known', async () => {
    const { world } = await roomOfTwo();
    const text = (id: string) => body({ id, from: { user_id: 'u-chef', connection_type: 'kitchen' } });
    await run(world, [
      ...['a', 'b', 'c'].map((id) => at(record(id, text(id)), minuteMs)),
      record('d', text('d'), 'r-nope'),
    ]);
    expect(numbered(world)).toEqual(['a', 'b']);
    expect(world.events.aside.map(({ why }) => why).sort()).toEqual(['restaurant_rate', 'restaurant_unknown']);
  });

  test('is of the minute in which it was published, however much is numbered at once', async () => {
    const { world } = await roomOfTwo();
    const batch = Array.from({ length: 8 }, (_, n) => at(record(`e-${n}`), minuteMs + n * 30_000));
    await run(world, batch);
    expect(numbered(world)).toHaveLength(8);
  });

  test('does not concern what devices were told is accepted', async () => {
    const { world } = await roomOfTwo();
    await run(
      world,
      ['a', 'b', 'c'].map((id) => at(ofADevice(id), minuteMs)),
    );
    expect(numbered(world)).toEqual(['a', 'b', 'c']);
    expect(world.events.aside).toEqual([]);
  });

  test('counts an event once, though its run dies and is repeated', async () => {
    const { world } = await roomOfTwo();
    const batch = [at(record('a'), minuteMs), at(record('b'), minuteMs)];
    await run(world, batch, down('streams.advance'));
    await run(world, batch);
    await run(world, batch);
    expect(numbered(world)).toEqual(['a', 'b']);
    expect(world.streams.get('r-17')?.head?.minute).toEqual({ startMs: minuteMs, count: 2 });
    expect(world.events.aside).toEqual([]);
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

  test('is not begun when the time for posting is over to the millisecond', async () => {
    const { world } = await authenticated();
    let posts = 0;
    const late = (ports: Ports): Ports => ({
      ...ports,
      pause: async () => {},
      sockets: {
        ...ports.sockets,
        post: async () => {
          posts += 1;
          world.clock.nowMs += 6_500;
          throw new Error('no answer');
        },
      },
    });
    await run(world, [record('a')], allGoesWell, late);
    expect(posts).toBe(1);
  });

  test('whose restaurant cannot be looked up comes again', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a')], down('listMembers'))).toEqual(['a']);
    expect(await run(world, [record('a')], down('connections.sessionsAt'))).toEqual(['a']);
    expect(await run(world, [record('a')])).toEqual([]);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });
});

test('somebody who is suspended hears so instead of the event', async () => {
  const { world, door } = await authenticated();
  for (const [key, member] of world.memberships) world.memberships.set(key, { ...member, suspendedAtMs: 0 });
  await run(world, [record('a')]);
  expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'revoked' });
  expect(seqsHeard(door.readBy())).toEqual([]);
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
