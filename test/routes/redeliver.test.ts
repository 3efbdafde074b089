/** What a run has not posted is posted again, to whoever may still hear it. */
import { describe, expect, test } from '@jest/globals';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { redeliver } from '../../lambdas/routes/redeliver.ts';
import type { Ports } from '../../lambdas/ports.ts';
import { createClock } from '../client/clock.ts';
import { trailOf } from '../memory/audit.ts';
import { allGoesWell, type Conduct, down } from '../memory/port-call.ts';
import type { World } from '../memory/world.ts';
import { authenticated, authenticateText, type Room } from './conversation.ts';

const record = (id: string, group = 'r-17') => ({
  messageId: id,
  receiptHandle: `receipt-`,
  body: JSON.stringify({ v: 1, type: 'order.created', id, data: { order_id: 1 } }),
  attributes: { MessageGroupId: group, SentTimestamp: '1', ApproximateReceiveCount: '1' },
});
type Change = (ports: Ports) => Ports;
const asIs: Change = (ports) => ports;

const publish = async (
  world: World,
  ids: readonly string[],
  conduct: Conduct = allGoesWell,
  change = asIs,
  group = 'r-17',
) => {
  const Records = ids.map((id) => record(id, group));
  expect(await fanOut(change(world.ports(conduct).ports))({ Records })).toEqual({ batchItemFailures: [] });
};

/** Waits for the next message of the queue and runs the function on it; yields whether it comes again. */
const postAgain = async ({ world }: Room, conduct: Conduct = allGoesWell): Promise<'done' | 'comes again'> => {
  const [due, ...others] = world.redeliveries.waiting.splice(0);
  if (due === undefined || others.length > 0) throw new Error('one message a run and step, there is another number');
  world.clock.nowMs = Math.max(world.clock.nowMs, due.dueAtMs);
  const { batchItemFailures } = await redeliver(world.ports(conduct).ports)({ Records: [due] });
  return batchItemFailures.length === 0 ? 'done' : 'comes again';
};

const seqsHeard = (room: Room, connectionId = 'c-1=') =>
  room.door.readBy(connectionId).flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
const unreachable = down('sockets.post');

/** Lets the first posts succeed; no other does. */
const only = (posts: number): Conduct => {
  let seen = 0;
  return (call) => (call === 'sockets.post' && ++seen > posts ? 'lost' : 'done');
};

const enterAs = async (room: Room, connectionId: string, fields: object) => {
  await room.door.connect({ connectionId });
  await room.door.say(authenticateText({ ...fields }), {}, connectionId);
};

