/** What every table of events must do, whatever it is made of; and the reads that delivery rests on. */
import { describe, expect, test } from '@jest/globals';
import type { StoredEvent } from '../../lambdas/ports.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import type { RestaurantEvent, StreamHead } from '../../protocol/restaurant-events.ts';
import { bring, ownerId, session } from './rows.ts';
import type { Storage } from './storage.ts';

const nowMs = Date.UTC(2026, 11, 1, 12);
const dayMs = 24 * 60 * 60 * 1000;

const event = (seq: number, fields: Partial<RestaurantEvent> = {}): RestaurantEvent => ({
  id: `id-${seq}`,
  seq,
  type: 'order.created',
  data: scannedBefore(`{"order_id": ${seq}.0, "2":1, "nested":{"list":[1e2, "zwei", null]}}`),
  audience: ['pos', 'kitchen'],
  prevSeqOf: { pos: seq - 1, kitchen: seq - 1 },
  publisher: { userId: 'u-1', connectionType: 'pos' },
  occurredAtMs: nowMs,
  ...fields,
});
const stored = (seq: number, fields: Partial<RestaurantEvent> = {}): StoredEvent => ({
  event: event(seq, fields),
  messageId: `message-${seq}`,
  epoch: 'epoch-1',
});
const head = (headSeq: number, epoch = 'epoch-1'): StreamHead => ({ epoch, headSeq, headSeqOf: { pos: headSeq } });

