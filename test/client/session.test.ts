import { describe, expect, test } from '@jest/globals';
import type { Signal } from '../../client/src/state.ts';
import { type ClientHouse, createHouse, hour, minute } from './house.ts';
import { createSignals } from './signals.ts';

const pings = ({ gateway }: ClientHouse) =>
  gateway.callers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'ping').length;

describe('a heartbeat', () => {
  test('comes after a minute of silence, and not while there is traffic', async () => {
    const house = createHouse();
    await house.seated();
    await house.clock.pass(59_000);
    expect(pings(house)).toBe(0);
    await house.clock.pass(2_000);
    expect(pings(house)).toBe(1);
    for (let seconds = 0; seconds < 300; seconds += 30) {
      house.gateway.publish('order.created', { order_id: seconds });
      await house.clock.pass(30_000);
    }
    expect(pings(house)).toBe(1);
    expect(house.gateway.callers).toHaveLength(1);
  });

  test('without a pong within ten seconds is the end of the connection', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.caller().line = 'dead';
    await house.clock.pass(69_000);
    expect(house.client.state.status).toBe('connected');
    await house.clock.pass(2_500);
    expect(house.gateway.callers).toHaveLength(2);
    expect(house.states).toContainEqual(expect.objectContaining({ cause: { kind: 'silence' } }));
    expect(house.client.state.status).toBe('connected');
  });

  test('that is late because the device slept asks again before it gives up', async () => {
    const house = createHouse();
    await house.seated();
    await house.clock.pass(59_000);
    expect(pings(house)).toBe(0);
    house.gateway.script.message = () => {};
    await house.clock.pass(2_000);
    expect(pings(house)).toBe(1);
    house.gateway.script.message = (_caller, _message, pass) => pass();
    await house.clock.pass(5 * minute, 'frozen');
    await house.clock.pass(1_000);
    expect(house.gateway.callers).toHaveLength(1);
    expect(pings(house)).toBe(2);
  });
});

test('a clock that is set back by an hour delays what was due next, once', async () => {
  let wrongByMs = 0;
  const house = createHouse({}, { wrongByMs: () => wrongByMs });
  await house.seated();
  wrongByMs = -hour;
  await house.clock.pass(122_000);
  expect(pings(house)).toBe(1);
  await house.clock.pass(62_000);
  expect(pings(house)).toBe(2);
});

