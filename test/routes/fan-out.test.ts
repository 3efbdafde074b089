import { describe, expect, test } from '@jest/globals';
import type { Ports } from '../../lambdas/ports.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { trailOf } from '../memory/audit.ts';
import { allGoesWell, type Conduct, down, when } from '../memory/port-call.ts';
import type { World } from '../memory/world.ts';
import { authenticated } from './conversation.ts';

const body = (fields: object = {}) => JSON.stringify({ v: 1, type: 'order.created', data: { order_id: 1 }, ...fields });
const record = (messageId: string, text = body({ id: messageId }), group = 'r-17') => ({
  messageId,
  body: text,
  attributes: { MessageGroupId: group, SentTimestamp: '1' },
});

type Batch = Parameters<ReturnType<typeof fanOut>>[0]['Records'];

/** Runs the function; yields the ids of the messages that must come again. */
const run = async (world: World, Records: Batch, conduct: Conduct = allGoesWell, change = (ports: Ports) => ports) => {
  const { batchItemFailures } = await fanOut(change(world.ports(conduct).ports))({ Records });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const seqsHeard = (frames: readonly Readonly<Record<string, unknown>>[]) =>
  frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));

describe('a batch', () => {
  test('is numbered in its order and posted to who may see it', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a'), record('b', body({ audience: ['pos'] })), record('c')])).toEqual([]);
    // The kitchen sees the first and the third.
    expect(seqsHeard(door.readBy())).toEqual([1, 3]);
    expect(door.readBy().at(-1)).toMatchObject({ seq: 3, prev_seq: 1 });
    expect(world.telemetry.deliveries).toMatchObject([{ numbered: 3, posted: 2, failed: 0 }]);
  });

  test('of a restaurant that cannot be served comes again, in whole; the others are done', async () => {
    const { world } = await authenticated();
    const conduct: Conduct = (call, nth) => (call === 'streams.append' && nth <= 4 ? 'lost' : 'done');
    const batch = [record('a', undefined, 'r-1'), record('b', undefined, 'r-2'), record('c', undefined, 'r-1')];
    const failed = await run(world, batch, conduct);
    expect(failed.length).toBeGreaterThan(0);
    expect(
      await run(
        world,
        batch.filter(({ messageId }) => failed.includes(messageId)),
      ),
    ).toEqual([]);
    expect([...(world.streams.get('r-1')?.events.values() ?? [])].map(({ event }) => event.id)).toEqual(['a', 'c']);
    expect(world.streams.get('r-2')?.head?.headSeq).toBe(1);
  });

  test('that comes again is posted again, and a second message with the same id is not', async () => {
    const { world, door } = await authenticated();
    await run(world, [record('a')]);
    await run(world, [record('a')]);
    expect(seqsHeard(door.readBy())).toEqual([1, 1]);
    await run(world, [record('another', body({ id: 'a' }))]);
    expect(seqsHeard(door.readBy())).toEqual([1, 1]);
    expect(world.streams.get('r-17')?.head?.headSeq).toBe(1);
  });
});

test('an event for a connection type that only another version knows is numbered, kept, and heard by nobody here', async () => {
  const { world, door } = await authenticated();
  expect(await run(world, [record('a', body({ id: 'a', audience: ['courier'] })), record('b')])).toEqual([]);
  expect(world.events.aside).toEqual([]);
  expect(seqsHeard(door.readBy())).toEqual([2]);
  expect(door.readBy().at(-1)).toMatchObject({ seq: 2, prev_seq: 0 });
  expect(world.streams.get('r-17')?.events.get(1)).toMatchObject({ event: { id: 'a', audience: ['courier'] } });
  expect(world.streams.get('r-17')?.head).toMatchObject({ headSeq: 2, headSeqOf: { courier: 1, kitchen: 2 } });
});

describe('a message that is no event', () => {
  test.each([
    { why: 'not_json', text: '{' },
    { why: 'not_json', text: 'null' },
    { why: 'version_unknown', text: body({ v: 2 }) },
    { why: 'version_unknown', text: '{}' },
    { why: 'type_invalid', text: body({ type: 'auth_success' }) },
    { why: 'type_invalid', text: body({ type: 'Order.Created' }) },
    { why: 'data_invalid', text: body({ data: 'soup' }) },
    { why: 'data_invalid', text: body({ data: undefined }) },
    { why: 'data_too_deep', text: body({ data: { deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) } }) },
    { why: 'data_too_large', text: body({ data: { text: 'ü'.repeat(32_769) } }) },
    { why: 'id_invalid', text: body({ id: '' }) },
    { why: 'audience_invalid', text: body({ audience: [] }) },
    { why: 'audience_invalid', text: body({ audience: ['Oven'] }) },
    { why: 'publisher_invalid', text: body({ from: { user_id: 'u', connection_type: 'the oven' } }) },
  ])('$why (%#) is put aside, and the next one is served', async ({ why, text }) => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('bad', text), record('good')])).toEqual([]);
    expect(world.events.aside).toEqual([{ body: text, why }]);
    expect(world.telemetry.invalid).toEqual([why]);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });

  test('of no restaurant is put aside, too', async () => {
    const { world } = await authenticated();
    await run(world, [record('a', undefined, 'r/17'), record('b', undefined, '*')]);
    expect(world.events.aside.map(({ why }) => why)).toEqual(['restaurant_invalid', 'restaurant_invalid']);
  });

  test('that cannot be put aside comes again alone', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('bad', '{'), record('good')], down('deadLetter'))).toEqual(['bad']);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });
});

