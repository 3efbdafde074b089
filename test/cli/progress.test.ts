import { expect, test } from '@jest/globals';
import { progress } from '../../bin/members/progress.ts';

const shown = (isTerminal: boolean, everyMs: number, times: number): string => {
  let nowMs = 0;
  let text = '';
  const line = progress({ isTerminal, write: (more) => (text += more), now: () => nowMs });
  for (let nth = 1; nth <= times; nth += 1) {
    nowMs += everyMs;
    line.at(() => `${nth} rows`);
  }
  line.clear();
  return text;
};

test.each([
  {
    why: 'a terminal has one line that changes, and goes',
    isTerminal: true,
    everyMs: 150,
    times: 5,
    text: '\r\u001b[K2 rows\r\u001b[K4 rows\r\u001b[K',
  },
  { why: 'a file has a line now and then', isTerminal: false, everyMs: 4_000, times: 6, text: '3 rows\n6 rows\n' },
  { why: 'what is over at once says nothing', isTerminal: false, everyMs: 10, times: 5, text: '' },
])('$why', ({ isTerminal, everyMs, times, text }) => {
  expect(shown(isTerminal, everyMs, times)).toBe(text);
});
