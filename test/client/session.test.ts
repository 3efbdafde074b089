import { describe, expect, test } from '@jest/globals';
import type { Signal } from '../../client/src/state.ts';
import { storageOf } from '../../client/src/storage.ts';
import { type ClientFixture, createClientFixture, hour, minute } from './client-fixture.ts';
import { createSignals } from './signals.ts';

const pings = ({ gateway }: ClientFixture) =>
  gateway.callers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'ping').length;

describe('a heartbeat', () => {
  test('comes after two minutes of silence, and not while there are events', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    await fixture.clock.pass(119_000);
    expect(pings(fixture)).toBe(0);
    await fixture.clock.pass(2_000);
    expect(pings(fixture)).toBe(1);
    for (let seconds = 0; seconds < 600; seconds += 60) {
      fixture.gateway.publish('order.created', { order_id: seconds });
      await fixture.clock.pass(60_000);
    }
    expect(pings(fixture)).toBe(1);
    expect(fixture.gateway.callers).toHaveLength(1);
  });

  test('without a pong within eight seconds is the end of the connection', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.caller().line = 'dead';
    await fixture.clock.pass(127_000);
    expect(fixture.client.state.status).toBe('connected');
    await fixture.clock.pass(2_500);
    expect(fixture.gateway.callers).toHaveLength(2);
    expect(fixture.states).toContainEqual(expect.objectContaining({ cause: { kind: 'silence' } }));
    expect(fixture.client.state.status).toBe('connected');
  });

  test('that is late because the device slept asks again before it gives up', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    await fixture.clock.pass(119_000);
    expect(pings(fixture)).toBe(0);
    fixture.gateway.script.message = () => {};
    await fixture.clock.pass(2_000);
    expect(pings(fixture)).toBe(1);
    fixture.gateway.script.message = (_caller, _message, pass) => pass();
    await fixture.clock.pass(5 * minute, 'frozen');
    await fixture.clock.pass(1_000);
    expect(fixture.gateway.callers).toHaveLength(1);
    expect(pings(fixture)).toBe(2);
  });
});

describe('a network that ended a session in silence', () => {
  /** The pings of the next ten minutes in which nothing happens. */
  const pingsOfTenMinutes = async (fixture: ClientFixture) => {
    const before = pings(fixture);
    await fixture.clock.pass(10 * minute);
    return pings(fixture) - before;
  };
  const silent = async (fixture: ClientFixture) => {
    fixture.gateway.caller().line = 'dead';
    await fixture.clock.pass(3 * minute);
    expect(fixture.client.state.status).toBe('connected');
  };

  test('is asked more often for a day, and the others are not', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources, getToken: () => fixture.goodToken(48 * hour) });
    await fixture.authenticated();
    expect(await pingsOfTenMinutes(fixture)).toBe(5);
    await silent(fixture);
    expect(await pingsOfTenMinutes(fixture)).toBe(13);
    // The ping of the hint and the one after 45 s, and then as ever.
    signals.tell({ type: 'cellular', isConnected: true });
    expect(await pingsOfTenMinutes(fixture)).toBe(6);
    signals.tell({ type: 'wifi', isConnected: true });
    expect(await pingsOfTenMinutes(fixture)).toBe(14);
    await fixture.clock.pass(24 * hour);
    expect(await pingsOfTenMinutes(fixture)).toBe(5);
    fixture.client.close();
  });

  test('is remembered over a restart where there is a storage, and without NetInfo all networks are one', async () => {
    const texts = new Map<string, string>();
    const storage = () =>
      storageOf({
        get: async (key) => texts.get(key),
        set: async (key, value) => texts.set(key, value),
        remove: async (key) => texts.delete(key),
      });
    const before = createClientFixture({ storage: storage() });
    await before.authenticated();
    await silent(before);
    before.client.close();
    await before.clock.pass(1_000);
    const after = createClientFixture({ storage: storage() });
    await after.authenticated();
    expect(await pingsOfTenMinutes(after)).toBe(13);
    after.client.close();
    const nextDay = createClientFixture({ storage: storage() }, { wrongByMs: () => 25 * hour });
    await nextDay.authenticated();
    expect(await pingsOfTenMinutes(nextDay)).toBe(5);
    nextDay.client.close();
  });

  test('is remembered beside what else a storage has, and by no text that is none of ours', async () => {
    const key = 'maitred.outbox.r-17.kitchen';
    const texts = new Map([[key, '{"version":3,"publications":[],"silences":{"":"yesterday","wifi":null}}']]);
    const storage = storageOf({
      get: async (one) => texts.get(one),
      set: async (one, value) => texts.set(one, value),
      remove: async (one) => texts.delete(one),
    });
    const fixture = createClientFixture({ storage, cursor: 'stored' });
    await fixture.authenticated();
    expect(await pingsOfTenMinutes(fixture)).toBe(5);
    fixture.gateway.publish('order.created', { order_id: 1 });
    await silent(fixture);
    fixture.client.close();
    await fixture.clock.pass(1_000);
    expect(JSON.parse(texts.get(key) ?? '')).toMatchObject({
      cursor: { seq: 1 },
      silences: { '': expect.any(Number) },
    });
  });
});

