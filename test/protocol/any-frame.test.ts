import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClientMessage } from '../../protocol/client-messages.ts';
import { isUserId } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import { scanObject } from '../../protocol/json/members.ts';
import { runs } from '../harness/runs.ts';
import { deviceEventEntries, judgeData, parseClientMessage, restaurantDomain } from '../restaurant-domain.ts';

const problems = [
  'too_large',
  'not_json',
  'not_an_object',
  'duplicate_key',
  'lone_surrogate',
  'number_too_large',
  'too_deep',
  'type_not_text',
  'wrong_field_type',
  'token_too_large',
];
const keysOf = (value: object) => Object.keys(value).sort();

/** Fails unless the message is one of ours, field by field: nothing of the frame is left in it under another name. */
const expectOurs = (message: ClientMessage): void => {
  switch (message.kind) {
    case 'ping':
      expect(keysOf(message)).toEqual(['kind']);
      return;
    case 'malformed':
      expect(['kind', 'problem', 'id', 'field']).toEqual(expect.arrayContaining(keysOf(message)));
      expect(problems).toContain(message.problem);
      expect(message.id ?? 'm').toMatch(/^[A-Za-z0-9_.:-]{1,128}$/);
      expect(message.field ?? 'f').toMatch(/^\w{1,64}$/);
      return;
    case 'replay':
      expect(keysOf(message)).toEqual(['after', 'id', 'kind', 'limit']);
      expect(Number.isSafeInteger(message.after) && message.after >= 0).toBe(true);
      expect(message.limit).toBeGreaterThanOrEqual(1);
      expect(message.limit).toBeLessThanOrEqual(limits.maxReplayEvents);
      return;
    case 'who':
      expect(keysOf(message)).toEqual(['after', 'id', 'kind', 'limit']);
      expect(typeof (message.after ?? '')).toBe('string');
      expect(message.limit).toBeGreaterThanOrEqual(1);
      expect(message.limit).toBeLessThanOrEqual(limits.maxPresentSessions);
      return;
    case 'publish': {
      expect(keysOf(message)).toEqual(['data', 'event', 'id', 'kind', 'restaurantId']);
      const event = restaurantDomain.eventOf(message.event);
      if (event === undefined) throw new Error(`${message.event} is no event of the domain`);
      expect(judgeData(event, JSON.parse(message.data))).toBeUndefined();
      expect(scanObject(message.data, limits.maxEventDataDepth)).toHaveProperty('members');
      return;
    }
    case 'unusable':
      expect(keysOf(message)).toEqual(['field', 'id', 'kind']);
      expect(message.field).toMatch(/^\w{1,64}$/);
      if (message.id !== undefined) expect(message.id).toMatch(/^[A-Za-z0-9_.:-]{1,128}$/);
      return;
    case 'other':
      expect(keysOf(message)).toEqual(['id', 'kind']);
      if (message.id !== undefined) expect(message.id).toMatch(/^[A-Za-z0-9_.:-]{1,128}$/);
      return;
    case 'authenticate': {
      const { dialect, deviceId = 'd', ...rest } = message;
      expect(deviceId).toMatch(/^[A-Za-z0-9_.:-]{1,64}$/);
      expect(['v1', 'old', undefined]).toContain(dialect);
      expect(keysOf(rest)).toEqual(['batch', 'claims', 'kind', 'unverifiedToken']);
      const { unverifiedToken, claims, batch } = rest;
      if (unverifiedToken !== undefined)
        expect(Buffer.byteLength(unverifiedToken)).toBeLessThanOrEqual(limits.maxTokenBytes);
      expect(typeof batch).toBe('boolean');
      const { userId, restaurantId, connectionType, ...more } = claims;
      expect(more).toEqual({});
      expect([typeof restaurantId, typeof connectionType]).not.toContain('object');
      if (userId.form === 'canonical') expect(isUserId(userId.userId)).toBe(true);
      else if (userId.form === 'refused') expect(isUserId(userId.text)).toBe(false);
      else expect(userId).toEqual({ form: 'absent' });
    }
  }
};

