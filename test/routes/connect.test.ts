import { describe, expect, test } from '@jest/globals';
import { logFields } from '../../lambdas/security/telemetry.ts';
import { trailOf } from '../memory/audit.ts';
import { when } from '../memory/port-call.ts';
import { startMs } from '../memory/world.ts';
import { emptyRoom } from './conversation.ts';

describe('a handshake', () => {
  test('writes the connection down as pending with its deadline, arms the timer and sends nothing', async () => {
    const { world, door } = emptyRoom({ authTimeoutSeconds: 7 });
    const ended = await door.connect({ sourceIp: '198.51.100.9', userAgent: 'till/2' });
    expect(ended).toEqual({ how: 'returned', value: { statusCode: 200 } });
    expect(door.rowOf()).toEqual({
      status: 'pending',
      connectionId: 'c-1=',
      connectedAtMs: startMs,
      authDeadlineMs: startMs + 7_000,
      sourceIp: '198.51.100.9',
      userAgent: 'till/2',
      hints: {},
    });
    expect(world.queue.waiting).toEqual([
      {
        messageId: 'm-1',
        body: JSON.stringify({ v: 1, kind: 'deadline', connectionId: 'c-1=', connectedAtMs: startMs }),
        dueAtMs: startMs + 8_000,
        receives: 0,
      },
    ]);
    expect(door.readBy()).toEqual([]);
    expect(trailOf(world.audit)).toEqual([]);
  });

  test('keeps the hints of the query, cut one character beyond what can be valid, and never a token', async () => {
    const { world, door } = emptyRoom();
    await door.connect({
      query: {
        user_id: 'u'.repeat(300),
        restaurant_id: 'r'.repeat(200),
        connection_type: 'k'.repeat(200),
        token: 'secret',
      },
    });
    const hints = { userId: 'u'.repeat(256), restaurantId: 'r'.repeat(65), connectionType: 'k'.repeat(33) };
    expect(door.rowOf()).toMatchObject({ hints });
    expect(JSON.stringify([...world.connections.rows])).not.toContain('secret');
  });

  test.each([
    { why: 'three bytes each', text: '寿'.repeat(300) },
    { why: 'cut in half', text: `${'a'.repeat(255)}😀` },
  ])('writes a character no id has as a space, so that the row stays small and whole: $why', async ({ text }) => {
    const { door } = emptyRoom();
    await door.connect({
      userAgent: 'u'.repeat(200),
      query: { user_id: text, restaurant_id: text, connection_type: text },
    });
    const { hints = {} } = door.rowOf() ?? {};
    expect(Object.values(hints).map((hint) => hint.length)).toEqual([256, 65, 33]);
    for (const hint of Object.values(hints)) expect(hint).toMatch(/^[\x20-\x7e]+$/);
    expect(hints.userId).toMatch(/ $/);
  });

  test.each([
    { why: 'is cut', userAgent: 'a'.repeat(500), kept: 'a'.repeat(128) },
    { why: 'is written in ASCII', userAgent: 'till\n"{', kept: 'till\\u000a"{' },
    { why: 'is absent when empty', userAgent: '', kept: undefined },
  ])('the user agent $why', async ({ userAgent, kept }) => {
    const { door } = emptyRoom();
    await door.connect({ userAgent });
    expect(door.rowOf()?.userAgent).toBe(kept);
  });

  test.each([
    { offered: 'maitred.v1', chosen: 'maitred.v1' },
    { offered: 'graphql-ws, maitred.v1', chosen: 'maitred.v1' },
    { offered: 'graphql-ws', chosen: undefined },
    { offered: 'maitred.v10', chosen: undefined },
    { offered: undefined, chosen: undefined },
  ])('that offers $offered is answered $chosen', async ({ offered, chosen }) => {
    const { door } = emptyRoom();
    const ended = await door.connect({ headers: offered === undefined ? {} : { 'SEC-WebSocket-Protocol': offered } });
    expect(ended).toEqual({
      how: 'returned',
      value: { statusCode: 200, ...(chosen && { headers: { 'Sec-WebSocket-Protocol': chosen } }) },
    });
  });

  test.each([
    { why: 'the name in the first', lines: ['maitred.v1', 'graphql-ws'] },
    { why: 'the name in the last', lines: ['graphql-ws', 'maitred.v1'] },
    { why: 'a list in each', lines: ['graphql-ws, maitred.v1', 'mqtt, stomp'] },
  ])('that offers subprotocols in two lines is answered: $why', async ({ lines }) => {
    const { door } = emptyRoom();
    const [, last = ''] = lines;
    const name = 'Sec-WebSocket-Protocol';
    const ended = await door.connect({ headers: { [name]: last }, multiValueHeaders: { [name]: lines } });
    expect(ended).toEqual({ how: 'returned', value: { statusCode: 200, headers: { [name]: 'maitred.v1' } } });
  });
});

