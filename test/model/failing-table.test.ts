/**
 * Minutes of trouble in simulated time: the real route behind a queue with the template's settings. Nothing is put aside, and the
 * restaurants hear everything in its order once it is over.
 */
import { describe, expect, test } from '@jest/globals';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { resources, templates } from '../lib/templates.ts';
import { fifoQueue, type Received } from '../memory/fifo-queue.ts';
import { enrol } from '../memory/memberships.ts';
import type { Conduct } from '../memory/port-call.ts';
import { authenticated } from '../routes/conversation.ts';

const { VisibilityTimeout, RedrivePolicy } =
  resources(templates().gateway, 'AWS::SQS::Queue')['EventQueue']?.['Properties'] ?? {};
const settings = { visibilityMs: 1_000 * VisibilityTimeout, maxReceives: RedrivePolicy.maxReceiveCount };
const minute = 60_000;

/** What is wrong: the event table fails, every run dies at its first call, or Lambda begins none. */
type Trouble = 'the table is down' | 'runs die' | 'no run begins';
type Play = Readonly<{ trouble: Trouble; forMs: number }>;

const restaurants = ['r-17', 'r-18'];
/** An order each 10 s in either restaurant, while the trouble lasts. */
const betweenOrdersMs = 5_000;

const play = async ({ trouble, forMs }: Play) => {
  const { world, door } = await authenticated();
  for (const restaurantId of restaurants)
    enrol(world.memberships, { issuer: 'demo', userId: 'u-owner', restaurantId, role: 'manager' });
  const { clock } = world;
  const queue = fifoQueue(settings);
  const beganAtMs = clock.nowMs;
  const sinceMs = (): number => clock.nowMs - beganAtMs;
  const isWrong = (what: Trouble): boolean => what === trouble && sinceMs() < forMs;
  const conduct: Conduct = (call) => {
    if (isWrong('runs die')) return 'stops_before';
    return isWrong('the table is down') && call.startsWith('streams.') ? 'lost' : 'done';
  };
  const sent: { messageId: string; group: string; sentAtMs: number }[] = [];
  let runs = 0;

  const publish = (): void => {
    while (sinceMs() < forMs && sent.length * betweenOrdersMs <= sinceMs()) {
      const group = restaurants[sent.length % restaurants.length] ?? '';
      const messageId = `m-${sent.length}`;
      const body = JSON.stringify({ v: 1, type: 'order.created', id: messageId, data: {} });
      sent.push({ messageId, group, sentAtMs: clock.nowMs });
      queue.send({ messageId, group, body });
    }
  };

  const run = async (batch: readonly Received[]): Promise<void> => {
    runs += 1;
    const { ports, stopped } = world.ports(conduct);
    const ended = await Promise.race([
      fanOut({
        ...ports,
        pause: async (ms) => {
          clock.nowMs += ms;
        },
        hideMessages: async (messages, seconds) => {
          for (const { receiptHandle } of messages) queue.hide(receiptHandle, clock.nowMs + 1_000 * seconds);
        },
      })({
        Records: batch.map(({ group, receives, ...message }) => ({
          ...message,
          attributes: { MessageGroupId: group, SentTimestamp: '1', ApproximateReceiveCount: String(receives) },
        })),
      }),
      stopped,
    ]);
    if (ended === 'stopped') return;
    const failed = new Set(ended.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of batch) if (!failed.has(messageId)) queue.delete(receiptHandle);
  };

  while (sinceMs() < forMs || queue.waiting() > 0) {
    publish();
    const batch = queue.receive(clock.nowMs);
    if (batch.length === 0) clock.nowMs += 100;
    else if (!isWrong('no run begins')) await run(batch);
  }
  const numbered = restaurants.flatMap((id) =>
    [...(world.streams.get(id)?.events.values() ?? [])].sort((a, b) => a.event.seq - b.event.seq),
  );
  const lateMs = numbered.map(({ event, messageId }) => {
    const sentAtMs = sent.find((one) => one.messageId === messageId)?.sentAtMs ?? Number.NaN;
    return event.occurredAtMs - Math.max(sentAtMs, beganAtMs + forMs);
  });
  return {
    runs,
    deadLetters: queue.deadLetters,
    sent: restaurants.flatMap((id) => sent.filter(({ group }) => group === id).map(({ messageId }) => messageId)),
    numbered: numbered.map(({ messageId }) => messageId),
    heard: door.readBy().flatMap(({ seq }) => (seq === undefined ? [] : [seq])),
    latestMs: Math.max(...lateMs),
  };
};

describe('nothing is put aside, and all of it is numbered and heard in its order at most 15 s after', () => {
  test.each<Play>([
    { trouble: 'the table is down', forMs: 1_000 },
    { trouble: 'the table is down', forMs: 5 * minute },
    { trouble: 'the table is down', forMs: 10 * minute },
    { trouble: 'runs die', forMs: 10 * minute },
    { trouble: 'no run begins', forMs: 10 * minute },
  ])('$trouble for $forMs ms', async (one) => {
    const { deadLetters, sent, numbered, heard, latestMs } = await play(one);
    expect(deadLetters).toEqual([]);
    expect(numbered).toEqual(sent);
    expect(heard).toEqual(Array.from({ length: Math.ceil(sent.length / restaurants.length) }, (_, nth) => nth + 1));
    // A queue that is looked at each 0.1 s.
    expect(latestMs).toBeLessThanOrEqual(15_100);
  });
});

test('a run that dies costs its restaurant 15 s, and a table that is down for a second none of a later run', async () => {
  expect((await play({ trouble: 'runs die', forMs: 100 })).latestMs).toBeLessThanOrEqual(15_000);
  expect(await play({ trouble: 'the table is down', forMs: 600 })).toMatchObject({ runs: 1, latestMs: 100 });
});

test('a table that is down for longer than the queue keeps trying is a matter for people: what failed is put aside in order', async () => {
  const { deadLetters, sent, numbered } = await play({ trouble: 'the table is down', forMs: 30 * minute });
  expect(deadLetters.length).toBeGreaterThan(0);
  const orderOf = (id: string): number => sent.indexOf(id);
  expect([...deadLetters].sort((a, b) => orderOf(a) - orderOf(b))).toEqual(sent.filter((id) => !numbered.includes(id)));
  expect(numbered).toEqual(sent.filter((id) => !deadLetters.includes(id)));
});
