import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Authenticated, Session } from '../../lambdas/connection/connection.ts';
import { presentPage } from '../../lambdas/presence/present-page.ts';
import { byteLength } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import { type Present, present } from '../../protocol/presence.ts';
import { runs } from '../harness/runs.ts';
import { connectionTypes } from '../restaurant-domain.ts';

const nowMs = Date.UTC(2026, 11, 1, 12);

/** A till of `u-1` that came ten minutes ago and may stay for an hour. */
const sessionOf = (connectionId: string, fields: Partial<Session> = {}): Authenticated => ({
  connectionId,
  connectedAtMs: nowMs - 600_000,
  authDeadlineMs: nowMs - 595_000,
  sourceIp: '203.0.113.7',
  hints: {},
  status: 'authenticated',
  ownerId: `request-of-${connectionId}`,
  session: {
    issuer: 'demo',
    userId: 'u-1',
    restaurantId: 'r-17',
    connectionType: 'pos',
    role: 'employee',
    sessionExpiresAtMs: nowMs + 3_600_000,
    tokenIssuedAtMs: nowMs - 600_000,
    grantedAtMs: nowMs - 600_000,
    batch: false,
    ...fields,
  },
});

const whole = { after: undefined, limit: limits.maxPresentSessions, nowMs };
const there = (...sessions: readonly Authenticated[]): readonly Present[] => presentPage(sessions, whole).sessions;

/** Every page, asked for as a client does. */
const pagesOf = (sessionsAt: (page: number) => readonly Authenticated[], limit: number): Present[][] => {
  const pages: Present[][] = [];
  let after: string | undefined;
  for (;;) {
    const page = presentPage(sessionsAt(pages.length), { after, limit, nowMs });
    pages.push([...page.sessions]);
    if (!page.more) return pages;
    if (page.sessions.length === 0) throw new Error('more was promised, and nothing came');
    after = page.next;
  }
};

describe('who is there', () => {
  test('is told by user, role, connection type, the beginning of the session, and the name of the device', () => {
    expect(there(sessionOf('a', { deviceId: 'till-3' }), sessionOf('b', { userId: 'u-2', role: 'manager' }))).toEqual([
      { userId: 'u-1', role: 'employee', connectionType: 'pos', sinceMs: nowMs - 600_000, deviceId: 'till-3' },
      { userId: 'u-2', role: 'manager', connectionType: 'pos', sinceMs: nowMs - 600_000 },
    ]);
  });

  test.each([
    { why: 'a millisecond before its end is there', sessionExpiresAtMs: nowMs + 1, count: 1 },
    { why: 'at its end is over', sessionExpiresAtMs: nowMs, count: 0 },
    { why: 'after its end is over, though nobody has closed it', sessionExpiresAtMs: nowMs - 1, count: 0 },
  ])('a session $why', ({ sessionExpiresAtMs, count }) => {
    expect(there(sessionOf('a', { sessionExpiresAtMs }))).toHaveLength(count);
  });

  test('is nobody, where nobody is', () => {
    expect(presentPage([], whole)).toEqual({ sessions: [], next: undefined, more: false });
  });
});

describe('two sessions', () => {
  const named = { deviceId: 'till-3' } as const;
  const younger = { grantedAtMs: nowMs - 1_000 };

  test.each([
    { why: 'user, connection type and name are the same', first: named, second: named, devices: 1 },
    { why: 'they have different names', first: named, second: { deviceId: 'till-4' }, devices: 2 },
    { why: 'the user of one is somebody else', first: named, second: { ...named, userId: 'u-2' }, devices: 2 },
    { why: 'another issuer names the user of one so', first: named, second: { ...named, issuer: 'b' }, devices: 2 },
    { why: 'one is a kitchen', first: named, second: { ...named, connectionType: 'kitchen' as const }, devices: 2 },
    { why: 'one has no name', first: named, second: {}, devices: 2 },
    { why: 'neither has a name', first: {}, second: {}, devices: 2 },
    {
      why: 'the name of one is the user of the other',
      first: { deviceId: 'u-2' },
      second: { userId: 'u-2' },
      devices: 2,
    },
    {
      why: 'what one puts together reads like the other',
      first: { userId: 'u-1', issuer: 'a', deviceId: 'b' },
      second: { userId: 'u-1', issuer: 'a', deviceId: 'pos' },
      devices: 2,
    },
  ])('are so many devices where $why: $devices', ({ first, second, devices }) => {
    const sessions = [sessionOf('a', first), sessionOf('b', { ...second, ...younger })];
    expect(there(...sessions)).toHaveLength(devices);
    expect(there(...sessions.toReversed())).toEqual(there(...sessions));
  });

  test('of one device are there as the younger, and the end of the older changes nothing', () => {
    const old = sessionOf('a', { ...named, role: 'employee' });
    const young = sessionOf('b', { ...named, ...younger, role: 'manager' });
    expect(there(old, young)).toEqual([
      { userId: 'u-1', role: 'manager', connectionType: 'pos', sinceMs: younger.grantedAtMs, deviceId: 'till-3' },
    ]);
    expect(presentPage([young], whole)).toEqual(presentPage([old, young], whole));
  });

  test('of one device are there as the older, once the time of the younger is over', () => {
    const old = sessionOf('a', named);
    expect(there(old, sessionOf('b', { ...named, ...younger, sessionExpiresAtMs: nowMs }))).toEqual(there(old));
  });
});

