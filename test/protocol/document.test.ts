/** The contract for clients says what the code does: its tables, its limits and every example in it. */
import { describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../protocol/domain-event.ts';
import { eventFrame, eventsFrame, replayed } from '../../protocol/event-messages.ts';
import { isDeviceId, isUserId } from '../../protocol/identifiers.ts';
import { limits, protocolVersion, subprotocol } from '../../protocol/limits.ts';
import { present } from '../../protocol/presence.ts';
import { passSubprotocolPrefix, reentryPassPattern } from '../../protocol/reentry-pass.ts';
import { type Advice, closings, errors, refusals } from '../../protocol/reasons.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import { accepted, authError, authSuccess, closing, errorReply, pong } from '../../protocol/server-messages.ts';
import { tableOf } from '../documents/markdown.ts';
import { section, protocolText as text, tickedIn } from './protocol-document.ts';
import { jsonText } from './json/json-text.ts';
import {
  connectionTypes,
  defaultConnectionType,
  deviceEventEntries,
  mayConnectAs,
  parseClientMessage,
  restaurantDomain,
  roles,
  streamOf,
} from '../restaurant-domain.ts';

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');
const asRows = (reasons: Readonly<Record<string, Advice>>) =>
  Object.entries(reasons).map(([reason, { error, code, reconnect, reauthenticate, retryAfterMs }]) => [
    `\`${reason}\``,
    error,
    String(code),
    yesOrNo(reconnect),
    yesOrNo(reauthenticate),
    retryAfterMs === null ? '–' : String(retryAfterMs),
  ]);

describe('the reasons in the document', () => {
  test('of auth_error are those of the code, advice and all', () => {
    expect(tableOf(section('### `auth_error`'), 'reason')).toEqual(asRows(refusals));
  });

  test('of closing are those of the code, advice and all', () => {
    expect(tableOf(section('## Closing'), 'reason')).toEqual(asRows(closings));
  });

  test('of error are those of the code', () => {
    const rows = tableOf(section('### `error`'), 'reason').map((cells) => cells.slice(0, 2));
    expect(rows).toEqual(Object.entries(errors).map(([reason, { error }]) => [`\`${reason}\``, error]));
  });

  test('are each explained', () => {
    for (const reason of Object.keys(refusals)) expect(section('### `auth_error`')).toContain(`**\`${reason}\`**`);
    for (const reason of Object.keys(closings)) expect(section('## Closing')).toContain(`**\`${reason}\`**`);
  });
});

describe('the limits in the document', () => {
  const rows = new Map(tableOf(section('## Limits'), 'what').map(([what = '', limit = '']) => [what, limit]));
  const number = new Intl.NumberFormat('en-US');

  test.each([
    { what: 'a message', limit: `${number.format(limits.maxFrameBytes)} bytes` },
    { what: 'levels in a message', limit: `${limits.maxMessageDepth}` },
    { what: 'a token', limit: `${number.format(limits.maxTokenBytes)} bytes` },
    { what: 'the `id` of a message', limit: `${limits.maxMessageIdChars} characters` },
    { what: 'the `data` of an event', limit: `${number.format(limits.maxEventDataBytes)} bytes` },
    { what: 'levels in the `data` of an event', limit: `${limits.maxEventDataDepth}` },
    { what: 'an `events` frame', limit: `${number.format(limits.maxBatchBytes)} bytes` },
    { what: 'a `replayed` frame', limit: `${number.format(limits.maxReplayBytes)} bytes` },
    { what: 'events in a `replayed` frame', limit: number.format(limits.maxReplayEvents) },
    { what: 'a `present` frame', limit: `${number.format(limits.maxPresentBytes)} bytes` },
    { what: 'sessions in a `present` frame', limit: number.format(limits.maxPresentSessions) },
    { what: 'a session', limit: `${limits.maxSessionMs / 3_600_000} hours from connecting, or the token's expiry` },
  ])('are those of the code: $what', ({ what, limit }) => {
    expect(rows.get(what)).toBe(limit);
  });

  test('leave none of the code out', () => {
    expect(Object.keys(limits).sort()).toEqual([
      'maxBatchBytes',
      'maxEventDataBytes',
      'maxEventDataDepth',
      'maxFrameBytes',
      'maxMessageDepth',
      'maxMessageIdChars',
      'maxPresentBytes',
      'maxPresentSessions',
      'maxReplayBytes',
      'maxReplayEvents',
      'maxSessionMs',
      'maxTokenBytes',
    ]);
  });
});

describe('the document', () => {
  test('names the version and the subprotocol', () => {
    expect(text).toMatch(new RegExp(`^# The maitred protocol, version ${protocolVersion}$`, 'm'));
    expect(section('## Connecting')).toContain(`\`${subprotocol}\``);
    const [, pass = ''] =
      new RegExp(`: ${subprotocol}, ${passSubprotocolPrefix}(\\S+)\n`).exec(section('## Connecting')) ?? [];
    expect(pass).toMatch(reentryPassPattern);
  });

  test('gives every role the connection types it has', () => {
    const rows = tableOf(section('### Who may connect as what'), 'role');
    const expected = roles.map((role) => [
      `\`${role}\``,
      connectionTypes
        .filter((type) => mayConnectAs(role, type))
        .map((type) => `\`${type}\``)
        .join(', '),
    ]);
    expect(rows).toEqual(expected);
  });

  test('names every connection type, and the default', () => {
    const row = tableOf(section('## The first message'), 'field').find(([field]) => field === '`connection_type`');
    expect(row?.[1]).toBe(`default \`${defaultConnectionType}\``);
    expect(tickedIn(row?.[2])).toEqual(connectionTypes);
  });

  test('calls refused what is refused', () => {
    const [, forms = ''] =
      /9007199254740991\. ([\s\S]*?) and other\s+spellings/.exec(section('## The first message')) ?? [];
    const literals = [...forms.matchAll(/`([^`]*)`/g)].map(([, literal = '']) => literal);
    expect(literals.length).toBeGreaterThan(5);
    for (const literal of literals) {
      const message = parseClientMessage(`{"type":"authenticate","user_id":${literal}}`);
      expect([literal, message.kind === 'authenticate' && message.claims.userId.form]).toEqual([literal, 'refused']);
    }
    expect(isUserId(String(Number.MAX_SAFE_INTEGER))).toBe(true);
  });
});

describe('the examples in the document', () => {
  const examples = [...text.matchAll(/^ *```json\n([\s\S]*?)\n *```$/gm)].map(([, json = '']) => json);
  const messages = examples.map((json) => JSON.parse(json) as Record<string, unknown>);
  const ofType = (type: string) => messages.filter((message) => message['type'] === type);
  const timeOf = (message: Record<string, unknown>, field: string) => Date.parse(String(message[field]));

  test('are messages of these types, all of them read below', () => {
    expect(messages.map((message) => message['type'] ?? null)).toEqual([
      ...Array(5).fill('authenticate'),
      'auth_success',
      'auth_error',
      'ping',
      'pong',
      'authenticate',
      'error',
      'order.created',
      'events',
      'replay',
      'replayed',
      'order.created',
      'accepted',
      'who',
      'present',
      'closing',
      'auth_error',
      null,
    ]);
  });

  test('of events, their replay and their publishing are what the gateway reads and sends', () => {
    const [live = {}, published = {}] = ofType('order.created');
    const eventOf = (message: Record<string, unknown>): RestaurantEvent => ({
      id: String(message['id']),
      seq: Number(message['seq']),
      type: String(message['type']),
      data: jsonText(message['data']),
      audience: ['kitchen'],
      prevSeqOf: { kitchen: Number(message['prev_seq']) },
      ...(message['user_id'] === undefined
        ? {}
        : { publisher: { userId: String(message['user_id']), connectionType: 'pos' } }),
      occurredAtMs: timeOf(message, 'timestamp'),
    });
    const stream = streamOf('kitchen', '5f0c7a92-3d1e-4b86-9a57-c2e84d6f10b3');
    const frameOf = (message: Record<string, unknown>) => eventFrame(eventOf(message), stream);
    expect(JSON.stringify(live)).toBe(frameOf(live));
    const listIn = (message: Record<string, unknown>) => message['events'] as Record<string, unknown>[];
    const [several = {}] = ofType('events');
    expect(JSON.stringify(several)).toBe(eventsFrame(listIn(several).map(frameOf)));
    const [pull = {}] = ofType('replay');
    expect(parseClientMessage(JSON.stringify(pull))).toEqual({
      kind: 'replay',
      id: 'pull-8f14e45f',
      after: 4710,
      limit: 100,
    });
    const [page = {}] = ofType('replayed');
    expect(JSON.stringify(page)).toBe(
      replayed(
        { events: listIn(page).map(frameOf), nextAfter: 4712, more: false, gap: false, oldestSeq: 4711 },
        { epoch: '5f0c7a92-3d1e-4b86-9a57-c2e84d6f10b3', headSeq: 4713, headSeqOf: { kitchen: 4712 } },
        'kitchen',
        timeOf(page, 'timestamp'),
        'pull-8f14e45f',
      ),
    );
    expect(parseClientMessage(JSON.stringify(published))).toEqual({
      kind: 'publish',
      id: '0b9f5c1e-52a4-4d0e-9d3c-1f7b8a6e2c40',
      event: 'order.created',
      data: JSON.stringify(published['data']),
    });
    const [answer = {}] = ofType('accepted');
    expect(JSON.stringify(answer)).toBe(
      accepted('evt_EVtTkl5Za3FwSS7Kg0Pm1S', timeOf(answer, 'timestamp'), '0b9f5c1e-52a4-4d0e-9d3c-1f7b8a6e2c40'),
    );
  });

  test('of who is there are what the gateway reads and sends', () => {
    const [question = {}] = ofType('who');
    expect(parseClientMessage(JSON.stringify(question))).toEqual({ kind: 'who', id: 'who-1', limit: 2 });
    const [answer = {}] = ofType('present');
    const atMs = Date.UTC(2026, 10, 23, 18, 30, 5, 7);
    const kitchen = { userId: 'u-1', role: 'employee', connectionType: 'kitchen', sinceMs: atMs } as const;
    const office = { userId: 'u-2', role: 'manager', connectionType: 'management', sinceMs: atMs + 60_000 } as const;
    const page = {
      sessions: [{ ...kitchen, deviceId: 'kitchen-2' }, office],
      next: String(answer['next']),
      more: true,
    };
    expect(JSON.stringify(answer)).toBe(present(page, timeOf(answer, 'timestamp'), 'who-1'));
  });

  test('of who may ask who is there are the rules of the code', () => {
    const [, asks = ''] = /^Only (.*) may ask/m.exec(section('## Who is there')) ?? [];
    expect(tickedIn(asks)).toEqual(connectionTypes.filter(restaurantDomain.asksWho));
  });

  test('of what a device may call itself are the rules of the code', () => {
    const row = tableOf(section('## The first message'), 'field').find(([field]) => field === '`device_id`');
    const [example = '', ...characters] = tickedIn(row?.[2]);
    expect(isDeviceId(example)).toBe(true);
    const [, longest = ''] = /1 to (\d+) letters, digits/.exec(row?.[2] ?? '') ?? [];
    const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(isDeviceId);
    expect(all.filter((one) => !/[A-Za-z0-9]/.test(one)).sort()).toEqual([...characters].sort());
    expect(['a'.repeat(Number(longest)), 'a'.repeat(Number(longest) + 1)].map(isDeviceId)).toEqual([true, false]);
  });

  test('of what devices may publish are the rules of the code', () => {
    const ticked = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');
    const legacyOf = ({ legacy }: DomainEvent) =>
      legacy === undefined
        ? '–'
        : `\`${legacy.type}\`${legacy.object === undefined ? '' : `, with the object in \`${legacy.object}\``}`;
    expect(
      tableOf(section('### Publishing'), 'type').map(([type, legacy, from, , to]) => [type, legacy, from, to]),
    ).toEqual(
      deviceEventEntries.map(([type, event]) => [
        `\`${type}\``,
        legacyOf(event),
        ticked(event.from),
        ticked(event.audience),
      ]),
    );
  });

  test.each([...deviceEventEntries])(
    'of %s name its fields, their words and their bounds',
    (type, { data, unknownFields }) => {
      const row = tableOf(section('### Publishing'), 'type').find(([first]) => first === `\`${type}\``);
      const said = row?.[3] ?? '';
      const fields = Object.entries(data['properties'] ?? {}).map(([name, of]) => ({ name, ...Object(of) }));
      // A cell may name characters, too.
      const words = tickedIn(said).filter((word) => /^[a-z]/.test(word));
      expect(words).toEqual(fields.flatMap(({ name, enum: constants = [] }) => [name, ...constants]));
      expect(said.startsWith('any object')).toBe(unknownFields === undefined);
      // Bounds of what may be text as well are told below the table.
      for (const { type: one, minimum, maximum } of fields)
        if (one === 'number' || one === 'integer') expect(said).toContain(`${minimum} to ${maximum}`);
    },
  );

  test('of the first message are read alike in every shape', () => {
    const [example, flat, inData, tokenOutside, tokenAlone] = ofType('authenticate').map((message) =>
      parseClientMessage(JSON.stringify(message)),
    );
    expect(example).toEqual({
      kind: 'authenticate',
      unverifiedToken: 'eyJhbGciOi…',
      claims: { userId: { form: 'canonical', userId: 'u-1' }, restaurantId: 'r-17', connectionType: 'kitchen' },
      batch: false,
    });
    expect(flat).toEqual(example);
    for (const shape of [inData, tokenOutside]) expect(shape).toEqual({ ...example, dialect: 'old' });
    expect(tokenAlone).toMatchObject({ unverifiedToken: 'eyJhbGciOi…', claims: { userId: { form: 'absent' } } });
  });

  const exampleHead = { epoch: '5f0c7a92-3d1e-4b86-9a57-c2e84d6f10b3', headSeq: 4712, headSeqOf: { kitchen: 4711 } };

  test('of answers are what the gateway sends, field by field and in this order', () => {
    const [success = {}] = ofType('auth_success');
    expect(JSON.stringify(success)).toBe(
      authSuccess(
        {
          connectionId: String(success['connection_id']),
          userId: 'u-1',
          issuer: 'login',
          restaurantId: 'r-17',
          connectionType: 'kitchen',
          role: 'employee',
          sessionExpiresAtMs: timeOf(success, 'session_expires_at'),
        },
        exampleHead,
        { retentionMs: 86_400_000, pingIntervalMs: 120_000 },
        timeOf(success, 'timestamp'),
        String(success['reentry_pass']),
      ),
    );
    const [refusal = {}, toAnOldApp = {}] = ofType('auth_error');
    expect(JSON.stringify(refusal)).toBe(authError('token_expired', timeOf(refusal, 'timestamp')));
    const [answer = {}] = ofType('pong');
    expect(JSON.stringify(answer)).toBe(
      pong(
        { sessionExpiresAtMs: timeOf(answer, 'session_expires_at'), connectionType: 'kitchen' },
        exampleHead,
        timeOf(answer, 'timestamp'),
      ),
    );
    const [error = {}] = ofType('error');
    expect(JSON.stringify(error)).toBe(
      errorReply('malformed_message', timeOf(error, 'timestamp'), '7c9e6679-7425-40de-944b-e07fc1f90ae7', 'order_id'),
    );
    const [end = {}] = ofType('closing');
    expect(JSON.stringify(end)).toBe(closing('session_expired', timeOf(end, 'timestamp')));
    expect(JSON.stringify(toAnOldApp)).toBe(closing('session_expired', timeOf(toAnOldApp, 'timestamp'), 'auth_error'));
  });
});
