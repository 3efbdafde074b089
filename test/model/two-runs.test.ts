/**
 * Two runs of one restaurant beside each other: a run that began late, or that is slow, still numbers when its messages are
 * visible again and the next run has them. In the end there is one numbering.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import { runs } from '../harness/runs.ts';
import type { Conduct, Fate } from '../memory/port-call.ts';
import { memoryWorld, type World } from '../memory/world.ts';
import { connectionTypes } from '../restaurant-domain.ts';

const restaurantId = 'r-17';

/** Messages are numbered from 0; a run is handed those from `first`, and so many. */
type Run = Readonly<{ first: number; count: number; fault: Readonly<{ call: number; fate: Fate }> | undefined }>;

const messageCount = 12;
const messages = Array.from({ length: messageCount }, (_, nth) => ({
  messageId: `m-${nth}`,
  receiptHandle: `m-${nth}`,
  body: JSON.stringify({
    v: 1,
    type: 'order.created',
    id: `id-${nth}`,
    data: { nth },
    audience: connectionTypes.filter((_type, index) => (nth + index) % 3 > 0),
  }),
  attributes: { MessageGroupId: restaurantId, SentTimestamp: '1', ApproximateReceiveCount: '1' },
}));

const run = (first: fc.Arbitrary<number>): fc.Arbitrary<Run> =>
  fc.record({
    first,
    count: fc.integer({ min: 1, max: 10 }),
    fault: fc.option(
      fc.record({
        call: fc.integer({ min: 1, max: 20 }),
        fate: fc.constantFrom<Fate>('lost', 'answer_lost', 'retried', 'stops_before', 'stops_after'),
      }),
      { nil: undefined },
    ),
  });

const play = async (scheduler: fc.Scheduler, plan: readonly Run[]): Promise<World> => {
  const world = memoryWorld((call) => scheduler.schedule(Promise.resolve(), call));
  const begin = async ({ first, count, fault }: Run): Promise<void> => {
    await scheduler.schedule(Promise.resolve(), `a run of ${count} from ${first} begins`);
    const conduct: Conduct = (_, nth) => (nth === fault?.call ? fault.fate : 'done');
    const { ports, stopped } = world.ports(conduct, 'fan-out');
    const Records = messages.slice(first, first + count);
    const ended = await Promise.race([fanOut(ports)({ Records }), stopped]);
    // The queue forgets what is reported as done: it is numbered, and the head has passed it.
    if (ended !== 'stopped' && ended.batchItemFailures.length === 0)
      for (const { messageId } of Records) expect(numberOf(world, messageId)).toBeLessThanOrEqual(headOf(world));
  };
  await scheduler.waitFor(Promise.all(plan.map(begin)));
  return world;
};

const headOf = (world: World): number => world.streams.get(restaurantId)?.head?.headSeq ?? 0;

const numberOf = (world: World, messageId: string): number =>
  world.streams.get(restaurantId)?.marks.get(messageId.replace('m-', 'id-'))?.mark.seq ?? Number.POSITIVE_INFINITY;

/** What was not done by then comes again, all of it, and nothing is in its way. */
const settle = async (world: World, scheduler: fc.Scheduler): Promise<readonly RestaurantEvent[]> => {
  for (let first = 0; first < messageCount; first += 10) {
    const { ports } = world.ports();
    const served = fanOut(ports)({ Records: messages.slice(first, first + 10) });
    expect(await scheduler.waitFor(served)).toEqual({ batchItemFailures: [] });
  }
  const events = [...(world.streams.get(restaurantId)?.events.values() ?? [])].map(({ event }) => event);
  const inOrder = events.sort((a, b) => a.seq - b.seq);
  expect(headOf(world)).toBe(inOrder.length);
  return inOrder;
};

const isOneNumbering = (events: readonly RestaurantEvent[]): void => {
  expect(events.map(({ seq }) => seq)).toEqual(messages.map((_, nth) => nth + 1));
  expect(events.map(({ id }) => id).sort()).toEqual(messages.map((_, nth) => `id-${nth}`).sort());
  for (const type of connectionTypes) {
    const seen = events.filter(({ audience }) => audience.includes(type));
    expect(seen.map(({ prevSeqOf }) => prevSeqOf[type])).toEqual([0, ...seen.map(({ seq }) => seq)].slice(0, -1));
  }
};

const options = { numRuns: runs(600), seed: Number(process.env['FC_SEED'] ?? 24) };

describe('runs of one restaurant beside each other end in one numbering', () => {
  test('in the order of the queue, whatever they were handed, each from the first message on', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(run(fc.constant(0)), { minLength: 2, maxLength: 4 }),
        async (scheduler, plan) => {
          const events = await settle(await play(scheduler, plan), scheduler);
          isOneNumbering(events);
          expect(events.map(({ id }) => id)).toEqual(messages.map((_, nth) => `id-${nth}`));
        },
      ),
      options,
    ));

  test('also when one of them still holds messages that the queue has given up', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(run(fc.nat(messageCount - 1)), { minLength: 2, maxLength: 4 }),
        async (scheduler, plan) => {
          isOneNumbering(await settle(await play(scheduler, plan), scheduler));
        },
      ),
      options,
    ));
});