test('a clock that is set back by an hour delays what was due next, once', async () => {
  let wrongByMs = 0;
  const fixture = createClientFixture({}, { wrongByMs: () => wrongByMs });
  await fixture.authenticated();
  wrongByMs = -hour;
  await fixture.clock.pass(242_000);
  expect(pings(fixture)).toBe(1);
  await fixture.clock.pass(122_000);
  expect(pings(fixture)).toBe(2);
});

describe('a session', () => {
  test('is renewed in place before its token expires, with a new token', async () => {
    const fixture = createClientFixture({ getToken: () => fixture.goodToken(10 * minute) });
    await fixture.authenticated();
    await fixture.clock.pass(hour);
    expect(fixture.gateway.callers).toHaveLength(1);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.states.map(({ status }) => status).filter((status) => status === 'waiting')).toEqual([]);
    expect(fixture.asked.slice(0, 2)).toEqual(['first', 'renewal']);
    expect(fixture.asked.length).toBeGreaterThanOrEqual(6);
    expect(fixture.asked.length).toBeLessThanOrEqual(9);
    const renewals = fixture.gateway.caller().heard.filter(({ type }) => type === 'authenticate');
    expect(Object.keys(renewals[1] ?? {})).toEqual(['type', 'token']);
    fixture.gateway.restart();
    await fixture.clock.pass(1_000);
    expect(fixture.gateway.caller().heard[0]?.['token']).toBe(renewals.at(-1)?.['token']);
  });

  test.each([
    { why: 'throws', token: () => Promise.reject(new Error('no')), tries: [3, 16] },
    { why: 'hangs', token: () => new Promise<string>(() => {}), tries: [2, 7] },
    { why: 'gives the same token again', token: undefined, tries: [4, 14] },
  ])(
    'whose renewal fails because the provider $why goes on to its end, then a new one begins',
    async ({ token, tries }) => {
      let expiresAt = 0;
      let isBroken = true;
      const fixture = createClientFixture({
        getToken: (why) => {
          if (why === 'renewal' && isBroken) return token === undefined ? `same@${expiresAt}` : token();
          expiresAt = fixture.clock.now() + 4 * minute;
          return `same@${expiresAt}`;
        },
      });
      await fixture.authenticated();
      await fixture.clock.pass(4 * minute - 1_000);
      expect(fixture.client.state.status).toBe('connected');
      expect(fixture.gateway.callers).toHaveLength(1);
      const renewals = fixture.asked.filter((why) => why === 'renewal').length;
      expect(renewals).toBeGreaterThanOrEqual(tries[0] ?? 0);
      expect(renewals).toBeLessThanOrEqual(tries[1] ?? 0);
      isBroken = false;
      await fixture.clock.pass(2_000);
      expect(fixture.client.state.status).toBe('connected');
      expect(fixture.gateway.callers).toHaveLength(2);
      expect(fixture.asked.at(-1)).toBe('expired');
    },
  );

  test.each([
    { answer: 'unavailable', frame: { type: 'error', reason: 'unavailable', error: 'later' } },
    { answer: 'nothing', frame: undefined },
  ])('whose renewal is answered with $answer is renewed later', async ({ frame }) => {
    const fixture = createClientFixture({ getToken: () => fixture.goodToken(10 * minute) });
    await fixture.authenticated();
    let failures = 2;
    fixture.gateway.script.authenticate = (caller, _message, pass) => {
      if (failures-- <= 0) pass();
      else if (frame) caller.send(frame);
    };
    await fixture.clock.pass(12 * minute);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.gateway.callers).toHaveLength(1);
    expect(fixture.asked.length).toBeGreaterThanOrEqual(4);
  });

  test('is never made shorter by a renewal', async () => {
    const fixture = createClientFixture({ getToken: () => fixture.goodToken(10 * minute) });
    await fixture.authenticated();
    fixture.gateway.script.authenticate = (caller) =>
      caller.send({
        ...fixture.gateway.authSuccess(caller),
        session_expires_at: new Date(fixture.clock.now() + 1_000).toISOString(),
      });
    await fixture.clock.pass(10 * minute - 2_000);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.gateway.callers).toHaveLength(1);
  });

  test('whose renewal is answered with unavailable does not repeat the event under way beside it', async () => {
    const fixture = createClientFixture({ getToken: () => fixture.goodToken(10 * minute) });
    await fixture.authenticated();
    let answer = () => {};
    let failures = 1;
    fixture.gateway.script.message = (_caller, _message, pass) => {
      answer = pass;
    };
    fixture.gateway.script.authenticate = (caller, _message, pass) => {
      if (failures-- <= 0) return pass();
      void fixture.client.publish('order.created', { order_id: 1 }, { id: 'p' });
      fixture.clock.timers.setTimeout(() => caller.send({ type: 'error', reason: 'unavailable' }), 500);
      fixture.clock.timers.setTimeout(() => answer(), 5_000);
    };
    for (let seconds = 0; seconds < 600; seconds += 30) {
      fixture.gateway.publish('order.created', { order_id: 2 });
      await fixture.clock.pass(30_000);
    }
    expect(fixture.gateway.events().map(({ id }) => id)).toContain('p');
    expect(fixture.gateway.caller().heard.filter(({ id }) => id === 'p')).toHaveLength(1);
    expect(fixture.asked.slice(0, 3)).toEqual(['first', 'renewal', 'renewal']);
    expect(fixture.gateway.callers).toHaveLength(1);
  });

  test('whose renewal is refused comes back with a fresh token', async () => {
    const fixture = createClientFixture({
      getToken: (why) => (why === 'renewal' ? 'stale@0' : fixture.goodToken(10 * minute)),
    });
    await fixture.authenticated();
    await fixture.clock.pass(11 * minute);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked.slice(0, 3)).toEqual(['first', 'renewal', 'refused']);
    expect(fixture.gateway.callers).toHaveLength(2);
  });

  test.each([
    { reason: 'revoked', advice: { reconnect: false }, end: { why: 'refused', reason: 'revoked', error: 'revoked' } },
    {
      reason: 'access_denied',
      advice: { reconnect: false },
      end: { why: 'refused', reason: 'access_denied', error: 'access_denied' },
    },
  ])('closed as $reason ends, and says so', async ({ reason, advice, end }) => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.refuse(fixture.gateway.caller(), 'closing', reason, advice);
    await fixture.clock.pass(hour);
    expect(fixture.ends).toEqual([end]);
    expect(fixture.gateway.callers).toHaveLength(1);
  });

  test('closed as too_many_sessions comes back after a minute and not before, so that no two push each other out', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.refuse(fixture.gateway.caller(), 'closing', 'too_many_sessions', { retry_after_ms: minute });
    await fixture.clock.pass(minute - 1_000);
    expect(fixture.gateway.callers).toHaveLength(1);
    await fixture.clock.pass(3_000);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked).toEqual(['first']);
  });

  test('closed as session_expired comes back with a token asked for as expired', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.refuse(fixture.gateway.caller(), 'closing', 'session_expired', { reauthenticate: true });
    await fixture.clock.pass(2_000);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked).toEqual(['first', 'expired']);
  });

  test.each([{ code: 1000 }, { code: 1001 }, { code: 1006 }, { code: 1012 }])(
    'cut with code $code and no message comes back with the token it has',
    async ({ code }) => {
      const fixture = createClientFixture();
      await fixture.authenticated();
      fixture.gateway.restart(code);
      await fixture.clock.pass(2_000);
      expect(fixture.client.state.status).toBe('connected');
      expect(fixture.gateway.callers).toHaveLength(2);
      expect(fixture.asked).toEqual(['first']);
      expect(fixture.states).toContainEqual(
        expect.objectContaining({ status: 'waiting', cause: { kind: 'dropped', code } }),
      );
    },
  );

  test('the last message counts, whatever the close code says', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    const caller = fixture.gateway.caller();
    caller.send({ type: 'closing', reason: 'revoked', error: 'Access revoked', reconnect: false });
    caller.close(1012);
    await fixture.clock.pass(minute);
    expect(fixture.ends).toHaveLength(1);
  });
});

