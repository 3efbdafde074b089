import { describe, expect, test } from '@jest/globals';
import { runs } from '../../harness/runs.ts';
import fc from 'fast-check';
import { type Member, objectOf, scanList, scanObject } from '../../../protocol/json/members.ts';
import { depthOf, read } from './reference.ts';
import { damagedText, jsonText, objectText } from './texts.ts';

const maxDepth = 32;
const membersOf = (text: string): readonly (readonly [string, Member])[] => {
  const scanned = scanObject(text, maxDepth);
  if ('refused' in scanned) throw new Error(`refused: ${scanned.refused}`);
  return [...scanned.members];
};
const textsOf = (text: string) => membersOf(text).map(([key, { text: value }]) => [key, value]);

describe('a member is found as it was written', () => {
  test.each([
    { why: 'keys like numbers, in their order', data: '{"10":1,"2":2}' },
    { why: 'a number beyond 2^53', data: '9007199254740993' },
    { why: '1.0', data: '1.0' },
    { why: 'an emoji, as itself and in escapes', data: '["🍕","\\ud83c\\udf55"]' },
    { why: 'U+FFFE', data: '"\ufffe"' },
    { why: '__proto__', data: '{"__proto__":{"a":1}}' },
    { why: 'white space within', data: '{ "a" :\t[ 1 ,2 ] }' },
    { why: 'brackets, commas and quotes in a string', data: '"]},\\",{["' },
    { why: 'nothing', data: '""' },
    { why: 'a word', data: 'null' },
  ])('$why', ({ data }) => {
    expect(textsOf(`{"type":"order.created","data":${data},"id":"a"}`)).toEqual([
      ['type', '"order.created"'],
      ['data', data],
      ['id', '"a"'],
    ]);
    expect(textsOf(` {\n"data" : ${data}\t} `)).toEqual([['data', data]]);
  });

  test('under the key that it says, however that is written', () => {
    expect(textsOf('{"d\\u0061ta":1,"\\n":2,"__proto__":3,"":4,"10":5,"2":6}')).toEqual([
      ['data', '1'],
      ['\n', '2'],
      ['__proto__', '3'],
      ['', '4'],
      ['10', '5'],
      ['2', '6'],
    ]);
  });

  test('and no deeper: a member of a member is none', () => {
    expect(textsOf('{"a":{"data":1},"b":[{"data":2},3]}')).toEqual([
      ['a', '{"data":1}'],
      ['b', '[{"data":2},3]'],
    ]);
  });

  test.each([
    { value: '1', depth: 0 },
    { value: '[]', depth: 1 },
    { value: '{"a":1}', depth: 1 },
    { value: '[[1],{"a":[]},[2]]', depth: 3 },
  ])('with its depth: $value', ({ value, depth }) => {
    const [before, member, after] = membersOf(`{"x":[[[[]]]],"a":${value},"y":[]}`);
    expect([before?.[1].depth, member?.[1].depth, after?.[1].depth]).toEqual([4, depth, 1]);
  });
});

test('members make an object again, each as it was written', () => {
  const [, ...rest] = membersOf('{"type":"a", "order\\u005fid" : 1.0 ,"note":"🍕"}').map(([, member]) => member);
  expect(objectOf(rest)).toBe('{"order\\u005fid" : 1.0,"note":"🍕"}');
  expect(objectOf([])).toBe('{}');
});

test('elements of a list are found as they were written', () => {
  const scanned = scanList(' [1.0, {"a":[ ]} ,"]"] ', maxDepth);
  expect('elements' in scanned && scanned.elements.map(({ text, depth }) => [text, depth])).toEqual([
    ['1.0', 0],
    ['{"a":[ ]}', 2],
    ['"]"', 0],
  ]);
  expect(scanList('[]', maxDepth)).toEqual({ elements: [] });
});

describe('another value than was asked for is refused', () => {
  test.each([
    { why: 'a list', text: ' [{"a":1}]', refused: 'not_an_object', at: 1 },
    { why: 'a string', text: '"{}"', refused: 'not_an_object', at: 0 },
    { why: 'a word', text: 'null', refused: 'not_an_object', at: 0 },
    { why: 'a list that is none', text: '[1', refused: 'not_json', at: 2 },
    { why: 'a list that receivers read differently', text: '[1e400]', refused: 'number_too_large', at: 1 },
    {
      why: 'an object that is too deep',
      text: `{"a":${'['.repeat(32)}${']'.repeat(32)}}`,
      refused: 'too_deep',
      at: 36,
    },
  ])('for an object: $why', ({ text, refused, at }) => {
    expect(scanObject(text, maxDepth)).toMatchObject({ refused, at });
  });

  test('for a list: an object', () => {
    expect(scanList('{"a":[1]}', maxDepth)).toEqual({ refused: 'not_a_list', at: 0 });
  });

  test('for an object of scalars: one with a list in it', () => {
    expect(scanObject('{"a":1}', 1)).toHaveProperty('members');
    expect(scanObject('{"a":[]}', 1)).toEqual({ refused: 'too_deep', at: 5, under: 'a' });
  });
});

describe('over texts of all kinds', () => {
  test('members are those of a plain reader, cut out of the text, in its order', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: objectText }, jsonText, damagedText), (text) => {
        const scanned = scanObject(text, maxDepth);
        const value = read(text);
        if ('refused' in scanned) return;
        taken++;
        if (value?.kind !== 'object') throw new Error('taken, and no object');
        expect([...scanned.members.keys()]).toEqual(value.members.map(([{ value: key }]) => key));
        value.members.forEach(([key, one], i) => {
          const member = [...scanned.members.values()][i];
          if (member === undefined) throw new Error('a member is missing');
          expect(member.text).toBe(text.slice(member.start, member.end));
          expect(text.slice(0, member.end).endsWith(member.written)).toBe(true);
          expect([read(member.text), member.depth]).toEqual([one, depthOf(one)]);
          expect(read(`{${member.written}}`)).toEqual({ kind: 'object', members: [[key, one]] });
          expect(member.text.trim()).toBe(member.text);
        });
        expect(read(objectOf(scanned.members.values()))).toEqual(value);
      }),
      { numRuns: runs(3_000) },
    );
    expect(taken).toBeGreaterThan(runs(200));
  });
});

describe('the member that is refused is named', () => {
  test.each([
    { why: 'the one it stands in', text: '{"a":1,"b":{"c":[1e400]},"d":2}', under: 'b' },
    { why: 'the first of two such', text: '{"a":{"x":"\\ud800"},"b":1e400}', under: 'a' },
    { why: 'one that comes twice', text: '{"a":1,"b":2,"\\u0061":3}', under: 'a' },
    { why: 'not one before it', text: '{"a":{"b":1},"c":1e400}', under: 'c' },
  ])('$why', ({ text, under }) => {
    expect(scanObject(text, 32)).toMatchObject({ under });
  });
});
