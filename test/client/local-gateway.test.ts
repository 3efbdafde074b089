/** The client and the gateway keep the same contract: the SDK over real sockets to the synthesized app. */

import { forbidden } from '../forbidden.ts';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClientState, type ConnectOptions, connect, type MaitredClient } from '../../client/src/index.ts';
import type { DemoUser } from '../../local/demo.ts';
import { type GatewayFixture, openGatewayFixture } from '../conversation/gateway-fixture.ts';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await openGatewayFixture();
}, 60_000);
afterAll(() => fixture?.close());

const clients: MaitredClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const expiringIn = (seconds: number) => ({ exp: Math.floor(Date.now() / 1000) + seconds });

/** A client whose provider gives what `tokens` says, in turn, the last one again and again; why it was asked is written down. */
const arrive = (
  user: DemoUser,
  options: Partial<ConnectOptions> = {},
  tokens: readonly (() => Promise<string>)[] = [() => fixture.token(user)],
) => {
  const asked: string[] = [];
  const states: ClientState[] = [];
  const client = connect({
    url: fixture.gateway.url,
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    getToken: (why) => {
      asked.push(why);
      return (tokens[asked.length - 1] ?? tokens.at(-1))?.() ?? '';
    },
    ...options,
  });
  clients.push(client);
  client.onState((state) => states.push(state));
  return { client, asked, states };
};

const until = (client: MaitredClient, isReached: (state: ClientState) => boolean): Promise<ClientState> =>
  new Promise((resolve) => {
    if (isReached(client.state)) resolve(client.state);
    client.onState((state) => {
      if (isReached(state)) resolve(state);
    });
  });
const isConnected = ({ status }: ClientState) => status === 'connected';
const hasEnded = ({ status }: ClientState) => status === 'ended';

describe('at the handshake', () => {
  test('a member is authenticated, with what the gateway verified', async () => {
    const { client, asked } = arrive('chef');
    expect(await until(client, isConnected)).toMatchObject({
      session: { userId: 'u-chef', restaurantId: 'r-17', connectionType: 'kitchen', role: 'employee' },
    });
    expect(asked).toEqual(['first']);
  });

  test.each<{ why: string; user: DemoUser; options: Partial<ConnectOptions> }>([
    { why: 'no member', user: 'stranger', options: {} },
    { why: 'in another restaurant', user: 'rival', options: {} },
    { why: 'not allowed this connection type', user: 'chef', options: { connectionType: 'management' } },
  ])('who is $why is refused for good', async ({ user, options }) => {
    const { client } = arrive(user, options);
    expect(await until(client, hasEnded)).toEqual({
      status: 'ended',
      end: { why: 'refused', reason: 'access_denied', error: 'Authentication failed' },
    });
  });

  test('an expired token is replaced by a fresh one', async () => {
    const expired = () => fixture.token('chef', { ...expiringIn(-600), iat: Math.floor(Date.now() / 1000) - 1200 });
    const { client, asked } = arrive('chef', {}, [expired, () => fixture.token('chef')]);
    await until(client, isConnected);
    expect(asked).toEqual(['first', 'refused']);
  });

  test('an expired token again and again is said, and is no end', async () => {
    const expired = () => fixture.token('chef', { ...expiringIn(-600), iat: Math.floor(Date.now() / 1000) - 1200 });
    const { client, asked } = arrive('chef', {}, [expired]);
    const isRefused = (state: ClientState) => state.status === 'waiting' && state.why === 'token_refused';
    expect(await until(client, isRefused)).toMatchObject({ cause: { reason: 'token_expired' } });
    expect(new Set(asked)).toEqual(new Set(['first', 'refused']));
  });
});

describe('who is there', () => {
  test('is told to the office, and the kitchen is told that it may not ask', async () => {
    const kitchen = arrive('chef', { deviceId: 'kitchen-2' });
    const office = arrive('manager', { connectionType: 'management', deviceId: 'office-1' });
    await Promise.all([kitchen, office].map(({ client }) => until(client, isConnected)));
    const there = await office.client.who();
    expect(there.filter(({ deviceId }) => deviceId !== undefined)).toEqual([
      {
        userId: 'u-chef',
        role: 'employee',
        connectionType: 'kitchen',
        since: expect.stringMatching(/^\d{4}-.*Z$/),
        deviceId: 'kitchen-2',
      },
      {
        userId: 'u-manager',
        role: 'manager',
        connectionType: 'management',
        since: expect.stringMatching(/^\d{4}-.*Z$/),
        deviceId: 'office-1',
      },
    ]);
    await expect(kitchen.client.who()).rejects.toMatchObject({ name: 'WhoError', code: 'forbidden' });
  });
});

describe('at the table', () => {
  test('a heartbeat keeps the session', async () => {
    const trace: string[] = [];
    const pong = Promise.withResolvers<void>();
    const { client, states } = arrive('chef', {
      timing: { heartbeatMs: 50 },
      trace: (entry) => {
        if (entry.kind === 'received') trace.push(JSON.parse(entry.text).type);
        if (trace.filter((type) => type === 'pong').length === 2) pong.resolve();
      },
    });
    await pong.promise;
    expect(client.state.status).toBe('connected');
    expect(states.filter(isConnected)).toHaveLength(1);
  });

  test('the session is renewed in place before its token expires', async () => {
    const { client, asked } = arrive('chef', {}, [
      () => fixture.token('chef', expiringIn(4)),
      () => fixture.token('chef', expiringIn(3600)),
    ]);
    const first = await until(client, isConnected);
    const second = await until(
      client,
      (state) => state.status === 'connected' && state.session.expiresAt > Date.now() + 60_000,
    );
    expect(asked).toEqual(['first', 'renewal']);
    const ids = [first, second].map((state) => (state.status === 'connected' ? state.session.connectionId : ''));
    expect(new Set(ids).size).toBe(1);
  });

  test('whose membership ends is refused at the renewal, for good', async () => {
    const { client } = arrive('manager', {}, [
      () => fixture.token('manager', expiringIn(4)),
      () => fixture.token('manager', expiringIn(3600)),
    ]);
    await until(client, isConnected);
    const { client: dynamodb, tableName: TableName } = fixture.memberships;
    await dynamodb.send(new DeleteCommand({ TableName, Key: { pk: 'R#r-17', sk: 'M#demo#u-manager' } }));
    expect(await until(client, hasEnded)).toMatchObject({ end: { why: 'refused', reason: 'access_denied' } });
  });

  test('an event the gateway does not know is refused, and the session stays', async () => {
    const { client } = arrive('chef');
    await expect(client.publish(forbidden('nothing.known'), forbidden({}), { id: 'n-1' })).rejects.toMatchObject({
      name: 'PublishError',
      code: 'unknown_type',
      id: 'n-1',
    });
    expect(client.state.status).toBe('connected');
  });

  test('a connection the gateway has forgotten is made anew, not before the gateway says so', async () => {
    const { client } = arrive('chef', { timing: { heartbeatMs: 300 } });
    const state = await until(client, isConnected);
    await fixture.deleteRow(state.status === 'connected' ? state.session.connectionId : '');
    const waiting = await until(client, ({ status }) => status === 'waiting');
    expect(waiting).toMatchObject({ cause: { kind: 'final_message', reason: 'unavailable' } });
    expect((waiting.status === 'waiting' && waiting.retryAt) || 0).toBeGreaterThan(Date.now() + 4_000);
    await until(client, isConnected);
  });
});
