/** Lines that break or fall silent: the SDK over real sockets, to the synthesized app. */
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../protocol/limits.ts';
import { counted, expectWhole, openRestaurants, orderIds, replaysOf, testThatNothingLeaked } from './restaurants.ts';
import type { Device } from './restaurant.ts';

const at = openRestaurants();

describe('a line', () => {
  /** That a connection is gone says enough: nothing waits until its answer is late. */
  const noAnswerNeeded = { answerTimeoutMs: 60_000 };

  test('that breaks again and again, while events flow, costs none of them', async () => {
    const witness = await at.restaurant.enter('manager', 'management');
    const kitchen = await at.restaurant.enter('chef', 'kitchen', { url: at.line.url });
    const flow = at.restaurant.flow(witness);
    for (const round of counted(3)) {
      const before = witness.events.length;
      await kitchen.hears(before);
      at.line.cut();
      await kitchen.is('waiting');
      await witness.hears(before + 2);
      expect(kitchen.events.length).toBeLessThan(witness.events.length);
      at.line.mend();
      await kitchen.until('a replay', () => replaysOf(kitchen) >= round);
      await kitchen.hears(witness.events.length);
    }
    const count = await flow.stop();
    await kitchen.hears(count);
    expectWhole(kitchen, count);
    expectWhole(witness, count);
  });

  test('that breaks anywhere, in a handshake, a frame or between them, loses and doubles nothing', async () => {
    const witness = await at.restaurant.enter('manager', 'management');
    const kitchen = await at.restaurant.enter('chef', 'kitchen', { url: at.line.url, timing: noAnswerNeeded });
    const till = await at.restaurant.enter('cashier', 'pos', { url: at.line.url, timing: noAnswerNeeded });
    const flow = at.restaurant.flow(witness);
    const publications: Promise<unknown>[] = [];
    // An upgrade is answered with 129 bytes, `auth_success` has some 350, an event the same.
    for (const bytes of [1, 64, 128, 150, 300, 450, 700, 1_100, 1_800, 3_000]) {
      publications.push(till.client.publish('order.created', { order_id: bytes }));
      await at.line.cutAfter(bytes);
      at.line.mend();
    }
    const count = (await flow.stop()) + publications.length;
    await Promise.all(publications);
    for (const device of [witness, kitchen, till]) {
      await device.hears(count);
      expectWhole(device, count);
    }
    expect(orderIds(kitchen).filter((id) => typeof id === 'number')).toHaveLength(publications.length);
  });

  test('that falls silent without an end is noticed, and what was sent into it is pulled', async () => {
    const witness = await at.restaurant.enter('manager', 'management');
    const kitchen = await at.restaurant.enter('chef', 'kitchen', {
      url: at.line.url,
      timing: { heartbeatMs: 200, pongTimeoutMs: 500 },
    });
    at.line.silence('both ways');
    await at.restaurant.fanOut([{ order_id: 1 }, { order_id: 2 }]);
    await kitchen.until('silence', () =>
      kitchen.states.some((state) => state.status === 'waiting' && state.cause?.kind === 'silence'),
    );
    expect(kitchen.seqs()).toEqual([]);
    await kitchen.hears(2);
    await witness.hears(2);
    expectWhole(kitchen, 2);
  });

  /** More than two pages of `replay`. */
  const missALot = async () => {
    const witness = await at.restaurant.enter('manager', 'management');
    const kitchen = await at.restaurant.enter('chef', 'kitchen', { url: at.line.url, timing: noAnswerNeeded });
    await at.restaurant.backendSays({ order_id: 1 });
    await kitchen.hears(1);
    at.line.cut();
    await kitchen.is('waiting');
    const filler = 'x'.repeat(45_000);
    for (const n of counted(6, 2)) await at.restaurant.backendSays({ order_id: n, filler });
    await witness.hears(6);
    return kitchen;
  };
  const pagesOf = ({ trace }: Device) =>
    trace.flatMap((entry) => {
      const frame = entry.kind === 'received' ? JSON.parse(entry.text) : {};
      return frame.type === 'replayed'
        ? [{ bytes: entry.kind === 'received' ? entry.text.length : 0, more: frame.more }]
        : [];
    });

  test('that was broken while much happened is caught up page by page', async () => {
    const kitchen = await missALot();
    at.line.mend();
    await kitchen.hears(6);
    expectWhole(kitchen, 6);
    const pages = pagesOf(kitchen);
    expect(pages.map(({ more }) => more)).toEqual([true, true, false]);
    for (const { bytes } of pages) expect(bytes).toBeLessThanOrEqual(limits.maxReplayBytes + 1_024);
    expect(pages.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(2 * limits.maxReplayBytes);
  });

  test('that breaks in the middle of a page is caught up nevertheless', async () => {
    const kitchen = await missALot();
    // Within the second page: each has two events of 45,000 bytes.
    const broken = at.line.cutAfter(130_000);
    at.line.mend();
    await broken;
    await kitchen.is('waiting');
    expect(kitchen.seqs()).toEqual([1, 2, 3]);
    at.line.mend();
    await kitchen.hears(6);
    expectWhole(kitchen, 6);
    expect(pagesOf(kitchen).map(({ more }) => more)).toEqual([true, true, false]);
  });

  test('that is not there yet lets publications wait, which go out once each, in order, when the client is let in', async () => {
    at.line.cut();
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    const till = await at.restaurant.place('cashier', 'pos', { url: at.line.url });
    const publications = counted(5).map((n) => till.client.publish('order.created', { order_id: n }));
    await till.until('two attempts', () => at.line.calls() >= 2);
    expect(till.frames('sent')).toEqual([]);
    at.line.mend();
    const eventIds = (await Promise.all(publications)).map(({ eventId }) => eventId);
    await kitchen.hears(5);
    expect(kitchen.events.map(({ id }) => id)).toEqual(eventIds);
    expect(orderIds(kitchen)).toEqual(counted(5));
    await till.hears(5);
    for (const device of [kitchen, till]) expectWhole(device, 5);
    expect(till.frames('sent')).toEqual(['authenticate', ...counted(5).map(() => 'order.created')]);
    expect(till.frames('received')[0]).toBe('auth_success');
  });

  test('that breaks before the answer to a publication lets it be sent again, and it is one event', async () => {
    const kitchen = await at.restaurant.enter('chef', 'kitchen');
    const till = await at.restaurant.enter('cashier', 'pos', { url: at.line.url, timing: noAnswerNeeded });
    at.line.silence('answers');
    const publications = [1, 2].map((n) => till.client.publish('order.created', { order_id: n }));
    await kitchen.hears(1);
    at.line.cut();
    await till.is('waiting');
    at.line.mend();
    const eventIds = (await Promise.all(publications)).map(({ eventId }) => eventId);
    await kitchen.hears(2);
    expect(kitchen.events.map(({ id }) => id)).toEqual(eventIds);
    await till.hears(2);
    for (const device of [kitchen, till]) expectWhole(device, 2);
    expect(till.frames('sent').filter((type) => type === 'order.created')).toHaveLength(3);
  });
});

testThatNothingLeaked(at);
