import { describe, expect, test } from '@jest/globals';
import { trailOf } from '../memory/audit.ts';
import { down, when } from '../memory/port-call.ts';
import { startMs } from '../memory/world.ts';
import { authenticated, authenticateText, emptyRoom } from '../routes/conversation.ts';

const status = (fields: object = {}) =>
  JSON.stringify({ type: 'order.status_changed', id: 's-1', data: { order_id: 7, status: 'ready' }, ...fields });

describe('an event of a device', () => {
  test('is queued for its own restaurant, as what its session is, and then accepted', async () => {
    const { door, world } = await authenticated();
    await door.say(
      status({ restaurant_id: 'r-17', user_id: 'u-owner', audience: ['customer'], from: { user_id: 'x' } }),
    );
    const [queued, ...more] = world.events.waiting;
    expect(more).toEqual([]);
    expect(queued?.group).toBe('r-17');
    const { id, ...body } = JSON.parse(queued?.body ?? '');
    expect(body).toEqual({
      v: 1,
      type: 'order.status_changed',
      data: { order_id: 7, status: 'ready' },
      audience: ['pos', 'kitchen', 'management', 'customer'],
      from: { user_id: 'u-chef', connection_type: 'kitchen' },
    });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'accepted', id: 's-1', event_id: id });
  });

  test.each([undefined, null, ''])('that names the restaurant %j is for that of its session', async (restaurant_id) => {
    const { door, world } = await authenticated();
    await door.say(status({ restaurant_id }));
    expect(world.events.waiting.map(({ group }) => group)).toEqual(['r-17']);
  });

  test('sent again under its id is the same event, and under another id another', async () => {
    const { door, world } = await authenticated();
    for (const id of ['s-1', 's-1', 's-2']) await door.say(status({ id }));
    const [first, again, other] = door
      .readBy()
      .slice(-3)
      .map(({ event_id }) => event_id);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(world.events.waiting).toHaveLength(2);
  });

  test.each([
    { why: 'another status', text: status({ data: { order_id: 7, status: 'preparing' } }) },
    { why: 'another order', text: status({ data: { order_id: '7', status: 'ready' } }) },
    {
      why: 'another type',
      text: status({ type: 'order.preparation_time', data: { order_id: 7, status: 'ready', estimated_time: 7 } }),
    },
  ])('under the id of one with $why is another event, and no silent drop', async ({ text }) => {
    const { door, world } = await authenticated();
    for (const said of [status(), text]) await door.say(said);
    const [first, other] = door.readBy().slice(-2);
    expect([first?.['type'], other?.['type']]).toEqual(['accepted', 'accepted']);
    expect(other?.['event_id']).not.toBe(first?.['event_id']);
    expect(world.events.waiting).toHaveLength(2);
  });

  test.each([
    {
      why: 'its members in another order',
      text: '{"data":{"status":"ready","order_id":7},"id":"s-1","type":"order.status_changed"}',
    },
    { why: 'its number written otherwise', text: status().replace(':7,', ':7.0,') },
    { why: 'escapes', text: status().replace('ready', '\\u0072eady') },
    {
      why: 'its legacy name, at top level',
      text: JSON.stringify({ type: 'order_status_update', id: 's-1', order_id: 7, status: 'ready' }),
    },
    { why: 'another time beside its data', text: status({ timestamp: 'later' }) },
    { why: 'fields that are not delivered', text: status({ data: { order_id: 7, status: 'ready', try: 2 } }) },
  ])('sent again with $why is the same event', async ({ text }) => {
    const { door, world } = await authenticated();
    for (const said of [status(), text]) await door.say(said);
    const [first, again] = door.readBy().slice(-2);
    expect(again?.['event_id']).toBe(first?.['event_id']);
    expect(world.events.waiting).toHaveLength(1);
  });

  test('without an id is one event each time', async () => {
    const { door, world } = await authenticated();
    for (let n = 0; n < 2; n++) await door.say(status({ id: undefined }));
    expect(world.events.waiting).toHaveLength(2);
    expect(door.readBy().at(-1)).not.toHaveProperty('id');
  });

  test('whose answer was lost on the way from the queue is published once, and accepted at the second try', async () => {
    const { door, world } = await authenticated();
    await door.say(status(), { conduct: when('publish', 'answer_lost') });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'unavailable', id: 's-1' });
    await door.say(status());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'accepted', id: 's-1' });
    expect(world.events.waiting).toHaveLength(1);
  });

  test('that cannot be queued is not accepted, and the session goes on', async () => {
    const { door, world } = await authenticated();
    await door.say(status(), { conduct: down('publish') });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'unavailable', id: 's-1' });
    expect(world.events.waiting).toEqual([]);
    expect(world.telemetry.failures.map(({ what }) => what)).toEqual(['publish']);
    expect(door.rowOf()?.status).toBe('authenticated');
  });
});

