import { describe, expect, test } from '@jest/globals';
import { createHouse, hour, minute } from './house.ts';

describe('the first message', () => {
  test('is authenticate, alone, once the socket is open', async () => {
    const house = createHouse();
    void house.client.publish('order.preparation_time', { order_id: 1, estimated_time: 5 });
    let answer = () => {};
    house.gateway.script.authenticate = (_caller, _message, pass) => {
      answer = pass;
    };
    await house.clock.pass(3_000);
    expect(house.gateway.caller().heard).toEqual([
      {
        type: 'authenticate',
        token: expect.stringMatching(/^t1@/),
        restaurant_id: 'r-17',
        connection_type: 'kitchen',
        batch: true,
      },
    ]);
    expect(house.client.state).toEqual({ status: 'connecting', step: 'authentication' });
    answer();
    await house.clock.pass(100);
    expect(house.gateway.typesHeard(house.gateway.caller())).toEqual(['authenticate', 'order.preparation_time']);
    expect(house.asked).toEqual(['first']);
  });

  test('says nothing of batches when the application does not want them', async () => {
    const house = createHouse({ batch: false });
    await house.seated();
    expect(Object.keys(house.gateway.caller().heard[0] ?? {})).not.toContain('batch');
  });

  test('brings a session with the verified facts, its end reckoned by the gateway clock', async () => {
    const house = createHouse({ getToken: () => house.goodToken(hour) });
    await house.seated();
    expect(house.client.state).toMatchObject({
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
    const { state } = house.client;
    const leftMs = state.status === 'connected' ? state.session.expiresAt - house.clock.now() : 0;
    expect(Math.abs(leftMs - hour)).toBeLessThan(1_000);
  });
});

describe('a device whose clock is hours wrong', () => {
  test.each([{ wrongMs: 5 * hour }, { wrongMs: -5 * hour }])(
    'by $wrongMs ms keeps its session',
    async ({ wrongMs }) => {
      const house = createHouse({ getToken: () => house.goodToken(hour) }, { wrongByMs: () => wrongMs });
      await house.seated();
      await house.clock.pass(30 * minute);
      expect(house.client.state.status).toBe('connected');
      expect(house.asked).toEqual(['first']);
    },
  );
});

describe('a refusal', () => {
  test.each([
    { reason: 'access_denied', advice: { reconnect: false } },
    { reason: 'malformed_message', advice: { reconnect: false } },
    { reason: 'a_reason_of_tomorrow', advice: { reconnect: false, reauthenticate: true } },
  ])('$reason without reconnect ends it, and says why', async ({ reason, advice }) => {
    const house = createHouse();
    house.gateway.script.authenticate = (caller) => house.gateway.refuse(caller, 'auth_error', reason, advice);
    const publication = house.client.publish('order.created', { order_id: 1 });
    await house.clock.pass(hour);
    expect(house.ends).toEqual([{ why: 'refused', reason, error: reason }]);
    expect(house.client.state).toEqual({ status: 'ended', end: house.ends[0] });
    expect(house.gateway.callers).toHaveLength(1);
    await expect(publication).rejects.toMatchObject({ code: 'ended' });
    await expect(house.client.publish('order.created', { order_id: 2 })).rejects.toMatchObject({ code: 'ended' });
  });

  test('that asks for a new token gets one, asked for that reason', async () => {
    const tokens = ['stale@0'];
    const house = createHouse({ getToken: () => tokens.pop() ?? house.goodToken() });
    await house.clock.pass(5_000);
    expect(house.client.state.status).toBe('connected');
    expect(house.asked).toEqual(['first', 'refused']);
    expect(house.gateway.logins()).toBe(2);
  });

  test('of a fresh token ends it', async () => {
    const house = createHouse({ getToken: () => 'expired-for-ever@0' });
    await house.clock.pass(hour);
    expect(house.ends).toEqual([{ why: 'token_refused', reason: 'token_expired', error: 'token_expired' }]);
    expect(house.asked).toEqual(['first', 'refused']);
    expect(house.gateway.logins()).toBe(2);
  });

  test('of a token that was fresh once, and accepted, is no end', async () => {
    const tokens = ['stale@0'];
    const house = createHouse({ getToken: () => tokens.pop() ?? house.goodToken() });
    await house.clock.pass(5_000);
    house.gateway.restart();
    let refusals = 1;
    house.gateway.script.authenticate = (caller, _message, pass) =>
      refusals-- > 0 ? house.gateway.refuse(caller, 'auth_error', 'token_invalid', { reauthenticate: true }) : pass();
    await house.clock.pass(5_000);
    expect(house.client.state.status).toBe('connected');
    expect(house.asked).toEqual(['first', 'refused', 'refused']);
  });

  test('that says nothing of the token is tried again with the same one', async () => {
    const house = createHouse();
    let refusals = 0;
    house.gateway.script.authenticate = (caller, _message, pass) =>
      refusals++ < 3 ? house.gateway.refuse(caller, 'auth_error', 'auth_timeout') : pass();
    await house.clock.pass(minute);
    expect(house.client.state.status).toBe('connected');
    expect(house.asked).toEqual(['first']);
    expect(new Set(house.gateway.callers.map(({ heard }) => heard[0]?.['token'])).size).toBe(1);
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
    const house = createHouse({ signals: { online } });
    house.gateway.script.authenticate = (caller) =>
      house.gateway.refuse(caller, 'auth_error', why, { retry_after_ms: retryAfterMs });
    await house.clock.pass(200);
    for (let tries = 0; tries < 10; tries++) for (const listener of listeners) listener();
    await house.clock.pass(retryAfterMs - 200);
    expect(house.gateway.callers).toHaveLength(1);
    await house.clock.pass(2_000);
    expect(house.gateway.callers).toHaveLength(2);
  });
});

describe('a last message that is lost', () => {
  test('leaves an ordinary interruption: backoff, and a new token after every third silent close', async () => {
    const house = createHouse();
    house.gateway.script.authenticate = (caller) => caller.close(1000);
    await house.clock.pass(10 * minute);
    expect(house.client.state.status).not.toBe('ended');
    expect(house.gateway.callers.length).toBeGreaterThan(20);
    expect(house.gateway.callers.length).toBeLessThan(80);
    expect(house.asked.slice(0, 3)).toEqual(['first', 'unanswered', 'unanswered']);
    expect(house.asked).toHaveLength(1 + Math.floor(house.gateway.logins() / 3));
    house.gateway.script.authenticate = (_caller, _message, pass) => pass();
    await house.clock.pass(minute);
    expect(house.client.state.status).toBe('connected');
  });

  test('counts against the token only three times in a row', async () => {
    const house = createHouse();
    let tries = 0;
    house.gateway.script.authenticate = (caller, _message, pass) => {
      tries += 1;
      if (tries === 3) house.gateway.refuse(caller, 'auth_error', 'auth_timeout');
      else if (tries < 6) caller.close();
      else pass();
    };
    await house.clock.pass(minute);
    expect(house.client.state.status).toBe('connected');
    expect(house.asked).toEqual(['first']);
  });

  test('or never sent: a gateway that does not answer is left after ten seconds', async () => {
    const house = createHouse();
    house.gateway.script.authenticate = () => {};
    await house.clock.pass(10_000);
    expect(house.gateway.callers).toHaveLength(1);
    expect(house.client.state).toMatchObject({ status: 'connecting' });
    await house.clock.pass(600);
    expect(house.gateway.callers.map(({ status }) => status)).toEqual(['closed', 'open']);
    expect(house.states).toContainEqual(expect.objectContaining({ status: 'waiting', cause: { kind: 'unanswered' } }));
  });
});

describe('a handshake', () => {
  test.each([{ handshake: 'fail' as const }, { handshake: 'hang' as const }])(
    'that ends in $handshake is tried again, ever slower, without blaming the token',
    async ({ handshake }) => {
      const house = createHouse();
      house.gateway.script.handshake = handshake;
      await house.clock.pass(hour);
      expect(house.gateway.callers.length).toBeGreaterThan(60);
      expect(house.gateway.callers.length).toBeLessThan(300);
      expect(house.asked).toEqual(['first']);
      expect(house.gateway.logins()).toBe(0);
    },
  );

  test('with a constructor that throws is a failure like any other', async () => {
    class Broken {
      constructor() {
        throw new SyntaxError('no');
      }
    }
    const house = createHouse({ WebSocket: Broken as never });
    await house.clock.pass(minute);
    expect(house.client.state).toMatchObject({ status: 'waiting', cause: { kind: 'handshake' } });
    expect(house.clock.runs()).toBeLessThan(50);
  });
});

describe('backoff', () => {
  test('grows from half a second to thirty, and falls back at auth_success, not at the open socket', async () => {
    const house = createHouse({ random: () => 1 - 2 ** -53 });
    house.gateway.script.authenticate = (caller) => caller.close();
    await house.clock.pass(5 * minute);
    const openings = house.gateway.callers.map(({ openedAt }) => openedAt);
    const waits = openings.slice(1).map((at, index) => Math.round((at - (openings[index] ?? 0)) / 100) / 10);
    expect(waits.slice(0, 8)).toEqual([0.6, 1.1, 2.1, 4.1, 8.1, 16.1, 30.1, 30.1]);
    house.gateway.script.authenticate = (_caller, _message, pass) => pass();
    await house.clock.pass(minute);
    expect(house.client.state.status).toBe('connected');
    const before = house.gateway.callers.length;
    house.gateway.restart();
    await house.clock.pass(700);
    expect(house.gateway.callers).toHaveLength(before + 1);
  });

  test('goes on growing over sessions that end at once', async () => {
    const house = createHouse();
    house.gateway.script.authenticate = (caller, _message, pass) => {
      pass();
      caller.close();
    };
    await house.clock.pass(10 * minute);
    expect(house.gateway.logins()).toBeGreaterThan(20);
    expect(house.gateway.logins()).toBeLessThan(80);
    expect(house.asked).toEqual(['first']);
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
    { why: 'gives no text', getToken: () => Promise.resolve(undefined as never), most: 60 },
  ])('that $why for ever is asked ever more slowly, and no socket is opened', async ({ getToken, most }) => {
    const house = createHouse({ getToken });
    await house.clock.pass(10 * minute);
    expect(house.asked.length).toBeGreaterThan(10);
    expect(house.asked.length).toBeLessThan(most);
    expect(house.gateway.callers).toHaveLength(0);
    expect(house.states).toContainEqual(expect.objectContaining({ cause: expect.objectContaining({ kind: 'token' }) }));
    expect(house.errors).toEqual([]);
  });

  test('that recovers is all it takes', async () => {
    let failures = 3;
    const house = createHouse({
      getToken: () => (failures-- > 0 ? Promise.reject(new Error('no network')) : house.goodToken()),
    });
    await house.clock.pass(20_000);
    expect(house.client.state.status).toBe('connected');
    expect(house.asked).toEqual(['first', 'first', 'first', 'first']);
  });

  test('whose answer comes after its time is not used any more', async () => {
    const waiting: ((token: string) => void)[] = [];
    const house = createHouse({ getToken: () => new Promise<string>((resolve) => waiting.push(resolve)) });
    await house.clock.pass(15_100);
    waiting[0]?.('late@0');
    await house.clock.pass(1_000);
    expect(house.gateway.callers).toHaveLength(0);
    waiting[1]?.(house.goodToken());
    await house.clock.pass(200);
    expect(house.client.state.status).toBe('connected');
  });
});
