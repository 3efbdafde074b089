/** Handlers of one connection at the same time, in every order the scheduler thinks of, and nothing goes wrong with the network. */
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { statuses } from '../contract/rows.ts';
import { runs } from '../harness/runs.ts';
import { brokenAtRest } from './invariants.ts';
import { perform } from './perform.ts';
import type { Performance } from './performance.ts';
import { anyWait, badSaid, goodSaid, leave, type Script, say, scripts, shuffled, wait } from './script.ts';

const reached = new Set<string>();

/** Plays many scripts; each must leave every invariant whole, and `also` what else must hold. */
const always = (script: fc.Arbitrary<Script>, also: (performance: Performance) => void = () => {}): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), script, async (scheduler, one) => {
      const performance = await perform(scheduler, one);
      expect(brokenAtRest(performance)).toEqual([]);
      also(performance);
      for (const { to } of performance.world.connections.history) reached.add(to);
      for (const { message } of performance.door.socketOf('c-1=').received) reached.add(String(message['type']));
    }),
    { numRuns: runs(700) },
  );

const sessions = ({ world }: Performance) =>
  world.connections.history.filter(({ from, to }) => from === 'granting' && to === 'authenticated');

/** Nobody has said anything yet. */
const atFirst = { prologue: fc.constant([]) };

describe('of everything that happens to one connection at once', () => {
  // Guard: the lease, `pending -> verifying` by one owner alone (I3).
  test('two good authenticates make one session, and it stays who it is', () =>
    always(scripts({ ...atFirst, stimuli: fc.tuple(goodSaid.map(say), goodSaid.map(say)) }), (performance) =>
      expect(sessions(performance)).toHaveLength(1),
    ));

  // Guard: the lease, and no answer to what was not decided by this message (I1, I3, I4).
  test('a good authenticate, a bad one and any other message are one attempt', () =>
    always(scripts({ ...atFirst, stimuli: shuffled(goodSaid.map(say), badSaid.map(say), badSaid.map(say)) })));

  // Guards: `arrivedInTime`, `deadlineHasPassed`, `leaseHasLapsed` (I2, I7, I8).
  test('an authenticate against the timeout is authenticated or timed out, not both', () =>
    always(
      scripts({
        ...atFirst,
        stimuli: shuffled(goodSaid.map(say), fc.constantFrom(5_000, 5_001).map(wait), anyWait, anyWait),
      }),
    ));

  // Guards: a row that is granting stays until its records are written; a row that has ended never comes back (I4, I6).
  test('a client that leaves in between leaves nothing behind', () =>
    always(
      scripts({
        ...atFirst,
        stimuli: shuffled(goodSaid.map(say), fc.constant(leave), anyWait),
        disconnects: fc.constantFrom(1, 2),
      }),
    ));

  // Guard: the expiry is checked where the answer is made (I9).
  test('a session that is over by the time it begins, or is renewed, is answered by its end', () =>
    always(
      scripts({
        stimuli: shuffled(
          fc.constant(say('chef, with little time left')),
          fc.constantFrom(say('chef'), say('unjudged'), say('ping')),
          fc.constant(wait(4_000)),
          fc.constant(wait(5_001)),
        ),
      }),
    ));

  // Guard: whatever the timer does, the row's own conditions decide (I2, I3, I7).
  test('timer messages that never come let nobody in', () => always(scripts({ timers: fc.constant('lost') })));

  test('whatever it is, every invariant holds', () => always(scripts()));
});

// A model that never gets anywhere proves nothing.
afterAll(() => {
  const frames = ['auth_success', 'auth_error', 'closing', 'pong', 'error'];
  const unreached = [...statuses, ...frames].filter((one) => !reached.has(one));
  expect(unreached).toEqual([]);
});
