import { describe, expect, test } from '@jest/globals';
import { forbidden } from '../forbidden.ts';
import { createClientFixture, hour, minute } from './client-fixture.ts';

describe('the first message', () => {
  test('is authenticate, alone, once the socket is open', async () => {
    const fixture = createClientFixture();
    void fixture.client.publish('order.preparation_time', { order_id: 1, estimated_time: 5 });
    let answer = () => {};
    fixture.gateway.script.authenticate = (_caller, _message, pass) => {
      answer = pass;
    };
    await fixture.clock.pass(3_000);
    expect(fixture.gateway.caller().heard).toEqual([
      {
        type: 'authenticate',
        token: expect.stringMatching(/^t1@/),
        restaurant_id: 'r-17',
        connection_type: 'kitchen',
        batch: true,
      },
    ]);
    expect(fixture.client.state).toEqual({ status: 'connecting', step: 'authentication' });
    answer();
    await fixture.clock.pass(100);
    expect(fixture.gateway.typesHeard(fixture.gateway.caller())).toEqual(['authenticate', 'order.preparation_time']);
    expect(fixture.asked).toEqual(['first']);
  });

  test('says nothing of batches when the application does not want them', async () => {
    const fixture = createClientFixture({ batch: false });
    await fixture.authenticated();
    expect(Object.keys(fixture.gateway.caller().heard[0] ?? {})).not.toContain('batch');
  });

  test('brings a session with the verified facts, its end reckoned by the gateway clock', async () => {
    const fixture = createClientFixture({ getToken: () => fixture.goodToken(hour) });
    await fixture.authenticated();
    expect(fixture.client.state).toMatchObject({
      status: 'connected',
      session: {
        userId: 'u-1',
        restaurantId: 'r-17',
        connectionId: 'c-1',
        connectionType: 'kitchen',
        role: 'employee',
      },
      events: 'live',
      handOver: 'none',
    });
    const { state } = fixture.client;
    const leftMs = state.status === 'connected' ? state.session.expiresAt - fixture.clock.now() : 0;
    expect(Math.abs(leftMs - hour)).toBeLessThan(1_000);
  });
});

describe('a device whose clock is hours wrong', () => {
  test.each([{ wrongMs: 5 * hour }, { wrongMs: -5 * hour }])(
    'by $wrongMs ms keeps its session',
    async ({ wrongMs }) => {
      const fixture = createClientFixture({ getToken: () => fixture.goodToken(hour) }, { wrongByMs: () => wrongMs });
      await fixture.authenticated();
      await fixture.clock.pass(30 * minute);
      expect(fixture.client.state.status).toBe('connected');
      expect(fixture.asked).toEqual(['first']);
    },
  );
});

