import { describe, expect, test } from '@jest/globals';
import { limits } from '../../protocol/limits.ts';
import { parseClientMessage } from '../restaurant-domain.ts';

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');
/** `head`, then as many `filler` as make the frame at most `size` bytes, then x to the byte, then `tail`. */
const frameOf = (size: number, head: string, filler: string, tail: string): string => {
  const room = size - bytes(head) - bytes(tail);
  const count = Math.floor(room / bytes(filler));
  return head + filler.repeat(count) + 'x'.repeat(room - count * bytes(filler)) + tail;
};

describe('a frame that is no message', () => {
  test.each([
    { why: 'nothing at all', frame: '', problem: 'not_json' },
    { why: 'white space', frame: ' \n', problem: 'not_json' },
    { why: 'words', frame: 'hello', problem: 'not_json' },
    { why: 'a bare token', frame: 'aaaa.bbbb.cccc', problem: 'not_json' },
    { why: 'half an object', frame: '{"type":"ping"', problem: 'not_json' },
    { why: 'two objects', frame: '{"type":"ping"}{"type":"ping"}', problem: 'not_json' },
    { why: 'single quotes', frame: "{'type':'ping'}", problem: 'not_json' },
    { why: 'a comment', frame: '{"type":"ping"} // hi', problem: 'not_json' },
    { why: 'a trailing comma', frame: '{"type":"ping",}', problem: 'not_json' },
    { why: 'a byte order mark', frame: '\ufeff{"type":"ping"}', problem: 'not_json' },
    { why: 'a NUL at the end', frame: '{"type":"ping"}\u0000', problem: 'not_json' },
    { why: 'null', frame: 'null', problem: 'not_an_object' },
    { why: 'a boolean', frame: 'true', problem: 'not_an_object' },
    { why: 'a number', frame: '17', problem: 'not_an_object' },
    { why: 'text', frame: '"authenticate"', problem: 'not_an_object' },
    { why: 'an empty array', frame: '[]', problem: 'not_an_object' },
    { why: 'a message in an array', frame: '[{"type":"ping"}]', problem: 'not_an_object' },
    { why: 'an object without a type', frame: '{}', problem: 'type_not_text' },
    { why: 'a type of null', frame: '{"type":null}', problem: 'type_not_text' },
    { why: 'a numeric type', frame: '{"type":1}', problem: 'type_not_text' },
    { why: 'a type in an array', frame: '{"type":["authenticate"]}', problem: 'type_not_text' },
    { why: 'a type in an object', frame: '{"type":{"type":"authenticate"}}', problem: 'type_not_text' },
    { why: 'a type under another name', frame: '{"Type":"ping"}', problem: 'type_not_text' },
    { why: 'a type that the prototype would bring', frame: '{"__proto__":{"type":"ping"}}', problem: 'type_not_text' },
    { why: 'a second type that is no text', frame: '{"type":"ping","type":1}', problem: 'duplicate_key' },
  ])('is malformed: $why', ({ frame, problem }) => {
    const field = ['type_not_text', 'duplicate_key'].includes(problem) ? { field: 'type' } : {};
    expect(parseClientMessage(frame)).toEqual({ kind: 'malformed', problem, ...field });
  });
});

