import { describe, expect, test } from '@jest/globals';
import { type LogRecord, parseQuery } from './insights.ts';

const lines: readonly LogRecord[] = [
  { '@timestamp': 60_000, event: 'a', user: 'u-1', ms: 5 },
  { '@timestamp': 90_000, event: 'a', user: 'u-2', ms: 7 },
  { '@timestamp': 600_000, event: 'b', user: 'u-1' },
  { '@timestamp': 610_000, other: 'x' },
];
const answer = (text: string) => parseQuery(text).run(lines);
const times = (text: string) => answer(text).map((record) => Number(record['@timestamp']) / 1000);

test.each([
  { filter: 'event = "a"', passes: [60, 90] },
  { filter: 'event != "a"', passes: [600] },
  { filter: 'event in ["b", "c"]', passes: [600] },
  { filter: 'user like /^u-[12]$/', passes: [60, 90, 600] },
  { filter: 'ispresent(ms)', passes: [60, 90] },
  { filter: 'not ispresent(event)', passes: [610] },
  { filter: 'event = "a" and user = "u-2"', passes: [90] },
  { filter: 'event = "b" or event = "a" and user = "u-2"', passes: [90, 600] },
  { filter: '(event = "b" or event = "a") and user = "u-2"', passes: [90] },
  { filter: 'ms = 7', passes: [90] },
])('filter $filter lets through $passes', ({ filter, passes }) => {
  expect(times(`filter ${filter}`)).toEqual(passes);
});

test('stats counts by group, sort orders and limit cuts', () => {
  const query = 'filter ispresent(event)\n| stats count(*) as n, max(ms) as most by event\n| sort n asc';
  expect(answer(query)).toEqual([
    { event: 'b', n: 1 },
    { event: 'a', n: 2, most: 7 },
  ]);
  expect(answer(`${query}\n| limit 1`)).toEqual([{ event: 'b', n: 1 }]);
});

test('stats counts what differs, what is there, and by time', () => {
  expect(answer('stats count_distinct(user) as users, count(ms) as timed, min(ms) as least by bin(5m)')).toEqual([
    { 'bin(5m)': 0, users: 2, timed: 2, least: 5 },
    { 'bin(5m)': 600_000, users: 1, timed: 0 },
  ]);
});

test('a query tells which fields it reads', () => {
  const { fields } = parseQuery(
    'fields @timestamp, a\n| filter b = "x" and ispresent(c)\n| stats count(d) as n by e\n| sort n desc',
  );
  expect([...fields].sort()).toEqual(['@timestamp', 'a', 'b', 'c', 'd', 'e']);
});

describe('what is not understood is refused', () => {
  test.each([
    { why: 'a command', query: 'dedup user' },
    { why: 'a line without its pipe', query: 'filter event = "a"\nlimit 5' },
    { why: 'a comparison', query: 'filter ms > 5' },
    { why: 'a comparison in words', query: 'filter event is "a"' },
    { why: 'a value without quotes', query: 'filter event = a' },
    { why: 'single quotes', query: "filter event = 'a'" },
    { why: 'an open bracket', query: 'filter (event = "a"' },
    { why: 'two conditions without a word between', query: 'filter event = "a" user = "b"' },
    { why: 'a function', query: 'stats pct(ms, 99) as p by event' },
    { why: 'a column without a name', query: 'stats count(*) by event' },
    { why: 'sorting by what stats dropped', query: 'stats count(*) as n by event\n| sort ms desc' },
    { why: 'sorting without a direction', query: 'sort ms' },
    { why: 'no limit', query: 'limit none' },
  ])('$why', ({ query }) => {
    expect(() => parseQuery(query)).toThrow();
  });
});
