/** What waits to be published: whose it is, how long it is tried, and what comes back to the application. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ConnectOptions, Pending } from '../../client/src/index.ts';
import { storageOf, type Texts } from '../../client/src/storage.ts';
import { forbidden } from '../forbidden.ts';
import { createClock } from './clock.ts';
import { type ClientFixture, createClientFixture, hour, minute } from './client-fixture.ts';

const day = 24 * hour;
const status = { order_id: 1, status: 'ready' } as const;

const opened: ClientFixture[] = [];
afterEach(() => {
  for (const { client } of opened.splice(0)) client.close();
});

/** A device: what its storage holds outlives its processes, and its gateway is one. */
const device = (overrides: Partial<Texts> = {}) => {
  const clock = createClock();
  const texts = new Map<string, string>();
  const storage = storageOf({
    get: async (key) => texts.get(key),
    set: async (key, value) => texts.set(key, value),
    remove: async (key) => texts.delete(key),
    ...overrides,
  });
  const start = (options: Partial<ConnectOptions> = {}) => {
    const fixture = createClientFixture({ storage, publishTimeoutMs: Number.POSITIVE_INFINITY, ...options }, { clock });
    Object.assign(fixture.gateway.script, { issuer: 'login', retentionMs: day });
    opened.push(fixture);
    const returned: Pending[] = [];
    fixture.client.onReturned((one) => void returned.push(one));
    return { ...fixture, returned };
  };
  return { clock, texts, start };
};
const pendingIn = ({ client }: Pick<ClientFixture, 'client'>) =>
  client.pending.map(({ id, state }) => `${id} ${state}`);
const heard = ({ gateway }: Pick<ClientFixture, 'gateway'>) =>
  gateway.callers.flatMap((caller) => caller.heard).filter(({ data }) => data !== undefined);