describe('what was not posted', () => {
  test('is posted again after 2 s, then after 10, then after 30, and is left to the next ping then', async () => {
    const room = await authenticated();
    const { world } = room;
    await publish(world, ['a'], unreachable);
    const delaysMs: number[] = [];
    while (world.redeliveries.waiting.length > 0) {
      delaysMs.push((world.redeliveries.waiting[0]?.dueAtMs ?? 0) - world.clock.nowMs);
      expect(await postAgain(room, unreachable)).toBe('done');
    }
    expect(delaysMs).toEqual([2_000, 10_000, 30_000]);
    expect(world.telemetry.redeliveries).toEqual([1, 2, 3].map((step) => ({ step, posted: 0, failed: 1 })));
    expect(seqsHeard(room)).toEqual([]);
  });

  test.each([
    { step: 1, fails: 0 },
    { step: 2, fails: 1 },
    { step: 3, fails: 2 },
  ])('is heard at step $step when the socket takes it then, and no step follows', async ({ fails }) => {
    const room = await authenticated();
    await publish(room.world, ['a'], unreachable);
    for (let nth = 0; nth < fails; nth++) await postAgain(room, unreachable);
    await postAgain(room);
    expect(seqsHeard(room)).toEqual([1]);
    expect(room.world.redeliveries.waiting).toEqual([]);
  });

  test('is all that is missing, in order, and nothing that was posted', async () => {
    const room = await authenticated();
    await publish(room.world, ['a', 'b', 'c'], only(1));
    expect(seqsHeard(room)).toEqual([1]);
    await postAgain(room, only(1));
    expect(seqsHeard(room)).toEqual([1, 2]);
    await postAgain(room);
    expect(seqsHeard(room)).toEqual([1, 2, 3]);
  });

  test('may come after what is newer: it is at or below the cursor then, and dropped', async () => {
    const room = await authenticated();
    await publish(room.world, ['a'], unreachable);
    await publish(room.world, ['b']);
    // Its `prev_seq` is above the cursor of a client that has nothing: it pulls, and has both.
    expect(room.door.readBy().at(-1)).toMatchObject({ seq: 2, prev_seq: 1 });
    await postAgain(room);
    expect(seqsHeard(room)).toEqual([2, 1]);
  });

  test('of a client that takes several in a frame comes in one', async () => {
    const room = await authenticated({ batch: true });
    await publish(room.world, ['a', 'b'], unreachable);
    await postAgain(room);
    expect(room.door.readBy().at(-1)).toMatchObject({ type: 'events', events: [{ seq: 1 }, { seq: 2 }] });
  });

  test('of several restaurants of a run is in one message', async () => {
    const room = await authenticated();
    await enterAs(room, 'c-2=', { token: 'token-u-rival', restaurant_id: 'r-99' });
    const Records = [record('a'), record('b', 'r-99')];
    await fanOut(room.world.ports(unreachable).ports)({ Records });
    await postAgain(room);
    expect([seqsHeard(room), seqsHeard(room, 'c-2=')]).toEqual([[1], [1]]);
  });

  test('is what a run has no time for: whoever it did not reach hears it 2 s later, and nobody twice', async () => {
    const room = await authenticated();
    const everybody = ['c-1=', 'c-2=', 'c-3=', 'c-4='];
    for (const connectionId of everybody.slice(1)) await enterAs(room, connectionId, {});
    const crowded: Change = (ports) => ({
      ...ports,
      sockets: {
        ...ports.sockets,
        post: (...of) => {
          room.world.clock.nowMs += 2_500;
          return ports.sockets.post(...of);
        },
      },
    });
    await publish(room.world, ['a'], allGoesWell, crowded);
    expect(everybody.map((id) => seqsHeard(room, id))).toEqual([[1], [1], [1], []]);
    expect((room.world.redeliveries.waiting[0]?.dueAtMs ?? 0) - room.world.clock.nowMs).toBe(2_000);
    await postAgain(room);
    expect(everybody.map((id) => seqsHeard(room, id))).toEqual([[1], [1], [1], [1]]);
    expect(room.world.redeliveries.waiting).toEqual([]);
  });

  test('of a run in which all is posted is nothing', async () => {
    const room = await authenticated();
    await publish(room.world, ['a']);
    expect(room.world.redeliveries.sent).toBe(0);
  });
});

describe('session and membership are judged anew', () => {
  const revoke = ({ world }: Room) => {
    for (const [key, member] of world.memberships)
      if (member.userId === 'u-chef') world.memberships.set(key, { ...member, revokedBeforeMs: world.clock.nowMs + 1 });
  };
  test.each<{ why: string; between: (room: Room) => unknown; leaves: string }>([
    { why: 'revoked', between: revoke, leaves: 'authenticated' },
    { why: 'whose membership is gone', between: ({ world }) => world.memberships.clear(), leaves: 'authenticated' },
    { why: 'whose session is over', between: ({ wait }) => wait(3_600_000), leaves: 'authenticated' },
    {
      why: 'who left, as `$disconnect` has told',
      between: ({ door }) => {
        door.leave();
        return door.disconnected();
      },
      leaves: 'none',
    },
    { why: 'who left without a word: a 410 ends it', between: ({ door }) => door.leave(), leaves: 'none' },
    {
      why: 'whose session was closed',
      between: ({ world, door }) =>
        world.ports().ports.connections.close(door.rowOf() ?? { connectionId: '', connectedAtMs: 0 }, 'o', 'revoked'),
      leaves: 'closing',
    },
    {
      why: 'who came back as another connection of the same id',
      between: async ({ door, wait }) => {
        door.leave();
        await door.disconnected();
        wait(1_000);
        await door.connect();
        await door.say(authenticateText());
      },
      leaves: 'authenticated',
    },
    {
      why: 'where the numbering began anew',
      between: ({ world }) => {
        const stream = world.streams.get('r-17');
        if (stream?.head) stream.head = { ...stream.head, epoch: 'another' };
      },
      leaves: 'authenticated',
    },
    {
      why: 'when the event is gone',
      between: ({ world }) => world.streams.get('r-17')?.events.clear(),
      leaves: 'authenticated',
    },
  ])('nothing is posted to one $why, and no step follows', async ({ between, leaves }) => {
    const room = await authenticated();
    await publish(room.world, ['a'], unreachable);
    await between(room);
    expect(await postAgain(room)).toBe('done');
    expect(seqsHeard(room)).toEqual([]);
    expect(room.door.rowOf()?.status ?? 'none').toBe(leaves);
    expect(room.world.redeliveries.waiting).toEqual([]);
  });

  test('an end that is found so has its record', async () => {
    const room = await authenticated();
    await publish(room.world, ['a'], unreachable);
    room.door.leave();
    await postAgain(room);
    expect(trailOf(room.world.audit).at(-1)).toMatchObject({ event: 'session_ended', detail: 'client_left' });
  });
});

