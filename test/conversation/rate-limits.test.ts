/** What an address and a session may do, over real sockets, by what they read when they do more. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { connect } from '../../bin/smoke/client.ts';
import { authSuccess, differenceFrom, pong } from '../../bin/smoke/frames.ts';
import { forged, hello } from '../../bin/smoke/messages.ts';
import { RateLimits } from '../../config-schema/rate-limits.ts';
import { type GatewayFixture, type NamedClient, openGatewayFixture } from './gateway-fixture.ts';
import { twiceInOneSlot } from './one-slot.ts';
import { lookAt } from './row.ts';
import { granted, verifiedRecord } from './traces.ts';
import { until } from './until.ts';

/** As a stage has them without configuration. */
const usual = v.parse(RateLimits, {});

let fixture: GatewayFixture;
/** Every frame that was looked at, for the canary. */
const heard: string[] = [];
const open = async (limits: Partial<typeof usual>): Promise<void> => {
  fixture = await openGatewayFixture({}, { budgets: { ...usual, ...limits } });
};
/** For the end of those that share a gateway, since they cost as much as all that they do there. */
const closeAndJudge = async (): Promise<void> => {
  const stored = await fixture.orClose(fixture.everythingStored());
  // Ending a sandbox while it works is a failure, too, but not of the function.
  const failures = fixture.failures();
  await fixture.close();
  expect(fixture.leaks([...heard.splice(0), ...stored])).toEqual([]);
  expect(failures).toEqual([]);
};

const minuteNow = () => Math.floor(Date.now() / 60_000);

/** The windows are minutes of the calendar: what began at the end of one and ended in the next is done again, at another gateway. */
const inOneMinute = async <T>(limits: Partial<typeof usual>, work: () => Promise<T>): Promise<T> => {
  for (;;) {
    await open(limits);
    const minute = minuteNow();
    const result = await work();
    if (minuteNow() === minute) return result;
    await fixture.close();
  }
};

const refusalOf = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => 'open',
    (error) => error.status ?? error,
  );
const knock = () => refusalOf(connect(fixture.gateway.url));
const events = async (): Promise<readonly string[]> =>
  [...(await fixture.allRecords()).values()].flat().map(({ event }) => event);
const answer = async (client: NamedClient, said: object): Promise<Record<string, unknown>> => {
  client.send(said);
  const frame = await client.next();
  heard.push(frame);
  return JSON.parse(frame);
};
const authenticated = async (): Promise<NamedClient> => {
  const visitor = await fixture.visitor();
  const client = await fixture.connect();
  client.send(hello(visitor));
  expect(differenceFrom(authSuccess(visitor), await client.next())).toBe(undefined);
  return client;
};

describe('an address that connects more often than it may', () => {
  afterAll(closeAndJudge);

  test('is refused with 429, and what is open stays', async () => {
    const { client, rest } = await inOneMinute({ connectsPerMinute: 5 }, async () => {
      const client = await authenticated();
      const rest = [];
      for (let nth = 2; nth <= 8; nth++) rest.push(await knock());
      return { client, rest };
    });
    expect(rest).toEqual(['open', 'open', 'open', 'open', 429, 429, 429]);
    client.send({ type: 'ping' });
    expect(differenceFrom(pong, await client.next())).toBe(undefined);
    expect((await events()).filter((event) => event === 'rate_limit_exceeded')).toHaveLength(3);
  });
});

describe('an address', () => {
  beforeAll(() => open({ hostileFailures: 3 }));
  afterAll(closeAndJudge);

  test('whose tokens have expired, however many, is never hostile', async () => {
    const expired = await fixture.visitor(undefined, { exp: Math.floor(Date.now() / 1000) - 1 });
    for (let nth = 1; nth <= 12; nth++) {
      const client = await fixture.connect();
      expect(await answer(client, hello(expired))).toMatchObject({ reason: 'token_expired', retry_after_ms: null });
    }
    await (await authenticated()).leave();
  });

  // The last here: hardly anybody from this address is let in afterwards.
  test('that sends forged tokens is told to wait on open sockets, and has one handshake in three seconds', async () => {
    const clients = [];
    for (let nth = 1; nth <= 6; nth++) clients.push(await fixture.connect());
    const told = [];
    for (const client of clients) {
      const visitor = await fixture.visitor(undefined, { marker: client.name });
      const bad = fixture.keepSecret(forged(visitor.token));
      const { type, reason, code, reconnect, retry_after_ms } = await answer(client, hello(visitor, { token: bad }));
      told.push({ type, reason, code, reconnect, waits: Number(retry_after_ms) });
      expect(await client.closed()).toBe(1000);
    }
    const limited = { type: 'auth_error', reason: 'rate_limited', code: 4029, reconnect: true };
    expect(told).toMatchObject([
      { reason: 'token_invalid', code: 4003 },
      { reason: 'token_invalid', code: 4003 },
      { reason: 'token_invalid', code: 4003 },
      limited,
      limited,
      limited,
    ]);
    const waits = told.slice(3).map((one) => one.waits);
    expect(waits.map((ms) => Math.round(ms / 10_000) * 10_000)).toEqual([30_000, 30_000, 30_000]);
    expect(await twiceInOneSlot(knock)).toEqual([expect.anything(), 429]);
    expect((await events()).filter((event) => event === 'failure_threshold_crossed')).toHaveLength(1);
  });
});

