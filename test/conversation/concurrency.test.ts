import { availableParallelism } from 'node:os';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from '../../bin/smoke/client.ts';
import { authError, authSuccess, closing, differenceFrom, type ExpectedFrame, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type Guest, openHouse } from './house.ts';
import { granted, leftSession, refusedUnheard, verifiedRecord } from './leaves.ts';
import { type Left, lookAt } from './row.ts';
import { until } from './until.ts';
import type { SeenCall } from './witness.ts';

const house = await openHouse();
const { faults } = house.gateway;
const visitor = await house.orClose(house.visitor());
/** As the gateway has them. */
const sandboxesOfOneFunction = availableParallelism() + 1;
const neverActivated = verifiedRecord('end', 'session_ended', 'INFO', 'never_seated');

afterAll(() => house.close());
beforeEach(() => {
  Object.assign(faults, { disconnects: 'once', messageOrder: 'kept' });
});

const hears = async (client: Client, expected: ExpectedFrame): Promise<void> => {
  expect(differenceFrom(expected, await client.next())).toBe(undefined);
};

const enter = async (): Promise<Guest> => {
  const guest = await house.connect();
  guest.send(hello(visitor));
  await hears(guest, authSuccess(visitor));
  return guest;
};

/** What stands in the tables once there are no fewer records than these. */
const leftWith = (guest: Guest, row: unknown, recordCount: number): Promise<Left> =>
  until(
    () => lookAt(house, guest.connectionId),
    (left) => left.row === row && left.records.length >= recordCount,
  );

const hold = ({ connectionId }: Guest, is: (call: SeenCall) => boolean) =>
  house.witness.hold((call) => call.connectionId === connectionId && is(call));

const isClaim = ({ functionName, toStatus }: SeenCall): boolean =>
  functionName === 'AuthenticateFunction' && toStatus === 'verifying';
const isGrant = ({ toStatus }: SeenCall): boolean => toStatus === 'granting';
const isRecordOfGrant = ({ functionName, action }: SeenCall): boolean =>
  functionName === 'AuthenticateFunction' && action === 'PutItem';

