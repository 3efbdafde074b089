import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type InvalidPublication, type Publication, publicationOf } from '../../lambdas/events/publication.ts';
import { isRestaurantId, mayBeConnectionType } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import { scanObject } from '../../protocol/json/members.ts';
import { defaultAudience, isEventId, isEventType } from '../../protocol/restaurant-events.ts';
import { tableOf } from '../documents/markdown.ts';
import { runs } from '../harness/runs.ts';

const attributes = { MessageGroupId: 'r-17', SentTimestamp: '1764000000000' };
const read = (body: string) => publicationOf({ messageId: 'm-1', body, attributes });
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
    expect(publicationOf({ messageId: 'm', body, attributes: { MessageGroupId } })).toBe('restaurant_invalid');
    expect(publicationOf({ messageId: 'm', body, attributes: {} })).toBe('restaurant_invalid');
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
        const found = publicationOf({ messageId: 'm-1', body: text, attributes: { MessageGroupId } });
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