describe('a publication in a storage', () => {
  test('waits over restarts, and is sent as the text that it was', async () => {
    const { clock, texts, start } = device();
    const before = start({ user: { userId: 'u-1', issuer: 'login' } });
    before.gateway.script.handshake = 'fail';
    const first = before.client.publish('order.created', { order_id: 1, b: 1, a: 'é\u0000"' }, { id: 'one' });
    before.client.publish('order.created', { order_id: 2 }, { id: 'two' });
    await first.kept;
    expect(before.client.pending).toMatchObject([
      { id: 'one', type: 'order.created', data: { order_id: 1 }, isKept: true, state: 'waiting', since: clock.now() },
      { id: 'two', isKept: true, state: 'waiting' },
    ]);
    before.client.close();
    await expect(first).rejects.toMatchObject({ code: 'ended' });
    await clock.pass(3 * day);

    const after = start({ user: { userId: 'u-1', issuer: 'login' } });
    await clock.pass(minute);
    expect(heard(after)).toEqual([
      { type: 'order.created', id: 'one', data: { order_id: 1, b: 1, a: 'é\u0000"' } },
      { type: 'order.created', id: 'two', data: { order_id: 2 } },
    ]);
    expect(after.client.pending).toEqual([]);
    expect(after.returned).toEqual([]);
    expect([...texts.values()].join()).not.toContain('one');
  });

  test('is written before it is sent, and that it may be sent as well', async () => {
    const { clock, texts, start } = device();
    const fixture = start();
    await clock.pass(500);
    const stored: string[] = [];
    fixture.gateway.script.message = (_caller, { type }, pass) => {
      if (type === 'order.status_changed') stored.push(...texts.values());
      pass();
    };
    const published = fixture.client.publish('order.status_changed', status, { id: 'mine' });
    const order: string[] = [];
    void published.kept.then(() => order.push('kept'));
    void published.then(() => order.push('accepted'));
    await clock.pass(1_000);
    expect(order).toEqual(['kept', 'accepted']);
    expect(stored.map((text) => JSON.parse(text).publications)).toEqual(
      Array(2).fill([
        expect.objectContaining({ id: 'mine', sentAt: expect.any(Number), user: { issuer: 'login', userId: 'u-1' } }),
      ]),
    );
  });

  test.each([
    { why: 'within the retention', restMs: 23 * hour, comes: 'again' },
    { why: 'beyond it', restMs: 25 * hour, comes: 'back' },
    { why: 'of a clock that was set back meanwhile', restMs: minute, wrongByMs: -2 * day, comes: 'again' },
    {
      why: 'of a gateway that tells no retention, within an hour',
      restMs: 50 * minute,
      retentionMs: undefined,
      comes: 'again',
    },
    {
      why: 'of a gateway that tells no retention, after an hour',
      restMs: 61 * minute,
      retentionMs: undefined,
      comes: 'back',
    },
  ])('whose answer is outstanding comes $comes $why', async ({ restMs, comes, wrongByMs = 0, ...told }) => {
    const { clock, start } = device();
    const before = start();
    Object.assign(before.gateway.script, told);
    await clock.pass(500);
    before.gateway.script.message = () => {};
    before.client.publish('order.created', { order_id: 1 }, { id: 'one' });
    await clock.pass(1_000);
    expect(pendingIn(before)).toEqual(['one sent']);
    before.client.close();
    await clock.pass(restMs);
    const after = start({ now: () => clock.now() + wrongByMs });
    Object.assign(after.gateway.script, told);
    await clock.pass(minute);
    expect(heard(after).map(({ id }) => id)).toEqual(comes === 'again' ? ['one'] : []);
    expect(after.returned.map(({ id, returned }) => [id, returned?.code])).toEqual(
      comes === 'again' ? [] : [['one', 'may_have_been_accepted']],
    );
  });

  test('that came back stays, also over restarts, until it is discarded or published again', async () => {
    const { clock, start } = device();
    const before = start();
    await clock.pass(500);
    before.gateway.script.message = () => {};
    for (const id of ['one', 'two']) void before.client.publish('order.created', { order_id: id }, { id });
    await clock.pass(1_000);
    before.client.close();
    await clock.pass(2 * day);
    for (let nth = 0; nth < 2; nth++) {
      const later = start();
      await clock.pass(minute);
      expect(later.returned.map(({ id }) => id)).toEqual(['one', 'two']);
      later.client.close();
      await clock.pass(minute);
    }
    const last = start();
    await clock.pass(minute);
    const late: string[] = [];
    last.client.onReturned(({ id }) => late.push(id));
    last.client.discard('one');
    await expect(
      Promise.all([last.client.publish('order.created', { order_id: 'two' }, { id: 'two' }), clock.pass(minute)]),
    ).resolves.toMatchObject([{ id: 'two' }, undefined]);
    expect(late).toEqual(['one', 'two']);
    expect(last.client.pending).toEqual([]);
    last.client.close();
    await clock.pass(minute);
    const after = start();
    await clock.pass(minute);
    expect(after.client.pending).toEqual([]);
  });

  test.each([
    {
      why: 'is refused',
      answer: 'forbidden',
      timeoutMs: Number.POSITIVE_INFINITY,
      code: 'forbidden',
      field: 'order_id',
    },
    { why: 'is too old for the application', answer: undefined, timeoutMs: minute, code: 'timeout', field: undefined },
  ])('that $why when nobody waits for it any more is given back', async ({ answer, timeoutMs, code, field }) => {
    const { clock, start } = device();
    const before = start({ user: { userId: 'u-1' } });
    before.gateway.script.handshake = 'fail';
    await before.client.publish('order.created', { order_id: 1 }, { id: 'one', timeoutMs }).kept;
    before.client.close();
    await clock.pass(2 * minute);
    const after = start();
    after.gateway.script.message = (caller, message) =>
      caller.send({ type: 'error', id: message['id'], reason: answer, error: 'no', field });
    await clock.pass(minute);
    expect(after.returned).toMatchObject([{ id: 'one', state: 'returned', returned: { code, field } }]);
    expect(heard(after)).toHaveLength(answer ? 1 : 0);
  });

  test('of another user is never sent and is offered, and goes when its user is back', async () => {
    const { clock, start } = device();
    const before = start({ user: { userId: 'u-1' } });
    before.gateway.script.handshake = 'fail';
    await before.client.publish('order.created', { order_id: 1 }, { id: 'one' }).kept;
    before.client.close();
    const other = start({ user: { userId: 'u-2' } });
    other.gateway.script.userId = 'u-2';
    await clock.pass(minute);
    expect(other.returned).toMatchObject([{ id: 'one', user: { userId: 'u-1' }, returned: { code: 'other_user' } }]);
    expect(heard(other)).toEqual([]);
    other.client.close();
    await clock.pass(minute);
    const back = start();
    await clock.pass(minute);
    expect(heard(back).map(({ id }) => id)).toEqual(['one']);
    expect(back.returned).toEqual([]);
  });

  test('of the same user id of another issuer is of another user', async () => {
    const { clock, start } = device();
    const before = start();
    await clock.pass(500);
    before.gateway.script.handshake = 'fail';
    before.gateway.restart();
    await before.client.publish('order.created', { order_id: 1 }, { id: 'one' }).kept;
    before.client.close();
    const namesake = start();
    namesake.gateway.script.issuer = 'another login';
    await clock.pass(minute);
    expect(namesake.returned).toMatchObject([{ returned: { code: 'other_user' } }]);
    expect(heard(namesake)).toEqual([]);
  });

  test("made before anybody was let in, by nobody that was named, is no known user's after a restart", async () => {
    const { clock, start } = device();
    const before = start();
    before.gateway.script.handshake = 'fail';
    await before.client.publish('order.created', { order_id: 1 }, { id: 'one' }).kept;
    before.client.close();
    const after = start();
    await clock.pass(minute);
    expect(after.returned).toMatchObject([{ id: 'one', user: undefined, returned: { code: 'other_user' } }]);
    expect(heard(after)).toEqual([]);
  });

  test('that is published again under its id by the next process is the one that waits', async () => {
    const { clock, start } = device();
    const before = start({ user: { userId: 'u-1' } });
    before.gateway.script.handshake = 'fail';
    await before.client.publish('order.created', { order_id: 1 }, { id: 'one' }).kept;
    before.client.close();
    const after = start();
    const again = after.client.publish('order.created', { order_id: 1, at: 'another time' }, { id: 'one' });
    await clock.pass(minute);
    await expect(again).resolves.toEqual({ id: 'one', eventId: 'one' });
    expect(heard(after)).toEqual([{ type: 'order.created', id: 'one', data: { order_id: 1 } }]);
  });
});