describe('a session', () => {
  test('is renewed in place before its token expires, with a new token', async () => {
    const house = createHouse({ getToken: () => house.goodToken(10 * minute) });
    await house.seated();
    await house.clock.pass(hour);
    expect(house.gateway.callers).toHaveLength(1);
    expect(house.client.state.status).toBe('connected');
    expect(house.states.map(({ status }) => status).filter((status) => status === 'waiting')).toEqual([]);
    expect(house.asked.slice(0, 2)).toEqual(['first', 'renewal']);
    expect(house.asked.length).toBeGreaterThanOrEqual(6);
    expect(house.asked.length).toBeLessThanOrEqual(9);
    const renewals = house.gateway.caller().heard.filter(({ type }) => type === 'authenticate');
    expect(Object.keys(renewals[1] ?? {})).toEqual(['type', 'token']);
    house.gateway.restart();
    await house.clock.pass(1_000);
    expect(house.gateway.caller().heard[0]?.['token']).toBe(renewals.at(-1)?.['token']);
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
      const house = createHouse({
        getToken: (why) => {
          if (why === 'renewal' && isBroken) return token === undefined ? `same@${expiresAt}` : token();
          expiresAt = house.clock.now() + 4 * minute;
          return `same@${expiresAt}`;
        },
      });
      await house.seated();
      await house.clock.pass(4 * minute - 1_000);
      expect(house.client.state.status).toBe('connected');
      expect(house.gateway.callers).toHaveLength(1);
      const renewals = house.asked.filter((why) => why === 'renewal').length;
      expect(renewals).toBeGreaterThanOrEqual(tries[0] ?? 0);
      expect(renewals).toBeLessThanOrEqual(tries[1] ?? 0);
      isBroken = false;
      await house.clock.pass(2_000);
      expect(house.client.state.status).toBe('connected');
      expect(house.gateway.callers).toHaveLength(2);
      expect(house.asked.at(-1)).toBe('expired');
    },
  );

  test.each([
    { answer: 'unavailable', frame: { type: 'error', reason: 'unavailable', error: 'later' } },
    { answer: 'nothing', frame: undefined },
  ])('whose renewal is answered with $answer is renewed later', async ({ frame }) => {
    const house = createHouse({ getToken: () => house.goodToken(10 * minute) });
    await house.seated();
    let failures = 2;
    house.gateway.script.authenticate = (caller, _message, pass) => {
      if (failures-- <= 0) pass();
      else if (frame) caller.send(frame);
    };
    await house.clock.pass(12 * minute);
    expect(house.client.state.status).toBe('connected');
    expect(house.gateway.callers).toHaveLength(1);
    expect(house.asked.length).toBeGreaterThanOrEqual(4);
  });

  test('is never made shorter by a renewal', async () => {
    const house = createHouse({ getToken: () => house.goodToken(10 * minute) });
    await house.seated();
    house.gateway.script.authenticate = (caller) =>
      caller.send({
        ...house.gateway.authSuccess(caller),
        session_expires_at: new Date(house.clock.now() + 1_000).toISOString(),
      });
    await house.clock.pass(10 * minute - 2_000);
    expect(house.client.state.status).toBe('connected');
    expect(house.gateway.callers).toHaveLength(1);
  });

  test('whose renewal is answered with unavailable does not repeat the event under way beside it', async () => {
    const house = createHouse({ getToken: () => house.goodToken(10 * minute) });
    await house.seated();
    let answer = () => {};
    let failures = 1;
    house.gateway.script.message = (_caller, _message, pass) => {
      answer = pass;
    };
    house.gateway.script.authenticate = (caller, _message, pass) => {
      if (failures-- <= 0) return pass();
      void house.client.publish('order.created', { order_id: 1 }, { id: 'p' });
      house.clock.timers.setTimeout(() => caller.send({ type: 'error', reason: 'unavailable' }), 500);
      house.clock.timers.setTimeout(() => answer(), 5_000);
    };
    for (let seconds = 0; seconds < 600; seconds += 30) {
      house.gateway.publish('order.created', { order_id: 2 });
      await house.clock.pass(30_000);
    }
    expect(house.gateway.events().map(({ id }) => id)).toContain('p');
    expect(house.gateway.caller().heard.filter(({ id }) => id === 'p')).toHaveLength(1);
    expect(house.asked.slice(0, 3)).toEqual(['first', 'renewal', 'renewal']);
    expect(house.gateway.callers).toHaveLength(1);
  });

  test('whose renewal is refused comes back with a fresh token', async () => {
    const house = createHouse({
      getToken: (why) => (why === 'renewal' ? 'stale@0' : house.goodToken(10 * minute)),
    });
    await house.seated();
    await house.clock.pass(11 * minute);
    expect(house.client.state.status).toBe('connected');
    expect(house.asked.slice(0, 3)).toEqual(['first', 'renewal', 'refused']);
    expect(house.gateway.callers).toHaveLength(2);
  });

  test.each([
    { reason: 'revoked', advice: { reconnect: false }, end: { why: 'refused', reason: 'revoked', error: 'revoked' } },
    {
      reason: 'access_denied',
      advice: { reconnect: false },
      end: { why: 'refused', reason: 'access_denied', error: 'access_denied' },
    },
  ])('closed as $reason ends, and says so', async ({ reason, advice, end }) => {
    const house = createHouse();
    await house.seated();
    house.gateway.refuse(house.gateway.caller(), 'closing', reason, advice);
    await house.clock.pass(hour);
    expect(house.ends).toEqual([end]);
    expect(house.gateway.callers).toHaveLength(1);
  });

  test('closed as session_expired comes back with a token asked for as expired', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.refuse(house.gateway.caller(), 'closing', 'session_expired', { reauthenticate: true });
    await house.clock.pass(2_000);
    expect(house.client.state.status).toBe('connected');
    expect(house.asked).toEqual(['first', 'expired']);
  });

  test.each([{ code: 1000 }, { code: 1001 }, { code: 1006 }, { code: 1012 }])(
    'cut with code $code and no message comes back with the token it has',
    async ({ code }) => {
      const house = createHouse();
      await house.seated();
      house.gateway.restart(code);
      await house.clock.pass(2_000);
      expect(house.client.state.status).toBe('connected');
      expect(house.gateway.callers).toHaveLength(2);
      expect(house.asked).toEqual(['first']);
      expect(house.states).toContainEqual(expect.objectContaining({ status: 'waiting', cause: { kind: 'cut', code } }));
    },
  );

  test('the last message counts, whatever the close code says', async () => {
    const house = createHouse();
    await house.seated();
    const caller = house.gateway.caller();
    caller.send({ type: 'closing', reason: 'revoked', error: 'Access revoked', reconnect: false });
    caller.close(1012);
    await house.clock.pass(minute);
    expect(house.ends).toHaveLength(1);
  });
});

