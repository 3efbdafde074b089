import { expect, test } from '@jest/globals';
import type { RouteBlueprint } from '../../local/blueprint/api.ts';
import { createRouteSelector } from '../../local/route-selection.ts';

const route = (key: string): RouteBlueprint => ({ key, functionArn: key, replies: true, timeoutMs: 1 });

const keyFor = (selection: string, keys: readonly string[], body: string): string | undefined => {
  const api = { selection: selection.split('.'), routes: new Map(keys.map((key) => [key, route(key)])) };
  return createRouteSelector(api)(body)?.key;
};

test.each([
  { why: 'the key is chosen by the expression', selection: 'type', body: '{"type":"a"}', key: 'a' },
  { why: 'the expression may go deeper', selection: 'data.type', body: '{"data":{"type":"a"}}', key: 'a' },
  { why: 'what the path does not reach is $default', selection: 'data.type', body: '{"data":null}', key: '$default' },
  { why: 'an inherited property chooses nothing', selection: 'constructor.name', body: '{}', key: '$default' },
  { why: 'a number chooses nothing', selection: 'type', body: '{"type":1}', key: '$default' },
  { why: 'a reserved key chooses nothing', selection: 'type', body: '{"type":"$connect"}', key: '$default' },
])('$why', ({ selection, body, key }) => {
  expect(keyFor(selection, ['$connect', '$default', 'a', 'Object', '1'], body)).toBe(key);
});

test('without $default a message may have no route', () => {
  expect(keyFor('type', ['a'], '{"type":"b"}')).toBeUndefined();
});