describe('a client whose user changes', () => {
  test('sends no publication of the user before, and sends it when that user is back', async () => {
    const fixture = createClientFixture({ publishTimeoutMs: Number.POSITIVE_INFINITY });
    opened.push(fixture);
    const returned: string[] = [];
    fixture.client.onReturned(({ id, returned: why }) => returned.push(`${id} ${why?.code}`));
    await fixture.authenticated();
    fixture.gateway.script.message = () => {};
    const published = fixture.client.publish('order.created', { order_id: 1 }, { id: 'one' });
    await fixture.clock.pass(1_000);
    fixture.gateway.script.userId = 'u-2';
    fixture.gateway.restart();
    await fixture.clock.pass(minute);
    fixture.gateway.script.message = (_caller, _message, pass) => pass();
    expect(returned).toEqual(['one other_user']);
    expect(fixture.gateway.caller().heard.map(({ type }) => type)).toEqual(['authenticate']);
    fixture.gateway.script.userId = 'u-1';
    fixture.gateway.restart();
    await fixture.clock.pass(minute);
    await expect(published).resolves.toMatchObject({ id: 'one' });
  });
});

describe('a storage', () => {
  test('that hangs holds a publication back for five seconds, and the next ones not at all', async () => {
    const { clock, start } = device({ set: () => new Promise(() => {}) });
    const fixture = start();
    await clock.pass(2_000);
    let accepted = 0;
    const published = fixture.client.publish('order.created', { order_id: 1 });
    void published.kept.then(() => accepted++);
    await clock.pass(4_900);
    expect(accepted).toBe(0);
    await clock.pass(1_000);
    expect(accepted).toBe(1);
    const next = fixture.client.publish('order.created', { order_id: 2 });
    await clock.pass(100);
    await expect(next).resolves.toBeDefined();
  });

  test('that holds an older and a newer text goes on with the newer, and writes over the older first', async () => {
    const texts = new Map<string, string>();
    const written: string[] = [];
    const { clock, start } = device({
      get: async (key) => texts.get(key),
      set: async (key) => void written.push(key),
    });
    const kept = {
      id: 'one',
      text: '{"type":"order.created","id":"one","data":{}}',
      since: 0,
      user: { userId: 'u-1' },
    };
    texts.set('maitred.outbox.r-17.kitchen', JSON.stringify({ version: 5, publications: [kept] }));
    texts.set('maitred.outbox.r-17.kitchen.2', JSON.stringify({ version: 4, publications: [] }));
    const fixture = start();
    await clock.pass(minute);
    expect(heard(fixture).map(({ id }) => id)).toEqual(['one']);
    expect(written.filter((key) => key.includes('outbox')).slice(0, 2)).toEqual([
      'maitred.outbox.r-17.kitchen.2',
      'maitred.outbox.r-17.kitchen',
    ]);
  });

  test('that fails is tried until it works', async () => {
    let failures = 5;
    const texts = new Map<string, string>();
    const { clock, start } = device({
      set: async (key, value) => {
        if (failures-- > 0) throw new Error('full');
        texts.set(key, value);
      },
    });
    const fixture = start();
    fixture.gateway.script.handshake = 'fail';
    let kept = 0;
    void fixture.client.publish('order.created', { order_id: 1 }).kept.then(() => kept++);
    await clock.pass(minute);
    expect(kept).toBe(1);
    expect(fixture.errors).toHaveLength(1);
  });

  test('belongs to one client at a time: a second one publishes from memory, and takes over when the first has closed', async () => {
    const { clock, start } = device();
    const first = start();
    const second = start();
    await clock.pass(2_000);
    first.gateway.script.message = () => {};
    await first.client.publish('order.created', { order_id: 1 }, { id: 'one' }).kept;
    const other = second.client.publish('order.created', { order_id: 2 }, { id: 'two' });
    await clock.pass(10_000);
    await expect(other).resolves.toMatchObject({ id: 'two' });
    expect(pendingIn(second)).toEqual([]);
    first.client.close();
    await clock.pass(minute);
    expect(heard(second).map(({ id }) => id)).toEqual(['two', 'one']);
  });

  test.each([
    { why: 'nothing', text: '' },
    { why: 'half of it', text: '{"version":3,"publications":[{"id":"one","te' },
    { why: 'something else', text: '{"version":"x","publications":[{"id":"one","text":"{","since":0}],"cursor":7}' },
  ])('that holds $why is empty', async ({ text }) => {
    const { clock, start } = device({ get: async (key) => (key.includes('outbox') ? text : undefined) });
    const fixture = start({ cursor: 'stored' });
    await clock.pass(2_000);
    expect(fixture.client.pending).toEqual([]);
    await Promise.all([fixture.client.publish('order.created', { order_id: 1 }).kept, clock.pass(1_000)]);
  });

  test('holds no token, whatever happens', async () => {
    const { clock, texts, start } = device();
    const written: string[] = [];
    const fixture = start({ getToken: () => `canary@${clock.now() + 10 * minute}` });
    fixture.client.onPending(() => written.push(...texts.values()));
    await clock.pass(500);
    for (let n = 0; n < 5; n++) {
      void fixture.client.publish('order.created', { order_id: n });
      await clock.pass(8 * minute);
      fixture.gateway.restart();
    }
    written.push(...texts.values());
    expect(written.join()).toContain('order.created');
    expect(written.join()).not.toContain('canary');
  });

  test('that was not made for it is refused at once', () => {
    const plain = forbidden({ get: async () => undefined, set: async () => {}, remove: async () => {} });
    expect(() => createClientFixture({ storage: plain })).toThrow('@maitred/client/storage');
    expect(() => createClientFixture({ cursor: 'stored' })).toThrow(TypeError);
  });
});

