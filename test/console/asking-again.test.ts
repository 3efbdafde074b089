import { describe, expect, test } from '@jest/globals';
import { askingAgain, lagMs, settleMs } from '../../console/asking-again.ts';
import { createClock } from '../client/clock.ts';

/** Questions by the moment at which they were asked; each is answered when the test says so, or so much later. */
const asker = (answerAfterMs?: number) => {
  const clock = createClock(0);
  const asked: number[] = [];
  let answer = () => {};
  const askSoon = askingAgain(() => {
    asked.push(clock.now());
    return new Promise<void>((resolve) => {
      answer = resolve;
      if (answerAfterMs !== undefined) clock.timers.setTimeout(resolve, answerAfterMs);
    });
  }, clock.timers);
  return { asked, askSoon, pass: clock.pass, answer: () => answer() };
};

describe('what may have changed', () => {
  test('is asked a moment after the last change of a burst, and once more when no answer can be older than that', async () => {
    const { asked, askSoon, pass } = asker(20);
    for (let change = 0; change < 5; change++) {
      askSoon();
      await pass(100);
    }
    await pass(60_000);
    expect(asked).toEqual([400 + settleMs, 400 + settleMs + lagMs]);
  });

  test('is not asked in the middle of another question, but after it, and once more', async () => {
    const { asked, askSoon, pass, answer } = asker();
    askSoon();
    await pass(settleMs);
    askSoon();
    await pass(10 * settleMs);
    expect(asked).toEqual([settleMs]);
    answer();
    await pass(settleMs);
    expect(asked).toHaveLength(2);
    answer();
    await pass(lagMs);
    expect(asked).toHaveLength(3);
    answer();
    await pass(60_000);
    expect(asked).toHaveLength(3);
  });

  test('that changes again between the two questions is asked once more after the last change', async () => {
    const { asked, askSoon, pass } = asker(20);
    askSoon();
    await pass(1_000);
    askSoon();
    await pass(60_000);
    expect(asked).toEqual([settleMs, 1_000 + settleMs, 1_000 + settleMs + lagMs]);
  });

  test('is not asked while nothing changes', async () => {
    const { asked, pass } = asker();
    await pass(60_000);
    expect(asked).toEqual([]);
  });
});