describe('a page', () => {
  const text = (pattern: RegExp) => fc.stringMatching(pattern);
  const session = fc
    .record({
      id: fc.uuid(),
      userId: fc.oneof(fc.constantFrom('u-1', 'u-2'), text(/^[\x21-\x7e]{200,255}$/), fc.constant('"'.repeat(255))),
      issuer: fc.constantFrom('demo', 'i'.repeat(16)),
      connectionType: fc.constantFrom(...connectionTypes),
      deviceId: fc.option(fc.oneof(fc.constantFrom('till-3', 'u-2'), text(/^[\w.:-]{64}$/)), { nil: undefined }),
      grantedAtMs: fc.integer({ min: nowMs - 7_000, max: nowMs }),
    })
    .map(({ id, deviceId, ...fields }) =>
      sessionOf(id, { ...fields, ...(deviceId === undefined ? {} : { deviceId }) }),
    );
  const sessions = fc.uniqueArray(session, {
    maxLength: 700,
    minLength: 1,
    selector: (one) => one.connectionId,
    size: 'max',
  });

  /** What is true, found another way: by comparing each with each. */
  const devicesIn = (all: readonly Authenticated[]): readonly Authenticated[] =>
    all.filter(
      ({ connectionId, session: one }) =>
        !all.some(
          ({ connectionId: otherId, session: other }, index) =>
            otherId !== connectionId &&
            one.deviceId !== undefined &&
            other.deviceId === one.deviceId &&
            other.userId === one.userId &&
            other.issuer === one.issuer &&
            other.connectionType === one.connectionType &&
            (other.grantedAtMs > one.grantedAtMs ||
              (other.grantedAtMs === one.grantedAtMs &&
                index < all.findIndex((any) => any.connectionId === connectionId))),
        ),
    );
  const sorted = (list: readonly Present[]) => list.map((one) => JSON.stringify(one)).sort();
  const presentOf = ({ session: { userId, role, connectionType, grantedAtMs: sinceMs, deviceId } }: Authenticated) => ({
    userId,
    role,
    connectionType,
    sinceMs,
    ...(deviceId === undefined ? {} : { deviceId }),
  });

  test('has at most 100 KB as a frame, and all of them together have each device once', () => {
    let pagesSeen = 0;
    fc.assert(
      fc.property(sessions, fc.constantFrom(1, 7, 300, limits.maxPresentSessions), (all, limit) => {
        const pages = pagesOf(() => all, limit);
        pagesSeen += pages.length - 1;
        let after: string | undefined;
        for (const _ of pages) {
          const page = presentPage(all, { after, limit, nowMs });
          after = page.next;
          expect(page.sessions.length).toBeLessThanOrEqual(limit);
          const frame = present({ ...page, retryAfterMs: 60_000 }, nowMs, 'i'.repeat(limits.maxMessageIdChars));
          expect(byteLength(frame)).toBeLessThanOrEqual(limits.maxPresentBytes);
        }
        expect(sorted(pages.flat())).toEqual(sorted(devicesIn(all).map(presentOf)));
      }),
      // Smaller lists of what fails here say no more, and to look for them takes minutes.
      { numRuns: runs(100), endOnFailure: true },
    );
    expect(pagesSeen).toBeGreaterThan(0);
  });

  test('of the longest there can be is one frame, and not the last', () => {
    const userId = (nth: number) => `${'"'.repeat(187)}${String(nth).padStart(4, '0')}`;
    const longest = Array.from({ length: 400 }, (_, nth) =>
      sessionOf(`c-${nth}`, {
        userId: userId(nth),
        issuer: 'i'.repeat(16),
        connectionType: 'management',
        role: 'restaurant_owner',
        deviceId: 'd'.repeat(64),
      }),
    );
    const page = presentPage(longest, whole);
    const bytes = byteLength(present({ ...page, retryAfterMs: 60_000 }, nowMs, 'i'.repeat(128)));
    expect(page.more).toBe(true);
    expect(bytes).toBeLessThanOrEqual(limits.maxPresentBytes);
    expect(bytes).toBeGreaterThan(limits.maxPresentBytes - 2048);
  });

  test.each([
    { why: 'a device with a name hands over', named: { deviceId: 'till-3' } },
    { why: 'a device without a name does', named: {} },
  ])('is enough with the others to find who was there all the while, though $why meanwhile', ({ named }) => {
    const others = ['u-0', 'u-2', 'u-3'].map((userId) => sessionOf(`c-${userId}`, { userId }));
    const old = sessionOf('z', named);
    const young = sessionOf('a', { ...named, grantedAtMs: nowMs });
    for (const handOverAt of [0, 1, 2, 3, 4]) {
      const before = [...others, old];
      const during = [...others, old, young];
      const after = [...others, young];
      const sessionsAt = (page: number) => (page < handOverAt ? before : page === handOverAt ? during : after);
      const users = pagesOf(sessionsAt, 1)
        .flat()
        .map(({ userId }) => userId);
      expect(new Set(users)).toEqual(new Set(['u-0', 'u-1', 'u-2', 'u-3']));
      if ('deviceId' in named) expect(users).toHaveLength(4);
    }
  });

  test.each([
    { after: '', finds: 2 },
    { after: 'u-1', finds: 2 },
    { after: 'u-1 demo pos till-3', finds: 1 },
    { after: 'u-2', finds: 1 },
    { after: 'zzz', finds: 0 },
    { after: '\u0000', finds: 2 },
    { after: '\uffff'.repeat(5_000), finds: 0 },
    { after: '__proto__', finds: 2 },
  ])('after any text at all is a place in the order: $finds after $after', ({ after, finds }) => {
    const two = [sessionOf('a', { deviceId: 'till-3' }), sessionOf('b', { userId: 'u-2' })];
    const page = presentPage(two, { ...whole, after });
    expect([page.sessions.length, page.more]).toEqual([finds, false]);
  });
});
