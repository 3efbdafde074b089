/** Which failures are tried again, after which pause, and when a client stops trying. */
import { describe, expect, test } from '@jest/globals';
import { failureKindOf, pauseMs, retryAfterMs, tokenBucket } from '../../transport/retry.ts';

const status = (httpStatusCode: number) => ({ name: 'Some', $metadata: { httpStatusCode } });

describe('a failure', () => {
  test.each([
    { why: 'too many requests', error: status(429), kind: 'throttling' },
    { why: 'a throttled table', error: { name: 'ProvisionedThroughputExceededException' }, kind: 'throttling' },
    {
      why: 'a throttled key, with a status that is transient',
      error: { ...status(503), name: 'ThrottlingException' },
      kind: 'throttling',
    },
    { why: 'a queue that is asked too often', error: { name: 'RequestThrottled' }, kind: 'throttling' },
    ...[500, 502, 503, 504].map((one) => ({ why: `status ${one}`, error: status(one), kind: 'transient' })),
    ...[
      'ECONNRESET',
      'ECONNREFUSED',
      'EPIPE',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EAI_AGAIN',
    ].map((code) => ({ why: `the network: ${code}`, error: { name: 'Error', code }, kind: 'transient' })),
    { why: 'a time that is over', error: { name: 'TimeoutError' }, kind: 'transient' },
    {
      why: 'a clock that was put right',
      error: { name: 'A', $metadata: { clockSkewCorrected: true } },
      kind: 'transient',
    },
    { why: 'what was wrapped', error: { name: 'A', cause: { cause: { code: 'EPIPE' } } }, kind: 'transient' },
    { why: 'what was aborted', error: { name: 'AbortError', code: 'ETIMEDOUT' }, kind: 'final' },
    ...[301, 400, 403, 404, 413, 501, 505].map((one) => ({ why: `status ${one}`, error: status(one), kind: 'final' })),
    { why: 'a condition', error: { name: 'ConditionalCheckFailedException' }, kind: 'final' },
    { why: 'a wrong signature', error: { name: 'InvalidSignatureException', message: 'no' }, kind: 'final' },
    { why: 'a bug', error: new TypeError('undefined'), kind: 'final' },
    { why: 'a text', error: 'thrown', kind: 'final' },
    { why: 'nothing', error: undefined, kind: 'final' },
  ])('is $kind: $why', ({ error, kind }) => {
    expect(failureKindOf(error)).toBe(kind);
  });

  test('whose cause is itself is looked at, and no more', () => {
    const error: { name: string; cause?: unknown } = { name: 'A' };
    error.cause = error;
    expect(failureKindOf(error)).toBe('final');
  });
});

describe('the retries of a client', () => {
  test('have an end: after 35 in a row without an answer no call is tried again', () => {
    const bucket = tokenBucket();
    const taken = Array.from({ length: 40 }, () => bucket.take('transient'));
    expect(taken.filter(Boolean)).toHaveLength(Math.floor(500 / 14));
    expect(bucket.take('throttling')).toBe(true);
    expect(bucket.take('throttling')).toBe(true);
    expect(bucket.take('throttling')).toBe(false);
  });

  test('come back with answers: what a retry cost when it helped, and one when none was needed', () => {
    const bucket = tokenBucket();
    expect([bucket.take('transient'), bucket.take('throttling'), bucket.left()]).toEqual([true, true, 481]);
    bucket.answered('throttling');
    bucket.answered(undefined);
    expect(bucket.left()).toBe(487);
    bucket.answered('transient');
    expect(bucket.left()).toBe(500);
  });
});

describe('a pause', () => {
  const at = (chance: number, retries: number, askedMs?: number) => ({ baseMs: 25, retries, chance, askedMs });

  test.each([
    { why: 'at most the base before the first retry', kind: 'transient', pause: at(1, 0), ms: 25 },
    { why: 'twice as long before the second', kind: 'transient', pause: at(1, 1), ms: 50 },
    { why: 'a part of it, by chance', kind: 'transient', pause: at(0.5, 1), ms: 25 },
    { why: 'no pause at all, by chance', kind: 'throttling', pause: at(0, 3), ms: 0 },
    { why: 'longer after throttling', kind: 'throttling', pause: at(1, 1), ms: 2_000 },
    { why: '20 s at most', kind: 'throttling', pause: at(1, 9), ms: 20_000 },
    { why: 'as long as the service asks for', kind: 'transient', pause: at(1, 0, 3_000), ms: 3_000 },
    { why: '5 s more than its own at most', kind: 'transient', pause: at(1, 0, 60_000), ms: 5_025 },
    { why: 'its own where that is longer', kind: 'transient', pause: at(1, 0, 10), ms: 25 },
  ] as const)('is $why', ({ kind, pause, ms }) => {
    expect(pauseMs(kind, pause)).toBe(ms);
  });

  test.each([
    { headers: { 'retry-after': '2' }, ms: 2_000 },
    { headers: { 'retry-after': '0.5' }, ms: 500 },
    { headers: { 'retry-after': 'Fri, 27 Nov 2026 12:00:03 GMT' }, ms: 3_000 },
    { headers: { 'x-amz-retry-after': '1500' }, ms: 1_500 },
    { headers: { 'retry-after': 'soon' }, ms: undefined },
    { headers: {}, ms: undefined },
  ])('is asked for by $headers', ({ headers, ms }) => {
    const asked: Record<string, string> = { ...headers };
    expect(retryAfterMs(asked, Date.parse('2026-11-27T12:00:00Z'))).toBe(ms);
  });
});
