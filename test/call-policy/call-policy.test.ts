import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mayRetry, nextAttemptTimeoutMs, openCircuitTimeoutMs } from '../../lambdas/call-policy/call-policy.ts';
import { callPolicies } from '../../lambdas/wiring/aws-ports.ts';
import { hangingCallMs, type Service } from '../memory/hanging.ts';

const { tables, queues, sockets } = callPolicies;

describe('a try', () => {
  test.each([
    { why: 'has its whole time at first', of: tables, leftMs: 3000, unanswered: 0, ms: 400 },
    { why: 'has its whole time after two that had no answer', of: tables, leftMs: 3000, unanswered: 2, ms: 400 },
    { why: 'is short where the service is silent', of: tables, leftMs: 3000, unanswered: 3, ms: openCircuitTimeoutMs },
    { why: 'ends with the time of its service', of: tables, leftMs: 800, unanswered: 0, ms: 100 },
    { why: 'is short and ends with the time of its service', of: tables, leftMs: 750, unanswered: 9, ms: 50 },
    { why: 'is none where nothing is left', of: tables, leftMs: 700, unanswered: 0, ms: 0 },
    { why: 'is none where next to nothing is left', of: tables, leftMs: 705, unanswered: 0, ms: 0 },
    { why: 'is none where too much was used', of: tables, leftMs: -20, unanswered: 0, ms: 0 },
    { why: 'of a queue is there when that of a table is not', of: queues, leftMs: 700, unanswered: 0, ms: 200 },
    { why: 'of a socket leaves half for the close', of: sockets, leftMs: 450, unanswered: 0, ms: 200 },
    { why: 'of a socket is no shorter for those of others', of: sockets, leftMs: 3000, unanswered: 50, ms: 400 },
    {
      why: 'has its whole time before any invocation',
      of: tables,
      leftMs: Number.POSITIVE_INFINITY,
      unanswered: 0,
      ms: 400,
    },
  ])('$why', ({ of, leftMs, unanswered, ms }) => {
    expect(nextAttemptTimeoutMs(of, { leftMs, unanswered })).toBe(ms);
  });

  test.each([
    { why: 'while there is time', leftMs: 2600, wasOpen: false, again: true },
    { why: 'at the last moment for a pause and a try', leftMs: 950, wasOpen: false, again: true },
    { why: 'when a pause would take what is left', leftMs: 949, wasOpen: false, again: false },
    { why: 'of a silent service', leftMs: 2600, wasOpen: true, again: false },
  ])('is followed by another: $again, $why', ({ leftMs, wasOpen, again }) => {
    expect(mayRetry(tables, { leftMs, unanswered: 1 }, wasOpen)).toBe(again);
  });
});

test('whatever hangs, however often, tables, queues and sockets leave what they must', () => {
  const services = fc.array(fc.constantFrom<Service>('tables', 'queues', 'sockets'), { maxLength: 40 });
  fc.assert(
    fc.property(services, fc.integer({ min: 1000, max: 10_000 }), (calls, timeoutMs) => {
      const state = { leftMs: timeoutMs, unanswered: { tables: 0, queues: 0, sockets: 0 } };
      for (const service of calls) {
        const beforeMs = state.leftMs;
        const usedMs = hangingCallMs(service, state);
        expect(state.leftMs).toBe(beforeMs - usedMs);
        if (usedMs > 0) expect(state.leftMs).toBeGreaterThanOrEqual(callPolicies[service].reserveMs);
      }
    }),
  );
});
