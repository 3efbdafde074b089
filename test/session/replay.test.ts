import { describe, expect, test } from '@jest/globals';
import { emptyStream, nextEvent } from '../../lambdas/events/numbering.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import { down } from '../memory/port-call.ts';
import { eventRetentionMs, type World } from '../memory/world.ts';
import { authenticated, authenticateText, emptyRoom } from '../routes/conversation.ts';
import { jsonText } from '../protocol/json/json-text.ts';
import { advanced } from '../restaurant-domain.ts';

/** Numbers events as they would have come through the queue, for kitchens or for those told. */
const numbered = (
  world: World,
  count: number,
  {
    audience = ['kitchen'],
    bytes = 1,
    restaurantId = 'r-17',
  }: { audience?: readonly ConnectionType[]; bytes?: number; restaurantId?: string } = {},
): void => {
  const stream = world.streams.get(restaurantId) ?? { head: undefined, events: new Map(), marks: new Map() };
  world.streams.set(restaurantId, stream);
  for (let n = 0; n < count; n++) {
    const head = stream.head ?? emptyStream(`epoch-of-${restaurantId}`);
    const id = `id-${head.headSeq + 1}`;
    const publication = {
      restaurantId,
      messageId: id,
      sentAtMs: 0,
      id,
      type: 'order.created',
      data: jsonText({ text: 'x'.repeat(bytes) }),
      audience,
    };
    const event = nextEvent(head, publication, world.clock.nowMs);
    stream.events.set(event.seq, { event, messageId: id });
    stream.head = advanced(head, event);
  }
};

type Room = Awaited<ReturnType<typeof authenticated>>;
type Answer = Readonly<{ events: readonly Readonly<{ seq: number; restaurant_id: string }>[] }> &
  Readonly<Record<string, unknown>>;