describe('a refusal', () => {
  test.each([
    { reason: 'access_denied', advice: { reconnect: false } },
    { reason: 'malformed_message', advice: { reconnect: false } },
    { reason: 'a_reason_of_tomorrow', advice: { reconnect: false, reauthenticate: true } },
  ])('$reason without reconnect ends it, and says why', async ({ reason, advice }) => {
    const fixture = createClientFixture();
    fixture.gateway.script.authenticate = (caller) => fixture.gateway.refuse(caller, 'auth_error', reason, advice);
    const publication = fixture.client.publish('order.created', { order_id: 1 });
    await fixture.clock.pass(hour);
    expect(fixture.ends).toEqual([{ why: 'refused', reason, error: reason }]);
    expect(fixture.client.state).toEqual({ status: 'ended', end: fixture.ends[0] });
    expect(fixture.gateway.callers).toHaveLength(1);
    await expect(publication).rejects.toMatchObject({ code: 'ended' });
    await expect(fixture.client.publish('order.created', { order_id: 2 })).rejects.toMatchObject({ code: 'ended' });
  });

  test('that asks for a new token gets one, asked for that reason', async () => {
    const tokens = ['stale@0'];
    const fixture = createClientFixture({ getToken: () => tokens.pop() ?? fixture.goodToken() });
    await fixture.clock.pass(5_000);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked).toEqual(['first', 'refused']);
    expect(fixture.gateway.logins()).toBe(2);
  });

  test.each([
    { why: 'a provider that hands out the same expired token for an hour', stale: () => 'cached@0' },
    { why: 'a provider whose tokens are new each time, and expired', stale: (nth: number) => `stale-${nth}@0` },
  ])('is never the end where a later token is good: $why', async ({ stale }) => {
    let nth = 0;
    let isGood = false;
    const fixture = createClientFixture({ getToken: () => (isGood ? fixture.goodToken() : stale(nth++)) });
    await fixture.clock.pass(hour);
    expect(fixture.ends).toEqual([]);
    expect(fixture.client.state.status).not.toBe('connected');
    expect(new Set(fixture.asked)).toEqual(new Set(['first', 'refused']));
    isGood = true;
    await fixture.clock.pass(6 * minute);
    expect(fixture.client.state.status).toBe('connected');
  });

  test('of fresh tokens, again and again, is said, and makes the attempts rare', async () => {
    let nth = 0;
    const fixture = createClientFixture({ getToken: () => `forged-${nth++}@0` });
    fixture.gateway.script.authenticate = (caller) =>
      fixture.gateway.refuse(caller, 'auth_error', 'token_invalid', { reauthenticate: true });
    await fixture.clock.pass(10_000);
    expect(fixture.client.state).toMatchObject({
      status: 'waiting',
      why: 'token_refused',
      cause: { kind: 'final_message', reason: 'token_invalid' },
    });
    const before = fixture.gateway.callers.length;
    await fixture.clock.pass(hour);
    // Every 2.5 to 5 minutes in the end: no address is counted as hostile for it.
    expect(fixture.gateway.callers.length - before).toBeLessThanOrEqual(26);
    expect(fixture.gateway.callers.length - before).toBeGreaterThanOrEqual(11);
  });

  test('of a token that slept in its hand is no refusal of a fresh one', async () => {
    const tokens = ['stale@0'];
    const fixture = createClientFixture({ getToken: () => tokens.pop() ?? fixture.goodToken(5 * minute) });
    // The first is refused; the second comes, and the network is gone before it can be shown.
    fixture.gateway.script.authenticate = (_caller, _message, pass) => {
      fixture.gateway.script.authenticate = (_again, _said, passOn) => passOn();
      pass();
      fixture.gateway.setNetwork('down');
    };
    await fixture.clock.pass(2_000);
    await fixture.clock.pass(10 * minute, 'frozen');
    fixture.gateway.setNetwork('up');
    await fixture.clock.pass(2 * minute);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.ends).toEqual([]);
  });

  test('of a token that was fresh once, and accepted, is no end', async () => {
    const tokens = ['stale@0'];
    const fixture = createClientFixture({ getToken: () => tokens.pop() ?? fixture.goodToken() });
    await fixture.clock.pass(5_000);
    fixture.gateway.restart();
    let refusals = 1;
    fixture.gateway.script.authenticate = (caller, _message, pass) =>
      refusals-- > 0 ? fixture.gateway.refuse(caller, 'auth_error', 'token_invalid', { reauthenticate: true }) : pass();
    await fixture.clock.pass(5_000);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked).toEqual(['first', 'refused', 'refused']);
  });

  test('that says nothing of the token is tried again with the same one', async () => {
    const fixture = createClientFixture();
    let refusals = 0;
    fixture.gateway.script.authenticate = (caller, _message, pass) =>
      refusals++ < 3 ? fixture.gateway.refuse(caller, 'auth_error', 'auth_timeout') : pass();
    await fixture.clock.pass(minute);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked).toEqual(['first']);
    expect(new Set(fixture.gateway.callers.map(({ heard }) => heard[0]?.['token'])).size).toBe(1);
  });

  test.each([
    { why: 'rate_limited', retryAfterMs: 40_000 },
    { why: 'unavailable', retryAfterMs: 5_000 },
  ])('$why is not tried again before $retryAfterMs ms, whatever the network says', async ({ why, retryAfterMs }) => {
    const listeners: (() => void)[] = [];
    const online = {
      addEventListener: (type: string, listener: () => void) => void (type === 'online' && listeners.push(listener)),
      removeEventListener: () => {},
    };
    const fixture = createClientFixture({ signals: { online } });
    fixture.gateway.script.authenticate = (caller) =>
      fixture.gateway.refuse(caller, 'auth_error', why, { retry_after_ms: retryAfterMs });
    await fixture.clock.pass(200);
    for (let tries = 0; tries < 10; tries++) for (const listener of listeners) listener();
    await fixture.clock.pass(retryAfterMs - 200);
    expect(fixture.gateway.callers).toHaveLength(1);
    await fixture.clock.pass(2_000);
    expect(fixture.gateway.callers).toHaveLength(2);
  });
});

describe('a last message that is lost', () => {
  test('leaves an ordinary interruption: backoff, and a new token after every third silent close', async () => {
    const fixture = createClientFixture();
    fixture.gateway.script.authenticate = (caller) => caller.close(1000);
    await fixture.clock.pass(10 * minute);
    expect(fixture.client.state.status).not.toBe('ended');
    expect(fixture.gateway.callers.length).toBeGreaterThan(20);
    expect(fixture.gateway.callers.length).toBeLessThan(80);
    expect(fixture.asked.slice(0, 3)).toEqual(['first', 'unanswered', 'unanswered']);
    expect(fixture.asked).toHaveLength(1 + Math.floor(fixture.gateway.logins() / 3));
    fixture.gateway.script.authenticate = (_caller, _message, pass) => pass();
    await fixture.clock.pass(minute);
    expect(fixture.client.state.status).toBe('connected');
  });

  test('counts against the token only three times in a row', async () => {
    const fixture = createClientFixture();
    let tries = 0;
    fixture.gateway.script.authenticate = (caller, _message, pass) => {
      tries += 1;
      if (tries === 3) fixture.gateway.refuse(caller, 'auth_error', 'auth_timeout');
      else if (tries < 6) caller.close();
      else pass();
    };
    await fixture.clock.pass(minute);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked).toEqual(['first']);
  });

  test('or never sent: a gateway that does not answer is left after ten seconds', async () => {
    const fixture = createClientFixture();
    fixture.gateway.script.authenticate = () => {};
    await fixture.clock.pass(10_000);
    expect(fixture.gateway.callers).toHaveLength(1);
    expect(fixture.client.state).toMatchObject({ status: 'connecting' });
    await fixture.clock.pass(600);
    expect(fixture.gateway.callers.map(({ status }) => status)).toEqual(['closed', 'open']);
    expect(fixture.states).toContainEqual(
      expect.objectContaining({ status: 'waiting', cause: { kind: 'unanswered' } }),
    );
  });
});

