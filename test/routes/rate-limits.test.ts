/** What an address and a session may do, by what they read when they do more. */
import { describe, expect, test } from '@jest/globals';
import { hostileWindowMs } from '../../lambdas/rate-limit/hostility.ts';
import { trailOf } from '../memory/audit.ts';
import type { Visitor } from '../memory/platform.ts';
import { down, when } from '../memory/port-call.ts';
import { startMs } from '../memory/world.ts';
import { authenticateText, emptyRoom, pingText, type Room } from './conversation.ts';

/** A forgery of its own: the same one again would count once. */
const forgedText = (nth: number) => authenticateText({ token: `token-forged-${nth}` });

/** A handshake of a connection of its own. */
const knock = async (room: Room, nth: number, visitor: Visitor = {}) => {
  const ended = await room.door.connect({ connectionId: `c-${nth}=`, ...visitor });
  return ended.how === 'returned' ? ended.value.statusCode : ended.how;
};

/** A first message of a connection of its own, and the answer to it. */
const attempt = async (room: Room, nth: number, text: string, visitor: Visitor = {}) => {
  await knock(room, nth, visitor);
  await room.door.say(text, {}, `c-${nth}=`);
  return room.door.readBy(`c-${nth}=`).at(-1);
};

/** Tokens that the table does not know have a bad signature. */
const withForgedToken = (limits: Parameters<typeof emptyRoom>[1], sandboxes?: 'one'): Room =>
  emptyRoom({}, limits, sandboxes);

const crossings = (room: Room) =>
  trailOf(room.world.audit).filter(({ event }) => event === 'failure_threshold_crossed');

describe('the handshakes of an address', () => {
  test('are refused with 429 beyond its budget, recorded, and leave nothing behind', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 2 });
    expect([await knock(room, 1), await knock(room, 2), await knock(room, 3)]).toEqual([200, 200, 429]);
    expect(room.world.connections.rows.size).toBe(2);
    expect(room.world.queue.waiting).toHaveLength(2);
    expect(trailOf(room.world.audit)).toEqual([
      { trail: 'unverified', kind: 'handshake', event: 'rate_limit_exceeded', detail: 'too_many_connects' },
    ]);
  });

  test('are counted anew each minute, and apart from those of another address', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 1 });
    expect([await knock(room, 1), await knock(room, 2)]).toEqual([200, 429]);
    expect(await knock(room, 3, { sourceIp: '203.0.113.8' })).toBe(200);
    room.wait(60_000);
    expect(await knock(room, 4)).toBe(200);
  });

  test('share the budget of their /64', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 1 });
    expect(await knock(room, 1, { sourceIp: '2001:db8:1:2::1' })).toBe(200);
    expect(await knock(room, 2, { sourceIp: '2001:db8:1:2:ffff::9' })).toBe(429);
    expect(await knock(room, 3, { sourceIp: '2001:db8:1:3::1' })).toBe(200);
  });

  test('of fifty devices that come back at once all pass with the limits of a stage', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 300, hostileFailures: 10, recordsPerMinute: 20 });
    const devices = Array.from({ length: 50 }, (_, nth) => nth);
    expect(await Promise.all(devices.map((nth) => knock(room, nth)))).toEqual(devices.map(() => 200));
    for (const nth of devices) {
      await room.door.say(authenticateText(), {}, `c-${nth}=`);
      expect(room.door.readBy(`c-${nth}=`)).toMatchObject([{ type: 'auth_success' }]);
    }
  });

  test('are let in while the budgets cannot be read, and somebody is told', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 1 });
    await knock(room, 1);
    const ended = await room.door.connect({ connectionId: 'c-2=' }, down('addressCounters.countConnect'));
    expect(ended).toMatchObject({ how: 'returned', value: { statusCode: 200 } });
    expect(room.world.telemetry.failures).toMatchObject([{ what: 'budget', key: { connectionId: 'c-2=' } }]);
  });
});

