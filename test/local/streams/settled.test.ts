import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../local/sandbox/sandbox.ts';
import { recordOf, type StreamRecord } from '../../../local/streams/record.ts';
import { doneOf, pauseMsAfter } from '../../../local/streams/settled.ts';

const record = (sequenceNumber: string): StreamRecord[] => {
  const change = { before: undefined, after: { pk: { S: sequenceNumber } }, byService: false };
  const one = recordOf({ arn: 'a', region: 'r', viewType: 'KEYS_ONLY', keyNames: ['pk'] }, change, sequenceNumber, 0);
  return one === undefined ? [] : [one];
};
const batch = ['101', '102', '103'].flatMap(record);

const returned = (value: unknown): Outcome => ({ kind: 'returned', value });
const failing = (...ids: unknown[]) =>
  returned({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('of a batch of three are done with', () => {
  test.each<{ why: string; outcome: Outcome; done: number }>([
    { why: 'nothing is returned', outcome: returned(undefined), done: 3 },
    { why: 'null is returned', outcome: returned(null), done: 3 },
    { why: 'an empty object is returned', outcome: returned({}), done: 3 },
    { why: 'the list is empty', outcome: failing(), done: 3 },
    { why: 'the list is null', outcome: returned({ batchItemFailures: null }), done: 3 },
    { why: 'the last is reported', outcome: failing('103'), done: 2 },
    { why: 'the first is reported', outcome: failing('101'), done: 0 },
    { why: 'several are reported, in any order', outcome: failing('103', '102'), done: 1 },
    { why: 'an identifier is unknown', outcome: failing('103', '104'), done: 0 },
    { why: 'an identifier is empty', outcome: failing(''), done: 0 },
    { why: 'an identifier is null', outcome: failing(null), done: 0 },
    { why: 'an identifier is a number', outcome: failing(103), done: 0 },
    { why: 'a key is misspelt', outcome: returned({ batchItemFailures: [{ itemIdentifer: '103' }] }), done: 0 },
    { why: 'a failure is no object', outcome: returned({ batchItemFailures: ['103'] }), done: 0 },
    { why: 'the list is no list', outcome: returned({ batchItemFailures: '103' }), done: 0 },
    { why: 'the function threw', outcome: { kind: 'threw', errorType: 'E', errorMessage: '' }, done: 0 },
    { why: 'the sandbox died', outcome: { kind: 'crashed', errorType: 'E', errorMessage: '' }, done: 0 },
    { why: 'the function timed out', outcome: { kind: 'timed_out' }, done: 0 },
  ])('$done when $why', ({ outcome, done }) => {
    expect(doneOf(batch, outcome, true)).toBe(done);
  });

  test('three without ReportBatchItemFailures, whatever is returned', () => {
    expect(doneOf(batch, failing('101'), false)).toBe(3);
  });
});

test('a batch that fails waits twice as long each time, and five seconds at most', () => {
  expect([1, 2, 3, 4, 20, 2_000].map(pauseMsAfter)).toEqual([50, 100, 200, 400, 5_000, 5_000]);
});