describe('an address whose devices make mistakes', () => {
  beforeAll(() => open({ hostileFailures: 3 }));
  afterAll(closeAndJudge);

  test('or repeat one bad token, is never hostile', async () => {
    const visitor = await fixture.visitor();
    const pool = (claims: object, header = {}) => fixture.keepSecret(fixture.issuers.pool.token({ ...claims }, header));
    const mistakes = [
      fixture.keepSecret('opaque-token-of-some-issuer'),
      `Bearer ${visitor.token}`,
      pool({}, { alg: 'HS256' }),
      pool({}, { jku: 'https://issuer.example/keys' }),
      ...Array(4).fill(fixture.keepSecret(forged(visitor.token))),
    ];
    for (const token of mistakes) {
      const client = await fixture.connect();
      expect(await answer(client, hello(visitor, { token }))).toMatchObject({ reason: 'token_invalid' });
    }
    const ofStrangers = [
      pool({ sub: 'u-new', scope: ['openid', 'orders'] }),
      pool({ sub: 12 }),
      pool({ sub: 'u-new', jti: 12 }),
    ];
    for (const token of ofStrangers) {
      const client = await fixture.connect();
      expect(await answer(client, hello(visitor, { token }))).toMatchObject({ reason: 'access_denied' });
    }
    for (const said of [{ type: 'ping' }, ['authenticate'], { type: 17 }, hello(visitor, { token: 12 })]) {
      const client = await fixture.connect();
      expect(await answer(client, said)).toMatchObject({ type: 'auth_error' });
    }
    await (await authenticated()).leave();
    const kinds = await events();
    expect(kinds).not.toContain('failure_threshold_crossed');
    expect(kinds.filter((event) => event === 'access_denied')).toHaveLength(mistakes.length);
  });
});

describe('an address with a site behind it', () => {
  beforeAll(() => open({ pingsPerMinute: 1, pingBurst: 3, messagesPerMinute: 1, messageBurst: 3, hostileFailures: 2 }));
  afterAll(closeAndJudge);

  test('may have fifty devices that come back at once, twice', async () => {
    for (let round = 0; round < 2; round++) {
      const clients = await Promise.all(Array.from({ length: 50 }, authenticated));
      await Promise.all(clients.map((client) => client.leave()));
    }
    expect((await events()).filter((event) => event !== 'access_granted' && event !== 'session_ended')).toEqual([]);
  });

  describe('has sessions, and one', () => {
    test.each([
      { what: 'pings', says: () => ({ type: 'ping' }), good: 'pong' },
      { what: 'messages of no known type', says: () => ({ type: 'dance' }), good: 'error unknown_type' },
      { what: 'renewals', says: async () => hello(await fixture.visitor()), good: 'auth_success' },
    ])('that sends too many $what is told so, and ended when it goes on', async ({ says, good }) => {
      const client = await authenticated();
      const heard = [];
      for (let nth = 1; nth <= 7; nth++) {
        const { type, reason } = await answer(client, await says());
        heard.push(reason === undefined ? type : `${type} ${reason}`);
      }
      const over = 'error rate_limited';
      expect(heard).toEqual([good, good, good, over, over, over, 'closing rate_limited']);
      expect(await client.closed()).toBe(1000);
      const left = await until(
        () => lookAt(fixture, client.connectionId),
        ({ row }) => row === undefined,
      );
      expect(left.records).toEqual([
        granted(),
        ...(good === 'auth_success'
          ? [1, 2, 3].map(() => verifiedRecord('renewal', 'session_renewed', 'INFO', 'renewed'))
          : []),
        verifiedRecord('messages', 'rate_limit_exceeded', 'WARNING', 'too_many_messages'),
        verifiedRecord('end', 'session_ended', 'INFO', 'closed_by_us'),
      ]);
    });

    test('is renewed a whole burst of times and no more, however many sandboxes are asked at once', async () => {
      const client = await authenticated();
      const renewal = hello(await fixture.visitor());
      for (let nth = 0; nth < 6; nth++) client.send(renewal);
      const heard = [];
      for (let nth = 0; nth < 6; nth++) heard.push(JSON.parse(await client.next()).type);
      expect(heard.filter((type) => type === 'auth_success')).toHaveLength(3);
      expect(heard.filter((type) => type === 'error')).toHaveLength(3);
      const paidUntilMs = Number((await fixture.row(client.connectionId))?.['paid_until_ms']);
      expect(Math.round((paidUntilMs - Date.now()) / 60_000)).toBe(3);
      await client.leave();
    });
  });

  // The last here: hardly anybody from this address is let in afterwards.
  test('that sends frames that are no JSON is refused like one that sends forged tokens', async () => {
    for (let nth = 1; nth <= 2; nth++) {
      const client = await fixture.connect();
      client.send('no JSON');
      expect(JSON.parse(await client.next())).toMatchObject({ reason: 'malformed_message' });
    }
    expect(await twiceInOneSlot(knock)).toEqual([expect.anything(), 429]);
  });
});