describe('before the two-hour limit', () => {
  test('a second connection takes over, and no event is lost or doubled', async () => {
    const house = createHouse({ getToken: () => house.goodToken(24 * hour) });
    await house.seated();
    for (let seconds = 0; seconds < 5 * 3600; seconds += 10) {
      house.gateway.publish('order.created', { order_id: seconds });
      await house.clock.pass(10_000);
    }
    expect(house.gateway.callers).toHaveLength(3);
    expect(house.seqs()).toEqual(Array.from({ length: 1800 }, (_, index) => index + 1));
    const statuses = new Set(house.states.slice(5).map(({ status }) => status));
    expect([...statuses]).toEqual(['connected']);
    const [first, second] = house.gateway.callers.map(({ openedAt }) => openedAt);
    const ageMs = (second ?? 0) - (first ?? 0);
    expect(ageMs).toBeGreaterThan(109 * minute);
    expect(ageMs).toBeLessThan(116 * minute);
    expect(house.gateway.callers.map(({ status }) => status)).toEqual(['closed', 'closed', 'seated']);
  });

  test('a hand-over that fails is tried again while the old connection serves', async () => {
    const house = createHouse({ getToken: () => house.goodToken(24 * hour) });
    await house.seated();
    await house.clock.pass(109 * minute);
    house.gateway.script.handshake = 'fail';
    await house.clock.pass(8 * minute);
    expect(house.client.state).toMatchObject({ status: 'connected', handOver: 'under_way' });
    expect(house.gateway.callers.length).toBeGreaterThan(5);
    expect(house.gateway.callers.length).toBeLessThan(40);
    house.gateway.script.handshake = 'accept';
    await house.clock.pass(minute);
    expect(house.client.state).toMatchObject({ status: 'connected', handOver: 'none' });
    expect(house.states.some(({ status }) => status === 'waiting')).toBe(false);
  });

  test('or when the gateway goes away, events and publications pass from one to the other', async () => {
    const house = createHouse();
    await house.seated();
    const old = house.gateway.caller();
    house.gateway.script.message = (caller, message, pass) => {
      if (caller !== old || message['type'] !== 'payment.completed') pass();
    };
    const publication = house.client.publish('payment.completed', { order_id: 1 }, { id: 'p-1' });
    await house.clock.pass(100);
    old.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true, reauthenticate: false });
    house.gateway.publish('order.created', { order_id: 2 });
    await house.clock.pass(1_000);
    expect(house.gateway.callers).toHaveLength(2);
    // About something else: what is under way is under way on the old connection.
    house.gateway.caller().send({ type: 'error', reason: 'forbidden', error: 'Not allowed' });
    await house.clock.pass(3_000);
    house.gateway.publish('order.created', { order_id: 3 });
    await house.clock.pass(3_000);
    expect(house.gateway.callers).toHaveLength(2);
    await expect(publication).resolves.toEqual({ id: 'p-1', eventId: 'p-1' });
    expect(new Set(house.seqs()).size).toBe(3);
    expect(house.states.some(({ status }) => status === 'waiting')).toBe(false);
  });

  test('what the old connection says last is about itself', async () => {
    const house = createHouse();
    house.gateway.publish('order.created', { order_id: 1 });
    await house.seated();
    const old = house.gateway.caller();
    old.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    await house.clock.pass(1_500);
    expect(house.client.state).toMatchObject({ session: { connectionId: 'c-2' } });
    old.send({ type: 'pong', epoch: 'of yesterday', head_seq: 9 });
    old.send({ type: 'closing', reason: 'revoked', error: 'Access revoked', reconnect: false });
    await house.clock.pass(5_000);
    expect(house.client.state).toMatchObject({ status: 'connected', session: { connectionId: 'c-2' } });
    expect(old.status).toBe('closed');
    expect(house.gaps.map(({ reason }) => reason)).toEqual(['start']);
  });

  test('hand-overs that follow one another leave no connection behind', async () => {
    const house = createHouse({ random: () => 0 });
    let goings = 2;
    house.gateway.script.authenticate = (caller, _message, pass) => {
      pass();
      if (goings-- > 0) caller.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    };
    await house.clock.pass(500);
    expect(house.gateway.callers).toHaveLength(3);
    await house.clock.pass(5_000);
    expect(house.gateway.callers.map(({ status }) => status)).toEqual(['closed', 'closed', 'seated']);
  });

  test('a gateway that goes away is sent nothing more, and waited for no longer than its socket stays', async () => {
    const house = createHouse({ random: () => 0.5 });
    await house.seated();
    const old = house.gateway.caller();
    house.gateway.script.handshake = 'hang';
    old.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    await house.clock.pass(600);
    expect(house.gateway.callers).toHaveLength(2);
    const publication = house.client.publish('order.created', { order_id: 1 }, { id: 'p' });
    await house.clock.pass(100);
    old.close(1000);
    await house.clock.pass(5_000);
    expect(house.gateway.typesHeard(old)).toEqual(['authenticate']);
    expect(house.client.state).toEqual({ status: 'connecting', step: 'socket' });
    expect(house.gateway.callers).toHaveLength(2);
    house.gateway.script.handshake = 'accept';
    await house.clock.pass(10_000);
    await expect(publication).resolves.toEqual({ id: 'p', eventId: 'p' });
    expect(house.gateway.callers).toHaveLength(3);
  });

  test('devices that came together do not leave together', async () => {
    const agesOf = async (random: number) => {
      const house = createHouse({ random: () => random, getToken: () => house.goodToken(24 * hour) });
      await house.seated();
      await house.clock.pass(119 * minute);
      const [first, second] = house.gateway.callers.map(({ openedAt }) => openedAt);
      return Math.round(((second ?? 0) - (first ?? 0)) / minute);
    };
    expect([await agesOf(0), await agesOf(0.5), await agesOf(0.999)]).toEqual([115, 113, 110]);
  });

  test('a gateway that always goes away is not stormed', async () => {
    const house = createHouse();
    house.gateway.script.authenticate = (caller, _message, pass) => {
      pass();
      caller.send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    };
    await house.clock.pass(10 * minute);
    expect(house.gateway.logins()).toBeGreaterThan(20);
    expect(house.gateway.logins()).toBeLessThan(80);
  });
});

