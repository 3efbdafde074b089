/**
 * Apps from before the protocol, in every shape they have, through every way in which a session ends. A few
 * at a time; without `TESTS=full` every shape ends in one way and one old and one new shape in all.
 */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, test } from '@jest/globals';
import { localConfig } from '../../bin/local-config.ts';
import { localTarget, placesOf } from '../../bin/target.ts';
import { sessionPorts } from '../../bin/session-ports.ts';
import {
  authSuccess,
  type ClosingReason,
  closing,
  differenceFrom,
  type ExpectedFrame,
} from '../../bin/smoke/frames.ts';
import { atOnce } from '../../bin/smoke/at-once.ts';
import { forged } from '../../bin/smoke/messages.ts';
import { connections } from '../../lambdas/dynamodb/connections.ts';
import {
  putMembership,
  removeMember,
  revokeMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { closeSession } from '../../lambdas/session/session.ts';
import { rowsOf } from '../harness/runs.ts';
import { openGatewayFixture, type NamedClient } from './gateway-fixture.ts';
import { atTopLevel, inData, type Shape, shapes } from './old-apps.ts';
import { openRestaurantFixture } from './restaurant-fixture.ts';

const fixture = await openGatewayFixture(
  {},
  {
    budgets: {
      connectsPerMinute: 1_000_000,
      reentriesPerMinute: 1_000_000,
      hostileFailures: 1_000_000,
      trustedConnectsPerMinute: 1_000_000,
      trustedHostileFailures: 1_000_000,
      recordsPerMinute: 1_000_000,
      messagesPerMinute: 60,
      messageBurst: 20,
      pingsPerMinute: 1,
      pingBurst: 2,
      replayUnitsPerMinute: 1_000_000,
      replayUnitBurst: 1_000_000,
      publicationsPerMinute: 1_000_000,
      sessionsPerUser: 1,
      sessionsPerRestaurant: 1_000_000,
    },
  },
);
afterAll(() => fixture.close());

/** A session that is about to end. */
type Scene = Readonly<{
  client: NamedClient;
  token: string;
  member: Readonly<{ restaurantId: string; issuer: 'demo'; userId: string }>;
}>;

type Situation = Readonly<{
  why: string;
  reason: ClosingReason;
  brings: (scene: Scene) => Promise<unknown> | unknown;
}>;

const ping = ({ client }: Scene): void => client.send({ type: 'ping' });
const renews = ({ client }: Scene, token: unknown): void => client.send({ type: 'reauth', data: { token } });

const expired: Situation = {
  why: 'its time is over',
  reason: 'session_expired',
  brings: async (scene) => {
    await timePasses(scene.client.connectionId);
    ping(scene);
  },
};

/** Its session has ended a moment ago: waiting for that would take as long as a loaded machine needs to enter. */
const timePasses = async (connection_id: string): Promise<void> => {
  const { client, tableName: TableName } = fixture.connections;
  await client.send(
    new UpdateCommand({
      TableName,
      Key: { connection_id },
      UpdateExpression: 'SET session_expires_at_ms = :over',
      ExpressionAttributeValues: { ':over': Date.now() - 1 },
    }),
  );
};

const situations: readonly Situation[] = [
  expired,
  {
    why: 'its member is revoked',
    reason: 'revoked',
    brings: async (scene) => {
      await revokeMember(fixture.memberships)(scene.member, Date.now() + 60_000);
      ping(scene);
    },
  },
  {
    why: 'its member is suspended',
    reason: 'revoked',
    brings: async (scene) => {
      await suspendMember(fixture.memberships)(scene.member, Date.now());
      ping(scene);
    },
  },
  {
    why: 'its member is removed, and the next event finds it',
    reason: 'revoked',
    brings: async ({ member }) => {
      await removeMember(fixture.memberships)(member);
      await publish(member.restaurantId);
    },
  },
  {
    why: 'somebody ends it by command',
    reason: 'revoked',
    brings: async ({ client }) => {
      const ports = sessionPorts(localTarget(placesOf(fixture.gateway)), localConfig());
      const { connected_at_ms } = (await fixture.row(client.connectionId)) ?? {};
      const key = { connectionId: client.connectionId, connectedAtMs: Number(connected_at_ms) };
      const session = await connections(fixture.connections).read(key);
      if (session?.status !== 'authenticated') throw new Error('there is no session to end');
      await closeSession(ports)(session, 'operator/1', 'revoked');
    },
  },
  {
    why: 'it renews as somebody else',
    reason: 'access_denied',
    brings: async (scene) => renews(scene, await fixture.token('manager')),
  },
  {
    why: 'it renews with a forged token',
    reason: 'token_invalid',
    brings: (scene) => renews(scene, fixture.keepSecret(forged(scene.token))),
  },
  {
    why: 'it renews with an expired token',
    reason: 'token_expired',
    brings: async (scene) => {
      const { userId } = scene.member;
      renews(scene, await fixture.token('chef', { sub: userId, exp: Math.floor(Date.now() / 1000) - 5 }));
    },
  },
  {
    why: 'it floods the gateway',
    reason: 'rate_limited',
    brings: (scene) => {
      // Each sandbox that serves it counts for itself.
      for (let nth = 0; nth < 40; nth++) ping(scene);
    },
  },
  {
    why: 'its user has too many, and it is the oldest',
    reason: 'too_many_sessions',
    brings: async ({ member, token }) => {
      const newer = await fixture.connect();
      newer.send({ type: 'authenticate', token, restaurant_id: member.restaurantId });
      await newer.next();
      await publish(member.restaurantId);
      // It stays until it has heard the event: with it gone they are not too many.
      await newer.next();
      await newer.leave();
    },
  },
];

const publish = (restaurantId: string): Promise<void> =>
  openRestaurantFixture(fixture, restaurantId).backendSays(
    JSON.stringify({ v: 1, type: 'menu.updated', id: 'm-1', data: {} }),
  );

/** As its client knows it: the same advice, and where shipped apps read the error. */
const lastMessage = (reason: ClosingReason, { knows }: Shape): ExpectedFrame => {
  const expected = closing(reason);
  return knows === 'closing' ? expected : { ...expected, type: knows, data: { error: expected['error'] } };
};

const all = shapes.flatMap((shape) => situations.map((situation) => ({ shape, situation })));
const table = rowsOf(
  all,
  all.filter(({ shape, situation }) => shape === inData || situation.reason === 'token_invalid'),
).map((row, nth) => ({ ...row, as: row.shape.why, when: row.situation.why, hears: row.shape.knows, nth }));

const plays = async ({ shape, situation, nth }: (typeof table)[number]) => {
  const member = { restaurantId: `r-old-${nth}`, issuer: 'demo', userId: `u-old-${nth}` } as const;
  await putMembership(fixture.memberships)({ ...member, role: 'employee' });
  const token = await fixture.token('chef', { sub: member.userId });
  const visitor = { url: fixture.gateway.url, token, restaurantId: member.restaurantId, connectionType: 'kitchen' };
  const { query, protocols, say } = shape.opens(visitor);
  const client = await fixture.connect({ query, protocols });
  try {
    client.send(say);
    const entered = differenceFrom(authSuccess(visitor), await client.next());
    if (entered !== undefined) return { entered };
    await situation.brings({ client, token, member });
    const expected = lastMessage(situation.reason, shape);
    // What was still served before.
    const heard: string[] = [];
    do heard.push(await client.next());
    while (!['closing', 'auth_error'].includes(JSON.parse(heard.at(-1) ?? '').type));
    return { last: differenceFrom(expected, heard.at(-1) ?? ''), closed: await client.closed() };
  } finally {
    client.drop();
  }
};

const playing = atOnce(6, table, plays);

describe('the last message of a session is one that its client knows', () => {
  test.each(table)('opened with $as, when $when: $hears', async (row) => {
    expect(await playing.get(row)).toEqual({ last: undefined, closed: 1000 });
  });

  test('and of a connection that the gateway knows nothing of, a closing', async () => {
    const visitor = await fixture.visitor();
    const client = await fixture.connect();
    client.send(inData.opens(visitor).say);
    await client.next();
    await fixture.deleteRow(client.connectionId);
    client.send({ type: 'ping' });
    expect(differenceFrom(closing('unavailable'), await client.next())).toBe(undefined);
  });
});

test.each([
  { why: 'an empty restaurant in a renewal is none', restaurant_id: '' },
  { why: 'null is none', restaurant_id: null },
])('$why, and the session goes on', async ({ restaurant_id }) => {
  const visitor = await fixture.visitor('manager');
  const client = await fixture.connect();
  client.send(atTopLevel.opens(visitor).say);
  await client.next();
  client.send({ type: 'reauth', data: { token: visitor.token, restaurant_id }, restaurant_id });
  expect(differenceFrom(authSuccess(visitor), await client.next())).toBe(undefined);
  client.send({ type: 'order.created', id: 'o-1', restaurant_id, data: { order_id: 1 } });
  // A kitchen display may publish no order, which is asked after the restaurant.
  expect(JSON.parse(await client.next())).toMatchObject({ type: 'error', reason: 'forbidden', field: 'type' });
  await client.leave();
});

test('a restaurant by its number is the one of that text, in the first message, a renewal and an event', async () => {
  const member = { restaurantId: '17', issuer: 'demo', userId: 'u-17' } as const;
  await putMembership(fixture.memberships)({ ...member, role: 'employee' });
  const token = await fixture.token('chef', { sub: member.userId });
  const client = await fixture.connect();
  const admitted = { restaurantId: '17', connectionType: 'pos' };
  client.send({ type: 'authenticate', data: { token, restaurant_id: 17 } });
  expect(differenceFrom(authSuccess(admitted), await client.next())).toBe(undefined);
  client.send({ type: 'reauth', data: { token }, restaurant_id: 17 });
  expect(differenceFrom(authSuccess(admitted), await client.next())).toBe(undefined);
  client.send({ type: 'order_created', id: 'o-1', restaurant_id: 17, order: { order_id: 1 } });
  const answers = [JSON.parse(await client.next()), JSON.parse(await client.next())];
  expect(answers.map(({ type }) => type).sort()).toEqual(['accepted', 'order.created']);
  client.send({ type: 'order_created', id: 'o-2', restaurant_id: 18, order: { order_id: 2 } });
  expect(JSON.parse(await client.next())).toMatchObject({ type: 'error', reason: 'forbidden', field: 'restaurant_id' });
  await client.leave();
});

test('no token is in a log line, a table or a queue, and no function fails', async () => {
  await Promise.allSettled(playing.values());
  expect(fixture.leaks()).toEqual([]);
  expect(fixture.failures()).toEqual([]);
});