describe('the Origin', () => {
  test.each([
    { why: 'absent, as from a till', origin: undefined, status: 200 },
    { why: 'the gateway itself, as from React Native', origin: 'https://door.example', status: 200 },
    { why: 'on the list', origin: 'https://app.example', status: 200 },
    { why: 'on no list', origin: 'https://evil.example', status: 403 },
    { why: 'null', origin: 'null', status: 403 },
    { why: 'empty', origin: '', status: 403 },
    { why: 'the list as a prefix', origin: 'https://app.example.evil.example', status: 403 },
    { why: 'the right host over http', origin: 'http://app.example', status: 403 },
  ])('$why: $status', async ({ origin, status }) => {
    const { world, door } = emptyRoom({ allowedOrigins: ['https://app.example'] });
    const ended = await door.connect({ headers: origin === undefined ? {} : { Origin: origin } });
    expect(ended).toMatchObject({ how: 'returned', value: { statusCode: status } });
    expect(world.connections.rows.size).toBe(status === 200 ? 1 : 0);
    expect(world.queue.waiting).toHaveLength(status === 200 ? 1 : 0);
    expect(trailOf(world.audit)).toEqual(
      status === 200
        ? []
        : [{ trail: 'unverified', kind: 'handshake', event: 'origin_refused', detail: 'origin_not_allowed' }],
    );
  });
});

describe('the record of a refused origin', () => {
  test.each([
    { why: 'what to add to the list', origin: 'https://till.example.com:8443', says: 'https://till.example.com:8443' },
    { why: 'that it was null', origin: 'null', says: 'null' },
    { why: 'that it was empty', origin: '', says: '' },
    {
      why: 'the beginning of one without an end',
      origin: `https://${'x'.repeat(9_000)}`,
      says: `https://${'x'.repeat(120)}`,
    },
    {
      why: 'no character that a log could trip over',
      origin: 'https://x\u001b[2J"é',
      says: String.raw`https://x\u001b[2J"\u00e9`,
    },
    {
      why: 'no token that a client put there',
      origin: 'https://eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
      says: 'https://[token]',
    },
  ])('says $why', async ({ origin, says }) => {
    const { world, door } = emptyRoom({ allowedOrigins: ['https://app.example'] });
    await door.connect({ headers: { Origin: origin } });
    expect(world.telemetry.records).toMatchObject([{ record: { event: 'origin_refused', origin: says } }]);
    const [told] = world.telemetry.records;
    expect(told && logFields(told.record, 'written')).toMatchObject({ origin: says });
  });

  test('is of nobody else', async () => {
    const { world, door } = emptyRoom({ allowedOrigins: ['https://app.example'] }, { connectsPerMinute: 0 });
    await door.connect({ headers: { Origin: 'https://app.example' } });
    expect(world.telemetry.records).toMatchObject([{ record: { event: 'rate_limit_exceeded' } }]);
    expect(world.telemetry.records[0]?.record).not.toHaveProperty('origin');
  });
});

describe('when a half of it fails', () => {
  test.each([
    { half: 'the row', call: 'connections.open', fate: 'lost' },
    { half: 'the row, whose answer alone was lost', call: 'connections.open', fate: 'answer_lost' },
    { half: 'the timer', call: 'timer.send', fate: 'lost' },
    { half: 'the timer, whose answer alone was lost', call: 'timer.send', fate: 'answer_lost' },
  ] as const)('$half, the handshake is refused and what is left behind lets nobody in', async ({ call, fate }) => {
    const { world, door, letTimersRun } = emptyRoom();
    const ended = await door.connect({}, when(call, fate));
    expect(ended).toEqual({ how: 'returned', value: { statusCode: 500 } });
    expect(world.telemetry.failures).toMatchObject([{ what: 'connect', key: { connectionId: 'c-1=' } }]);
    expect(door.socketOf('c-1=').state).toBe('closed');
    await letTimersRun();
    expect([undefined, 'timed_out', 'pending']).toContain(door.rowOf()?.status);
  });
});
