import { describe, expect, test } from '@jest/globals';
import { enrol } from '../memory/memberships.ts';
import { down } from '../memory/port-call.ts';
import { hourMs, startMs, tokenOf } from '../memory/world.ts';
import { authenticated, authenticateText, connected, emptyRoom, pingText, type Room } from '../routes/conversation.ts';
import { connectionTypes } from '../restaurant-domain.ts';

type Answer = Readonly<{ sessions: readonly Readonly<Record<string, unknown>>[] }> & Readonly<Record<string, unknown>>;

const owner = { token: tokenOf('u-owner'), connection_type: 'management' };

/** The owner of r-17 in the office. */
const office = (fields: object = {}): Promise<Room> => authenticated({ ...owner, ...fields });

const ask = async ({ door }: Room, fields: object = {}, connectionId = 'c-1='): Promise<Answer> => {
  await door.say(JSON.stringify({ type: 'who', ...fields }), {}, connectionId);
  return door.readBy(connectionId).at(-1) as Answer;
};

/** Somebody else comes in. */
const enters = async ({ door }: Room, connectionId: string, fields: Readonly<Record<string, unknown>> = {}) => {
  await door.connect({ connectionId });
  await door.say(authenticateText(fields), {}, connectionId);
  if (door.rowOf(connectionId)?.status !== 'authenticated') throw new Error(`${connectionId} was not let in`);
};

const usersIn = ({ sessions }: Answer) => sessions.map(({ user_id }) => user_id);

