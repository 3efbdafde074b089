import { describe, expect, test } from '@jest/globals';
import { sandboxMessageBudget } from '../../lambdas/budget/message-budget.ts';
import { generousLimits } from '../memory/world.ts';

const limits = {
  ...generousLimits,
  messages_per_minute: 60,
  message_burst: 2,
  pings_per_minute: 60,
  ping_burst: 3,
};
const session = { connectionId: 'c-1=', connectedAtMs: 1 };

describe('the messages of a session', () => {
  test('are within its burst, over it, and a flood after a whole burst of refusals', () => {
    const budget = sandboxMessageBudget(limits);
    const outcomes = Array.from({ length: 6 }, () => budget(session, 'message', 0));
    expect(outcomes).toEqual(['within', 'within', 'over', 'over', 'flood', 'flood']);
  });

  test('are no flood when it waits in between: refusals in a row count', () => {
    const budget = sandboxMessageBudget(limits);
    const at = (nowMs: number) => budget(session, 'message', nowMs);
    expect([0, 0, 0, 0, 1000, 1000, 1000, 1000].map(at)).toEqual([
      'within',
      'within',
      'over',
      'over',
      'within',
      'over',
      'over',
      'flood',
    ]);
  });

  test('and its pings have a bucket each', () => {
    const budget = sandboxMessageBudget(limits);
    for (let nth = 0; nth < 3; nth++) expect(budget(session, 'ping', 0)).toBe('within');
    expect(budget(session, 'ping', 0)).toBe('over');
    expect(budget(session, 'message', 0)).toBe('within');
  });

  test.each([
    { why: 'another connection', key: { connectionId: 'c-2=', connectedAtMs: 1 } },
    { why: 'another connection of the same id', key: { connectionId: 'c-1=', connectedAtMs: 2 } },
  ])('do not cost $why anything', ({ key }) => {
    const budget = sandboxMessageBudget(limits);
    for (let nth = 0; nth < 5; nth++) budget(session, 'message', 0);
    expect(budget(key, 'message', 0)).toBe('within');
  });

  test('are forgotten when 10,000 others spoke since, and only then', () => {
    const budget = sandboxMessageBudget(limits);
    const others = (count: number) => {
      for (let nth = 0; nth < count; nth++) budget({ connectionId: `other-${nth}`, connectedAtMs: 1 }, 'message', 0);
    };
    for (let nth = 0; nth < 3; nth++) budget(session, 'message', 0);
    others(9_999);
    expect(budget(session, 'message', 0)).toBe('over');
    others(10_000);
    expect(budget(session, 'message', 0)).toBe('within');
  });
});