describe('a post', () => {
  test('that fails is tried once more', async () => {
    const { world, door } = await authenticated();
    await run(world, [record('a')], when('sockets.post', 'lost'));
    expect(seqsHeard(door.readBy())).toEqual([1]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 1, failed: 0 }]);
  });

  test('that fails twice is left to replay; of the others the last one shows the hole', async () => {
    const { world, door } = await authenticated();
    let posts = 0;
    const conduct: Conduct = (call) => (call === 'sockets.post' && ++posts <= 2 ? 'lost' : 'done');
    expect(await run(world, [record('a'), record('b'), record('c')], conduct)).toEqual([]);
    expect(seqsHeard(door.readBy())).toEqual([3]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 1, failed: 2 }]);
  });

  test('to a socket that is gone removes its row, after its end is recorded', async () => {
    const { world, door } = await authenticated();
    door.leave();
    await run(world, [record('a'), record('b')]);
    expect(door.rowOf()).toBe(undefined);
    expect(trailOf(world.audit).map(({ event, detail }) => [event, detail])).toEqual([
      ['access_granted', 'verified'],
      ['session_ended', 'client_left'],
    ]);
  });

  test('is not made to a session that has expired, whatever the index says', async () => {
    const { world, door, wait } = await authenticated();
    wait(3_600_000);
    await run(world, [record('a')]);
    expect(seqsHeard(door.readBy())).toEqual([]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 0, failed: 0 }]);
    expect(door.socketOf('c-1=').state).toBe('open');
  });

  test('is not tried again for a session that has expired since', async () => {
    const { world, door, wait } = await authenticated();
    wait(3_599_000);
    let posts = 0;
    // Posting has 5 s in all: of these 4 are left when the session ends.
    const conduct: Conduct = (call) => {
      if (call !== 'sockets.post') return 'done';
      posts += 1;
      wait(1_000);
      return 'lost';
    };
    await run(world, [record('a')], conduct);
    expect(posts).toBe(1);
    expect(seqsHeard(door.readBy())).toEqual([]);
  });

  test('that takes too long ends the posting of its restaurant, not the function', async () => {
    const { world } = await authenticated();
    let posts = 0;
    const slow = (ports: Ports): Ports => ({
      ...ports,
      sockets: {
        ...ports.sockets,
        post: async () => {
          posts += 1;
          world.clock.nowMs += 4_000;
          throw new Error('no answer');
        },
      },
    });
    expect(await run(world, [record('a'), record('b'), record('c')], allGoesWell, slow)).toEqual([]);
    expect(world.telemetry.deliveries).toMatchObject([{ posted: 0, failed: 3, lagMs: expect.any(Number) }]);
    // The first one and its second try: 8 s.
    expect(posts).toBe(2);
  });

  test('whose restaurant cannot be looked up comes again', async () => {
    const { world, door } = await authenticated();
    expect(await run(world, [record('a')], down('listMembers'))).toEqual(['a']);
    expect(await run(world, [record('a')], down('connections.sessionsAt'))).toEqual(['a']);
    expect(await run(world, [record('a')])).toEqual([]);
    expect(seqsHeard(door.readBy())).toEqual([1]);
  });
});

test('somebody who is suspended hears so instead of the event', async () => {
  const { world, door } = await authenticated();
  for (const [key, member] of world.memberships) world.memberships.set(key, { ...member, suspendedAtMs: 0 });
  await run(world, [record('a')]);
  expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'revoked' });
  expect(seqsHeard(door.readBy())).toEqual([]);
});

describe('a dismissed member', () => {
  test('hears that access is revoked instead of the event; when that fails, nothing', async () => {
    const { world, door } = await authenticated();
    world.memberships.clear();
    await run(world, [record('a')], down('connections.close'));
    expect(seqsHeard(door.readBy())).toEqual([]);
    expect(world.telemetry.failures.map(({ what }) => what)).toEqual(['fan_out']);
    await run(world, [record('b')]);
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'revoked' });
    expect(door.socketOf('c-1=').state).toBe('closed');
  });
});