describe('the queue', () => {
  test('has room for so many publications and so many characters', async () => {
    const fixture = createClientFixture({ maxQueued: 2, maxQueuedChars: 200 });
    opened.push(fixture);
    const big = fixture.client.publish('order.created', { order_id: 'x'.repeat(128), note: 'x'.repeat(100) });
    await expect(big).rejects.toMatchObject({ code: 'queue_full', field: 'maxQueuedChars' });
    await expect(big.kept).rejects.toMatchObject({ code: 'queue_full' });
    for (const n of [1, 2]) void fixture.client.publish('order.created', { order_id: n });
    await expect(fixture.client.publish('order.created', { order_id: 3 })).rejects.toMatchObject({
      code: 'queue_full',
      field: 'maxQueued',
    });
  });

  test.each([
    { type: '', data: {}, field: 'type' },
    { type: 'order.created', data: undefined, field: 'data' },
    { type: 'order.created', data: null, field: 'data' },
    { type: 'order.created', data: [], field: 'data' },
    { type: 'order.created', data: 'soup', field: 'data' },
  ])('takes no $type with $data, for its $field', async ({ type, data, field }) => {
    const fixture = createClientFixture();
    opened.push(fixture);
    await expect(fixture.client.publish(forbidden(type), forbidden(data))).rejects.toMatchObject({
      code: 'malformed_message',
      field,
      message: expect.stringContaining(field),
    });
  });
});