describe('what a device may not publish', () => {
  test('for its connection type is forbidden, and no attack', async () => {
    const { door, world } = await authenticated();
    await door.say(JSON.stringify({ type: 'order.created', id: 'o-1', data: { order_id: 7 } }));
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'forbidden', id: 'o-1', field: 'type' });
    expect(world.events.waiting).toEqual([]);
    expect(trailOf(world.audit).map(({ event }) => event)).toEqual(['access_granted']);
    expect(door.socketOf('c-1=').state).toBe('open');
  });

  test.each(['r-99', 'R-17', '*', 'r-17 ', 'x'.repeat(3_000)])(
    'for the restaurant %j is forbidden, and recorded in the trail of its own',
    async (restaurant_id) => {
      const { door, world } = await authenticated();
      await door.say(status({ restaurant_id }));
      const refusal = { type: 'error', reason: 'forbidden', id: 's-1', field: 'restaurant_id' };
      expect(door.readBy().at(-1)).toMatchObject(refusal);
      expect(world.events.waiting).toEqual([]);
      expect(trailOf(world.audit).slice(1)).toEqual([
        {
          trail: 'r-17',
          kind: expect.stringMatching(/^message\//),
          event: 'cross_tenant_attempt',
          detail: 'restaurant_differs',
        },
      ]);
      const claimed = [...world.audit.values()].at(-1)?.claimed?.claimedRestaurantId ?? '';
      expect(restaurant_id.startsWith(claimed)).toBe(true);
      expect(Buffer.byteLength(claimed)).toBeLessThanOrEqual(64);
    },
  );

  test('is recorded once, however often its handler runs', async () => {
    const { door, world } = await authenticated();
    for (let n = 0; n < 2; n++) await door.say(status({ restaurant_id: 'r-99' }), { requestId: 'the same' });
    expect(trailOf(world.audit)).toHaveLength(2);
  });

  test('for another restaurant stays forbidden while nothing can be recorded', async () => {
    const { door, world } = await authenticated();
    await door.say(status({ restaurant_id: 'r-99' }), { conduct: down('putRecord') });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'forbidden' });
    expect(world.events.waiting).toEqual([]);
    expect(JSON.stringify(world.queue.waiting)).toContain('cross_tenant_attempt');
  });

  test('after a dismissal is nothing at all', async () => {
    const { door, world } = await authenticated();
    world.memberships.clear();
    await door.say(status());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'revoked' });
    expect(world.events.waiting).toEqual([]);
  });
});

describe('a message of a device that can never be published', () => {
  test.each([
    {
      why: 'a key twice',
      text: '{"type":"order.status_changed","id":"s-1","data":{"order_id":7,"order_id":8,"status":"ready"}}',
      field: 'data',
    },
    { why: 'a status there is not', text: status({ data: { order_id: 7, status: 'burnt' } }), field: 'status' },
    { why: 'an order id that is rounded', text: status().replace(':7,', ':9007199254740993,'), field: 'order_id' },
    { why: 'no order', text: status({ data: { status: 'ready' } }), field: 'order_id' },
    { why: 'data that is no object', text: status({ data: 7 }), field: 'data' },
    {
      why: 'a restaurant that is neither text nor whole',
      text: status({ restaurant_id: 1.5 }),
      field: 'restaurant_id',
    },
    { why: 'no after', text: '{"type":"replay","id":"s-1"}', field: 'after' },
  ])('is told so, with the field: $why', async ({ text, field }) => {
    const { door, world } = await authenticated();
    await door.say(text);
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'malformed_message', id: 's-1', field });
    expect(world.events.waiting).toEqual([]);
  });
});

describe('an event of a device whose restaurant has had its publications of this minute', () => {
  const headOf = (startMs: number, count: number) => ({
    epoch: 'e',
    headSeq: count,
    headSeqOf: {},
    minute: { startMs, count },
  });
  const room = async (startMs: number, count: number) => {
    const opened = emptyRoom({}, { publicationsPerMinute: 10 });
    await opened.door.connect();
    await opened.door.say(authenticateText());
    opened.world.streams.set('r-17', { head: headOf(startMs, count), events: new Map(), marks: new Map() });
    return opened;
  };

  test('is refused before it is accepted, and can be sent again in the next one', async () => {
    const { door, world } = await room(startMs, 10);
    await door.say(status());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'rate_limited', id: 's-1' });
    expect(world.events.waiting).toEqual([]);
    expect(world.telemetry.refused).toEqual(['r-17']);
    expect(door.rowOf()?.status).toBe('authenticated');
    world.clock.nowMs += 60_000;
    await door.say(status());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'accepted', id: 's-1' });
  });

  test.each([
    { why: 'is one short of them', startedMs: startMs, count: 9 },
    { why: 'had them in the minute before', startedMs: startMs - 60_000, count: 10 },
  ])('is accepted where it $why', async ({ startedMs, count }) => {
    const { door, world } = await room(startedMs, count);
    await door.say(status());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'accepted' });
    expect(world.telemetry.refused).toEqual([]);
  });
});
