import { expect, test } from '@jest/globals';
import { createCanary } from './canary.ts';

const token = [1, 2, 3]
  .map((segment) => Buffer.from(`a segment ${segment} `.repeat(8)).toString('base64url'))
  .join('.');
const [header = '', payload = ''] = token.split('.');

test.each([
  { why: 'the whole token', place: `{"token":"${token}"}` },
  { why: 'one segment', place: `at ${payload}` },
  { why: 'a piece out of the middle of a segment', place: payload.slice(11, 50) },
  { why: 'a piece that something else is written onto', place: `x${header.slice(3, 42)}x` },
])('the canary finds $why', ({ place }) => {
  const canary = createCanary();
  expect(canary.keep(token)).toBe(token);
  expect(canary.foundIn(['nothing', place])).toEqual([place]);
});

test('the canary finds nothing where there is nothing', () => {
  const canary = createCanary();
  canary.keep(token);
  expect(canary.foundIn(['', 'token', crypto.randomUUID(), payload.slice(0, 10)])).toEqual([]);
});