/** Frames a client could have meant: our field names, values of every kind, in both places. */
const value = fc.oneof(
  fc.constantFrom<unknown>(null, '', '0', 'u-1', 'r-17', 0, -0, 1, 1.5, true, [], {}, 'kitchen', '*'),
  fc.string({ unit: 'grapheme' }),
  fc.double(),
  fc.jsonValue(),
);
const fields = fc.record(
  {
    token: value,
    user_id: value,
    restaurant_id: value,
    connection_type: value,
    batch: value,
    device_id: value,
    id: value,
    extra: value,
  },
  { requiredKeys: [] },
);
const likelyFrame = fc
  .record(
    {
      type: fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom(
            'authenticate',
            'reauth',
            'ping',
            'replay',
            'who',
            ...deviceEventEntries.flatMap(([type, { legacy }]) => [type, legacy?.type ?? type]),
          ),
        },
        value,
      ),
      top: fields,
      data: fc.oneof({ weight: 3, arbitrary: fields }, value),
    },
    { requiredKeys: ['type'] },
  )
  .map(({ type, top = {}, data }) => JSON.stringify({ type, ...top, ...(data === undefined ? {} : { data }) }));

test('any text at all is one of our messages', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 500 }), fc.string({ unit: 'grapheme' })), (text) =>
      expectOurs(parseClientMessage(text)),
    ),
    { numRuns: runs(1_000) },
  );
});

test('any JSON value is one of our messages', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.json({ maxDepth: 12, stringUnit: 'binary' })), (text) =>
      expectOurs(parseClientMessage(text)),
    ),
    { numRuns: runs(1_000) },
  );
});

test('any frame that resembles a message is one of ours', () => {
  fc.assert(
    fc.property(likelyFrame, (text) => expectOurs(parseClientMessage(text))),
    { numRuns: runs(3_000) },
  );
});

test('whoever routes a frame by its type, the first or the last, takes what is read here: no event comes to authenticate', () => {
  const twice = fc
    .tuple(fc.constantFrom('authenticate', 'order.created'), fc.constantFrom('type', '\\u0074ype', 'typ'), likelyFrame)
    .map(([type, key, frame]) => ({
      text: `{"${key}":"${type}",${frame.slice(1)}`,
      types: [JSON.parse(frame).type, ...(key === 'typ' ? [] : [type])],
    }));
  fc.assert(
    fc.property(twice, ({ text, types }) => {
      const { kind } = parseClientMessage(text);
      if (kind === 'malformed') return;
      for (const type of types) expect(['authenticate', 'reauth'].includes(type)).toBe(kind === 'authenticate');
    }),
    { numRuns: runs(1_000) },
  );
});

test('a frame with one character changed, dropped or doubled is one of ours', () => {
  const damaged = fc
    .tuple(likelyFrame, fc.nat(), fc.constantFrom('', '"', '{', '}', '[', ',', '\\', '\u0000', '0', 'e'))
    .map(([text, at, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1));
  fc.assert(
    fc.property(damaged, (text) => expectOurs(parseClientMessage(text))),
    { numRuns: runs(2_000) },
  );
});

test('a number is a user id exactly when it is written as a positive safe integer', () => {
  const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^\\d{1,${maxLength}}$`));
  const literal = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(
        fc.constant('0'),
        fc.tuple(fc.integer({ min: 1, max: 9 }), digits(20)).map((parts) => parts.join('')),
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('') },
        digits(3).map((fraction) => `.${fraction}`),
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('') },
        digits(2).map((exponent) => `e${exponent}`),
      ),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(literal, (written) => {
      const message = parseClientMessage(`{"type":"authenticate","user_id":${written}}`);
      const said = message.kind === 'authenticate' ? message.claims.userId : undefined;
      const isCanonical = /^[1-9]\d*$/.test(written) && Number.isSafeInteger(Number(written));
      expect(said?.form).toBe(isCanonical ? 'canonical' : 'refused');
      if (said?.form === 'canonical') expect(said.userId).toBe(written);
    }),
    { numRuns: runs(1_000) },
  );
});