describe('who', () => {
  test('is answered with the live sessions of the own restaurant, the own one among them', async () => {
    const room = await office();
    await enters(room, 'c-2=', { device_id: 'kitchen-2' });
    await enters(room, 'c-3=', { token: tokenOf('u-rival'), restaurant_id: 'r-99', connection_type: 'pos' });
    const since = new Date(startMs).toISOString();
    expect(await ask(room, { id: 'w-1' })).toEqual({
      type: 'present',
      sessions: [
        { user_id: 'u-chef', role: 'employee', connection_type: 'kitchen', since, device_id: 'kitchen-2' },
        { user_id: 'u-owner', role: 'restaurant_owner', connection_type: 'management', since },
      ],
      next: expect.any(String),
      more: false,
      id: 'w-1',
      timestamp: expect.any(String),
    });
  });

  test('of another restaurant cannot be asked: what the message names is not read', async () => {
    const room = await office();
    await enters(room, 'c-3=', { token: tokenOf('u-rival'), restaurant_id: 'r-99', connection_type: 'pos' });
    expect(usersIn(await ask(room, { restaurant_id: 'r-99', data: { restaurant_id: 'r-99' } }))).toEqual(['u-owner']);
  });

  test.each(connectionTypes.filter((type) => type !== 'management'))(
    'is not for %s, and reads nothing',
    async (type) => {
      const room = await authenticated({ token: tokenOf('u-platform'), connection_type: type });
      room.world.calls.length = 0;
      expect(await ask(room, { id: 'w-1' })).toMatchObject({
        type: 'error',
        reason: 'forbidden',
        field: 'type',
        id: 'w-1',
      });
      expect(room.world.calls).not.toContain('connections.presentAt');
      expect(room.door.rowOf()?.status).toBe('authenticated');
    },
  );

  test('before authentication is refused as any message is, and tells nothing', async () => {
    const room = await connected();
    await room.door.say('{"type":"who","id":"w-1"}');
    expect(room.door.readBy()).toMatchObject([{ type: 'auth_error', reason: 'expected_authentication' }]);
    expect(room.world.calls).not.toContain('connections.presentAt');
  });

  test.each<{ why: string; ends: (room: Room) => unknown }>([
    { why: 'has said goodbye', ends: ({ door }) => door.disconnected() },
    {
      why: 'was found revoked at its next message',
      ends: async ({ door, world }) => {
        for (const [key, { userId }] of world.memberships) if (userId === 'u-chef') world.memberships.delete(key);
        await door.say(pingText);
      },
    },
    { why: 'has outlived its token, though its socket is open', ends: (room) => room.wait(hourMs) },
  ])('has no session that $why', async ({ ends }) => {
    const room = await authenticated();
    room.world.tokens.set('long', {
      issuer: 'demo',
      userId: 'u-owner',
      issuedAtMs: startMs,
      expiresAtMs: startMs + 2 * hourMs,
    });
    await enters(room, 'c-2=', { ...owner, token: 'long' });
    expect(usersIn(await ask(room, {}, 'c-2='))).toEqual(['u-chef', 'u-owner']);
    await ends(room);
    expect(usersIn(await ask(room, {}, 'c-2='))).toEqual(['u-owner']);
  });

  test('has a session whose user was dismissed, until that is found at its next message', async () => {
    const room = await office();
    await enters(room, 'c-2=');
    for (const [key, { userId }] of room.world.memberships) if (userId === 'u-chef') room.world.memberships.delete(key);
    expect(usersIn(await ask(room))).toEqual(['u-chef', 'u-owner']);
    await room.door.say(pingText, {}, 'c-2=');
    expect(usersIn(await ask(room))).toEqual(['u-owner']);
  });

  test.each([
    { why: 'a limit that is no number', fields: { limit: '2' }, field: 'limit' },
    { why: 'a limit of none', fields: { limit: 0 }, field: 'limit' },
    { why: 'a limit below none', fields: { limit: -1 }, field: 'limit' },
    { why: 'half a session', fields: { limit: 0.5 }, field: 'limit' },
    { why: 'an endless limit', fields: { limit: 1e300 }, field: 'limit' },
    { why: 'a list of limits', fields: { limit: [1] }, field: 'limit' },
    { why: 'a place that is a number', fields: { after: 17 }, field: 'after' },
    { why: 'a place that is an object', fields: { after: {} }, field: 'after' },
    { why: 'a place that is yes', fields: { after: true }, field: 'after' },
    { why: 'data that is no object', fields: { data: [] }, field: 'data' },
  ])('with $why is malformed, and the field is named', async ({ fields, field }) => {
    const room = await office();
    const answer = await ask(room, { id: 'w-1', ...fields });
    expect(answer).toMatchObject({ type: 'error', reason: 'malformed_message', id: 'w-1', field });
    expect(room.world.calls).not.toContain('connections.presentAt');
  });

  test.each([
    { why: 'null', fields: { after: null, limit: null } },
    { why: 'in data', fields: { data: { after: '', limit: 5_000 } } },
    { why: 'an id that cannot be repeated', fields: { id: 'ü' } },
  ])('takes what other messages take: $why', async ({ fields }) => {
    const answer = await ask(await office(), fields);
    expect(usersIn(answer)).toEqual(['u-owner']);
    expect(answer).not.toHaveProperty('id');
  });

  test('goes on where the page before it ended', async () => {
    const room = await office({ device_id: 'office' });
    for (const nth of [2, 3, 4]) await enters(room, `c-${nth}=`, { device_id: `kitchen-${nth}` });
    const first = await ask(room, { limit: 3 });
    expect([first['more'], first.sessions.map(({ device_id }) => device_id)]).toEqual([
      true,
      ['kitchen-2', 'kitchen-3', 'kitchen-4'],
    ]);
    const rest = await ask(room, { limit: 3, after: first['next'] });
    expect([rest['more'], usersIn(rest)]).toEqual([false, ['u-owner']]);
  });

  test.each(['connections.presentAt', 'readAuthorization'])(
    'that cannot be answered for %s is told so by its id, and can be asked again',
    async (call) => {
      const room = await office();
      await room.door.say('{"type":"who","id":"w-1"}', { conduct: down(call) });
      expect(room.door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'unavailable', id: 'w-1' });
      expect(room.world.telemetry.failures).toMatchObject([{ what: 'message', key: { connectionId: 'c-1=' } }]);
      expect(usersIn(await ask(room))).toEqual(['u-owner']);
    },
  );

  test('of somebody who has been dismissed ends the session instead', async () => {
    const room = await office();
    room.world.memberships.clear();
    expect(await ask(room)).toMatchObject({ type: 'closing', reason: 'revoked' });
    expect(room.world.calls).not.toContain('connections.presentAt');
  });

  test('of a session that has read its allowance is told when to come back, and goes on then', async () => {
    const room = emptyRoom({}, { replayUnitsPerMinute: 60, replayUnitBurst: 1 });
    await room.door.connect();
    await room.door.say(authenticateText({ ...owner, device_id: 'office' }));
    for (let nth = 2; nth < 42; nth++) await enters(room, `c-${nth}=`, { device_id: `kitchen-${nth}` });
    const had: unknown[] = [];
    let after: unknown;
    let waits = 0;
    for (let asked = 0; asked < 60 && had.length < 41; asked++) {
      const answer = await ask(room, { after, limit: 10 });
      had.push(...answer.sessions.map(({ device_id }) => device_id));
      const wait = answer['retry_after_ms'];
      expect([answer['more'], wait !== undefined]).toEqual([had.length < 41, had.length < 41]);
      after = answer['next'];
      if (wait === undefined) continue;
      waits += 1;
      const early = await ask(room, { after });
      expect(early).toEqual({ ...answer, sessions: [] });
      room.wait(Number(wait));
    }
    expect([had.length, new Set(had).size, waits]).toEqual([41, 41, 4]);
  });

  test('that may not be read at all yet names no place, where none was asked for', async () => {
    const room = emptyRoom({}, { replayUnitsPerMinute: 60, replayUnitBurst: 1 });
    await room.door.connect();
    await room.door.say(authenticateText(owner));
    await ask(room);
    const { timestamp: _, ...early } = await ask(room);
    expect(early).toEqual({ type: 'present', sessions: [], more: true, retry_after_ms: expect.any(Number) });
  });

  test('is paid for with what replays may read, and the other way round', async () => {
    const room = emptyRoom({}, { replayUnitsPerMinute: 60, replayUnitBurst: 1 });
    await room.door.connect();
    await room.door.say(authenticateText(owner));
    await ask(room);
    const stream = {
      head: { epoch: 'e', headSeq: 1, headSeqOf: { management: 1 } },
      events: new Map(),
      marks: new Map(),
    };
    room.world.streams.set('r-17', stream);
    await room.door.say('{"type":"replay","after":0}');
    expect(room.door.readBy().at(-1)).toMatchObject({
      type: 'replayed',
      more: true,
      retry_after_ms: expect.any(Number),
    });
  });
});