describe('a flood', () => {
  test('is refused from memory where this sandbox saw it go over, to the end of the minute', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 2 }, 'one');
    room.wait(20_000);
    for (let nth = 1; nth <= 10; nth++) await knock(room, nth);
    const counts = () => room.world.calls.splice(0).filter((call) => call === 'addressCounters.countConnect').length;
    expect(counts()).toBe(3);
    room.wait(39_999);
    expect(await knock(room, 11)).toBe(429);
    expect(counts()).toBe(0);
    room.wait(1);
    expect(await knock(room, 12)).toBe(200);
    expect(counts()).toBe(1);
  });

  test('at a table that takes 20 writes a second of a key is refused where the sandbox alone counted too many', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 30 }, 'one');
    room.world.addressCounters.writesPerSecond = 20;
    const inFirstSecond = [];
    for (let nth = 1; nth <= 60; nth++) inFirstSecond.push(await knock(room, nth));
    // Twenty are counted, the next ten are not known to be too many.
    expect(inFirstSecond).toEqual([...Array(30).fill(200), ...Array(30).fill(429)]);
    room.wait(1_000);
    expect(await knock(room, 61)).toBe(200);
    expect(room.world.telemetry.failures).toEqual([]);
  });

  test('of one address at such a table keeps nobody at another one out', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 30 }, 'one');
    room.world.addressCounters.writesPerSecond = 20;
    for (let nth = 1; nth <= 60; nth++) await knock(room, nth);
    expect(await knock(room, 61, { sourceIp: '203.0.113.8' })).toBe(200);
  });
});

describe('an address that is trusted more', () => {
  test('has limits of its own, whatever it has in a network that is on the list', async () => {
    const limits = { connectsPerMinute: 1, trustedConnectsPerMinute: 3, hostileFailures: 1, trustedHostileFailures: 2 };
    const room = emptyRoom({}, limits, 'one', ['203.0.113.0/29', '2001:db8:7::/48']);
    const statuses = async (sourceIp: string) => {
      const all = [];
      for (let nth = 0; nth < 4; nth++) all.push(await knock(room, room.world.connections.rows.size + 1, { sourceIp }));
      return all;
    };
    expect(await statuses('203.0.113.7')).toEqual([200, 200, 200, 429]);
    expect(await statuses('203.0.113.8')).toEqual([200, 429, 429, 429]);
    expect(await statuses('2001:db8:7:1::9')).toEqual([200, 200, 200, 429]);
    expect(await statuses('2001:db8:8:1::9')).toEqual([200, 429, 429, 429]);
    room.wait(60_000);
    await attempt(room, 1_000, 'no JSON', { sourceIp: '203.0.113.7' });
    expect(crossings(room)).toHaveLength(0);
    await attempt(room, 1_001, 'no JSON', { sourceIp: '203.0.113.7' });
    expect(crossings(room)).toHaveLength(1);
  });
});

