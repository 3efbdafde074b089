import { describe, expect, test } from '@jest/globals';
import { forbidden } from '../forbidden.ts';
import { createClientFixture, minute } from './client-fixture.ts';
import { createSignals } from './signals.ts';

const status = { order_id: 1, status: 'ready' } as const;

describe('a publication', () => {
  test('is answered with the id it went by and that of the event', async () => {
    const fixture = createClientFixture();
    const first = fixture.client.publish('order.status_changed', status, { id: 'mine' });
    const second = fixture.client.publish('order.status_changed', status);
    await fixture.clock.pass(1_000);
    await expect(first).resolves.toEqual({ id: 'mine', eventId: 'mine' });
    await expect(second).resolves.toEqual({
      id: expect.stringMatching(/^evt_[0-9a-z]{20,32}$/),
      eventId: expect.any(String),
    });
    expect(fixture.gateway.caller().heard.slice(1)).toEqual([
      { type: 'order.status_changed', id: 'mine', data: status },
      { type: 'order.status_changed', id: expect.any(String), data: status },
    ]);
  });

  test('waits for a connection, in order', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.script.handshake = 'fail';
    fixture.gateway.restart();
    await fixture.clock.pass(minute);
    const all = Promise.all(
      ['a', 'b', 'c'].map((id) => fixture.client.publish('order.status_changed', status, { id })),
    );
    fixture.gateway.script.handshake = 'accept';
    await fixture.clock.pass(minute);
    await expect(all).resolves.toHaveLength(3);
    expect(fixture.gateway.events().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    { why: 'the connection is cut', lose: (close: () => void) => close() },
    { why: 'no answer comes', lose: () => {} },
  ])('is sent again with the same id when $why, and becomes one event', async ({ lose }) => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    let losses = 2;
    fixture.gateway.script.message = (caller, message, pass) => {
      if (message['type'] !== 'order.status_changed' || losses-- <= 0) return pass();
      fixture.gateway.publish(String(message['type']), message['data'], { id: String(message['id']) });
      lose(() => caller.close(1006));
    };
    const publication = fixture.client.publish('order.status_changed', status, { id: 'once' });
    await fixture.clock.pass(minute);
    await expect(publication).resolves.toEqual({ id: 'once', eventId: 'once' });
    expect(fixture.gateway.events().map(({ id }) => id)).toEqual(['once']);
    const sent = fixture.gateway.callers.flatMap(({ heard }) => heard).filter(({ id }) => id === 'once');
    expect(sent).toHaveLength(3);
    expect(fixture.seqs()).toEqual([1]);
  });

  test.each([
    { reason: 'forbidden', code: 'forbidden', withId: true },
    { reason: 'forbidden', code: 'forbidden', withId: false },
    { reason: 'malformed_message', code: 'malformed_message', withId: false },
    { reason: 'malformed_message', code: 'malformed_message', withId: true, field: 'data' },
    { reason: 'unknown_type', code: 'unknown_type', withId: true },
    { reason: 'of_tomorrow', code: 'refused', withId: true },
  ])('refused as $reason (with id: $withId) is rejected, and no other', async ({ reason, code, withId, field }) => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.script.message = (caller, message, pass) =>
      message['id'] === 'bad'
        ? caller.send({ type: 'error', reason, error: reason, field, ...(withId ? { id: 'bad' } : {}) })
        : pass();
    const settled = Promise.allSettled(
      ['good', 'bad', 'fine'].map((id) => fixture.client.publish('order.status_changed', status, { id })),
    );
    await fixture.clock.pass(5_000);
    expect((await settled).map((one) => (one.status === 'rejected' ? one.reason : one.value))).toEqual([
      { id: 'good', eventId: 'good' },
      expect.objectContaining({ name: 'PublishError', code, reason, id: 'bad', field }),
      { id: 'fine', eventId: 'fine' },
    ]);
    expect(fixture.client.state.status).toBe('connected');
  });

  test("is sent whatever its fields are: those of an event are its stage's to say", async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    void fixture.client.publish('order.created', forbidden({ table: 4 }));
    await fixture.clock.pass(100);
    expect(fixture.gateway.events().map(({ data }) => data)).toEqual([{ table: 4 }]);
  });

  test.each([{ reason: 'rate_limited' }, { reason: 'unavailable' }])(
    'answered with $reason is sent again, later',
    async ({ reason }) => {
      const fixture = createClientFixture();
      await fixture.authenticated();
      const times: number[] = [];
      fixture.gateway.script.message = (caller, message, pass) => {
        if (message['id'] !== 'p') return pass();
        times.push(fixture.clock.now());
        if (times.length < 4) caller.send({ type: 'error', reason, error: reason });
        else pass();
      };
      const publication = fixture.client.publish('order.status_changed', status, { id: 'p' });
      await fixture.clock.pass(minute);
      await expect(publication).resolves.toEqual({ id: 'p', eventId: 'p' });
      for (const [index, at] of times.slice(1).entries())
        expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(1_000);
    },
  );

  test('is not touched by an error about another message', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.script.message = (caller, _message, pass) => {
      caller.send({ type: 'error', id: 'another', reason: 'forbidden' });
      fixture.clock.timers.setTimeout(pass, 1_000);
    };
    const publication = fixture.client.publish('order.status_changed', status, { id: 'p' });
    await fixture.clock.pass(3_000);
    await expect(publication).resolves.toEqual({ id: 'p', eventId: 'p' });
  });

  test('of which there are many keeps to the pace the gateway allows', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    const all = Promise.all(
      Array.from({ length: 60 }, (_, order_id) => fixture.client.publish('order.created', { order_id })),
    );
    let heard = 0;
    let bucket = 20;
    let at = fixture.clock.now();
    fixture.gateway.script.message = (_caller, _message, pass) => {
      bucket = Math.min(20, bucket + (fixture.clock.now() - at) / 1_000) - 1;
      at = fixture.clock.now();
      heard += 1;
      expect(bucket).toBeGreaterThanOrEqual(0);
      pass();
    };
    await fixture.clock.pass(minute);
    await expect(all).resolves.toHaveLength(60);
    expect(heard).toBeGreaterThanOrEqual(60);
  });

  test('that the gateway can never take does not stand in front of the others', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.script.message = (caller, message, pass) => {
      if (message['id'] !== 'poison') return pass();
      caller.send({ type: 'error', id: 'poison', reason: 'unavailable', error: 'Temporarily unavailable' });
    };
    const poison = fixture.client.publish('order.created', { order_id: 1 }, { id: 'poison' });
    const plain = [2, 3].map((order) =>
      fixture.client.publish('order.created', { order_id: order }, { id: `o-${order}` }),
    );
    await fixture.clock.pass(10_000);
    expect(await Promise.all(plain)).toMatchObject([{ id: 'o-2' }, { id: 'o-3' }]);
    await fixture.clock.pass(6 * minute);
    await expect(poison).rejects.toMatchObject({ code: 'timeout' });
  });

  test('keep their order when one of them fails once', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    let failures = 1;
    fixture.gateway.script.message = (caller, message, pass) =>
      message['id'] === 'o-1' && failures-- > 0
        ? caller.send({ type: 'error', id: 'o-1', reason: 'unavailable', error: 'Temporarily unavailable' })
        : pass();
    for (const order of [1, 2, 3])
      void fixture.client.publish('order.created', { order_id: order }, { id: `o-${order}` });
    await fixture.clock.pass(10_000);
    expect(fixture.gateway.events().map(({ data }) => data)).toEqual([1, 2, 3].map((order_id) => ({ order_id })));
  });

  test('beyond the queue, the frame or the patience is rejected with its reason', async () => {
    const signals = createSignals();
    const fixture = createClientFixture({ maxQueued: 2, publishTimeoutMs: 30_000, signals: signals.sources });
    signals.give('offline');
    const cyclic: Record<string, unknown> = { order_id: 1 };
    cyclic['self'] = cyclic;
    const publish = (data: Record<string, unknown>, id?: string) =>
      fixture.client.publish(forbidden('menu.updated'), forbidden(data), id === undefined ? {} : { id });
    const waiting = Promise.allSettled([publish({}, 'a'), publish({}, 'b')]);
    await expect(publish({}, 'c')).rejects.toMatchObject({ code: 'queue_full', id: 'c' });
    await expect(publish({ text: 'é'.repeat(8_200) })).rejects.toMatchObject({ code: 'too_large' });
    await expect(publish(cyclic)).rejects.toMatchObject({
      code: 'malformed_message',
      field: 'data',
      cause: expect.any(TypeError),
    });
    await expect(publish({}, 'no spaces')).rejects.toMatchObject({ code: 'malformed_message', field: 'id' });
    await expect(publish({}, 'x'.repeat(129))).rejects.toMatchObject({ code: 'malformed_message' });
    await fixture.clock.pass(30_001);
    expect(await waiting).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'timeout', id: 'a' }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'timeout', id: 'b' }) },
    ]);
    expect(fixture.gateway.callers).toHaveLength(0);
  });

  test('under an id that is on its way is the same publication', async () => {
    const fixture = createClientFixture();
    const first = fixture.client.publish('order.created', { order_id: 1 }, { id: 'same' });
    expect(fixture.client.publish('order.created', { order_id: 1 }, { id: 'same' })).toBe(first);
    await fixture.clock.pass(1_000);
    expect(fixture.gateway.events()).toHaveLength(1);
  });

  test('nobody waits for ends no process when it fails', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const fixture = createClientFixture();
    void fixture.client.publish('order.created', { order_id: 1 });
    fixture.client.close();
    await fixture.clock.pass(minute);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