describe('before the two-hour limit', () => {
  test('a second connection takes over, and no event is lost or doubled', async () => {
    const fixture = createClientFixture({ getToken: () => fixture.goodToken(24 * hour) });
    await fixture.authenticated();
    for (let seconds = 0; seconds < 5 * 3600; seconds += 10) {
      fixture.gateway.publish('order.created', { order_id: seconds });
      await fixture.clock.pass(10_000);
    }
    expect(fixture.gateway.callers).toHaveLength(3);
    expect(fixture.seqs()).toEqual(Array.from({ length: 1800 }, (_, index) => index + 1));
    const statuses = new Set(fixture.states.slice(5).map(({ status }) => status));
    expect([...statuses]).toEqual(['connected']);
    const [first, second] = fixture.gateway.callers.map(({ openedAt }) => openedAt);
    const ageMs = (second ?? 0) - (first ?? 0);
    expect(ageMs).toBeGreaterThan(109 * minute);
    expect(ageMs).toBeLessThan(116 * minute);
    expect(fixture.gateway.callers.map(({ status }) => status)).toEqual(['closed', 'closed', 'authenticated']);
  });

  test('a hand-over that fails is tried again while the old connection serves', async () => {
    const fixture = createClientFixture({ getToken: () => fixture.goodToken(24 * hour) });
    await fixture.authenticated();
    await fixture.clock.pass(109 * minute);
    fixture.gateway.script.handshake = 'fail';
    await fixture.clock.pass(8 * minute);
    expect(fixture.client.state).toMatchObject({ status: 'connected', handOver: 'under_way' });
    expect(fixture.gateway.callers.length).toBeGreaterThan(5);
    expect(fixture.gateway.callers.length).toBeLessThan(40);
    fixture.gateway.script.handshake = 'accept';
    await fixture.clock.pass(minute);
    expect(fixture.client.state).toMatchObject({ status: 'connected', handOver: 'none' });
    expect(fixture.states.some(({ status }) => status === 'waiting')).toBe(false);
  });

  test('or when the gateway goes away, events and publications pass from one to the other', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    const old = fixture.gateway.caller();
    fixture.gateway.script.message = (caller, message, pass) => {
      if (caller !== old || message['type'] !== 'payment.completed') pass();
    };
    const publication = fixture.client.publish('payment.completed', { order_id: 1 }, { id: 'p-1' });
    await fixture.clock.pass(100);
    old.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true, reauthenticate: false });
    fixture.gateway.publish('order.created', { order_id: 2 });
    await fixture.clock.pass(1_000);
    expect(fixture.gateway.callers).toHaveLength(2);
    // About something else: what is under way is under way on the old connection.
    fixture.gateway.caller().send({ type: 'error', reason: 'forbidden', error: 'Not allowed' });
    await fixture.clock.pass(3_000);
    fixture.gateway.publish('order.created', { order_id: 3 });
    await fixture.clock.pass(3_000);
    expect(fixture.gateway.callers).toHaveLength(2);
    await expect(publication).resolves.toEqual({ id: 'p-1', eventId: 'p-1' });
    expect(new Set(fixture.seqs()).size).toBe(3);
    expect(fixture.states.some(({ status }) => status === 'waiting')).toBe(false);
  });

  test('what the old connection says last is about itself', async () => {
    const fixture = createClientFixture();
    fixture.gateway.publish('order.created', { order_id: 1 });
    await fixture.authenticated();
    const old = fixture.gateway.caller();
    old.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    await fixture.clock.pass(1_500);
    expect(fixture.client.state).toMatchObject({ session: { connectionId: 'c-2' } });
    old.send({ type: 'pong', epoch: 'of yesterday', head_seq: 9 });
    old.send({ type: 'closing', reason: 'revoked', error: 'Access revoked', reconnect: false });
    await fixture.clock.pass(5_000);
    expect(fixture.client.state).toMatchObject({ status: 'connected', session: { connectionId: 'c-2' } });
    expect(old.status).toBe('closed');
    expect(fixture.gaps.map(({ reason }) => reason)).toEqual(['start']);
  });

  test('hand-overs that follow one another leave no connection behind', async () => {
    const fixture = createClientFixture({ random: () => 0 });
    let goings = 2;
    fixture.gateway.script.authenticate = (caller, _message, pass) => {
      pass();
      if (goings-- > 0) caller.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    };
    await fixture.clock.pass(500);
    expect(fixture.gateway.callers).toHaveLength(3);
    await fixture.clock.pass(5_000);
    expect(fixture.gateway.callers.map(({ status }) => status)).toEqual(['closed', 'closed', 'authenticated']);
  });

  test('a gateway that goes away is sent nothing more, and waited for no longer than its socket stays', async () => {
    const fixture = createClientFixture({ random: () => 0.5 });
    await fixture.authenticated();
    const old = fixture.gateway.caller();
    fixture.gateway.script.handshake = 'hang';
    old.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    await fixture.clock.pass(600);
    expect(fixture.gateway.callers).toHaveLength(2);
    const publication = fixture.client.publish('order.created', { order_id: 1 }, { id: 'p' });
    await fixture.clock.pass(100);
    old.close(1000);
    await fixture.clock.pass(5_000);
    expect(fixture.gateway.typesHeard(old)).toEqual(['authenticate']);
    expect(fixture.client.state).toEqual({ status: 'connecting', step: 'socket' });
    expect(fixture.gateway.callers).toHaveLength(2);
    fixture.gateway.script.handshake = 'accept';
    await fixture.clock.pass(10_000);
    await expect(publication).resolves.toEqual({ id: 'p', eventId: 'p' });
    expect(fixture.gateway.callers).toHaveLength(3);
  });

  test('devices that came together do not leave together', async () => {
    const agesOf = async (random: number) => {
      const fixture = createClientFixture({ random: () => random, getToken: () => fixture.goodToken(24 * hour) });
      await fixture.authenticated();
      await fixture.clock.pass(119 * minute);
      const [first, second] = fixture.gateway.callers.map(({ openedAt }) => openedAt);
      return Math.round(((second ?? 0) - (first ?? 0)) / minute);
    };
    expect([await agesOf(0), await agesOf(0.5), await agesOf(0.999)]).toEqual([115, 113, 110]);
  });

  test('a gateway that always goes away is not stormed', async () => {
    const fixture = createClientFixture();
    fixture.gateway.script.authenticate = (caller, _message, pass) => {
      pass();
      caller.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    };
    await fixture.clock.pass(10 * minute);
    expect(fixture.gateway.logins()).toBeGreaterThan(20);
    expect(fixture.gateway.logins()).toBeLessThan(80);
  });
});

