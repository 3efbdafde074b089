/** Audit under a flood from one address: so many records a minute, and one that counts the rest. Never under. */
import { describe, expect, test } from '@jest/globals';
import type { AnyAuditRecord } from '../../lambdas/security/audit-record.ts';
import { drainQueue } from '../memory/platform.ts';
import { type Conduct, down, type Fate, when } from '../memory/port-call.ts';
import { startMs } from '../memory/world.ts';
import { emptyRoom, pingText, type Room } from './conversation.ts';

/** One attempt, refused: its first message is no `authenticate`. */
const attempt = async (room: Room, nth: number, conduct?: Conduct): Promise<void> => {
  await room.door.connect({ connectionId: `c-${nth}=` });
  await room.door.say(pingText, conduct ? { conduct } : {}, `c-${nth}=`);
};

const kept = (room: Room): readonly AnyAuditRecord[] => [...room.world.audit.values()];
const oneByOne = (room: Room) => kept(room).filter(({ kind }) => kind === 'attempt');
const aggregates = (room: Room) => kept(room).filter(({ kind }) => kind === 'aggregate');

/** How many attempts the trail speaks of. */
const counted = (room: Room): number =>
  oneByOne(room).length + aggregates(room).reduce((sum, { aggregate }) => sum + (aggregate?.count ?? 0), 0);

describe('refusals of one address in one minute', () => {
  test.each([
    { attempts: 1, records: 1, rest: [] },
    { attempts: 20, records: 20, rest: [] },
    { attempts: 21, records: 20, rest: [1] },
    { attempts: 500, records: 20, rest: [480] },
  ])('$attempts of them are $records records and one of the rest: $rest', async ({ attempts, records, rest }) => {
    const room = emptyRoom({}, { recordsPerMinute: 20 });
    for (let nth = 1; nth <= attempts; nth++) await attempt(room, nth);
    expect(oneByOne(room)).toHaveLength(records);
    expect(aggregates(room)).toEqual([]);
    await room.letTimersRun();
    expect(aggregates(room).map(({ aggregate }) => aggregate?.count)).toEqual(rest);
    expect(counted(room)).toBe(attempts);
  });

  test('are one record with the address, the beginning and the end of the minute', async () => {
    const room = emptyRoom({}, { recordsPerMinute: 1 });
    room.wait(10_000);
    for (let nth = 1; nth <= 4; nth++) await attempt(room, nth);
    await room.letTimersRun();
    expect(aggregates(room)).toEqual([
      {
        kind: 'aggregate',
        event: 'rate_limit_exceeded',
        detail: 'flood',
        occurredAtMs: startMs + 60_000,
        connectionId: 'flood:203.0.113.7',
        connectedAtMs: startMs,
        sourceIp: '203.0.113.7',
        aggregate: { count: 3, startTimeMs: startMs, endTimeMs: startMs + 60_000 },
      },
    ]);
  });

  test('are told apart by minute', async () => {
    const room = emptyRoom({}, { recordsPerMinute: 1 });
    for (let nth = 1; nth <= 3; nth++) await attempt(room, nth);
    room.wait(60_000);
    for (let nth = 4; nth <= 8; nth++) await attempt(room, nth);
    await room.letTimersRun();
    expect(aggregates(room).map(({ aggregate }) => aggregate?.count)).toEqual([2, 4]);
  });

  test('count refused handshakes, too', async () => {
    const room = emptyRoom({}, { recordsPerMinute: 2, connectsPerMinute: 1 });
    for (let nth = 1; nth <= 6; nth++) await room.door.connect({ connectionId: `c-${nth}=` });
    expect(kept(room).map(({ kind }) => kind)).toEqual(['handshake', 'handshake']);
    room.world.queue.waiting = room.world.queue.waiting.filter(({ body }) => body.includes('"aggregate"'));
    await room.letTimersRun();
    expect(aggregates(room).map(({ aggregate }) => aggregate?.count)).toEqual([3]);
  });

  test('are recorded one by one while the budgets are down', async () => {
    const room = emptyRoom({}, { recordsPerMinute: 2 });
    for (let nth = 1; nth <= 5; nth++) await attempt(room, nth, down('addressCounters.countRefusal'));
    await room.letTimersRun();
    expect([oneByOne(room).length, aggregates(room)]).toEqual([5, []]);
  });
});

describe('what is counted', () => {
  const allowed = 2;
  const attempts = 5;

  const flooded = async (which: number, conduct: Conduct, timers?: Conduct): Promise<Room> => {
    const room = emptyRoom({}, { recordsPerMinute: allowed });
    for (let nth = 1; nth <= attempts; nth++) await attempt(room, nth, nth === which ? conduct : undefined);
    await drainQueue(room.world, room.door, timers);
    return room;
  };

  // Guard: the aggregate is arranged before anything is only counted, and before the row says that it was recorded (I4).
  test.each(Array.from({ length: attempts }, (_, index) => index + 1))(
    'is never under when the handler of refusal %i dies at any of its calls, and over by that one at most',
    async (which) => {
      for (let call = 1; call <= 12; call++)
        for (const fate of ['stops_before', 'stops_after'] satisfies Fate[]) {
          const room = await flooded(which, (_, nth) => (nth === call ? fate : 'done'));
          const total = counted(room);
          expect({ call, fate, isUnder: total < attempts }).toEqual({ call, fate, isUnder: false });
          expect({ call, fate, isOver: total > attempts + 1 }).toEqual({ call, fate, isOver: false });
        }
    },
  );

  test.each(['lost', 'answer_lost', 'retried'] as const)(
    'is never under when an answer of a call is %s, and over by that one at most',
    async (fate) => {
      for (const call of ['addressCounters.countRefusal', 'timer.send', 'addressCounters.aggregateIsDue', 'putRecord'])
        for (let which = 1; which <= attempts; which++) {
          const total = counted(await flooded(which, when(call, fate)));
          expect({ call, which, wrong: total < attempts || total > attempts + 1 }).toEqual({
            call,
            which,
            wrong: false,
          });
        }
    },
  );

  test('is written once, however often the message comes and wherever its handler dies', async () => {
    for (const call of ['addressCounters.refusalsOf', 'putRecord'])
      for (const fate of ['stops_before', 'stops_after', 'lost', 'answer_lost'] satisfies Fate[]) {
        const room = await flooded(0, () => 'done', when(call, fate));
        expect(aggregates(room).map(({ aggregate }) => aggregate?.count)).toEqual([attempts - allowed]);
        const toldOnce = room.world.telemetry.records.filter(
          ({ record, fate: told }) => record.kind === 'aggregate' && told === 'written',
        );
        expect(toldOnce.length).toBeLessThanOrEqual(1);
      }
  });
});
