import { describe, expect, test } from '@jest/globals';
import type { ConnectOptions, TraceEntry } from '../../client/src/index.ts';
import { parseServerMessage } from '../../client/src/messages.ts';
import { defaultTiming } from '../../client/src/settings.ts';
import { forbidden } from '../forbidden.ts';
import { createClientFixture, hour, minute } from './client-fixture.ts';

const platformError = {
  message: 'Internal server error',
  connectionId: 'L0SM9cOFvHcCIhw=',
  requestId: 'L0SNAGHDvHcFqVw=',
};

const strange: readonly { why: string; frame: unknown }[] = [
  { why: 'nothing', frame: '' },
  { why: 'half a JSON text', frame: '{"type":"auth_suc' },
  { why: 'no object', frame: '[1,2]' },
  { why: 'null', frame: 'null' },
  { why: 'a number', frame: '17' },
  { why: 'binary', frame: new ArrayBuffer(4) },
  { why: 'binary that reads as a message', frame: Buffer.from('{"type":"closing","reconnect":false}') },
  { why: 'no type', frame: {} },
  { why: 'a type that is no text', frame: { type: 17 } },
  { why: 'an unknown type', frame: { type: 'weather', data: 'rain' } },
  { why: 'a prototype', frame: '{"__proto__":{"type":"closing"},"constructor":1}' },
  { why: 'an event without a number', frame: { type: 'order.created', id: 'a', epoch: 'epoch-1' } },
  {
    why: 'an event before its predecessor',
    frame: { type: 'order.created', id: 'a', epoch: 'epoch-1', seq: 4, prev_seq: 4 },
  },
  {
    why: 'an event with a broken number',
    frame: { type: 'order.created', id: 'a', epoch: 'epoch-1', seq: 1.5, prev_seq: 0 },
  },
  { why: 'events that are none', frame: { type: 'events', events: 'all' } },
  { why: 'a replay that is none', frame: { type: 'replayed', events: {}, epoch: 7 } },
  {
    why: 'a replay nobody asked for',
    frame: { type: 'replayed', events: [], epoch: 'epoch-9', head_seq: 9, next_after: 9 },
  },
  { why: 'a pong without fields', frame: { type: 'pong' } },
  { why: 'an answer to nothing', frame: { type: 'accepted', id: 'unknown', event_id: 'e' } },
  { why: 'an error about nothing', frame: { type: 'error' } },
  { why: "the platform's error", frame: platformError },
];

describe('a frame that is', () => {
  test.each(strange)('$why changes nothing in a session', async ({ frame }) => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    const { state, cursor } = fixture.client;
    fixture.gateway.caller().send(frame);
    await fixture.clock.pass(5_000);
    expect(fixture.client.state).toEqual(state);
    expect(fixture.client.cursor).toEqual(cursor);
    expect(fixture.gateway.callers).toHaveLength(1);
    fixture.gateway.publish('order.created', { order_id: 1 });
    await fixture.clock.pass(100);
    expect(fixture.seqs()).toEqual([1]);
    expect(fixture.errors).toEqual([]);
  });

  test.each(strange.filter(({ frame }) => frame !== platformError))(
    '$why does not keep a connection from being authenticated',
    async ({ frame }) => {
      const fixture = createClientFixture();
      fixture.gateway.script.authenticate = (caller, _message, pass) => {
        caller.send(frame);
        pass();
      };
      await fixture.authenticated();
      expect(fixture.gateway.callers).toHaveLength(1);
    },
  );

  test("the platform's error instead of an answer is tried again", async () => {
    const fixture = createClientFixture();
    let failures = 3;
    fixture.gateway.script.authenticate = (caller, _message, pass) =>
      failures-- > 0 ? caller.send(platformError) : pass();
    await fixture.clock.pass(5_000);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.gateway.callers).toHaveLength(4);
  });

  test("the platform's error in a session is answered with a ping, and what was under way is sent again", async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    let failures = 2;
    fixture.gateway.script.message = (caller, message, pass) =>
      message['id'] === 'p' && failures-- > 0 ? caller.send(platformError) : pass();
    const publication = fixture.client.publish('order.created', { order_id: 1 }, { id: 'p' });
    await fixture.clock.pass(9_000);
    await expect(publication).resolves.toMatchObject({ eventId: 'p' });
    expect(fixture.gateway.typesHeard(fixture.gateway.caller())).toContain('ping');
  });

  test('an auth_success without its fields is taken for two hours and no events', async () => {
    const fixture = createClientFixture();
    fixture.gateway.script.authenticate = (caller) => caller.send({ type: 'auth_success' });
    await fixture.clock.pass(hour);
    expect(fixture.client.state).toMatchObject({ status: 'connected', session: { userId: '', role: '' } });
    expect(fixture.client.cursor).toBeUndefined();
    expect(fixture.asked).toEqual(['first']);
  });

  test.each([
    { why: 'no advice', frame: { type: 'closing' } },
    { why: 'endless patience asked', frame: { type: 'closing', reconnect: true, retry_after_ms: 1e300 } },
    {
      why: 'advice of wrong types',
      frame: { type: 'auth_error', reconnect: 'no', reauthenticate: 1, retry_after_ms: 'x' },
    },
  ])('a last message with $why is an interruption', async ({ frame }) => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.caller().send(frame);
    await fixture.clock.pass(16 * minute);
    expect(fixture.client.state.status).toBe('connected');
    expect(fixture.gateway.callers).toHaveLength(2);
    expect(fixture.asked).toEqual(['first']);
  });

  test.each([
    { expires: 'in the past', at: '2001-01-01T00:00:00Z' },
    { expires: 'never', at: '9999-01-01T00:00:00Z' },
  ])('an auth_success that expires $expires causes no loop', async ({ at }) => {
    const fixture = createClientFixture();
    fixture.gateway.script.authenticate = (caller) =>
      caller.send({ ...fixture.gateway.authSuccess(caller), session_expires_at: at });
    await fixture.clock.pass(10 * minute);
    expect(fixture.gateway.logins()).toBeLessThan(80);
    expect(fixture.clock.runs()).toBeLessThan(2_000);
  });
});

