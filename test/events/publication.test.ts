import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deviceBody, type InvalidPublication, type Publication } from '../../lambdas/events/publication.ts';
import { isRestaurantId, mayBeConnectionType } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import { type JsonText, scannedBefore } from '../../protocol/json/json-text.ts';
import { scanObject } from '../../protocol/json/members.ts';
import { isEventId, isEventType } from '../../protocol/restaurant-events.ts';
import { tableOf } from '../documents/markdown.ts';
import { runs } from '../harness/runs.ts';
import { objectText } from '../protocol/json/texts.ts';
import { defaultAudience, publicationOf } from '../restaurant-domain.ts';

const attributes = { MessageGroupId: 'r-17', SentTimestamp: '1764000000000' };
/** As the gateway's own function sent it, unless told otherwise. */
const read = (body: string, isOwn = true) => publicationOf({ messageId: 'm-1', body, attributes }, () => isOwn);
const said = (fields: object = {}) => read(JSON.stringify({ v: 1, type: 'order.created', data: { n: 1 }, ...fields }));

/** Data that is exactly so many bytes of JSON. */
const dataOf = (bytes: number) => ({ t: 'x'.repeat(bytes - '{"t":""}'.length) });
/** So many objects within one another. */
const nested = (levels: number): object => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`);

describe('a message of a backend', () => {
  test('is an event of its group, by the id of the message, for those who hear what is for nobody in particular', () => {
    expect(said()).toEqual({
      restaurantId: 'r-17',
      messageId: 'm-1',
      sentAtMs: 1_764_000_000_000,
      id: 'evt_m-1',
      type: 'order.created',
      data: '{"n":1}',
      audience: defaultAudience,
    });
  });

  test('without an audience goes to whom the page for backends names', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/publishing.md'), 'utf8');
    const row = tableOf(page, 'field of the body').find(([field]) => field === '`audience`');
    expect(row?.[1]).toContain(`Without it: ${defaultAudience.map((type) => `\`${type}\``).join(', ')}`);
  });

  test.each<{ why: string; fields: object; is: Partial<Publication> }>([
    { why: 'its own id', fields: { id: 'evt_7:a.b-c' }, is: { id: 'evt_7:a.b-c' } },
    { why: 'the longest id', fields: { id: 'i'.repeat(128) }, is: { id: 'i'.repeat(128) } },
    { why: 'an id that is null', fields: { id: null }, is: { id: 'evt_m-1' } },
    { why: 'an audience', fields: { audience: ['customer'] }, is: { audience: ['customer'] } },
    { why: 'an audience twice', fields: { audience: ['pos', 'kitchen', 'pos'] }, is: { audience: ['pos', 'kitchen'] } },
    {
      why: 'an audience that only another version knows',
      fields: { audience: ['kitchen', 'courier_2'] },
      is: { audience: ['kitchen', 'courier_2'] },
    },
    {
      why: 'an audience as large as may be',
      fields: { audience: Array.from({ length: 16 }, (_, nth) => `type_${nth}`) },
      is: {},
    },
    { why: 'fields that only another version knows', fields: { priority: 1, trace: { id: 'x' } }, is: {} },
    {
      why: 'a device that only another version knows',
      fields: { from: { user_id: 'u-1', connection_type: 'courier' } },
      is: { publisher: { userId: 'u-1', connectionType: 'courier' } },
    },
    { why: 'data as large as may be', fields: { data: dataOf(limits.maxEventDataBytes) }, is: {} },
    { why: 'data as deep as may be', fields: { data: nested(limits.maxEventDataDepth) }, is: {} },
    {
      why: 'the device it came from',
      fields: { from: { user_id: 'u-1', connection_type: 'pos', role: 'owner' } },
      is: { publisher: { userId: 'u-1', connectionType: 'pos' } },
    },
  ])('may have $why', ({ fields, is }) => {
    expect(said(fields)).toMatchObject({ messageId: 'm-1', ...is });
  });

  test.each<{ why: InvalidPublication; fields: object }>([
    { why: 'version_unknown', fields: { v: '1' } },
    { why: 'version_unknown', fields: { v: undefined } },
    { why: 'type_invalid', fields: { type: 'order' } },
    { why: 'type_invalid', fields: { type: 'a.b.c.d.e' } },
    { why: 'type_invalid', fields: { type: `a.${'b'.repeat(33)}` } },
    { why: 'type_invalid', fields: { type: 'a.b\n' } },
    { why: 'type_invalid', fields: { type: 7 } },
    { why: 'type_invalid', fields: { type: undefined } },
    { why: 'data_invalid', fields: { data: null } },
    { why: 'data_too_large', fields: { data: dataOf(limits.maxEventDataBytes + 1) } },
    { why: 'data_too_deep', fields: { data: nested(limits.maxEventDataDepth + 1) } },
    { why: 'id_invalid', fields: { id: 'i'.repeat(129) } },
    { why: 'id_invalid', fields: { id: 7 } },
    { why: 'id_invalid', fields: { id: 'a#b' } },
    { why: 'audience_invalid', fields: { audience: 'pos' } },
    { why: 'audience_invalid', fields: { audience: [] } },
    { why: 'audience_invalid', fields: { audience: ['pos', null] } },
    { why: 'audience_invalid', fields: { audience: ['Kitchen'] } },
    { why: 'audience_invalid', fields: { audience: ['k'.repeat(33)] } },
    { why: 'audience_invalid', fields: { audience: ['constructor'] } },
    { why: 'audience_invalid', fields: { audience: Array.from({ length: 17 }, (_, nth) => `type_${nth}`) } },
    { why: 'publisher_invalid', fields: { from: { user_id: 'u-1', connection_type: 'a b' } } },
    { why: 'publisher_invalid', fields: { from: 'u-1' } },
    { why: 'publisher_invalid', fields: { from: { connection_type: 'pos' } } },
    { why: 'publisher_invalid', fields: { from: { user_id: 'u-1' } } },
  ])('with $fields is none: $why', ({ fields, why }) => {
    expect(said(fields)).toBe(why);
  });

  test.each(['', 'r/17', '*', ' r-17', 'r'.repeat(65)])('of the group %j is of no restaurant', (MessageGroupId) => {
    const body = JSON.stringify({ v: 1, type: 'a.b', data: {} });
    expect(publicationOf({ messageId: 'm', body, attributes: { MessageGroupId } }, () => true)).toBe(
      'restaurant_invalid',
    );
    expect(publicationOf({ messageId: 'm', body, attributes: {} }, () => true)).toBe('restaurant_invalid');
  });
});

describe('the data of a backend', () => {
  const saying = (data: string, more = '') => read(`{"v":1,"type":"a.b","data":${data}${more}}`);

  test.each([
    { why: 'keys that look like numbers', data: '{"10":1,"2":2}' },
    { why: 'a number that no double holds', data: '{"n":9007199254740993}' },
    { why: 'a spelling of a number, and white space', data: '{ "n" :\t1.0,\n"m":-0.0e-7 }' },
    { why: 'a number nearer to zero than any double', data: '{"n":1e-400}' },
    { why: 'keys that are more than keys elsewhere', data: '{"__proto__":{"a":1},"constructor":{},"":0}' },
    { why: 'characters as themselves', data: '{"é":"🍕 \ufffe\uffff \u2028"}' },
    { why: 'characters as escapes, which stay escapes', data: '{"\\u00e9":"\\ud83c\\udf55 \\uFFFE \\/"}' },
    { why: 'numbers that are longer once they were read', data: `{"x":[${Array(3_200).fill('1e20').join()}]}` },
  ])('is delivered as it was written: $why', ({ data }) => {
    expect(saying(data)).toMatchObject({ data });
    expect(saying(data, ',"data_text":"{}"')).toMatchObject({ data });
    // Whatever else it says: how a device wrote its text is told by the gateway's own function alone.
    const asADevice = `{"v":1,"type":"a.b","data":${data},"data_text":"{}","from":{"user_id":"u-1","connection_type":"pos"}}`;
    expect(read(asADevice, false)).toEqual(saying(data));
  });

  test.each<{ why: string; data: string; is: InvalidPublication }>([
    { why: 'a key twice', data: '{"a":{"b":1,"b":1}}', is: 'data_invalid' },
    { why: 'half a character', data: '{"a":"\\ud800"}', is: 'data_invalid' },
    { why: 'a number beyond a double', data: '{"a":1e400}', is: 'data_invalid' },
    { why: '4,000 levels', data: `{"a":${'['.repeat(4_000)}${']'.repeat(4_000)}}`, is: 'data_too_deep' },
    { why: 'a list', data: '[]', is: 'data_invalid' },
  ])('that two receivers may read differently is none: $why', ({ data, is }) => {
    expect(saying(data)).toBe(is);
  });

  test('is counted as it is delivered, escapes and white space and all', () => {
    const escapes = (count: number, rest: string) => `{"a":"${'\\u00e9'.repeat(count)}${rest}"}`;
    const largest = escapes(10_921, 'xx');
    expect(largest).toHaveLength(limits.maxEventDataBytes);
    expect(saying(largest)).toMatchObject({ data: largest });
    expect(saying(escapes(10_921, 'xxx'))).toBe('data_too_large');
    expect(saying(`{"a":1${' '.repeat(limits.maxEventDataBytes)}}`)).toBe('data_too_large');
  });

  test.each<{ field: string; text: string; is: InvalidPublication }>([
    { field: 'v', text: '{"v":1,"type":"a.b","data":{},"v":1}', is: 'version_unknown' },
    { field: 'type', text: '{"v":1,"type":"a.b","data":{},"type":"a.c"}', is: 'type_invalid' },
    { field: 'data', text: '{"v":1,"type":"a.b","data":{},"data":{}}', is: 'data_invalid' },
    { field: 'id', text: '{"v":1,"type":"a.b","data":{},"id":"a","id":"b"}', is: 'id_invalid' },
    {
      field: 'audience',
      text: '{"v":1,"type":"a.b","data":{},"audience":["pos"],"audience":null}',
      is: 'audience_invalid',
    },
    {
      field: 'from',
      text: '{"v":1,"type":"a.b","data":{},"from":{"user_id":"a","user_id":"b"}}',
      is: 'publisher_invalid',
    },
    { field: 'one nobody reads', text: '{"v":1,"type":"a.b","data":{},"trace":"\\ud800"}', is: 'not_json' },
  ])('is no excuse for another field that comes twice: $field', ({ text, is }) => {
    expect(read(text)).toBe(is);
  });
});

describe('a device’s event', () => {
  const said = (data: JsonText) => ({
    restaurantId: 'r-17',
    type: 'order.created',
    data,
    audience: ['kitchen'] as const,
    publisher: { issuer: 'demo', userId: 'u-1', connectionType: 'pos' } as const,
    key: 'k',
  });
  const fieldsOf = (body: string): Readonly<Record<string, unknown>> => JSON.parse(body);

  test.each([
    { why: 'ASCII', data: '{"a":1.0, "2":2}', hasText: false },
    { why: 'characters as themselves', data: '{"é":"🍕 寿司 \ufffe\uffff \u2028 \u007f"}', hasText: false },
    { why: 'escapes of what is ASCII', data: '{"a":"\\u0041\\n\\"\\/\\u000a"}', hasText: false },
    { why: 'a backslash before what looks like an escape', data: '{"a":"\\\\u00e9é"}', hasText: false },
    { why: 'escapes as the queue has them', data: '{"a":"\\u00e9\\ud83c\\udf55"}', hasText: true },
    { why: 'escapes in capitals', data: '{"a":"\\u00E9é"}', hasText: true },
    { why: 'a key that is an escape', data: '{"\\ufffe":"é"}', hasText: true },
  ])('comes out of the queue as it was written: $why', ({ data, hasText }) => {
    const body = deviceBody(said(scannedBefore(data)), 'evt_1');
    expect(body).toMatch(/^[\x20-\x7e]*$/);
    expect('data_text' in fieldsOf(body)).toBe(hasText);
    expect(read(body)).toMatchObject({ data, id: 'evt_1', publisher: { userId: 'u-1', connectionType: 'pos' } });
  });

  test('comes out as it was written, whatever it is, in ASCII that the release before reads as the same value', () => {
    fc.assert(
      fc.property(objectText, (untrimmed) => {
        const text = untrimmed.trim();
        fc.pre(!('refused' in scanObject(text, limits.maxEventDataDepth)));
        const body = deviceBody(said(scannedBefore(text)), 'evt_1');
        expect(body).toMatch(/^[\x20-\x7e\s]*$/);
        expect(read(body)).toMatchObject({ data: text });
        expect(fieldsOf(body)['data']).toEqual(JSON.parse(text));
      }),
      { numRuns: runs(1_000) },
    );
  });

  test('that fits into a frame fits into its data, however it is written', () => {
    const frame = 16_384 - '{"type":"order.created","data":}'.length;
    for (const [head, filler, tail] of [
      ['{"order_id":1,"x":[1e20', ',1e20', ']}'],
      ['{"order_id":1,"x":"', '\\u00e9', '"}'],
      ['{"order_id":1,"x":"', 'é', '"}'],
      ['{"order_id":1,"x":"', '"'.replace('"', '\\"'), '"}'],
    ] as const) {
      const count = Math.floor((frame - Buffer.byteLength(head + tail)) / Buffer.byteLength(filler));
      const data = scannedBefore(head + filler.repeat(count) + tail);
      const body = deviceBody(said(data), 'evt_1');
      expect(body.length).toBeLessThan(256 * 1024);
      expect(read(body)).toMatchObject({ data });
    }
  });
});

describe('any message at all', () => {
  const words: readonly InvalidPublication[] = [
    'restaurant_invalid',
    'not_json',
    'version_unknown',
    'type_invalid',
    'data_invalid',
    'data_too_large',
    'data_too_deep',
    'id_invalid',
    'audience_invalid',
    'publisher_invalid',
  ];
  const value = fc.oneof(
    fc.constantFrom<unknown>(null, 1, 'order.created', 'u-1', 'pos', {}, [], ['pos'], {
      user_id: 'u',
      connection_type: 'pos',
    }),
    fc.jsonValue(),
  );
  const likely = fc
    .record(
      { v: value, type: value, data: value, id: value, audience: value, from: value, extra: value },
      { requiredKeys: [] },
    )
    .map((fields) => JSON.stringify({ v: 1, type: 'a.b', data: {}, ...fields }));
  const body = fc.oneof({ weight: 5, arbitrary: likely }, fc.json(), fc.string({ unit: 'binary' }));
  const group = fc.oneof({ weight: 9, arbitrary: fc.constant('r-17') }, fc.string());

  test('is a whole publication or one of the fixed words', () => {
    fc.assert(
      fc.property(body, group, (text, MessageGroupId) => {
        const found = publicationOf({ messageId: 'm-1', body: text, attributes: { MessageGroupId } }, () => true);
        if (typeof found === 'string') {
          expect(words).toContain(found);
          return;
        }
        const { publisher, ...rest } = found;
        expect(Object.keys(rest).sort()).toEqual(
          ['restaurantId', 'messageId', 'sentAtMs', 'id', 'type', 'data', 'audience'].sort(),
        );
        expect(isRestaurantId(found.restaurantId) && isEventType(found.type) && isEventId(found.id)).toBe(true);
        expect(scanObject(found.data, limits.maxEventDataDepth)).toHaveProperty('members');
        expect(Buffer.byteLength(found.data)).toBeLessThanOrEqual(limits.maxEventDataBytes);
        expect(found.audience.length).toBeGreaterThan(0);
        expect(found.audience.every(mayBeConnectionType)).toBe(true);
        expect(found.audience.length).toBeLessThanOrEqual(16);
        expect(new Set(found.audience).size).toBe(found.audience.length);
        if (publisher !== undefined) expect(Object.keys(publisher).sort()).toEqual(['connectionType', 'userId']);
      }),
      { numRuns: runs(3_000) },
    );
  });

  test('nested a hundred thousand levels deep is put aside like any other', () => {
    const deep = 100_000;
    expect(read(`{"v":1,"type":"a.b","data":{"a":${'['.repeat(deep)}${']'.repeat(deep)}}}`)).toBe('data_too_deep');
  });
});
