/** Functions that end half-way: before or after any of their calls. The timer and `$disconnect` settle what they left. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../harness/runs.ts';
import { keysOf } from '../keys-of.ts';
import { drainQueue, platform } from '../memory/platform.ts';
import type { Conduct, Fate } from '../memory/port-call.ts';
import { memoryWorld } from '../memory/world.ts';
import { brokenAtRest, guardWhilePlaying } from './invariants.ts';
import { perform } from './perform.ts';
import type { Request } from './performance.ts';
import { anyCrash, type Said, type Script, scripts, texts } from './script.ts';

/** More calls than any handler makes: the last ones end nothing, and show that the list is complete. */
const mostCalls = 14;
const never: Conduct = () => 'done';
const crashes: readonly Conduct[] = [
  never,
  ...Array.from({ length: mostCalls }, (_, index) => index + 1).flatMap((call) =>
    (['stops_before', 'stops_after'] satisfies Fate[]).map(
      (fate): Conduct =>
        (_, nth) =>
          nth === call ? fate : 'done',
    ),
  ),
];

/** One handler after the other: the message, then perhaps the client's leaving, then the timer; each may end half-way. */
const oneAfterTheOther = async (
  said: Said,
  leaves: boolean,
  [message, disconnect, timer]: readonly [Conduct, Conduct, Conduct],
): Promise<readonly string[]> => {
  const world = memoryWorld();
  const door = platform(world);
  const requests: Request[] = [{ requestId: 'request-1', text: texts[said], arrivedAtMs: world.clock.nowMs }];
  const broken = guardWhilePlaying(world, requests);
  await door.connect();
  await door.say(texts[said], { requestId: 'request-1', conduct: message });
  if (leaves && door.leave()) await door.disconnected(disconnect);
  const [due] = world.queue.waiting.splice(0, 1);
  if (due === undefined) throw new Error('no timer was armed');
  world.clock.nowMs = due.dueAtMs;
  await door.receive(due, timer);
  await drainQueue(world, door);
  const script: Script = { prologue: [], stimuli: [], disconnects: 1, timers: 'once', faults: [] };
  // A `$disconnect` that ended half-way need not have removed the row.
  return brokenAtRest({ script, world, door, requests, delivered: [], disconnected: false, broken });
};

describe('a crash', () => {
  // Guards: the timer finishes what it finds settled; the record before the outcome (I4, I5, I8).
  test.each(keysOf(texts))('between any two steps of a handler that was told "%s" is settled', async (said) => {
    for (const message of crashes) expect(await oneAfterTheOther(said, false, [message, never, never])).toEqual([]);
  });

  // Guard: a settled row stays until its record is written; `$disconnect` records before it removes (I4).
  test.each<Said>(['chef', 'platform owner', 'forged', 'ping'])(
    'between any two steps of it and of $disconnect or the timer is settled ("%s")',
    async (said) => {
      for (const message of crashes)
        for (const second of crashes) {
          expect(await oneAfterTheOther(said, false, [message, never, second])).toEqual([]);
          expect(await oneAfterTheOther(said, true, [message, second, never])).toEqual([]);
        }
    },
  );

  // Guards: all of the above, while other handlers of the connection run.
  test('or two, in the middle of anything else, is settled', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        scripts({ faults: fc.array(anyCrash, { minLength: 1, maxLength: 2 }) }),
        async (scheduler, script) => expect(brokenAtRest(await perform(scheduler, script))).toEqual([]),
      ),
      { numRuns: runs(1_500) },
    ));
});