test('what arrives on a connection after it was dropped is not read', async () => {
  const trace: TraceEntry[] = [];
  const fixture = createClientFixture({ trace: (entry) => trace.push(entry) });
  fixture.gateway.script.authenticate = (caller) => {
    if (fixture.gateway.callers.length > 1) return;
    caller.send({ type: 'auth_error', reason: 'auth_timeout', reconnect: true });
    caller.send({ type: 'closing', reason: 'revoked', reconnect: false });
  };
  await fixture.clock.pass(5_000);
  const [connection] = trace.map((entry) => entry.connection);
  const kinds = trace.filter((entry) => entry.connection === connection).map(({ kind }) => kind);
  expect(kinds).toEqual(['opening', 'open', 'sent', 'received', 'dropped']);
  expect(fixture.ends).toEqual([]);
});

describe('the parser', () => {
  test.each(strange)('reads $why without a throw', ({ frame }) => {
    expect(() => parseServerMessage(frame)).not.toThrow();
  });

  test('takes retry_after_ms only where it is a time', () => {
    const wordOf = (retry_after_ms: unknown) => {
      const message = parseServerMessage(JSON.stringify({ type: 'closing', retry_after_ms }));
      return message.kind === 'final_message' ? message.final.retryAfterMs : undefined;
    };
    expect([10_000, null, -5, '5', 1e12].map(wordOf)).toEqual([10_000, 0, 0, 0, 15 * minute]);
  });
});

describe('options that cannot work', () => {
  test.each([
    { why: 'no address', options: { url: '' } },
    { why: 'a web address', options: { url: 'https://gateway.example/prod' } },
    { why: 'a token in the address', options: { url: 'wss://gateway.example/prod?token=abc' } },
    { why: 'a password in the address', options: { url: 'wss://till:secret@gateway.example/prod' } },
    { why: 'a user in the address', options: { url: 'wss://till@gateway.example' } },
    { why: 'a fragment in the address', options: { url: 'wss://gateway.example/prod#kitchen' } },
    { why: 'no restaurant', options: { restaurantId: '' } },
    { why: 'every restaurant', options: { restaurantId: '*' } },
    { why: 'no name of a connection type', options: { connectionType: forbidden('Waiter 2') } },
  ])('$why throws a TypeError at once', ({ options }) => {
    expect(() => createClientFixture(options)).toThrow(TypeError);
  });

  /** What `Number` makes of nothing, less than nothing, a text and an object. */
  const noNumbers = [Number.NaN, -5, forbidden('120000'), forbidden({})];
  const noTimes = [...noNumbers, 0, Number.POSITIVE_INFINITY, 86_400_001];
  /** Seconds by mistake among them. */
  const noHeartbeats = [...noTimes, 120, 44_999, 300_001];

  test.each<{ name: string; of: (got: number) => Partial<ConnectOptions>; never: readonly number[] }>([
    { name: 'heartbeatMs', of: (heartbeatMs) => ({ heartbeatMs }), never: noHeartbeats },
    { name: 'maxQueued', of: (maxQueued) => ({ maxQueued }), never: noNumbers },
    { name: 'maxQueuedChars', of: (maxQueuedChars) => ({ maxQueuedChars }), never: noNumbers },
    { name: 'publishTimeoutMs', of: (publishTimeoutMs) => ({ publishTimeoutMs }), never: noNumbers },
    ...['heartbeatMs', ...Object.keys(defaultTiming)].map((name) => ({
      name,
      of: (got: number) => ({ timing: { [name]: got } }),
      never: [...noTimes, forbidden(undefined)],
    })),
  ])('a number that $name cannot be throws a TypeError that says what it can be', ({ name, of, never }) => {
    for (const got of never) {
      const connecting = () => createClientFixture(of(got));
      expect(connecting).toThrow(TypeError);
      expect(connecting).toThrow(`Expected a valid ${name}, `);
      expect(connecting).toThrow(`, got ${got}`);
    }
  });

  test('an address with an @ further on, and numbers at their bounds, are none of them', () => {
    const least = { heartbeatMs: 45_000, maxQueued: 0, maxQueuedChars: 0, publishTimeoutMs: 0 };
    const endless = Number.POSITIVE_INFINITY;
    const most = { heartbeatMs: 300_000, maxQueued: endless, maxQueuedChars: endless, publishTimeoutMs: endless };
    for (const options of [least, most]) createClientFixture({ url: 'wss://gateway.example/a@b?c=@', ...options });
  });
});