describe('the size of a frame', () => {
  const head = '{"type":"ping","pad":"';
  test.each([
    { why: 'characters of one byte', filler: 'x' },
    { why: 'characters of two bytes', filler: 'é' },
    { why: 'characters of three bytes', filler: '寿' },
    { why: 'characters of four bytes', filler: '🍣' },
  ])('is counted in bytes: $why', ({ filler }) => {
    const largest = frameOf(limits.maxFrameBytes, head, filler, '"}');
    expect(bytes(largest)).toBe(16_384);
    expect(parseClientMessage(largest)).toEqual({ kind: 'ping' });
    expect(parseClientMessage(frameOf(limits.maxFrameBytes + 1, head, filler, '"}'))).toEqual({
      kind: 'malformed',
      problem: 'too_large',
    });
  });

  test('is judged before anything else: a frame too large is not even parsed', () => {
    const parse = JSON.parse;
    let parsed = 0;
    JSON.parse = (...args) => {
      parsed += 1;
      return parse(...args);
    };
    try {
      expect(parseClientMessage('x'.repeat(limits.maxFrameBytes + 1))).toEqual({
        kind: 'malformed',
        problem: 'too_large',
      });
      expect(parsed).toBe(0);
      parseClientMessage('{"type":"ping"}');
      expect(parsed).toBe(1);
    } finally {
      JSON.parse = parse;
    }
  });

  test('may be what a token fills: 8 KB pass, one byte more does not, in either place', () => {
    const authenticate = (token: string) => parseClientMessage(JSON.stringify({ type: 'authenticate', token }));
    const inData = (token: string) => parseClientMessage(JSON.stringify({ type: 'authenticate', data: { token } }));
    const largest = 'x'.repeat(8_192);
    for (const parse of [authenticate, inData]) {
      expect(parse(largest)).toMatchObject({ kind: 'authenticate', unverifiedToken: largest });
      expect(parse(`${largest}x`)).toEqual({ kind: 'malformed', problem: 'token_too_large', field: 'token' });
      expect(parse('寿'.repeat(2_730))).toMatchObject({ kind: 'authenticate' });
      expect(parse('寿'.repeat(2_731))).toEqual({ kind: 'malformed', problem: 'token_too_large', field: 'token' });
    }
  });
});

describe('nesting', () => {
  const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
  const deepest = Math.floor(limits.maxFrameBytes / 2);

  test.each([
    { why: '100,000 arrays', frame: nested('[', ']', 100_000), problem: 'too_large' },
    { why: '100,000 objects', frame: nested('{"a":', '}', 100_000), problem: 'too_large' },
    { why: 'as many arrays as fit', frame: nested('[', ']', deepest), problem: 'too_deep' },
    { why: 'as many brackets as fit, never closed', frame: '['.repeat(limits.maxFrameBytes), problem: 'not_json' },
    {
      why: 'as many braces as fit, never closed',
      frame: '{"a":'.repeat(limits.maxFrameBytes / 6),
      problem: 'not_json',
    },
  ])('ends in a defined answer: $why', ({ frame, problem }) => {
    expect(parseClientMessage(frame)).toEqual({ kind: 'malformed', problem });
  });

  test('is refused in any field beyond what the data of an event may have, and no message is lost in it', () => {
    const ping = (levels: number) => `{"type":"ping","id":"m-1","x":${nested('[', ']', levels)}}`;
    expect(parseClientMessage(ping(33))).toEqual({ kind: 'ping' });
    for (const levels of [34, 4_000, deepest - 50])
      expect(parseClientMessage(ping(levels))).toEqual({
        kind: 'malformed',
        problem: 'too_deep',
        id: 'm-1',
        field: 'x',
      });
  });
});

