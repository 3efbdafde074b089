/** Restaurant events, end to end: the SDK over real sockets, to the synthesized app. */
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { beginEpoch } from '../../lambdas/dynamodb/restaurant-administration.ts';
import { removeMember, revokeMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { eventKey, headKey, partitionOf } from '../../lambdas/dynamodb/stream-item.ts';
import {
  counted,
  expectWhole,
  openRestaurants,
  orderIds,
  reasons,
  replaysOf,
  testThatNothingLeaked,
} from './restaurants.ts';
import type { Device } from './restaurant.ts';
import { connectionTypes } from '../restaurant-domain.ts';

const at = openRestaurants();

describe('what is published', () => {
  test('is heard by those it is for, in order, and nothing seems to be missing to anybody', async () => {
    const till = await at.restaurant.enter('cashier', 'pos');
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    const manager = await at.restaurant.enter('manager', 'management');
    const display = await at.restaurant.enter('owner', 'customer');
    const ordered = await till.client.publish('order.created', { order_id: 'o-1', items: ['soup'] }, { id: 'till-1' });
    const paid = await till.client.publish('payment.completed', { order_id: 'o-1', total: 12 });
    await kitchen.hears(1);
    const cooked = await kitchen.client.publish('order.status_changed', { order_id: 'o-1', status: 'ready' });
    const all = [
      [till, [1, 2, 3]],
      [kitchen, [1, 3]],
      [manager, [1, 2, 3]],
      [display, [3]],
    ] as const;
    for (const [device, seqs] of all) {
      await device.hears(seqs.length);
      expect(device.seqs()).toEqual(seqs);
      expect(device.events.map(({ id }) => id)).toEqual(seqs.map((seq) => [ordered, paid, cooked][seq - 1]?.eventId));
      expect(reasons(device)).toEqual(['start']);
      expect(replaysOf(device)).toBe(0);
      expect(device.client.cursor).toEqual({ epoch: device.events[0]?.epoch, seq: 3 });
    }
    expect(ordered.id).toBe('till-1');
    expect(kitchen.events[0]).toEqual({
      type: 'order.created',
      id: ordered.eventId,
      seq: 1,
      prevSeq: 0,
      epoch: till.events[0]?.epoch,
      restaurantId: at.restaurant.id,
      data: { order_id: 'o-1', items: ['soup'] },
      raw: '{"order_id":"o-1","items":["soup"]}',
      userId: 'u-cashier',
      connectionType: 'pos',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test('by several at once is heard by all in the same order', async () => {
    const tills = [await at.restaurant.enter('cashier', 'pos'), await at.restaurant.enter('owner', 'pos')];
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    const publications = counted(8).flatMap((n) =>
      tills.map(({ client }, till) => client.publish('order.created', { order_id: `${till}-${n}` })),
    );
    const eventIds = (await Promise.all(publications)).map(({ eventId }) => eventId);
    await kitchen.hears(16);
    for (const device of [...tills, kitchen]) {
      await device.hears(16);
      expectWhole(device, 16);
      expect(device.events.map(({ id }) => id)).toEqual(kitchen.events.map(({ id }) => id));
    }
    expect(new Set(kitchen.events.map(({ id }) => id))).toEqual(new Set(eventIds));
    // Each till's own orders stay in their order.
    for (const till of [0, 1])
      expect(orderIds(kitchen).filter((id) => String(id).startsWith(`${till}-`))).toEqual(
        counted(8).map((n) => `${till}-${n}`),
      );
  });

  test('again under the same key is published once', async () => {
    const till = await at.restaurant.enter('cashier', 'pos');
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    const publish = () => till.client.publish('order.created', { order_id: 1 }, { id: 'till-1' });
    const [first, meanwhile] = await Promise.all([publish(), publish()]);
    const afterwards = await publish();
    expect([meanwhile, afterwards]).toEqual([first, first]);
    await till.client.publish('order.created', { order_id: 2 }, { id: 'till-2' });
    await kitchen.hears(2);
    expect(orderIds(kitchen)).toEqual([1, 2]);
    expectWhole(kitchen, 2);
    // The second call was no message of its own, the third was.
    expect(till.frames('sent')).toEqual(['authenticate', 'order.created', 'order.created', 'order.created']);
  });

  test('and fanned out twice by the platform is heard once', async () => {
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    at.fixture.gateway.faults.queueMessages = 'twice';
    // One after the other, so that each comes in a frame of its own.
    for (const n of counted(3)) {
      await at.restaurant.backendSays({ order_id: n });
      await kitchen.hears(n);
    }
    await kitchen.until(
      'six frames',
      () => kitchen.frames('received').filter((type) => type === 'order.created').length === 6,
    );
    expectWhole(kitchen, 3);
  });

  test('and cannot be posted is known to be missing by the next event, and pulled', async () => {
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    await at.restaurant.fanOut([{ order_id: 1 }]);
    await kitchen.hears(1);
    at.fixture.gateway.faults.throttledPosts = 1_000;
    await at.restaurant.fanOut([{ order_id: 2 }]);
    await at.restaurant.fanOut([{ order_id: 3 }]);
    at.fixture.gateway.faults.throttledPosts = 0;
    expect(kitchen.seqs()).toEqual([1]);
    await at.restaurant.fanOut([{ order_id: 4 }]);
    await kitchen.hears(4);
    expectWhole(kitchen, 4);
    expect(replaysOf(kitchen)).toBe(1);
  });
});

describe('several in one frame', () => {
  test('are heard one by one, in order, by those who said that they understand it and by those who did not', async () => {
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    const plain = await at.restaurant.enter('manager', 'management', { batch: false });
    // Ten of 5,000 bytes are more than one frame may hold.
    const filler = 'x'.repeat(5_000);
    await at.restaurant.fanOut(counted(10).map((n) => ({ order_id: n, filler })));
    await at.restaurant.fanOut(counted(3).map((n) => ({ order_id: 10 + n })));
    for (const device of [kitchen, plain]) {
      await device.hears(13);
      expectWhole(device, 13);
      expect(orderIds(device)).toEqual(counted(13));
      expect(replaysOf(device)).toBe(0);
    }
    expect(kitchen.frames('received')).toEqual(['auth_success', 'events', 'events', 'events']);
    expect(plain.frames('received')).toEqual(['auth_success', ...counted(13).map(() => 'order.created')]);
  });

  test('of which some were heard before bring only the others', async () => {
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    // A batch that failed comes again, and with it what has joined it meanwhile.
    await at.restaurant.fanOut([{ order_id: 1 }, { order_id: 2 }], 'batch');
    await at.restaurant.fanOut([{ order_id: 1 }, { order_id: 2 }, { order_id: 3 }], 'batch');
    await kitchen.hears(3);
    expectWhole(kitchen, 3);
    const batches = kitchen.trace
      .flatMap((entry) => (entry.kind === 'received' ? [JSON.parse(entry.text)] : []))
      .slice(1);
    expect(batches.map(({ events }) => events.map(({ seq }: { seq: number }) => seq))).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });
});

describe('the cursor', () => {
  const eventsTable = () => ({ client: at.fixture.memberships.client, TableName: at.fixture.gateway.tables.events });
  const orders = async (witness: Device, from: number, to: number) => {
    for (const n of counted(to, from)) await at.restaurant.backendSays({ order_id: n });
    await witness.hears(to);
  };
  /** As when the time for which events are kept is over. */
  const expire = async (seqs: readonly number[]) => {
    const { client, TableName } = eventsTable();
    for (const seq of seqs)
      await client.send(
        new UpdateCommand({
          TableName,
          Key: { pk: partitionOf(at.restaurant.id), sk: eventKey(seq) },
          UpdateExpression: 'SET expires_at = :past',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':past': Math.floor(Date.now() / 1000) - 1 },
        }),
      );
  };
  /** As when the table was restored or lost: the next event begins a new numbering. */
  const forgetStream = async (upTo: number) => {
    const { client, TableName } = eventsTable();
    for (const sk of [headKey, ...counted(upTo).map(eventKey)])
      await client.send(new DeleteCommand({ TableName, Key: { pk: partitionOf(at.restaurant.id), sk } }));
  };

  /** As when the table came from a backup that was made after so many events. */
  const restoreTo = async (seq: number, upTo: number) => {
    const { client, TableName } = eventsTable();
    const pk = partitionOf(at.restaurant.id);
    await client.send(
      new UpdateCommand({
        TableName,
        Key: { pk, sk: headKey },
        UpdateExpression: 'SET head_seq = :seq, head_seq_of = :seq_of',
        ExpressionAttributeValues: {
          ':seq': seq,
          ':seq_of': Object.fromEntries(connectionTypes.map((type) => [type, seq])),
        },
      }),
    );
    for (const sk of counted(upTo, seq + 1).map(eventKey))
      await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
  };

  test.each([
    { why: 'is told of a new epoch and hears what is new', isBegun: true, hears: [1, 2, 3, 2, 3, 4] },
    { why: 'drops what is new, were it not for that', isBegun: false, hears: [1, 2, 3, 4] },
  ])('of a client whose events come from an earlier backup: it $why', async ({ isBegun, hears }) => {
    const witness = await at.restaurant.enter('manager', 'management');
    await orders(witness, 1, 3);
    await restoreTo(1, 3);
    const { client, TableName: tableName } = eventsTable();
    if (isBegun) expect(await beginEpoch({ client, tableName })(at.restaurant.id, 'epoch-2')).toBe('begun');
    for (const order of [4, 5, 6]) await at.restaurant.backendSays({ order_id: `o-${order}` });
    await witness.until('the last event', () => orderIds(witness).includes('o-6'));
    expect(witness.seqs()).toEqual(hears);
    expect(reasons(witness)).toEqual(isBegun ? ['start', 'epoch_changed'] : ['start']);
  });

  test('of an earlier client is where the next one goes on, with no gap', async () => {
    const witness = await at.restaurant.enter('manager', 'management');
    const earlier = await at.restaurant.enter('chef', 'kitchen');
    await orders(witness, 1, 2);
    await earlier.hears(2);
    earlier.client.close();
    const { cursor } = earlier.client;
    await orders(witness, 3, 4);
    const later = await at.restaurant.enter('chef', 'kitchen', cursor && { cursor });
    await later.hears(2);
    await orders(witness, 5, 5);
    await later.hears(3);
    expect(later.seqs()).toEqual([3, 4, 5]);
    expect(later.gaps).toEqual([]);
  });

  test('that is older than what is kept is a gap, behind which events go on', async () => {
    const witness = await at.restaurant.enter('manager', 'management');
    await orders(witness, 1, 4);
    await expire([1, 2, 3]);
    const epoch = witness.events[0]?.epoch ?? '';
    const late = await at.restaurant.place('chef', 'kitchen', { cursor: { epoch, seq: 1 } });
    await late.until('a gap', () => late.gaps.length > 0);
    expect(late.gaps).toEqual([{ reason: 'horizon_passed', cursor: { epoch, seq: 4 } }]);
    await orders(witness, 5, 5);
    await late.hears(1);
    expect(late.seqs()).toEqual([5]);
    expect(late.client.cursor).toEqual({ epoch, seq: 5 });
    expect(late.gaps).toHaveLength(1);
    // Whoever had everything that is gone misses nothing.
    const punctual = await at.restaurant.place('chef', 'kitchen', { cursor: { epoch, seq: 3 } });
    await punctual.hears(2);
    expect(punctual.seqs()).toEqual([4, 5]);
    expect(punctual.gaps).toEqual([]);
  });

  test.each([
    { when: 'while it is connected', isAway: false },
    { when: 'while it is away', isAway: true },
  ])('of a numbering that began anew $when is a gap, and the new numbers are heard from there', async ({ isAway }) => {
    const witness = await at.restaurant.enter('manager', 'management');
    const kitchen = await at.restaurant.enter('chef', 'kitchen', { url: at.line.url });
    await orders(witness, 1, 3);
    await kitchen.hears(3);
    if (isAway) {
      at.line.cut();
      await kitchen.is('waiting');
    }
    await forgetStream(3);
    await orders(witness, 4, 5);
    const [before, after] = [witness.events[0]?.epoch ?? '', witness.events[4]?.epoch ?? ''];
    expect(after).not.toBe(before);
    at.line.mend();
    const begin = { epoch: after, seq: isAway ? 2 : 0 };
    await kitchen.until('the new numbering', () => kitchen.gaps.some(({ cursor }) => cursor.epoch === after));
    expect(kitchen.gaps.slice(1)).toEqual([{ reason: 'epoch_changed', cursor: begin }]);
    await orders(witness, 6, 6);
    await kitchen.until('the last order', () => orderIds(kitchen).includes(6));
    expect(kitchen.events.map(({ epoch, seq }) => [epoch, seq])).toEqual([
      ...counted(3).map((seq) => [before, seq]),
      ...counted(3, begin.seq + 1).map((seq) => [after, seq]),
    ]);
    expect(kitchen.client.cursor).toEqual({ epoch: after, seq: 3 });
  });
});

describe('a session', () => {
  test('is renewed in place by tokens that live six seconds, while events flow', async () => {
    const witness = await at.restaurant.enter('manager', 'management');
    const kitchen = await at.restaurant.enter('chef', 'kitchen', {
      token: () => at.fixture.token('chef', { exp: Date.now() / 1000 + 6 }),
    });
    const flow = at.restaurant.flow(witness);
    await kitchen.until(
      'a third token in use',
      () => kitchen.frames('received').filter((type) => type === 'auth_success').length === 3,
    );
    const count = await flow.stop();
    await kitchen.hears(count);
    expectWhole(kitchen, count);
    expect(kitchen.asked).toEqual(['first', 'renewal', 'renewal']);
    expect(kitchen.trace.filter(({ kind }) => kind === 'opening')).toHaveLength(1);
    expect(kitchen.states.filter(({ status }) => status === 'waiting')).toEqual([]);
  });

  const member = (userId: string) => ({ restaurantId: at.restaurant.id, issuer: 'demo', userId });
  test.each([
    { how: 'removed', dismiss: (userId: string) => removeMember(at.fixture.memberships)(member(userId)) },
    {
      how: 'revoked',
      dismiss: (userId: string) => revokeMember(at.fixture.memberships)(member(userId), Date.now() + 3_600_000),
    },
  ])('of somebody who was $how ends for good, with the reason, and hears nothing after', async ({ dismiss }) => {
    const till = await at.restaurant.enter('cashier', 'pos');
    const kitchen = await at.restaurant.enter('chef', 'kitchen', { url: at.line.url });
    await till.client.publish('order.created', { order_id: 1 });
    await kitchen.hears(1);
    await dismiss('u-chef');
    await till.client.publish('order.created', { order_id: 2 });
    await kitchen.is('ended');
    expect(kitchen.ends).toEqual([{ why: 'refused', reason: 'revoked', error: 'Access revoked' }]);
    await expect(
      kitchen.client.publish('order.status_changed', { order_id: 1, status: 'ready' }),
    ).rejects.toMatchObject({
      code: 'ended',
    });
    await till.client.publish('order.created', { order_id: 3 });
    await till.hears(3);
    expect(kitchen.seqs()).toEqual([1]);
    expect(kitchen.frames('received')).toEqual(['auth_success', 'order.created', 'closing']);
    expect(at.line.calls()).toBe(1);
  });
});

testThatNothingLeaked(at);
