import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../harness/runs.ts';
import { endStateOf } from './invariants.ts';
import { perform } from './perform.ts';
import type { Performance, Request } from './performance.ts';
import { anyCrash, anyWait, badSaid, goodSaid, leave, say, scripts } from './script.ts';

/**
 * Whether the message is news to a session. One that was not answered, because another was being decided, is a renewal
 * when it comes again, and so is one that another has renewed since; a session whose time is over is closed.
 */
const isNews = ({ world, door }: Performance, { requestId, text }: Request): boolean => {
  const row = door.rowOf();
  if (row?.status !== 'authenticated') return false;
  if (row.session.sessionExpiresAtMs <= world.clock.nowMs) return true;
  return text.includes('authenticate') && row.ownerId !== requestId;
};

// Guards: every condition names the state it leaves; own-write recognition; put-if-absent with ids that follow from the record (I15).
test('running every handler once more, when everything is at rest, changes nothing', () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      scripts({
        stimuli: fc.array(fc.oneof(goodSaid.map(say), badSaid.map(say), anyWait, fc.constant(leave)), {
          minLength: 1,
          maxLength: 5,
        }),
        faults: fc.array(anyCrash, { maxLength: 1 }),
      }),
      async (scheduler, script) => {
        const performance = await perform(scheduler, script);
        const { door, world, requests, delivered, disconnected } = performance;
        const again = async () => {
          for (const request of requests)
            if (!isNews(performance, request)) await scheduler.waitFor(door.say(request.text, request));
          for (const message of delivered) await scheduler.waitFor(door.receive(message));
          if (disconnected) await scheduler.waitFor(door.disconnected());
        };
        // What a crash left to a handler that comes again is done the first time.
        if (script.faults.length > 0) await again();
        const before = endStateOf(performance);
        await again();
        expect(endStateOf(performance)).toEqual(before);
        expect(world.queue.waiting).toEqual([]);
      },
    ),
    { numRuns: runs(1_200) },
  ));