describe('keys that are more than keys elsewhere', () => {
  const nothingSaid = {
    kind: 'authenticate',
    unverifiedToken: undefined,
    claims: { userId: { form: 'absent' } },
    batch: false,
  };

  test.each([
    { why: 'a token on the prototype', frame: '{"type":"authenticate","__proto__":{"token":"t","user_id":"u-1"}}' },
    { why: 'a token on the prototype of data', frame: '{"type":"authenticate","data":{"__proto__":{"token":"t"}}}' },
    { why: 'data on the prototype', frame: '{"type":"authenticate","__proto__":{"data":{"token":"t"}}}' },
    { why: 'a constructor', frame: '{"type":"authenticate","constructor":{"prototype":{"token":"t"}}}' },
    {
      why: 'a constructor in data',
      frame: '{"type":"authenticate","data":{"constructor":{"prototype":{"token":"t"}}}}',
    },
  ])('bring nothing in: $why', ({ frame }) => {
    expect(parseClientMessage(frame)).toStrictEqual(nothingSaid);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { token?: string }).token).toBeUndefined();
  });

  test('do not come from a prototype that somebody else has filled', () => {
    const filled = { token: 't', type: 'ping', data: { token: 't' } };
    const frames = ['{"type":"authenticate"}', '{"type":"authenticate","data":{}}', '{}'];
    let messages: unknown;
    try {
      for (const [name, value] of Object.entries(filled))
        Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
      messages = frames.map(parseClientMessage);
    } finally {
      for (const name of Object.keys(filled)) Reflect.deleteProperty(Object.prototype, name);
    }
    expect(messages).toStrictEqual([
      nothingSaid,
      nothingSaid,
      { kind: 'malformed', problem: 'type_not_text', field: 'type' },
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', ''])(
    'are an unknown type like any other: %j',
    (type) => {
      expect(parseClientMessage(JSON.stringify({ type }))).toEqual({ kind: 'other', id: undefined });
    },
  );

  test.each([
    { frame: '{"type":"ping","type":"authenticate"}', field: 'type' },
    { frame: '{"type":"authenticate","type":"order.created","data":{}}', field: 'type' },
    { frame: '{"type":"order.created","data":{},"\\u0074ype":"authenticate"}', field: 'type' },
    { frame: '{"type":"authenticate","token":"a","token":"b"}', field: 'token' },
    { frame: '{"type":"authenticate","token":"a","\\u0074oken":"a"}', field: 'token' },
    { frame: '{"type":"authenticate","data":{"token":"a"},"data":{}}', field: 'data' },
    { frame: '{"type":"authenticate","data":{"token":"a","token":"b"}}', field: 'data' },
    { frame: '{"type":"replay","after":1,"after":2}', field: 'after' },
  ])('come once: $frame is no message, since two readers would read it differently', ({ frame, field }) => {
    expect(parseClientMessage(frame)).toEqual({ kind: 'malformed', problem: 'duplicate_key', field });
  });

  test.each(['Authenticate', 'AUTHENTICATE', 'authenticate ', ' authenticate', 'authenticate\u0000', 'PING', 'ping\n'])(
    'make no type of one that only looks like it: %j',
    (type) => {
      expect(parseClientMessage(JSON.stringify({ type, token: 't' })).kind).toBe('other');
    },
  );
});

describe('the id of a message', () => {
  test.each([
    { why: 'a UUID', id: '0b0f2c1e-7f6a-4d8e-9b53-2f0c8f0a1d11' },
    { why: 'letters, digits and . : - _', id: 'order.42:retry_1-A' },
    { why: 'one character', id: '1' },
    { why: '128 characters', id: 'm'.repeat(128) },
  ])('is kept for the answer: $why', ({ id }) => {
    expect(parseClientMessage(JSON.stringify({ type: 'staff.called', id }))).toEqual({ kind: 'other', id });
  });

  test.each([
    { why: 'empty', id: '' },
    { why: '129 characters', id: 'm'.repeat(129) },
    { why: 'a space', id: 'm 1' },
    { why: 'a quote', id: 'm"1' },
    { why: 'markup', id: '<b>' },
    { why: 'a line break at the end', id: 'm-1\n' },
    { why: 'a letter beyond ASCII', id: 'mé' },
    { why: 'a number', id: 17 },
    { why: 'an object', id: { a: 1 } },
    { why: 'null', id: null },
  ])('is dropped when it is not safe to echo: $why', ({ id }) => {
    expect(parseClientMessage(JSON.stringify({ type: 'staff.called', id }))).toEqual({ kind: 'other', id: undefined });
  });

  test('does not come from the prototype', () => {
    expect(parseClientMessage('{"type":"x","__proto__":{"id":"m-1"}}')).toEqual({ kind: 'other', id: undefined });
  });
});

describe('a ping', () => {
  test.each([
    { why: 'alone', fields: {} },
    { why: 'with an empty restaurant', fields: { restaurant_id: '' } },
    { why: 'with fields of any type', fields: { token: 1, data: [], user_id: false, timestamp: 'now' } },
  ])('is a ping: $why', ({ fields }) => {
    expect(parseClientMessage(JSON.stringify({ type: 'ping', ...fields }))).toStrictEqual({ kind: 'ping' });
  });
});