describe('what a device calls itself', () => {
  const rowOf = ({ door }: Room) => {
    const row = door.rowOf();
    if (row?.status !== 'authenticated') throw new Error('nobody is there');
    return row.session;
  };

  test('is kept in its session, and by a renewal that says another name or none', async () => {
    const room = await office({ device_id: 'office' });
    await room.door.say(authenticateText({ ...owner, device_id: 'another' }));
    await room.door.say(authenticateText(owner));
    expect(rowOf(room).deviceId).toBe('office');
    expect(await ask(room)).toMatchObject({ sessions: [{ device_id: 'office' }] });
  });

  test('opens and closes nothing: somebody else under the same name has a session and an entry of their own', async () => {
    const room = await office({ device_id: 'kitchen-2' });
    await enters(room, 'c-2=', { device_id: 'kitchen-2' });
    await enters(room, 'c-3=', { token: tokenOf('u-cashier'), connection_type: 'pos', device_id: 'u-owner' });
    const { sessions } = await ask(room);
    expect(sessions.map(({ user_id, device_id }) => [user_id, device_id])).toEqual([
      ['u-cashier', 'u-owner'],
      ['u-chef', 'kitchen-2'],
      ['u-owner', 'kitchen-2'],
    ]);
  });

  test.each([
    { userChars: 191, kept: true },
    { userChars: 192, kept: false },
  ])('of 64 characters beside a user id of $userChars is kept: $kept', async ({ userChars, kept }) => {
    const userId = 'u'.repeat(userChars);
    const room = await connected();
    enrol(room.world.memberships, { restaurantId: 'r-17', issuer: 'demo', userId, role: 'employee' });
    room.world.tokens.set(tokenOf(userId), {
      issuer: 'demo',
      userId,
      issuedAtMs: startMs,
      expiresAtMs: startMs + hourMs,
    });
    await room.door.say(authenticateText({ token: tokenOf(userId), device_id: 'd'.repeat(64) }));
    expect(rowOf(room).deviceId).toBe(kept ? 'd'.repeat(64) : undefined);
  });

  test.each([
    { why: 'a re-entry pass', name: `mrp_${'Zm9v'.repeat(14)}` },
    { why: 'the beginning of a token', name: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIi' },
  ])('is nothing where it is $why, which others would read', async ({ name }) => {
    const room = await office({ device_id: name });
    expect(rowOf(room)).not.toHaveProperty('deviceId');
    expect(JSON.stringify([room.door.readBy(), await ask(room)])).not.toContain(name);
  });

  test('hands over as one device', async () => {
    const room = await office({ device_id: 'office' });
    room.wait(60_000);
    await enters(room, 'c-2=', { ...owner, device_id: 'office' });
    const since = new Date(startMs + 60_000).toISOString();
    expect((await ask(room)).sessions).toMatchObject([{ user_id: 'u-owner', since }]);
    await room.door.disconnected();
    expect((await ask(room, {}, 'c-2=')).sessions).toMatchObject([{ user_id: 'u-owner', since }]);
  });
});
