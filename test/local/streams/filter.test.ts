import { describe, expect, test } from '@jest/globals';
import { isPatternProblem, matches, patternIn } from '../../../local/streams/filter.ts';

const record = {
  eventName: 'INSERT',
  dynamodb: {
    Keys: { sk: { S: 'E#000017' } },
    NewImage: { event: { S: 'access_granted' }, n: { N: '1' }, yes: { BOOL: true }, tags: { SS: ['a', 'b'] } },
    SizeBytes: 17,
  },
};

const accepts = (pattern: object): boolean => {
  const read = patternIn(JSON.stringify(pattern));
  if (isPatternProblem(read)) throw new Error(read.problem);
  return matches(read, record);
};
const image = (pattern: object) => ({ dynamodb: { NewImage: pattern } });

describe('a record', () => {
  test.each<{ why: string; pattern: object; is: boolean }>([
    { why: 'has the value', pattern: { eventName: ['INSERT'] }, is: true },
    { why: 'has one of several', pattern: { eventName: ['MODIFY', 'INSERT'] }, is: true },
    { why: 'has another', pattern: { eventName: ['REMOVE'] }, is: false },
    { why: 'has the beginning', pattern: { dynamodb: { Keys: { sk: { S: [{ prefix: 'E#' }] } } } }, is: true },
    { why: 'begins otherwise', pattern: { dynamodb: { Keys: { sk: { S: [{ prefix: 'M#' }] } } } }, is: false },
    { why: 'has both of two', pattern: { eventName: ['INSERT'], ...image({ n: { N: ['1'] } }) }, is: true },
    { why: 'has one of two', pattern: { eventName: ['INSERT'], ...image({ n: { N: ['2'] } }) }, is: false },
    { why: 'has a number that is a text', pattern: image({ n: { N: [1] } }), is: false },
    { why: 'has true', pattern: image({ yes: { BOOL: [true] } }), is: true },
    { why: 'has a number', pattern: { dynamodb: { SizeBytes: [17] } }, is: true },
    { why: 'has it in a list', pattern: image({ tags: { SS: ['b'] } }), is: true },
    { why: 'has no such member', pattern: image({ none: { S: ['x'] } }), is: false },
    { why: 'has a member that every object has', pattern: { constructor: { name: ['Object'] } }, is: false },
    { why: 'is asked for nothing', pattern: {}, is: true },
  ])('that $why gets through: $is', ({ pattern, is }) => {
    expect(accepts(pattern)).toBe(is);
  });
});

describe('a pattern', () => {
  test.each([
    { why: 'is no JSON', text: '{', problem: 'is no JSON' },
    { why: 'is a list', text: '[]', problem: 'is no object of lists of values' },
    { why: 'has a value without a list', text: '{"a":"b"}', problem: 'is no object of lists of values' },
    {
      why: 'asks what is not there',
      text: '{"a":[{"exists":false}]}',
      problem: 'uses {"exists":false}, which is not supported locally',
    },
    {
      why: 'asks for numbers',
      text: '{"a":[{"numeric":[">",1]}]}',
      problem: 'uses {"numeric":[">",1]}, which is not supported locally',
    },
    {
      why: 'asks for more than a prefix',
      text: '{"a":[{"prefix":"x","suffix":"y"}]}',
      problem: 'uses {"prefix":"x","suffix":"y"}, which is not supported locally',
    },
    { why: 'has an or', text: '{"$or":[{"a":["b"]}]}', problem: 'uses $or, which is not supported locally' },
  ])('that $why is refused', ({ text, problem }) => {
    expect(patternIn(text)).toEqual({ problem });
  });
});