describe('hostile failures of an address', () => {
  const limits = { hostileFailures: 3 };

  test('cross the threshold once, and then it has one handshake in three seconds until its block is over', async () => {
    const room = withForgedToken(limits);
    for (let nth = 1; nth <= 3; nth++)
      expect(await attempt(room, nth, forgedText(nth))).toMatchObject({ type: 'auth_error', reason: 'token_invalid' });
    expect(crossings(room)).toEqual([
      {
        trail: 'unverified',
        kind: 'threshold',
        event: 'failure_threshold_crossed',
        detail: 'too_many_failures',
      },
    ]);
    expect(await knock(room, 4)).toBe(429);
    expect(trailOf(room.world.audit).at(-1)).toMatchObject({
      kind: 'handshake',
      event: 'rate_limit_exceeded',
      detail: 'too_many_failures',
    });
    expect(await knock(room, 5, { sourceIp: '203.0.113.8' })).toBe(200);
    const inEachSecond = [];
    for (let second = 1; second < 30; second++) {
      room.wait(1_000);
      inEachSecond.push([await knock(room, 100 + second), await knock(room, 200 + second)]);
    }
    expect(inEachSecond.filter(([first]) => first === 200)).toHaveLength(9);
    expect(inEachSecond.filter(([, second]) => second === 200)).toHaveLength(0);
    expect(inEachSecond.slice(2, 6).map(([first]) => first)).toEqual([200, 429, 429, 200]);
    room.wait(1_000);
    expect([await knock(room, 6), await knock(room, 7)]).toEqual([200, 200]);
  });

  test('that go on make its block longer once a minute, and not at each of them', async () => {
    const room = withForgedToken(limits);
    let said = 0;
    const blocksOfTen = async () => {
      for (let nth = said + 1; nth <= said + 10; nth++) await knock(room, nth);
      for (let nth = 0; nth < 10; nth++) await room.door.say(forgedText(++said), {}, `c-${said}=`);
      return room.world.calls.splice(0).filter((call) => call === 'addressCounters.block').length;
    };
    expect(await blocksOfTen()).toBe(1);
    // The block itself is over.
    room.wait(30_000);
    expect(await blocksOfTen()).toBe(0);
    room.wait(29_999);
    expect(await blocksOfTen()).toBe(0);
    room.wait(1);
    expect(await blocksOfTen()).toBe(1);
  });

  test('are mistakes where the same token is said again, however often', async () => {
    const room = withForgedToken(limits, 'one');
    for (let nth = 1; nth <= 20; nth++)
      expect(await attempt(room, nth, forgedText(1))).toMatchObject({ reason: 'token_invalid' });
    expect(await knock(room, 21)).toBe(200);
    // At another address it is another one's.
    for (let nth = 22; nth <= 24; nth++) await attempt(room, nth, forgedText(1), { sourceIp: '203.0.113.8' });
    const counted = [...room.world.addressCounters.hostility.values()].map(({ failures }) => failures);
    expect(counted).toEqual([1, 1]);
    expect(JSON.stringify([...room.world.addressCounters.hostility])).not.toContain('token-forged');
  });

  test.each(['retried', 'answer_lost', 'stops_after'] as const)(
    'cross the threshold once though the count that reached it was %s',
    async (fate) => {
      const room = withForgedToken(limits);
      for (let nth = 1; nth <= 5; nth++) await knock(room, nth);
      for (let nth = 1; nth <= 5; nth++) {
        const conduct = nth === 3 ? { conduct: when('addressCounters.countHostileFailure', fate) } : {};
        await room.door.say(forgedText(nth), conduct, `c-${nth}=`);
      }
      await room.letTimersRun();
      expect(crossings(room)).toHaveLength(1);
    },
  );

  test('cross the threshold again in another window', async () => {
    const room = withForgedToken(limits);
    for (let nth = 1; nth <= 3; nth++) await attempt(room, nth, forgedText(nth));
    room.wait(hostileWindowMs);
    for (let nth = 4; nth <= 6; nth++) await attempt(room, nth, forgedText(nth));
    expect(crossings(room)).toHaveLength(2);
  });

  test('on its open sockets are answered rate_limited, with the rest of the block', async () => {
    const room = withForgedToken(limits);
    for (let nth = 1; nth <= 6; nth++) await knock(room, nth);
    for (let nth = 1; nth <= 6; nth++) await room.door.say(forgedText(nth), {}, `c-${nth}=`);
    const answers = [1, 2, 3, 4, 5, 6].map((nth) => room.door.readBy(`c-${nth}=`).at(-1));
    expect(answers).toMatchObject([
      { reason: 'token_invalid', code: 4003, retry_after_ms: null },
      { reason: 'token_invalid', code: 4003, retry_after_ms: null },
      { reason: 'token_invalid', code: 4003, retry_after_ms: null },
      { reason: 'rate_limited', code: 4029, reconnect: true, retry_after_ms: 30_000 },
      { reason: 'rate_limited', code: 4029, reconnect: true, retry_after_ms: 30_000 },
      { reason: 'rate_limited', code: 4029, reconnect: true, retry_after_ms: 30_000 },
    ]);
    expect(room.door.socketOf('c-6=').state).toBe('closed');
    expect(crossings(room)).toHaveLength(1);
  });

  test('are frames that are no JSON, too', async () => {
    const room = emptyRoom({}, limits);
    for (let nth = 1; nth <= 3; nth++) await attempt(room, nth, 'no JSON');
    expect([await knock(room, 4), await knock(room, 5)]).toEqual([429, 429]);
  });

  test('are never expired tokens, however many', async () => {
    const room = emptyRoom({}, limits);
    for (let nth = 1; nth <= 30; nth++)
      expect(await attempt(room, nth, authenticateText({ token: 'token-expired' }))).toMatchObject({
        reason: 'token_expired',
      });
    expect(await knock(room, 31)).toBe(200);
    expect(room.world.calls).not.toContain('addressCounters.countHostileFailure');
  });

  test.each(['addressCounters.countHostileFailure', 'addressCounters.block'])(
    'are refused as ever while %s fails, and somebody is told',
    async (call) => {
      const room = withForgedToken({ hostileFailures: 1 });
      await knock(room, 1);
      await room.door.say(forgedText(1), { conduct: down(call) }, 'c-1=');
      expect(room.door.readBy('c-1=')).toMatchObject([{ type: 'auth_error', reason: 'token_invalid' }]);
      expect(room.world.telemetry.failures).toMatchObject([{ what: 'budget' }]);
    },
  );
});