describe('signals', () => {
  const hints: readonly Signal[] = ['online', 'foreground', 'network_changed'];

  test('offline stops the attempts, online starts them soon', async () => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    await house.seated();
    signals.give('offline');
    house.gateway.setNetwork('down');
    await house.clock.pass(10 * minute);
    expect(house.client.state).toMatchObject({ status: 'waiting', why: 'offline', retryAt: undefined });
    expect(house.gateway.callers).toHaveLength(1);
    house.gateway.setNetwork('up');
    signals.give('online');
    await house.clock.pass(700);
    expect(house.client.state.status).toBe('connected');
  });

  test.each(hints)('%s shortens a long wait', async (hint) => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources, random: () => 0.9 });
    house.gateway.script.handshake = 'fail';
    await house.clock.pass(10 * minute);
    house.gateway.script.handshake = 'accept';
    while (house.client.state.status !== 'waiting') await house.clock.pass(1_000);
    const { retryAt } = house.client.state;
    expect(retryAt).toBeGreaterThan(house.clock.now() + 20_000);
    signals.give(hint);
    await house.clock.pass(600);
    expect(house.client.state.status).toBe('connected');
  });

  test('a page that is looked at again shortens it, too; one that is hidden does nothing', async () => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    await house.seated();
    signals.show('hidden');
    await house.clock.pass(10_000);
    expect(pings(house)).toBe(0);
    signals.show('visible');
    await house.clock.pass(100);
    expect(pings(house)).toBe(1);
  });

  test('of NetInfo count where they change something', async () => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    await house.seated();
    signals.tell({ type: 'wifi', isConnected: true });
    signals.tell({ type: 'wifi', isConnected: null });
    await house.clock.pass(100);
    expect(pings(house)).toBe(0);
    signals.tell({ type: 'none', isConnected: false });
    house.gateway.restart();
    await house.clock.pass(minute);
    expect(house.client.state).toMatchObject({ status: 'waiting', why: 'offline' });
    signals.tell({ type: 'cellular', isConnected: true });
    await house.clock.pass(700);
    expect(house.client.state.status).toBe('connected');
  });

  test('the background makes no new connection, the foreground does', async () => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    await house.seated();
    signals.give('background');
    house.gateway.restart();
    await house.clock.pass(hour);
    expect(house.client.state).toMatchObject({ status: 'waiting', why: 'background' });
    expect(house.gateway.callers).toHaveLength(1);
    signals.give('foreground');
    await house.clock.pass(700);
    expect(house.client.state.status).toBe('connected');
  });

  test.each(hints)('%s finds a dead connection out within seconds', async (hint) => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    await house.seated();
    house.gateway.setNetwork('up');
    signals.give(hint);
    await house.clock.pass(6_000);
    expect(house.gateway.callers).toHaveLength(2);
    expect(house.client.state.status).toBe('connected');
  });

  test('that flap for an hour cause no storm of logins', async () => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    house.gateway.script.authenticate = (caller) => caller.close();
    for (let index = 0; index < 36_000; index++) {
      signals.give(hints[index % hints.length] ?? 'online');
      await house.clock.pass(100);
    }
    expect(house.gateway.callers.length).toBeGreaterThan(100);
    // The cap alone allows one in 15 s on average; a hint once a wait makes it one in 10 s or less seldom.
    expect(house.gateway.callers.length).toBeLessThan(500);
  });

  test('that flap on a live connection cause few pings', async () => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    await house.seated();
    for (let index = 0; index < 600; index++) {
      signals.give(hints[index % hints.length] ?? 'online');
      await house.clock.pass(100);
    }
    expect(pings(house)).toBeLessThanOrEqual(13);
    expect(house.gateway.callers).toHaveLength(1);
  });

  test('are no longer listened to after close', async () => {
    const signals = createSignals();
    const house = createHouse({ signals: signals.sources });
    await house.seated();
    expect(signals.listening()).toBe(5);
    house.client.close();
    expect(signals.listening()).toBe(0);
    await house.clock.pass(hour);
    expect(house.gateway.callers.map(({ status }) => status)).toEqual(['closed']);
    expect(house.ends).toEqual([{ why: 'closed' }]);
  });
});
