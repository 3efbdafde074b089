/** Who pays for a handshake: the address, or the member whose re-entry pass is shown. */
import { describe, expect, test } from '@jest/globals';
import { distrustMs } from '../../lambdas/reentry/reentry.ts';
import { tokenOf } from '../memory/world.ts';
import { authenticateText, emptyRoom, pingText, type Room } from './conversation.ts';

let connections = 0;

/** A handshake of a connection of its own. */
const knock = async (room: Room, ...offered: readonly string[]) => {
  const connectionId = `c-${++connections}=`;
  const headers = { 'Sec-WebSocket-Protocol': ['maitred.v1', ...offered].join(', ') };
  const ended = await room.door.connect({ connectionId, headers });
  if (ended.how !== 'returned') throw new Error('the handshake was not answered');
  const { statusCode: status, headers: answered } = ended.value;
  return { connectionId, status, chosen: answered?.['Sec-WebSocket-Protocol'] };
};

const shown = (pass: unknown): string => `maitred.pass.${String(pass)}`;

/** Lets somebody in; yields the pass they are given. */
const passOf = async (room: Room, userId = 'u-chef', said: object = {}): Promise<string> => {
  const { connectionId } = await knock(room);
  await room.door.say(authenticateText({ token: tokenOf(userId), ...said }), {}, connectionId);
  const answer = room.door.readBy(connectionId).at(-1);
  if (answer?.['type'] !== 'auth_success') throw new Error(JSON.stringify(answer));
  return String(answer['reentry_pass']);
};

/** An address that used up its handshakes, and the chef's pass. */
const flooded = async (limits: Parameters<typeof emptyRoom>[1] = {}) => {
  const room = emptyRoom({}, { connectsPerMinute: 1, reentriesPerMinute: 3, ...limits });
  const pass = await passOf(room);
  if (limits.connectsPerMinute === undefined) expect((await knock(room)).status).toBe(429);
  return { room, pass };
};

const statuses = async (room: Room, times: number, pass: string): Promise<readonly number[]> => {
  const all = [];
  for (let nth = 0; nth < times; nth++) all.push((await knock(room, shown(pass))).status);
  return all;
};

/** The writes that counting a handshake took. */
const counting = (room: Room): readonly string[] => [
  ...room.world.keyTable.asked.splice(0),
  ...room.world.calls.splice(0).filter((call) => call.includes('Counters.')),
];

describe('a pass', () => {
  test('lets its member through where the address may not connect any more, at the price of one write, and is not repeated', async () => {
    const { room, pass } = await flooded();
    counting(room);
    const answer = await knock(room, shown(pass));
    expect(answer).toMatchObject({ status: 200, chosen: 'maitred.v1' });
    expect(counting(room)).toEqual(['memberCounters.countHandshake']);
  });

  test('is nothing more: the first message decides', async () => {
    const { room, pass } = await flooded();
    const { connectionId } = await knock(room, shown(pass));
    await room.door.say(pingText, {}, connectionId);
    expect(room.door.readBy(connectionId)).toMatchObject([{ type: 'auth_error', reason: 'expected_authentication' }]);
    const other = await knock(room, shown(pass));
    await room.door.say(authenticateText({ token: tokenOf('u-stranger') }), {}, other.connectionId);
    expect(room.door.readBy(other.connectionId)).toMatchObject([{ type: 'auth_error', reason: 'access_denied' }]);
  });

  test.each(['maitred.v1,maitred.pass.PASS', 'maitred.pass.PASS, maitred.v1', 'other , maitred.v1 ,maitred.pass.PASS'])(
    'is found however a platform writes the list: %s',
    async (list) => {
      const { room, pass } = await flooded();
      const headers = { 'sec-websocket-protocol': list.replace('PASS', pass) };
      expect(await room.door.connect({ connectionId: 'c-list=', headers })).toEqual({
        how: 'returned',
        value: { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'maitred.v1' } },
      });
    },
  );

  test('is found in a line of its own, in front of the last', async () => {
    const { room, pass } = await flooded();
    const name = 'Sec-WebSocket-Protocol';
    const lines = { headers: { [name]: 'maitred.v1' }, multiValueHeaders: { [name]: [shown(pass), 'maitred.v1'] } };
    expect(await room.door.connect({ connectionId: 'c-lines=', ...lines })).toEqual({
      how: 'returned',
      value: { statusCode: 200, headers: { [name]: 'maitred.v1' } },
    });
  });

  test('in the address, or as a subprotocol of another name, is none', async () => {
    const { room, pass } = await flooded();
    const query = { pass, reentry_pass: pass };
    expect(await room.door.connect({ connectionId: 'c-query=', query })).toMatchObject({ value: { statusCode: 429 } });
    expect((await knock(room, pass)).status).toBe(429);
  });

  test.each([
    { why: 'made up', of: () => `mrp_${'A'.repeat(56)}` },
    {
      why: 'with one character another',
      of: (pass: string) => `${pass.slice(0, -2)}${pass.at(-2) === 'A' ? 'B' : 'A'}A`,
    },
    { why: 'cut', of: (pass: string) => pass.slice(0, -1) },
    { why: 'empty', of: () => '' },
    { why: 'of a later key', of: (pass: string) => `mrp_A${'z'}${pass.slice(6)}` },
  ])('that is $why is none: no call, counted at the address', async ({ of }) => {
    const { room, pass } = await flooded();
    await knock(room, shown(pass));
    counting(room);
    expect((await knock(room, shown(of(pass)))).status).toBe(429);
    expect(counting(room)).toEqual(['addressCounters.countConnect', 'addressCounters.countRefusal']);
  });

  test('that has expired is none', async () => {
    const { room, pass } = await flooded();
    room.wait(30 * 24 * 60 * 60_000 + 60 * 60_000);
    await knock(room);
    expect((await knock(room, shown(pass))).status).toBe(429);
  });

  test('is good while the address is blocked for what others did', async () => {
    const { room, pass } = await flooded({ connectsPerMinute: 100, hostileFailures: 1 });
    const { connectionId } = await knock(room, shown('none'));
    await room.door.say('no JSON', {}, connectionId);
    expect((await knock(room)).status).toBe(429);
    expect((await knock(room, shown(pass))).status).toBe(200);
  });

  test('that cannot be made leaves a session without one', async () => {
    const room = emptyRoom();
    const { connectionId } = await knock(room);
    room.world.keyTable.isDown = true;
    await room.door.say(authenticateText(), {}, connectionId);
    const [answer] = room.door.readBy(connectionId);
    expect(answer).toMatchObject({ type: 'auth_success' });
    expect(answer).not.toHaveProperty('reentry_pass');
    expect(room.world.telemetry.failures).toMatchObject([{ what: 'pass_keys' }]);
  });
});