describe('two authenticates at once', () => {
  test('the second finds the first being decided: one answer, one record', async () => {
    const guest = await house.connect();
    const { reached, release } = hold(guest, isGrant);
    // The second has lost its lease, and reads why.
    const secondLost = house.witness.seen(
      ({ functionName, action, connectionId }) =>
        functionName === 'AuthenticateFunction' && action === 'GetItem' && connectionId === guest.connectionId,
    );
    guest.send(hello(visitor));
    guest.send(hello(visitor));
    await Promise.all([reached, secondLost]);
    release();
    await hears(guest, authSuccess(visitor));
    guest.send({ type: 'ping' });
    await hears(guest, pong);
    expect(await lookAt(house, guest.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    expect(guest.untaken()).toEqual([]);
    await guest.leave();
  });

  test('of ten at once on each of ten sockets, one attempt is decided on each', async () => {
    const guests = await Promise.all(Array.from({ length: 10 }, () => house.connect()));
    for (const guest of guests) for (let i = 0; i < 10; i++) guest.send(hello(visitor));
    for (const guest of guests) {
      await hears(guest, authSuccess(visitor));
      const { row, records } = await lookAt(house, guest.connectionId);
      // Those that came after the decision are renewals.
      expect([row, records.filter(({ kind }) => kind === 'attempt')]).toEqual(['authenticated', [granted()]]);
      guest.drop();
    }
  });

  test('a good and a bad one: whichever is first decides for both', async () => {
    const guests = await Promise.all(Array.from({ length: 10 }, () => house.connect()));
    for (const guest of guests) {
      guest.send(hello(visitor));
      guest.send(hello(visitor, { token: 'open sesame' }));
    }
    for (const guest of guests) {
      const { type } = JSON.parse(await guest.next());
      const { records } = await lookAt(house, guest.connectionId);
      const attempt = records.filter(({ kind }) => kind === 'attempt').map(({ event }) => event);
      // The bad one may also come as a renewal, and its answer before that to the good one.
      expect([
        ['auth_success', ['access_granted']],
        ['closing', ['access_granted']],
        ['auth_error', ['access_denied']],
      ]).toContainEqual([type, attempt]);
      guest.drop();
    }
  });

  test('however many tokens come while an issuer is down, a sandbox asks for its keys once', async () => {
    const guests = await Promise.all(Array.from({ length: 30 }, () => house.connect()));
    const token = house.keepSecret(house.issuers.dark.token());
    for (const guest of guests) guest.send(hello(visitor, { token }));
    await Promise.all(guests.map((guest) => hears(guest, authError('unavailable'))));
    await Promise.all(guests.map((guest) => guest.closed()));
    expect(house.issuers.requests.get('/dark/keys')).toBeLessThanOrEqual(sandboxesOfOneFunction);
  });
});

describe('messages out of order', () => {
  test('a ping that overtakes the authenticate uses up the attempt', async () => {
    faults.messageOrder = 'reversed';
    const guest = await house.connect();
    // The second message is handed over first; here its function is the faster one, too.
    const { release } = hold(guest, isClaim);
    guest.send(hello(visitor));
    guest.send({ type: 'ping' });
    await hears(guest, authError('expected_authentication'));
    expect(await guest.closed()).toBe(1000);
    release();
    const { records } = refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate');
    expect(await leftWith(guest, undefined, 1)).toEqual({ row: undefined, records });
    expect(guest.untaken()).toEqual([]);
  });
});

describe('$disconnect', () => {
  test('that comes late leaves the session until then', async () => {
    faults.disconnects = { afterMs: 200 };
    const guest = await enter();
    await guest.leave();
    expect((await lookAt(house, guest.connectionId)).row).toBe('authenticated');
    expect(await leftWith(guest, undefined, 2)).toEqual({ row: undefined, records: [granted(), leftSession()] });
  });

  test("that never comes leaves the row to the table's own expiry", async () => {
    faults.disconnects = 'never';
    const guest = await enter();
    await guest.leave();
    expect(await house.row(guest.connectionId)).toMatchObject({
      status: 'authenticated',
      expires_at: expect.any(Number),
    });
    expect(await house.records(guest.connectionId)).toEqual([granted()]);
  });

  test('that comes twice ends the session once', async () => {
    faults.disconnects = 'twice';
    const guest = await enter();
    const invocations = async () => house.gateway.meter.invocations['DisconnectFunction'] ?? 0;
    const before = await invocations();
    await guest.leave();
    expect(await until(invocations, (now) => now >= before + 2)).toBe(before + 2);
    expect(await leftWith(guest, undefined, 2)).toEqual({ row: undefined, records: [granted(), leftSession()] });
  });

  test('of an earlier connection with the same id touches nothing', async () => {
    const guest = await enter();
    const connectedAt = Number((await house.row(guest.connectionId))?.['connected_at_ms']);
    const outcome = await house.gateway.invoke('DisconnectFunction', {
      requestContext: {
        connectionId: guest.connectionId,
        connectedAt: connectedAt - 1,
        requestTimeEpoch: Date.now(),
        requestId: crypto.randomUUID(),
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    expect(outcome).toEqual({ kind: 'returned', value: { statusCode: 200 } });
    guest.send({ type: 'ping' });
    await hears(guest, pong);
    await guest.leave();
  });

  test('while the token is being judged: no session, no row, no grant', async () => {
    const guest = await house.connect();
    const { reached, release } = hold(guest, isGrant);
    guest.send(hello(visitor));
    await reached;
    await guest.leave();
    await leftWith(guest, undefined, 0);
    const readsWhy = house.witness.seen(
      ({ functionName, action, connectionId }) =>
        functionName === 'AuthenticateFunction' && action === 'GetItem' && connectionId === guest.connectionId,
    );
    release();
    await readsWhy;
    expect(await lookAt(house, guest.connectionId)).toEqual({ row: undefined, records: [] });
  });

  test('while the grant is being recorded: the record is there, and one that says it was never used', async () => {
    const guest = await house.connect();
    const { reached, release } = hold(guest, isRecordOfGrant);
    guest.send(hello(visitor));
    await reached;
    await guest.leave();
    const left = { row: undefined, records: [granted(), neverActivated] };
    expect(await leftWith(guest, undefined, 2)).toEqual(left);
    const triesToActivate = house.witness.seen(
      ({ toStatus, connectionId }) => toStatus === 'authenticated' && connectionId === guest.connectionId,
    );
    release();
    await triesToActivate;
    expect(await leftWith(guest, undefined, 2)).toEqual(left);
  });
});

describe('a message that the platform routes elsewhere', () => {
  const eventOf = async ({ connectionId }: Guest, body: object) => ({
    requestContext: {
      connectionId,
      connectedAt: Number((await house.row(connectionId))?.['connected_at_ms']),
      requestTimeEpoch: Date.now(),
      requestId: crypto.randomUUID(),
      domainName: '127.0.0.1',
      identity: { sourceIp: '127.0.0.1' },
    },
    body: JSON.stringify(body),
  });

  test('an authenticate of an earlier connection with the same id claims nothing', async () => {
    const guest = await house.connect();
    const event = await eventOf(guest, hello(visitor));
    const connectedAt = event.requestContext.connectedAt - 1;
    await house.gateway.invoke('AuthenticateFunction', {
      ...event,
      requestContext: { ...event.requestContext, connectedAt },
    });
    await hears(guest, closing('unavailable'));
    expect(await guest.closed()).toBe(1000);
    expect(await house.records(guest.connectionId)).toEqual([]);
  });

  test.each([
    { why: 'an authenticate at $default', functionName: 'MessageFunction', body: hello(visitor) },
    { why: 'a ping at authenticate', functionName: 'AuthenticateFunction', body: { type: 'ping' } },
  ])('$why is malformed', async ({ functionName, body }) => {
    const guest = await house.connect();
    await house.gateway.invoke(functionName, await eventOf(guest, body));
    await hears(guest, authError('malformed_message'));
    expect(await guest.closed()).toBe(1000);
    const { records } = refusedUnheard('malformed_message', 'WARNING', 'route_differs');
    expect(await leftWith(guest, undefined, 1)).toEqual({ row: undefined, records });
  });
});

test('no connection has two records of a kind', async () => {
  for (const records of (await house.allRecords()).values()) {
    const kinds = records.map(({ kind }) => kind).filter((kind) => kind !== 'renewal');
    expect(kinds).toEqual([...new Set(kinds)]);
  }
});

test('no token is in a log line, a table or a queue, and no function fails', () => {
  expect(house.leaks()).toEqual([]);
  expect(house.failures()).toEqual([]);
});