describe('where the redelivery itself fails', () => {
  test.each(['streams.readHead', 'streams.readEvent', 'connections.sessionsAt', 'listMembers'])(
    'a table that does not answer (%s) makes it the next step',
    async (call) => {
      const room = await authenticated();
      await publish(room.world, ['a'], unreachable);
      expect(await postAgain(room, down(call))).toBe('done');
      expect(room.world.telemetry.failures.map(({ what }) => what)).toEqual(['redelivery']);
      await postAgain(room);
      expect(seqsHeard(room)).toEqual([1]);
    },
  );

  test('a queue that takes no next step brings the message back', async () => {
    const room = await authenticated();
    await publish(room.world, ['a'], unreachable);
    expect(await postAgain(room, down('sockets.post', 'postAgain'))).toBe('comes again');
  });

  test('a message that is none comes again until the queue forgets it', async () => {
    const { world } = await authenticated();
    const Records = [{ messageId: 'm', body: '{"v":2}' }];
    expect(await redeliver(world.ports().ports)({ Records })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm' }],
    });
  });

  test('a queue that takes nothing from the fan-out leaves its events done', async () => {
    const { world } = await authenticated();
    await publish(world, ['a'], down('sockets.post', 'postAgain'));
    expect(world.telemetry.failures.map(({ what }) => what)).toEqual(['redelivery']);
  });
});

test('an end of a session that could not be told is told again', async () => {
  const room = await authenticated();
  room.world.memberships.clear();
  await publish(room.world, ['a'], down('sockets.disconnect'));
  expect([room.door.rowOf()?.status, room.door.socketOf('c-1=').state]).toEqual(['closing', 'open']);
  await postAgain(room);
  expect(room.door.socketOf('c-1=').state).toBe('closed');
  expect(trailOf(room.world.audit).filter(({ event }) => event === 'session_revoked')).toHaveLength(1);
});

describe('a socket that does not answer', () => {
  /** Time passes by itself, and the posts to those sockets have no answer. */
  const hanging = async (room: Room, silent: readonly string[], work: (change: Change) => Promise<void>) => {
    const clock = createClock(room.world.clock.nowMs);
    const change: Change = (ports) => ({
      ...ports,
      after: (ms, act) => {
        const timer = clock.timers.setTimeout(act, ms);
        return () => clock.timers.clearTimeout(timer);
      },
      sockets: {
        ...ports.sockets,
        post: (connectionId, frame) =>
          silent.includes(connectionId) ? new Promise(() => {}) : ports.sockets.post(connectionId, frame),
      },
    });
    let isDone = false;
    const working = work(change).then(() => {
      isDone = true;
    });
    const beganAtMs = clock.now();
    while (!isDone) await clock.pass(5);
    await working;
    return clock.now() - beganAtMs;
  };

  test('keeps no other restaurant of its run, and hears the event later', async () => {
    const room = await authenticated();
    await enterAs(room, 'c-2=', { token: 'token-u-rival', restaurant_id: 'r-99' });
    const Records = [record('a'), record('b', 'r-99')];
    const tookMs = await hanging(room, ['c-2='], async (change) => {
      await fanOut(change(room.world.ports().ports))({ Records });
    });
    expect(tookMs).toBeLessThanOrEqual(155);
    expect([seqsHeard(room), seqsHeard(room, 'c-2=')]).toEqual([[1], []]);
    await postAgain(room);
    expect([seqsHeard(room), seqsHeard(room, 'c-2=')]).toEqual([[1], [1]]);
  });

  test('is asked for one event of several: it keeps its slot no longer for the others', async () => {
    const room = await authenticated();
    const tookMs = await hanging(room, ['c-1='], async (change) =>
      publish(room.world, ['a', 'b', 'c'], allGoesWell, change),
    );
    expect(tookMs).toBeLessThanOrEqual(1_005);
    expect(room.world.telemetry.deliveries).toMatchObject([{ posted: 0, failed: 3 }]);
    await postAgain(room);
    expect(seqsHeard(room)).toEqual([1, 2, 3]);
  });
});
