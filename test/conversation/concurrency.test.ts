import { availableParallelism } from 'node:os';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from '../../bin/smoke/client.ts';
import { authError, authSuccess, closing, differenceFrom, type ExpectedFrame, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type NamedClient, openGatewayFixture } from './gateway-fixture.ts';
import type { SeenCall } from './recorder.ts';
import { type Left, lookAt } from './row.ts';
import { granted, leftSession, refusedUnheard, verifiedRecord } from './traces.ts';
import { until } from './until.ts';

const fixture = await openGatewayFixture();
const { faults } = fixture.gateway;
const visitor = await fixture.orClose(fixture.visitor());
/** As the gateway has them. */
const sandboxesOfOneFunction = availableParallelism() + 1;
const neverActivated = verifiedRecord('end', 'session_ended', 'INFO', 'never_seated');

afterAll(() => fixture.close());
beforeEach(() => {
  Object.assign(faults, { disconnects: 'once', messageOrder: 'kept' });
});

const hears = async (client: Client, expected: ExpectedFrame): Promise<void> => {
  expect(differenceFrom(expected, await client.next())).toBe(undefined);
};

const enter = async (): Promise<NamedClient> => {
  const client = await fixture.connect();
  client.send(hello(visitor));
  await hears(client, authSuccess(visitor));
  return client;
};

/** What stands in the tables once there are no fewer records than these. */
const leftWith = (client: NamedClient, row: unknown, recordCount: number): Promise<Left> =>
  until(
    () => lookAt(fixture, client.connectionId),
    (left) => left.row === row && left.records.length >= recordCount,
  );

const hold = ({ connectionId }: NamedClient, is: (call: SeenCall) => boolean) =>
  fixture.recorder.hold((call) => call.connectionId === connectionId && is(call));

const isClaim = ({ functionName, toStatus }: SeenCall): boolean =>
  functionName === 'AuthenticateFunction' && toStatus === 'verifying';
const isGrant = ({ toStatus }: SeenCall): boolean => toStatus === 'granting';
const isRecordOfGrant = ({ functionName, action }: SeenCall): boolean =>
  functionName === 'AuthenticateFunction' && action === 'PutItem';

describe('two authenticates at once', () => {
  test('the second finds the first being decided: one answer, one record', async () => {
    const client = await fixture.connect();
    const { reached, release } = hold(client, isGrant);
    client.send(hello(visitor));
    await reached;
    const secondReads = fixture.recorder.seen(
      ({ functionName, action, connectionId }) =>
        functionName === 'AuthenticateFunction' && action === 'GetItem' && connectionId === client.connectionId,
    );
    client.send(hello(visitor));
    await secondReads;
    release();
    await hears(client, authSuccess(visitor));
    client.send({ type: 'ping' });
    await hears(client, pong);
    expect(await lookAt(fixture, client.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    expect(client.untaken()).toEqual([]);
    await client.leave();
  });

  test('of ten at once on each of ten sockets, one attempt is decided on each', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => fixture.connect()));
    for (const client of clients) for (let i = 0; i < 10; i++) client.send(hello(visitor));
    for (const client of clients) {
      await hears(client, authSuccess(visitor));
      const { row, records } = await lookAt(fixture, client.connectionId);
      // Those that came after the decision are renewals.
      expect([row, records.filter(({ kind }) => kind === 'attempt')]).toEqual(['authenticated', [granted()]]);
      client.drop();
    }
  });

  test('a good and a bad one: whichever is first decides for both', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => fixture.connect()));
    for (const client of clients) {
      client.send(hello(visitor));
      client.send(hello(visitor, { token: 'open sesame' }));
    }
    for (const client of clients) {
      const { type } = JSON.parse(await client.next());
      const { records } = await lookAt(fixture, client.connectionId);
      const attempt = records.filter(({ kind }) => kind === 'attempt').map(({ event }) => event);
      // The bad one may also come as a renewal, and its answer before that to the good one.
      expect([
        ['auth_success', ['access_granted']],
        ['closing', ['access_granted']],
        ['auth_error', ['access_denied']],
      ]).toContainEqual([type, attempt]);
      client.drop();
    }
  });

  test('however many tokens come while an issuer is down, a sandbox asks for its keys once', async () => {
    const clients = await Promise.all(Array.from({ length: 30 }, () => fixture.connect()));
    const token = fixture.keepSecret(fixture.issuers.dark.token());
    for (const client of clients) client.send(hello(visitor, { token }));
    await Promise.all(clients.map((client) => hears(client, authError('unavailable'))));
    await Promise.all(clients.map((client) => client.closed()));
    expect(fixture.issuers.requests.get('/dark/keys')).toBeLessThanOrEqual(sandboxesOfOneFunction);
  });
});

describe('messages out of order', () => {
  test('a ping that overtakes the authenticate uses up the attempt', async () => {
    faults.messageOrder = 'reversed';
    const client = await fixture.connect();
    // The second message is handed over first; here its function is the faster one, too.
    const { release } = hold(client, isClaim);
    client.send(hello(visitor));
    client.send({ type: 'ping' });
    await hears(client, authError('expected_authentication'));
    expect(await client.closed()).toBe(1000);
    release();
    const { records } = refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate');
    expect(await leftWith(client, undefined, 1)).toEqual({ row: undefined, records });
    expect(client.untaken()).toEqual([]);
  });
});

