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
    expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'forbidden', id: 'o-1' });
    expect(world.events.waiting).toEqual([]);
    expect(trailOf(world.audit).map(({ event }) => event)).toEqual(['access_granted']);
    expect(door.socketOf('c-1=').state).toBe('open');
  });

  test.each(['r-99', 'R-17', '*', 'r-17 ', 'x'.repeat(3_000)])(
    'for the restaurant %j is forbidden, and recorded in the trail of its own',
    async (restaurant_id) => {
      const { door, world } = await authenticated();
      await door.say(status({ restaurant_id }));
      expect(door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'forbidden', id: 's-1' });
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