describe("a member's allowance", () => {
  test('is one for all devices and passes, a minute long; beyond it the address pays, by a second write', async () => {
    const { room, pass } = await flooded();
    room.wait(45 * 60_000);
    // A later pass of the same member, from another device.
    const later = await passOf(room);
    expect(later).not.toBe(pass);
    room.wait(60_000);
    await knock(room);
    expect(await statuses(room, 2, pass)).toEqual([200, 200]);
    expect(await statuses(room, 2, later)).toEqual([200, 429]);
    counting(room);
    expect(await statuses(room, 1, pass)).toEqual([429]);
    expect(counting(room).slice(0, 2)).toEqual(['memberCounters.countHandshake', 'addressCounters.countConnect']);
    room.wait(60_000);
    expect(await statuses(room, 1, pass)).toEqual([200]);
  });

  test("is not another member's, at the same restaurant or at another", async () => {
    const room = emptyRoom({}, { connectsPerMinute: 2, reentriesPerMinute: 1 });
    const [chef, cashier] = [await passOf(room), await passOf(room, 'u-cashier', { connection_type: 'pos' })];
    expect(await statuses(room, 2, chef)).toEqual([200, 429]);
    expect(await statuses(room, 2, cashier)).toEqual([200, 429]);
  });

  test('uses nothing of the address, so that those without a pass have it', async () => {
    const room = emptyRoom({}, { connectsPerMinute: 2 });
    const pass = await passOf(room);
    await statuses(room, 20, pass);
    expect([(await knock(room)).status, (await knock(room)).status]).toEqual([200, 429]);
  });

  test('that cannot be counted is none: the address is asked', async () => {
    const { room, pass } = await flooded();
    const headers = { 'Sec-WebSocket-Protocol': `maitred.v1, ${shown(pass)}` };
    const ended = await room.door.connect({ connectionId: 'c-down=', headers }, (call) =>
      call === 'memberCounters.countHandshake' ? 'lost' : 'done',
    );
    expect(ended).toMatchObject({ value: { statusCode: 429 } });
    expect(room.world.telemetry.failures).toMatchObject([{ what: 'budget' }]);
  });
});

describe('a member that was refused on a socket that showed its pass', () => {
  const refusals = [
    { why: 'a frame that is no JSON', says: () => 'no JSON' },
    { why: 'access_denied', says: () => authenticateText({ token: tokenOf('u-stranger') }) },
    {
      why: 'another connection type than it may have',
      says: () => authenticateText({ connection_type: 'management' }),
    },
  ];

  test.each(refusals)('pays at the address for 15 minutes: $why', async ({ says }) => {
    const { room, pass } = await flooded();
    const { connectionId } = await knock(room, shown(pass));
    await room.door.say(says(), {}, connectionId);
    await knock(room);
    expect(await statuses(room, 1, pass)).toEqual([429]);
    room.wait(distrustMs - 1);
    await knock(room);
    expect(await statuses(room, 1, pass)).toEqual([429]);
    room.wait(60_000);
    await knock(room);
    expect(await statuses(room, 1, pass)).toEqual([200]);
  });

  test.each([
    { why: 'an expired token', says: () => authenticateText({ token: 'token-expired' }) },
    { why: 'a ping too early', says: () => pingText },
    { why: 'a verification that could not be done', says: () => authenticateText({ token: 'token-unjudged' }) },
  ])('keeps its allowance over a mistake: $why', async ({ says }) => {
    const { room, pass } = await flooded();
    const { connectionId } = await knock(room, shown(pass));
    await room.door.say(says(), {}, connectionId);
    expect(await statuses(room, 1, pass)).toEqual([200]);
  });

  test('is distrusted over a session that is closed as revoked', async () => {
    const { room, pass } = await flooded();
    const { connectionId } = await knock(room, shown(pass));
    await room.door.say(authenticateText(), {}, connectionId);
    room.world.memberships.clear();
    await room.door.say(pingText, {}, connectionId);
    expect(room.door.readBy(connectionId).at(-1)).toMatchObject({ type: 'closing', reason: 'revoked' });
    expect(await statuses(room, 1, pass)).toEqual([429]);
  });

  test('takes no trust from a member whose pass was not shown there', async () => {
    const { room, pass } = await flooded({ connectsPerMinute: 2 });
    room.wait(60_000);
    const { connectionId } = await knock(room);
    await room.door.say('no JSON', {}, connectionId);
    await knock(room);
    expect((await knock(room)).status).toBe(429);
    expect(await statuses(room, 1, pass)).toEqual([200]);
  });
});