describe('$disconnect', () => {
  test('that comes late leaves the session until then', async () => {
    faults.disconnects = { afterMs: 200 };
    const client = await enter();
    await client.leave();
    expect((await lookAt(fixture, client.connectionId)).row).toBe('authenticated');
    expect(await leftWith(client, undefined, 2)).toEqual({ row: undefined, records: [granted(), leftSession()] });
  });

  test("that never comes leaves the row to the table's own expiry", async () => {
    faults.disconnects = 'never';
    const client = await enter();
    await client.leave();
    expect(await fixture.row(client.connectionId)).toMatchObject({
      status: 'authenticated',
      expires_at: expect.any(Number),
    });
    expect(await fixture.records(client.connectionId)).toEqual([granted()]);
  });

  test('that comes twice ends the session once', async () => {
    faults.disconnects = 'twice';
    const client = await enter();
    const invocations = async () => fixture.gateway.meter.invocations['DisconnectFunction'] ?? 0;
    const before = await invocations();
    await client.leave();
    expect(await until(invocations, (now) => now >= before + 2)).toBe(before + 2);
    expect(await leftWith(client, undefined, 2)).toEqual({ row: undefined, records: [granted(), leftSession()] });
  });

  test('of an earlier connection with the same id touches nothing', async () => {
    const client = await enter();
    const connectedAt = Number((await fixture.row(client.connectionId))?.['connected_at_ms']);
    const outcome = await fixture.gateway.invoke('DisconnectFunction', {
      requestContext: {
        eventType: 'DISCONNECT',
        connectionId: client.connectionId,
        connectedAt: connectedAt - 1,
        requestTimeEpoch: Date.now(),
        requestId: crypto.randomUUID(),
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    expect(outcome).toEqual({ kind: 'returned', value: { statusCode: 200 } });
    client.send({ type: 'ping' });
    await hears(client, pong);
    await client.leave();
  });

  test('while the token is being judged: no session, no row, no grant', async () => {
    const client = await fixture.connect();
    const { reached, release } = hold(client, isGrant);
    client.send(hello(visitor));
    await reached;
    await client.leave();
    await leftWith(client, undefined, 0);
    const readsWhy = fixture.recorder.seen(
      ({ functionName, action, connectionId }) =>
        functionName === 'AuthenticateFunction' && action === 'GetItem' && connectionId === client.connectionId,
    );
    release();
    await readsWhy;
    expect(await lookAt(fixture, client.connectionId)).toEqual({ row: undefined, records: [] });
  });

  test('while the grant is being recorded: the record is there, and one that says it was never used', async () => {
    const client = await fixture.connect();
    const { reached, release } = hold(client, isRecordOfGrant);
    client.send(hello(visitor));
    await reached;
    await client.leave();
    const left = { row: undefined, records: [granted(), neverActivated] };
    expect(await leftWith(client, undefined, 2)).toEqual(left);
    const triesToActivate = fixture.recorder.seen(
      ({ toStatus, connectionId }) => toStatus === 'authenticated' && connectionId === client.connectionId,
    );
    release();
    await triesToActivate;
    expect(await leftWith(client, undefined, 2)).toEqual(left);
  });
});

describe('a message that the platform routes elsewhere', () => {
  const eventOf = async ({ connectionId }: NamedClient, body: object) => ({
    requestContext: {
      eventType: 'MESSAGE',
      connectionId,
      connectedAt: Number((await fixture.row(connectionId))?.['connected_at_ms']),
      requestTimeEpoch: Date.now(),
      requestId: crypto.randomUUID(),
      domainName: '127.0.0.1',
      identity: { sourceIp: '127.0.0.1' },
    },
    body: JSON.stringify(body),
  });

  test('an authenticate of an earlier connection with the same id claims nothing', async () => {
    const client = await fixture.connect();
    const event = await eventOf(client, hello(visitor));
    const connectedAt = event.requestContext.connectedAt - 1;
    await fixture.gateway.invoke('AuthenticateFunction', {
      ...event,
      requestContext: { ...event.requestContext, connectedAt },
    });
    await hears(client, closing('unavailable'));
    expect(await client.closed()).toBe(1000);
    expect(await fixture.records(client.connectionId)).toEqual([]);
  });

  test.each([
    { why: 'an authenticate at $default', functionName: 'MessageFunction', body: hello(visitor) },
    { why: 'a ping at authenticate', functionName: 'AuthenticateFunction', body: { type: 'ping' } },
  ])('$why is malformed', async ({ functionName, body }) => {
    const client = await fixture.connect();
    await fixture.gateway.invoke(functionName, await eventOf(client, body));
    await hears(client, authError('malformed_message'));
    expect(await client.closed()).toBe(1000);
    const { records } = refusedUnheard('malformed_message', 'WARNING', 'route_differs');
    expect(await leftWith(client, undefined, 1)).toEqual({ row: undefined, records });
  });
});

test('no connection has two records of a kind', async () => {
  for (const records of (await fixture.allRecords()).values()) {
    const kinds = records.map(({ kind }) => kind).filter((kind) => kind !== 'renewal');
    expect(kinds).toEqual([...new Set(kinds)]);
  }
});

test('no token is in a log line, a table or a queue, and no function fails', () => {
  expect(fixture.leaks()).toEqual([]);
  expect(fixture.failures()).toEqual([]);
});