describe('the messages of a session', () => {
  test('beyond its budget are answered rate_limited, and it stays until a whole burst was refused', async () => {
    const room = emptyRoom({}, { pingsPerMinute: 60, pingBurst: 2 });
    await attempt(room, 1, authenticateText());
    const ping = async () => {
      await room.door.say(pingText);
      return room.door.readBy().at(-1);
    };
    expect([await ping(), await ping(), await ping(), await ping()]).toMatchObject([
      { type: 'pong' },
      { type: 'pong' },
      { type: 'error', reason: 'rate_limited', error: 'Too many messages' },
      { type: 'error', reason: 'rate_limited' },
    ]);
    expect(room.door.socketOf('c-1=').state).toBe('open');
    expect(await ping()).toMatchObject({ type: 'closing', reason: 'rate_limited', code: 4029, retry_after_ms: 10_000 });
    expect(room.door.socketOf('c-1=').state).toBe('closed');
    expect(trailOf(room.world.audit).filter(({ event }) => event === 'rate_limit_exceeded')).toEqual([
      { trail: 'r-17', kind: 'messages', event: 'rate_limit_exceeded', detail: 'too_many_messages' },
    ]);
  });

  test('are served again when it has waited, and a refused ping costs no write', async () => {
    const room = emptyRoom({}, { pingsPerMinute: 60, pingBurst: 1 });
    await attempt(room, 1, authenticateText());
    const before = room.world.calls.length;
    await room.door.say(pingText);
    await room.door.say(pingText);
    expect(room.world.calls.slice(before)).toEqual(['readSession', 'readAuthorization', 'readSession']);
    room.wait(1000);
    await room.door.say(pingText);
    expect(room.door.readBy().at(-1)).toMatchObject({
      type: 'pong',
      timestamp: new Date(startMs + 1000).toISOString(),
    });
  });

  const renewals = { messagesPerMinute: 60, messageBurst: 2 };
  const renew = async (room: Room) => {
    await room.door.say(authenticateText());
    return room.door.readBy().at(-1);
  };

  test('that renew are answered rate_limited beyond its budget, and end it after a whole burst of these', async () => {
    const room = emptyRoom({}, renewals);
    await attempt(room, 1, authenticateText());
    const answers = [];
    for (let nth = 1; nth <= 5; nth++) answers.push(await renew(room));
    expect(answers).toMatchObject([
      { type: 'auth_success' },
      { type: 'auth_success' },
      { type: 'error', reason: 'rate_limited' },
      { type: 'error', reason: 'rate_limited' },
      { type: 'closing', reason: 'rate_limited', code: 4029 },
    ]);
    expect(room.door.socketOf('c-1=').state).toBe('closed');
  });

  test('that renew are counted by the row, whatever the sandbox remembers, and cost no verification beyond it', async () => {
    const room = emptyRoom({}, { ...renewals, messageBurst: 1 });
    await attempt(room, 1, authenticateText());
    // Another sandbox served the last one.
    const row = room.door.rowOf();
    if (row?.status !== 'authenticated') throw new Error('nobody is authenticated');
    room.world.connections.rows.set('c-1=', { ...row, messagesTatMs: startMs + 1 });
    const before = room.world.calls.length;
    expect(await renew(room)).toMatchObject({ type: 'error', reason: 'rate_limited' });
    expect(room.world.calls.slice(before)).not.toContain('verifyToken');
    room.wait(1_000);
    expect(await renew(room)).toMatchObject({ type: 'auth_success' });
  });

  test('that renew are refused by the write, when it is another one that used up the budget meanwhile', async () => {
    const room = emptyRoom({}, { ...renewals, messageBurst: 1 });
    await attempt(room, 1, authenticateText());
    const meanwhile = (call: string): 'done' => {
      const row = room.door.rowOf();
      if (call === 'findMemberships' && row?.status === 'authenticated')
        room.world.connections.rows.set('c-1=', { ...row, messagesTatMs: startMs + 1_000 });
      return 'done';
    };
    await room.door.say(authenticateText(), { conduct: meanwhile });
    expect(room.door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'rate_limited' });
    expect(room.door.socketOf('c-1=').state).toBe('open');
  });
});