describe('signals', () => {
  const hints: readonly Signal[] = ['online', 'foreground', 'network_changed'];

  test('offline makes the attempts rare, online starts them soon', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    await fixture.authenticated();
    signals.give('offline');
    fixture.gateway.setNetwork('down');
    await fixture.clock.pass(10 * minute);
    expect(fixture.client.state).toMatchObject({ status: 'waiting', why: 'offline', retryAt: expect.any(Number) });
    expect(fixture.gateway.callers.length).toBeGreaterThan(5);
    expect(fixture.gateway.callers.length).toBeLessThan(25);
    fixture.gateway.setNetwork('up');
    signals.give('online');
    await fixture.clock.pass(700);
    expect(fixture.client.state.status).toBe('connected');
  });

  test.each(hints)('%s shortens a long wait', async (hint) => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources, random: () => 0.9 });
    fixture.gateway.script.handshake = 'fail';
    await fixture.clock.pass(10 * minute);
    fixture.gateway.script.handshake = 'accept';
    while (fixture.client.state.status !== 'waiting') await fixture.clock.pass(1_000);
    const { retryAt } = fixture.client.state;
    expect(retryAt).toBeGreaterThan(fixture.clock.now() + 20_000);
    signals.give(hint);
    await fixture.clock.pass(600);
    expect(fixture.client.state.status).toBe('connected');
  });

  test('a page that is looked at again shortens it, too; one that is hidden does nothing', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    await fixture.authenticated();
    signals.show('hidden');
    await fixture.clock.pass(10_000);
    expect(pings(fixture)).toBe(0);
    signals.show('visible');
    await fixture.clock.pass(100);
    expect(pings(fixture)).toBe(1);
  });

  test('of NetInfo count where they change something', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    await fixture.authenticated();
    signals.tell({ type: 'wifi', isConnected: true });
    signals.tell({ type: 'wifi', isConnected: null });
    await fixture.clock.pass(100);
    expect(pings(fixture)).toBe(0);
    signals.tell({ type: 'none', isConnected: false });
    fixture.gateway.restart();
    await fixture.clock.pass(20_000);
    expect(fixture.client.state).toMatchObject({ status: 'waiting', why: 'offline' });
    signals.tell({ type: 'cellular', isConnected: true });
    await fixture.clock.pass(700);
    expect(fixture.client.state.status).toBe('connected');
  });

  test.each(['offline', 'background'] as const)('%s that is not true costs a minute, and no more', async (hint) => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    signals.give(hint);
    await fixture.clock.pass(minute);
    expect(fixture.client.state.status).toBe('connected');
    fixture.gateway.restart();
    await fixture.clock.pass(minute);
    expect(fixture.client.state.status).toBe('connected');
  });

  test('the background makes attempts rare, the foreground soon', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    await fixture.authenticated();
    signals.give('background');
    fixture.gateway.restart();
    await fixture.clock.pass(20_000);
    expect(fixture.client.state).toMatchObject({ status: 'waiting', why: 'background' });
    expect(fixture.gateway.callers).toHaveLength(1);
    signals.give('foreground');
    await fixture.clock.pass(700);
    expect(fixture.client.state.status).toBe('connected');
  });

  test.each(hints)('%s finds a dead connection out within seconds', async (hint) => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    await fixture.authenticated();
    fixture.gateway.setNetwork('up');
    signals.give(hint);
    await fixture.clock.pass(6_000);
    expect(fixture.gateway.callers).toHaveLength(2);
    expect(fixture.client.state.status).toBe('connected');
  });

  test('that flap for an hour cause no storm of logins', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    fixture.gateway.script.authenticate = (caller) => caller.close();
    for (let index = 0; index < 36_000; index++) {
      signals.give(hints[index % hints.length] ?? 'online');
      await fixture.clock.pass(100);
    }
    expect(fixture.gateway.callers.length).toBeGreaterThan(100);
    // The cap alone allows one in 15 s on average; a hint once a wait makes it one in 10 s or less seldom.
    expect(fixture.gateway.callers.length).toBeLessThan(500);
  });

  test('that flap on a live connection cause few pings', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    await fixture.authenticated();
    for (let index = 0; index < 600; index++) {
      signals.give(hints[index % hints.length] ?? 'online');
      await fixture.clock.pass(100);
    }
    expect(pings(fixture)).toBeLessThanOrEqual(13);
    expect(fixture.gateway.callers).toHaveLength(1);
  });

  test('are no longer listened to after close', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ signals: signals.sources });
    await fixture.authenticated();
    expect(signals.listening()).toBe(5);
    fixture.client.close();
    expect(signals.listening()).toBe(0);
    await fixture.clock.pass(hour);
    expect(fixture.gateway.callers.map(({ status }) => status)).toEqual(['closed']);
    expect(fixture.ends).toEqual([{ why: 'closed' }]);
  });
});