export const streamsContract = (storage: () => Storage): void => {
  let made = 0;
  const restaurant = () => `r-stream-${++made}`;
  const streams = () => storage().streams;

  describe('a head', () => {
    test('is not there before the first event', async () => {
      const id = restaurant();
      expect(await streams().readHead(id)).toBe(undefined);
      expect(await streams().begin(id, ['a'], nowMs)).toEqual({ head: undefined, numbered: new Map() });
    });

    test('moves on from where it was found, and from nowhere else', async () => {
      const id = restaurant();
      expect(await streams().advance(id, undefined, head(2))).toBe('advanced');
      expect(await streams().advance(id, undefined, head(3, 'another'))).toBe('moved');
      expect(await streams().advance(id, head(1), head(3))).toBe('moved');
      expect(await streams().advance(id, head(2, 'another'), head(3, 'another'))).toBe('moved');
      expect(await streams().readHead(id)).toEqual(head(2));
      expect(await streams().advance(id, head(2), head(5))).toBe('advanced');
      expect((await streams().begin(id, ['a'], nowMs)).head).toEqual(head(5));
    });

    test('keeps what it has counted of a minute, and nothing where it has counted none', async () => {
      const id = restaurant();
      const counting = { ...head(3), minute: { startMs: nowMs, count: 2 } };
      await streams().advance(id, undefined, head(1));
      expect(await streams().readHead(id)).toEqual(head(1));
      await streams().advance(id, head(1), counting);
      expect(await streams().readHead(id)).toEqual(counting);
      expect((await streams().begin(id, ['a'], nowMs)).head).toEqual(counting);
    });

    test('is not there of a restaurant that is only remembered, however often', async () => {
      const id = restaurant();
      expect(await streams().isRemembered(id)).toBe(false);
      await streams().remember(id);
      await streams().remember(id);
      expect(await streams().isRemembered(id)).toBe(true);
      expect(await streams().isRemembered(restaurant())).toBe(false);
      expect(await streams().begin(id, ['a'], nowMs)).toEqual({ head: undefined, numbered: new Map() });
    });

    test('that was moved by a write whose answer was lost has been moved', async () => {
      const id = restaurant();
      storage().loseNextAnswer();
      expect(await streams().advance(id, undefined, head(1))).toBe('advanced');
      storage().loseNextAnswer();
      expect(await streams().advance(id, head(1), head(2))).toBe('advanced');
    });
  });

  describe('an event', () => {
    test('stands at its number as it was put, data and all', async () => {
      const id = restaurant();
      const { publisher: _, ...backend } = event(2);
      expect(await streams().append(id, stored(1))).toEqual(stored(1));
      await streams().append(id, { event: backend, messageId: 'm' });
      expect(await streams().readEvent(id, 1)).toEqual(stored(1));
      expect(await streams().readEvent(id, 2)).toEqual({ event: backend, messageId: 'm' });
      expect(await streams().readEvent(id, 3)).toBe(undefined);
    });

    test('is never put over another: whoever comes second is told who is there', async () => {
      const id = restaurant();
      await streams().append(id, stored(1));
      expect(await streams().append(id, stored(1, { id: 'second' }))).toEqual(stored(1));
      expect(await streams().readEvent(id, 1)).toEqual(stored(1));
    });

    test('put by a write whose answer was lost is there', async () => {
      const id = restaurant();
      storage().loseNextAnswer();
      expect(await streams().append(id, stored(1))).toEqual(stored(1));
    });

    test('keeps the text of its data', async () => {
      const id = restaurant();
      const data = scannedBefore(
        '{ "__proto__":{"a":1.0},"constructor":9007199254740993,"pk":"x","":"\\u00e9 \ufffe 🍕" }',
      );
      await streams().append(id, stored(1, { data }));
      expect((await streams().readEvent(id, 1))?.event.data).toBe(data);
    });
  });

  describe('a mark', () => {
    const mark = (id: string, seq: number, at: { markedMs?: number; nowMs?: number } = {}) =>
      streams().mark(
        id,
        event(seq, { id: 'id-7', occurredAtMs: at.markedMs ?? nowMs }),
        { seq, messageId: `message-${seq}`, content: `digest-${seq}` },
        at.nowMs ?? nowMs,
      );
    const marked = async (id: string, atMs = nowMs) =>
      [...(await streams().begin(id, ['id-7', 'id-8'], atMs)).numbered].map(([key, of]) => [key, of]);
    const seventh = ['id-7', { seq: 7, messageId: 'message-7', content: 'digest-7' }];

    test('tells the number of an id, the message that brought it, and what it said', async () => {
      const id = restaurant();
      await mark(id, 7);
      expect(await marked(id)).toEqual([seventh]);
    });

    test('may be made again, and never with another number', async () => {
      const id = restaurant();
      await mark(id, 7);
      await mark(id, 7);
      await expect(mark(id, 8)).rejects.toThrow('two numbers');
    });

    test('holds as long as its event is kept, and not until the table drops it', async () => {
      const id = restaurant();
      await mark(id, 7);
      expect(await marked(id, nowMs + dayMs - 1)).toEqual([seventh]);
      await expect(mark(id, 8, { nowMs: nowMs + dayMs - 1 })).rejects.toThrow('two numbers');
      expect(await marked(id, nowMs + dayMs)).toEqual([]);
      const later = { markedMs: nowMs + dayMs, nowMs: nowMs + dayMs };
      await mark(id, 8, later);
      expect(await marked(id, later.nowMs)).toEqual([
        ['id-7', { seq: 8, messageId: 'message-8', content: 'digest-8' }],
      ]);
    });

    test('is of one restaurant', async () => {
      await mark(restaurant(), 7);
      expect(await marked(restaurant())).toEqual([]);
    });
  });

  describe('a page', () => {
    const ten = async () => {
      const id = restaurant();
      for (let seq = 1; seq <= 10; seq++) await streams().append(id, stored(seq));
      return id;
    };

    test.each([
      { why: 'from the beginning', after: 0, upTo: 10, limit: 100, from: 1, to: 10, readThrough: 10 },
      { why: 'cut by its limit', after: 2, upTo: 10, limit: 3, from: 3, to: 5, readThrough: 5 },
      { why: 'up to where it is asked', after: 2, upTo: 4, limit: 100, from: 3, to: 4, readThrough: 4 },
      { why: 'past what is there', after: 8, upTo: 99, limit: 100, from: 9, to: 10, readThrough: 99 },
    ])('$why has the events in their order', async ({ after, upTo, limit, from, to, readThrough }) => {
      const page = await streams().readPage(await ten(), { after, upTo, limit, nowMs });
      expect(page.events.map(({ seq }) => seq)).toEqual(Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(page.readThrough).toBe(readThrough);
    });

    test('has no event whose time is over, and knows it has looked at it', async () => {
      const id = restaurant();
      await streams().append(id, stored(1, { occurredAtMs: nowMs - dayMs - 1000 }));
      await streams().append(id, stored(2));
      const page = await streams().readPage(id, { after: 0, upTo: 2, limit: 1, nowMs });
      expect(page).toEqual({ events: [], readThrough: 1, units: 1 });
    });
  });

  describe('the sessions of a restaurant', () => {
    const sessionsAt = async (restaurantId: string) =>
      (await storage().connections.sessionsAt(restaurantId)).map(({ connectionId }) => connectionId);

    test('are those that are authenticated there, from their activation to their closing', async () => {
      const handshake = await bring(storage().connections, 'granting');
      expect(await sessionsAt(session.restaurantId)).not.toContain(handshake.connectionId);
      await storage().connections.activate(handshake, ownerId, session);
      expect(await sessionsAt(session.restaurantId)).toContain(handshake.connectionId);
      expect(await sessionsAt('r-other')).toEqual([]);
      const found = (await storage().connections.sessionsAt(session.restaurantId)).find(
        ({ connectionId }) => connectionId === handshake.connectionId,
      );
      expect(found).toEqual(await storage().connections.read(handshake));
      await storage().connections.close(handshake, 'somebody', 'revoked');
      expect(await sessionsAt(session.restaurantId)).not.toContain(handshake.connectionId);
    });

    test('are the same with what reading them has cost, and have the names of their devices', async () => {
      const named = { ...session, restaurantId: 'r-present', deviceId: 'kitchen-2' };
      const handshake = await bring(storage().connections, 'verifying');
      await storage().connections.grant(handshake, ownerId, named);
      expect((await storage().connections.presentAt('r-present')).sessions).toEqual([]);
      await storage().connections.activate(handshake, ownerId, named);
      const { sessions, units } = await storage().connections.presentAt('r-present');
      expect(sessions).toEqual([await storage().connections.read(handshake)]);
      expect(sessions).toMatchObject([{ session: { deviceId: 'kitchen-2' } }]);
      expect(units).toBeGreaterThan(0);
      expect(units).toBeLessThanOrEqual(1);
      expect(await storage().connections.sessionsAt('r-present')).toEqual(sessions);
      await storage().connections.end(handshake, 'authenticated', { endedBy: 'gone', atMs: nowMs });
      expect((await storage().connections.presentAt('r-present')).sessions).toEqual([]);
    });
  });

  describe('the members of a restaurant', () => {
    const member = (restaurantId: string, userId: string) => ({
      restaurantId,
      issuer: 'demo',
      userId,
      role: 'employee',
    });

    test('are all of it and nobody else', async () => {
      const id = restaurant();
      for (const one of [member(id, 'u-1'), member(id, 'u-2'), member(`${id}0`, 'u-3')]) await storage().enrol(one);
      expect(await storage().listMembers(id)).toEqual([member(id, 'u-1'), member(id, 'u-2')]);
    });

    test.each([
      { who: 'a member', role: 'employee', of: 'here' },
      { who: 'an owner of the platform', role: 'platform_owner', of: '*' },
    ] as const)('$who is authorized by the membership they came in by', async ({ role, of }) => {
      const id = restaurant();
      const sessionOf = { ...session, restaurantId: id, userId: `u-${id}`, role };
      const row = { ...member(of === 'here' ? id : '*', sessionOf.userId), role };
      const none = { here: undefined, everywhere: undefined };
      expect(await storage().readAuthorization(sessionOf, 'newest')).toEqual({ memberships: none, head: undefined });
      await storage().enrol(row);
      await streams().advance(id, undefined, head(3));
      expect(await storage().readAuthorization(sessionOf, 'newest')).toEqual({
        memberships: { ...none, [of === 'here' ? 'here' : 'everywhere']: row },
        head: head(3),
      });
    });

    test.each([
      { who: 'a member', role: 'employee', sees: false },
      { who: 'an owner of the platform', role: 'platform_owner', sees: true },
    ] as const)('$who is authorized by the row here, and by the one everywhere: $sees', async ({ role, sees }) => {
      const id = restaurant();
      const sessionOf = { ...session, restaurantId: id, userId: `u-${id}`, role };
      const here = { ...member(id, sessionOf.userId), suspendedAtMs: 1_764_000_000_000 };
      const everywhere = { ...member('*', sessionOf.userId), role: 'platform_owner' };
      for (const row of [here, everywhere]) await storage().enrol(row);
      expect((await storage().readAuthorization(sessionOf, 'newest')).memberships).toEqual({
        here,
        everywhere: sees ? everywhere : undefined,
      });
    });
  });
};
