import { describe, expect, test } from '@jest/globals';
import { sandboxMessageLimiter } from '../../lambdas/rate-limit/message-limiter.ts';
import { generousLimits } from '../memory/world.ts';

const limits = {
  ...generousLimits,
  messagesPerMinute: 60,
  messageBurst: 2,
  pingsPerMinute: 60,
  pingBurst: 3,
};
const session = { connectionId: 'c-1=', connectedAtMs: 1 };

describe('the messages of a session', () => {
  test('are within its burst, over it, and a flood after a whole burst of refusals', () => {
    const limit = sandboxMessageLimiter(limits);
    const outcomes = Array.from({ length: 6 }, () => limit(session, 'message', 0));
    expect(outcomes).toEqual(['within', 'within', 'over', 'over', 'flood', 'flood']);
  });

  test('are no flood when it waits in between: refusals in a row count', () => {
    const limit = sandboxMessageLimiter(limits);
    const at = (nowMs: number) => limit(session, 'message', nowMs);
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

  test('and its pings have a rate each', () => {
    const limit = sandboxMessageLimiter(limits);
    for (let nth = 0; nth < 3; nth++) expect(limit(session, 'ping', 0)).toBe('within');
    expect(limit(session, 'ping', 0)).toBe('over');
    expect(limit(session, 'message', 0)).toBe('within');
  });

  test.each([
    { why: 'another connection', key: { connectionId: 'c-2=', connectedAtMs: 1 } },
    { why: 'another connection of the same id', key: { connectionId: 'c-1=', connectedAtMs: 2 } },
  ])('do not cost $why anything', ({ key }) => {
    const limit = sandboxMessageLimiter(limits);
    for (let nth = 0; nth < 5; nth++) limit(session, 'message', 0);
    expect(limit(key, 'message', 0)).toBe('within');
  });

  test('are forgotten when 10,000 others spoke since, and only then', () => {
    const limit = sandboxMessageLimiter(limits);
    const others = (count: number) => {
      for (let nth = 0; nth < count; nth++) limit({ connectionId: `other-${nth}`, connectedAtMs: 1 }, 'message', 0);
    };
    for (let nth = 0; nth < 3; nth++) limit(session, 'message', 0);
    others(9_999);
    expect(limit(session, 'message', 0)).toBe('over');
    others(10_000);
    expect(limit(session, 'message', 0)).toBe('within');
  });
});