describe('the cursor', () => {
  test('is kept, and is where the next process goes on', async () => {
    const { clock, start } = device();
    const before = start({ cursor: 'stored' });
    await clock.pass(500);
    before.gateway.publish('order.created', { order_id: 1 });
    await clock.pass(500);
    expect(before.gaps.map(({ reason }) => reason)).toEqual(['start']);
    before.client.close();
    const after = start({ cursor: 'stored' });
    after.gateway.publish('order.created', { order_id: 1 });
    after.gateway.publish('order.created', { order_id: 2 });
    await clock.pass(minute);
    expect(after.gaps).toEqual([]);
    expect(after.seqs()).toEqual([2]);
    expect(after.client.cursor).toEqual({ epoch: 'epoch-1', seq: 2 });
  });

  test('of another user is none', async () => {
    const { clock, start } = device();
    const before = start({ cursor: 'stored' });
    before.gateway.publish('order.created', { order_id: 1 });
    await clock.pass(500);
    before.client.close();
    const other = start({ cursor: 'stored' });
    other.gateway.script.userId = 'u-2';
    other.gateway.publish('order.created', { order_id: 1 });
    await clock.pass(minute);
    expect(other.gaps.map(({ reason }) => reason)).toEqual(['start']);
  });

  test.each([
    { when: undefined, at: [2, 2, 2] },
    { when: 'settled' as const, at: [0, 0, 2] },
  ])('moves when handlers are $when', async ({ when, at }) => {
    const fixture = createClientFixture({ ...(when && { cursorAfter: when }) });
    opened.push(fixture);
    const ends: (() => void)[] = [];
    fixture.client.on(
      '*',
      ({ seq }) =>
        new Promise<void>((resolve, reject) => ends.push(seq === 1 ? () => reject(new Error('no')) : resolve)),
    );
    await fixture.authenticated();
    for (const n of [1, 2]) fixture.gateway.publish('order.created', { order_id: n });
    await fixture.clock.pass(500);
    const seen = [fixture.client.cursor?.seq];
    ends[1]?.();
    await fixture.clock.pass(10);
    seen.push(fixture.client.cursor?.seq);
    // It has settled, and its error is told.
    ends[0]?.();
    await fixture.clock.pass(10);
    seen.push(fixture.client.cursor?.seq);
    expect(seen).toEqual(at);
    expect(fixture.errors).toEqual([new Error('no')]);
    expect(fixture.seqs()).toEqual([1, 2]);
  });
});