describe('a handshake', () => {
  test.each([{ handshake: 'fail' as const }, { handshake: 'hang' as const }])(
    'that ends in $handshake is tried again, ever slower, without blaming the token',
    async ({ handshake }) => {
      const fixture = createClientFixture();
      fixture.gateway.script.handshake = handshake;
      await fixture.clock.pass(hour);
      expect(fixture.gateway.callers.length).toBeGreaterThan(60);
      expect(fixture.gateway.callers.length).toBeLessThan(300);
      expect(fixture.asked).toEqual(['first']);
      expect(fixture.gateway.logins()).toBe(0);
    },
  );

  test('with a constructor that throws is a failure like any other', async () => {
    class Broken {
      constructor() {
        throw new SyntaxError('no');
      }
    }
    const fixture = createClientFixture({ WebSocket: forbidden(Broken) });
    await fixture.clock.pass(minute);
    expect(fixture.client.state).toMatchObject({ status: 'waiting', cause: { kind: 'handshake' } });
    expect(fixture.clock.runs()).toBeLessThan(50);
  });
});

describe('backoff', () => {
  test('grows from half a second to thirty, and falls back at auth_success, not at the open socket', async () => {
    const fixture = createClientFixture({ random: () => 1 - 2 ** -53 });
    fixture.gateway.script.authenticate = (caller) => caller.close();
    await fixture.clock.pass(5 * minute);
    const openings = fixture.gateway.callers.map(({ openedAt }) => openedAt);
    const waits = openings.slice(1).map((at, index) => Math.round((at - (openings[index] ?? 0)) / 100) / 10);
    expect(waits.slice(0, 8)).toEqual([0.6, 1.1, 2.1, 4.1, 8.1, 16.1, 30.1, 30.1]);
    fixture.gateway.script.authenticate = (_caller, _message, pass) => pass();
    await fixture.clock.pass(minute);
    expect(fixture.client.state.status).toBe('connected');
    const before = fixture.gateway.callers.length;
    fixture.gateway.restart();
    await fixture.clock.pass(700);
    expect(fixture.gateway.callers).toHaveLength(before + 1);
  });

  test('goes on growing over sessions that end at once', async () => {
    const fixture = createClientFixture();
    fixture.gateway.script.authenticate = (caller, _message, pass) => {
      pass();
      caller.close();
    };
    await fixture.clock.pass(10 * minute);
    expect(fixture.gateway.logins()).toBeGreaterThan(20);
    expect(fixture.gateway.logins()).toBeLessThan(80);
    expect(fixture.asked).toEqual(['first']);
  });
});

describe('a token provider', () => {
  test.each([
    { why: 'throws', getToken: () => Promise.reject(new Error('no network')), most: 60 },
    {
      why: 'throws at once',
      getToken: () => {
        throw new Error('no network');
      },
      most: 60,
    },
    { why: 'hangs', getToken: () => new Promise<string>(() => {}), most: 30 },
    { why: 'gives nothing', getToken: () => '', most: 60 },
    { why: 'gives no text', getToken: () => Promise.resolve(forbidden(undefined)), most: 60 },
  ])('that $why for ever is asked ever more slowly, and no socket is opened', async ({ getToken, most }) => {
    const fixture = createClientFixture({ getToken });
    await fixture.clock.pass(10 * minute);
    expect(fixture.asked.length).toBeGreaterThan(10);
    expect(fixture.asked.length).toBeLessThan(most);
    expect(fixture.gateway.callers).toHaveLength(0);
    expect(fixture.states).toContainEqual(
      expect.objectContaining({ cause: expect.objectContaining({ kind: 'token' }) }),
    );
    expect(fixture.errors).toEqual([]);
  });

  test('that recovers is all it takes', async () => {
    let failures = 3;
    const fixture = createClientFixture({
      getToken: () => (failures-- > 0 ? Promise.reject(new Error('no network')) : fixture.goodToken()),
    });
    await fixture.clock.pass(20_000);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.asked).toEqual(['first', 'first', 'first', 'first']);
  });

  test('whose answer comes after its time is not used any more', async () => {
    const waiting: ((token: string) => void)[] = [];
    const fixture = createClientFixture({ getToken: () => new Promise<string>((resolve) => waiting.push(resolve)) });
    await fixture.clock.pass(15_100);
    waiting[0]?.('late@0');
    await fixture.clock.pass(1_000);
    expect(fixture.gateway.callers).toHaveLength(0);
    waiting[1]?.(fixture.goodToken());
    await fixture.clock.pass(200);
    expect(fixture.client.state.status).toBe('connected');
  });
});