const replay = async ({ door }: Room, fields: object): Promise<Answer> => {
  await door.say(JSON.stringify({ type: 'replay', ...fields }));
  return door.readBy().at(-1) as Answer;
};
const seqs = ({ events }: Answer) => events.map(({ seq }) => seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('replay', () => {
  test.each([
    { after: 0, gap: false },
    { after: 3, gap: true },
  ])('of a restaurant without events has none after $after; a gap: $gap', async ({ after, gap }) => {
    const room = await authenticated();
    expect(await replay(room, { after, id: 'p-1' })).toEqual({
      type: 'replayed',
      id: 'p-1',
      events: [],
      epoch: null,
      next_after: 0,
      head_seq: 0,
      more: false,
      gap,
      oldest_seq: null,
      timestamp: expect.any(String),
    });
  });

  test('has the events of its own restaurant alone', async () => {
    const room = await authenticated();
    numbered(room.world, 3, { restaurantId: 'r-99' });
    numbered(room.world, 2);
    const answer = await replay(room, { after: 0, restaurant_id: 'r-99' });
    expect(answer).toMatchObject({ epoch: 'epoch-of-r-17', head_seq: 2 });
    expect(answer.events.map(({ seq, restaurant_id }) => [seq, restaurant_id])).toEqual([
      [1, 'r-17'],
      [2, 'r-17'],
    ]);
  });

  test('passes what is for others, and does not tell how much of it there is', async () => {
    const room = await authenticated();
    numbered(room.world, 1);
    numbered(room.world, 5, { audience: ['management'] });
    const answer = await replay(room, { after: 0 });
    expect([seqs(answer), answer['head_seq'], answer['more'], answer['gap']]).toEqual([[1], 1, false, false]);
  });

  test('goes on where the page before it ended, until all has been had once and in order', async () => {
    const room = await authenticated();
    numbered(room.world, 40, { bytes: 10_000 });
    const had: number[] = [];
    let answer = await replay(room, { after: 0 });
    let pages = 1;
    for (; answer['more'] === true; pages++) {
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(limits.maxReplayBytes + 512);
      had.push(...seqs(answer));
      answer = await replay(room, { after: answer['next_after'] });
    }
    expect([...had, ...seqs(answer)]).toEqual(upTo(40));
    expect(pages).toBeGreaterThan(3);
  });

  test('reads on over the pages of the table, until the answer is full', async () => {
    const room = await authenticated();
    numbered(room.world, 600);
    expect(seqs(await replay(room, { after: 0 }))).toEqual(upTo(600));
    expect(seqs(await replay(room, { after: 100, limit: 400 }))).toEqual(upTo(500, 101));
  });

  test('where nothing newer is for it reads no page, whatever others have heard since', async () => {
    const room = await authenticated();
    numbered(room.world, 2_000, { audience: ['management'] });
    room.world.calls.length = 0;
    const answer = await replay(room, { after: 0 });
    expect([seqs(answer), answer['more'], answer['gap'], answer['next_after']]).toEqual([[], false, false, 0]);
    expect(room.world.calls).not.toContain('streams.readPage');
  });

  test('passes 2,000 events for others without reading them', async () => {
    const room = await authenticated();
    numbered(room.world, 1);
    numbered(room.world, 2_000, { audience: ['management'] });
    numbered(room.world, 1);
    room.world.calls.length = 0;
    const answer = await replay(room, { after: 0 });
    expect([seqs(answer), answer['more'], answer['gap']]).toEqual([[1, 2_002], false, false]);
    expect(room.world.calls.filter((call) => call === 'streams.readPage')).toHaveLength(2);
  });

  test('of a session that has read its allowance is told when to come back, and goes on then', async () => {
    const room = emptyRoom({}, { replayUnitsPerMinute: 600, replayUnitBurst: 60 });
    await room.door.connect();
    await room.door.say(authenticateText());
    numbered(room.world, 40, { bytes: 15_000 });
    const had: number[] = [];
    let after: unknown = 0;
    let waits = 0;
    for (let asked = 0; asked < 30 && had.length < 40; asked++) {
      const answer = await replay(room, { after });
      had.push(...seqs(answer));
      after = answer['next_after'];
      const wait = answer['retry_after_ms'];
      if (wait === undefined) continue;
      waits += 1;
      expect(answer['more']).toBe(true);
      const early = await replay(room, { after });
      expect(early).toMatchObject({ events: [], more: true, gap: false, next_after: after, retry_after_ms: wait });
      room.world.clock.nowMs += Number(wait);
    }
    expect(had).toEqual(upTo(40));
    expect(waits).toBeGreaterThan(2);
  });

  test('tells of a gap exactly when something after the number asked for is no longer kept', async () => {
    const room = await authenticated();
    numbered(room.world, 3);
    // The session would be over long before its events are, so that they are made older instead.
    for (const stored of room.world.streams.get('r-17')?.events.values() ?? [])
      Object.assign(stored.event, { occurredAtMs: room.world.clock.nowMs - eventRetentionMs - 1_000 });
    numbered(room.world, 2);
    expect(await replay(room, { after: 0 })).toMatchObject({ gap: true, oldest_seq: 4, next_after: 5 });
    expect(await replay(room, { after: 2 })).toMatchObject({ gap: true, oldest_seq: 4, next_after: 5 });
    expect(await replay(room, { after: 3 })).toMatchObject({ gap: false, oldest_seq: 4, next_after: 5 });
    expect(await replay(room, { after: 5 })).toMatchObject({ gap: false, oldest_seq: null, next_after: 5 });
    expect(await replay(room, { after: 6 })).toMatchObject({ gap: true, oldest_seq: null, next_after: 5, events: [] });
  });

  test('tells of no gap when what is no longer kept was for others', async () => {
    const room = await authenticated();
    numbered(room.world, 3, { audience: ['management'] });
    for (const stored of room.world.streams.get('r-17')?.events.values() ?? [])
      Object.assign(stored.event, { occurredAtMs: room.world.clock.nowMs - eventRetentionMs - 1_000 });
    expect(await replay(room, { after: 0 })).toMatchObject({
      gap: false,
      oldest_seq: null,
      next_after: 0,
      more: false,
    });
    numbered(room.world, 1);
    expect(await replay(room, { after: 0 })).toMatchObject({ gap: false, oldest_seq: 4, next_after: 4, more: false });
  });

  test.each(['streams.readPage', 'readAuthorization'])(
    'that cannot be answered for %s is told so by its id, and can be asked again',
    async (call) => {
      const room = await authenticated();
      numbered(room.world, 1);
      await room.door.say('{"type":"replay","after":0,"id":"p-1"}', { conduct: down(call) });
      expect(room.door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'unavailable', id: 'p-1' });
      expect(room.world.telemetry.failures).toMatchObject([{ what: 'message', key: { connectionId: 'c-1=' } }]);
      expect(room.door.rowOf()?.status).toBe('authenticated');
      expect(seqs(await replay(room, { after: 0 }))).toEqual([1]);
    },
  );

  test('is for nobody who has been dismissed', async () => {
    const room = await authenticated();
    numbered(room.world, 1);
    room.world.memberships.clear();
    expect(await replay(room, { after: 0 })).toMatchObject({ type: 'closing', reason: 'revoked' });
  });
});
