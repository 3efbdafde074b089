import { describe, expect, test } from '@jest/globals';
import { pageSize } from './fake-gateway.ts';
import { type ClientFixture, createClientFixture, hour, minute } from './client-fixture.ts';

const counted = (to: number, from = 1) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const publishMany = (fixture: ClientFixture, count: number) => {
  for (let index = 0; index < count; index++) fixture.gateway.publish('order.created', { order_id: index });
};
const replays = ({ gateway }: ClientFixture) =>
  gateway.callers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'replay');

describe('events', () => {
  test('arrive as the application reads them', async () => {
    const fixture = createClientFixture();
    const kitchen: unknown[] = [];
    fixture.client.on('order.created', (event) => void kitchen.push(event.data.order_id));
    fixture.client.on('payment.completed', () => void kitchen.push('never'));
    await fixture.authenticated();
    fixture.gateway.publish('order.created', { order_id: 7 }, { id: 'o-7' });
    await fixture.clock.pass(100);
    expect(fixture.events).toEqual([
      {
        type: 'order.created',
        id: 'o-7',
        seq: 1,
        prevSeq: 0,
        epoch: 'epoch-1',
        restaurantId: 'r-17',
        data: { order_id: 7 },
        raw: '{"order_id":7}',
        timestamp: expect.any(String),
      },
    ]);
    expect(kitchen).toEqual([7]);
    expect(fixture.client.cursor).toEqual({ epoch: 'epoch-1', seq: 1 });
  });

  test('of a batch are delivered one by one, its strangers left out', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.script.fanOut = () => {};
    publishMany(fixture, 3);
    const event = (seq: number) => ({ type: 'order.created', id: `e${seq}`, seq, prev_seq: seq - 1, epoch: 'epoch-1' });
    fixture.gateway
      .caller()
      .send({ type: 'events', events: [event(1), null, { type: 'x' }, [], event(2), 'x', event(3)] });
    await fixture.clock.pass(100);
    expect(fixture.seqs()).toEqual([1, 2, 3]);
    expect(replays(fixture)).toEqual([]);
  });

  test('of types nobody knows are delivered, too', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.publish('fryer.too_hot', { celsius: 220 });
    await fixture.clock.pass(100);
    expect(fixture.events.map(({ type }) => type)).toEqual(['fryer.too_hot']);
  });

  test.each([
    {
      how: 'doubled',
      fanOut: (_caller: unknown, _frame: unknown, pass: () => void) => {
        pass();
        pass();
      },
    },
    {
      how: 'lost, two of three',
      fanOut: (_caller: unknown, frame: Record<string, unknown>, pass: () => void) =>
        Number(frame['seq']) % 3 === 0 ? pass() : undefined,
    },
  ])('that are $how are delivered once, in order', async ({ fanOut }) => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.script.fanOut = fanOut;
    for (let index = 0; index < 30; index++) {
      publishMany(fixture, 1);
      await fixture.clock.pass(3_000);
    }
    await fixture.clock.pass(minute);
    expect(fixture.seqs()).toEqual(counted(30));
    expect(fixture.gaps.map(({ reason }) => reason)).toEqual(['start']);
  });

  test('that come in any order are delivered in theirs', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    const held: (() => void)[] = [];
    fixture.gateway.script.fanOut = (_caller, _frame, pass) => void held.push(pass);
    publishMany(fixture, 20);
    for (const index of [...held.keys()].sort((a, b) => ((a * 7) % 20) - ((b * 7) % 20))) held[index]?.();
    await fixture.clock.pass(1_000);
    expect(fixture.seqs()).toEqual(counted(20));
  });

  test('that this connection may not see are no hole', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    for (let index = 0; index < 10; index++) {
      fixture.gateway.publish('payment.completed', {}, { visible: false });
      fixture.gateway.publish('order.created', {});
    }
    await fixture.clock.pass(1_000);
    expect(fixture.seqs()).toEqual(counted(10).map((index) => index * 2));
    expect(replays(fixture)).toEqual([]);
  });

  test('that are missing are known by the next one', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    publishMany(fixture, 1);
    await fixture.clock.pass(100);
    fixture.gateway.script.fanOut = () => {};
    publishMany(fixture, 2);
    fixture.gateway.script.fanOut = (_caller, _frame, pass) => pass();
    publishMany(fixture, 1);
    await fixture.clock.pass(200);
    expect(fixture.seqs()).toEqual([1, 2, 3, 4]);
  });

  test('that nobody saw coming are noticed by the next pong', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.script.fanOut = () => {};
    publishMany(fixture, 3);
    await fixture.clock.pass(122_000);
    expect(fixture.seqs()).toEqual([1, 2, 3]);
    expect(replays(fixture)).toHaveLength(1);
  });

  test('missed while away are pulled page by page', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.restart();
    publishMany(fixture, 5 * pageSize - 3);
    await fixture.clock.pass(5_000);
    expect(fixture.seqs()).toEqual(counted(5 * pageSize - 3));
    expect(replays(fixture).map(({ after }) => after)).toEqual([0, 20, 40, 60, 80]);
  });

  test('that go on coming while pages are pulled keep their place', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.restart();
    publishMany(fixture, 4 * pageSize);
    for (let index = 0; index < 40; index++) {
      await fixture.clock.pass(25);
      publishMany(fixture, 2);
    }
    await fixture.clock.pass(5_000);
    expect(fixture.seqs()).toEqual(counted(4 * pageSize + 80));
  });

  test('pulled on a connection that dies are pulled again on the next', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.restart();
    publishMany(fixture, 3 * pageSize);
    let deaths = 3;
    fixture.gateway.script.message = (caller, message, pass) => {
      if (message['type'] === 'replay' && deaths-- > 0) caller.close(1006);
      else pass();
    };
    await fixture.clock.pass(30_000);
    expect(fixture.seqs()).toEqual(counted(3 * pageSize));
  });

  test('of very many pages are pulled no faster than the gateway allows', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.restart();
    publishMany(fixture, 30 * pageSize);
    await fixture.clock.pass(6_000);
    expect(replays(fixture).length).toBeGreaterThan(10);
    expect(replays(fixture).length).toBeLessThanOrEqual(20);
    await fixture.clock.pass(minute);
    expect(fixture.seqs()).toEqual(counted(30 * pageSize));
  });

  test.each([
    { why: 'no answer', frame: undefined },
    { why: 'rate_limited, without an id', frame: { type: 'error', reason: 'rate_limited' } },
    { why: 'unavailable', frame: { type: 'error', reason: 'unavailable' } },
    { why: "the platform's error", frame: { message: 'Internal server error', connectionId: 'c', requestId: 'r' } },
  ])('whose pull meets $why are pulled later', async ({ frame }) => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.restart();
    publishMany(fixture, 3);
    let failures = 3;
    fixture.gateway.script.message = (caller, message, pass) => {
      if (message['type'] !== 'replay' || failures-- <= 0) pass();
      else if (frame) caller.send(frame);
    };
    await fixture.clock.pass(minute);
    expect(fixture.seqs()).toEqual([1, 2, 3]);
    expect(replays(fixture)).toHaveLength(4);
  });
});

describe('the cursor', () => {
  test('of before lets a new client go on where the old one stopped', async () => {
    const fixture = createClientFixture({ cursor: { epoch: 'epoch-1', seq: 4 } });
    publishMany(fixture, 9);
    await fixture.authenticated();
    expect(fixture.seqs()).toEqual([5, 6, 7, 8, 9]);
    expect(fixture.gaps).toEqual([]);
  });

  test('starts at the head without one, and says so', async () => {
    const fixture = createClientFixture();
    publishMany(fixture, 9);
    await fixture.authenticated();
    publishMany(fixture, 1);
    await fixture.clock.pass(100);
    expect(fixture.gaps).toEqual([{ reason: 'start', cursor: { epoch: 'epoch-1', seq: 9 } }]);
    expect(fixture.seqs()).toEqual([10]);
  });

  test('of a restaurant without events begins with the first one, also when it is lost on the way', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    expect(fixture.gaps).toEqual([{ reason: 'start', cursor: { epoch: '', seq: 0 } }]);
    fixture.gateway.script.fanOut = () => {};
    publishMany(fixture, 2);
    await fixture.clock.pass(122_000);
    expect(fixture.seqs()).toEqual([1, 2]);
    expect(fixture.gaps).toHaveLength(1);
  });

  test('that could not be told at first is learned later', async () => {
    const fixture = createClientFixture();
    publishMany(fixture, 4);
    const unknown = { epoch: null, head_seq: null };
    fixture.gateway.script.authenticate = (caller, _message, pass) => {
      const { send } = caller;
      Object.assign(caller, { send: (frame: object) => send({ ...frame, ...unknown }) });
      pass();
      Object.assign(caller, { send });
    };
    await fixture.authenticated();
    expect(fixture.client.cursor).toBeUndefined();
    await fixture.clock.pass(62_000);
    expect(fixture.gaps).toEqual([{ reason: 'start', cursor: { epoch: 'epoch-1', seq: 4 } }]);
  });

  test('of a restaurant whose stream cannot be found stays where it is', async () => {
    const fixture = createClientFixture();
    publishMany(fixture, 3);
    await fixture.authenticated();
    fixture.gateway.caller().send({ type: 'pong', epoch: null, head_seq: 0 });
    fixture.gateway.caller().send({ type: 'pong', epoch: null, head_seq: null });
    await fixture.clock.pass(1_000);
    expect(fixture.client.cursor).toEqual({ epoch: 'epoch-1', seq: 3 });
    expect(fixture.gaps).toHaveLength(1);
  });

  test('of another epoch is a gap', async () => {
    const fixture = createClientFixture({ cursor: { epoch: 'epoch-0', seq: 4000 } });
    publishMany(fixture, 9);
    await fixture.authenticated();
    publishMany(fixture, 1);
    await fixture.clock.pass(100);
    expect(fixture.gaps).toEqual([{ reason: 'epoch_changed', cursor: { epoch: 'epoch-1', seq: 9 } }]);
    expect(fixture.seqs()).toEqual([10]);
  });

  test('beyond the horizon is a gap, and what follows is delivered', async () => {
    const fixture = createClientFixture({ cursor: { epoch: 'epoch-1', seq: 2 } });
    publishMany(fixture, 50);
    fixture.gateway.forgetBefore(30);
    await fixture.authenticated();
    publishMany(fixture, 1);
    await fixture.clock.pass(100);
    expect(fixture.gaps).toEqual([{ reason: 'horizon_passed', cursor: { epoch: 'epoch-1', seq: 50 } }]);
    expect(fixture.seqs()).toEqual([51]);
  });

  test('takes a stream that begins anew, and drops what still comes from the old one', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    publishMany(fixture, 5);
    await fixture.clock.pass(100);
    fixture.gateway.newEpoch('epoch-2');
    publishMany(fixture, 2);
    fixture.gateway.caller().send({ type: 'order.created', id: 'late', seq: 6, prev_seq: 5, epoch: 'epoch-1' });
    await fixture.clock.pass(100);
    expect(fixture.gaps.map(({ reason }) => reason)).toEqual(['start', 'epoch_changed']);
    expect(fixture.events.map(({ epoch, seq }) => `${epoch}:${seq}`).slice(5)).toEqual(['epoch-2:1', 'epoch-2:2']);
  });

  test.each([{ head_seq: 0 }, { head_seq: 3 }])(
    'never goes back for a stale head of $head_seq',
    async ({ head_seq }) => {
      const fixture = createClientFixture();
      await fixture.authenticated();
      publishMany(fixture, 5);
      await fixture.clock.pass(100);
      fixture.gateway.caller().send({ type: 'pong', epoch: 'epoch-1', head_seq });
      await fixture.clock.pass(1_000);
      expect(fixture.client.cursor).toEqual({ epoch: 'epoch-1', seq: 5 });
      expect(fixture.seqs()).toEqual(counted(5));
      expect(replays(fixture)).toEqual([]);
    },
  );

  test('does not follow a head that promises more than there is, and does not ask for ever', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.caller().send({ type: 'pong', epoch: 'epoch-1', head_seq: 9_999 });
    fixture.gateway.script.message = (caller, message, pass) => {
      if (message['type'] === 'replay')
        caller.send({ type: 'replayed', events: [], epoch: 'epoch-1', head_seq: 9_999, next_after: 0, more: true });
      else pass();
    };
    await fixture.clock.pass(50_000);
    expect(replays(fixture)).toHaveLength(5);
    publishMany(fixture, 1);
    await fixture.clock.pass(100);
    expect(fixture.seqs()).toEqual([1]);
  });

  test('asks again when the gateway says so, not sooner, and hears all that it missed', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    const { gateway } = fixture;
    let answered = 0;
    gateway.script.fanOut = () => undefined;
    gateway.script.message = (caller, message, pass) => {
      if (message['type'] !== 'replay' || ++answered > 3) return pass();
      const nothingYet = { events: [], epoch: 'epoch-1', head_seq: 4, next_after: 0, more: true, gap: false };
      caller.send({ type: 'replayed', ...nothingYet, retry_after_ms: 30_000 });
    };
    publishMany(fixture, 4);
    gateway.caller().send({ type: 'pong', epoch: 'epoch-1', head_seq: 4 });
    await fixture.clock.pass(29_000);
    expect(replays(fixture)).toHaveLength(1);
    await fixture.clock.pass(70_000);
    expect(replays(fixture)).toHaveLength(4);
    expect(fixture.seqs()).toEqual([1, 2, 3, 4]);
    expect(fixture.gaps.map(({ reason }) => reason)).toEqual(['start']);
  });

  test('goes on behind a hole that nothing fills, and says what is missing', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    fixture.gateway.caller().send({ type: 'order.created', id: 'e', seq: 9, prev_seq: 8, epoch: 'epoch-1' });
    fixture.gateway.script.message = (caller, message, pass) => {
      if (message['type'] === 'replay')
        caller.send({ type: 'replayed', events: [], epoch: 'epoch-1', head_seq: 9, next_after: 0, more: false });
      else pass();
    };
    await fixture.clock.pass(50_000);
    expect(fixture.gaps.at(-1)).toEqual({ reason: 'missing', cursor: { epoch: 'epoch-1', seq: 8 } });
    expect(fixture.seqs()).toEqual([9]);
  });

  test('moves after the handlers of an event have been called', async () => {
    const fixture = createClientFixture();
    const seen: unknown[] = [];
    fixture.client.on('*', ({ seq }) => void seen.push([seq, fixture.client.cursor?.seq]));
    fixture.client.onCursor(({ seq }) => seen.push(seq));
    await fixture.authenticated();
    publishMany(fixture, 2);
    await fixture.clock.pass(100);
    expect(seen).toEqual([0, [1, 0], 1, [2, 1], 2]);
  });
});

describe('a handler', () => {
  test("of errors that throws itself is nobody's trouble", async () => {
    const fixture = createClientFixture({
      onError: () => {
        throw new Error('again');
      },
      trace: () => {
        throw new Error('trace');
      },
    });
    fixture.client.on('*', () => Promise.reject(new Error('mine')));
    await fixture.authenticated();
    publishMany(fixture, 2);
    await fixture.clock.pass(100);
    expect(fixture.seqs()).toEqual([1, 2]);
  });

  test.each([
    {
      why: 'throws',
      handler: () => {
        throw new Error('mine');
      },
    },
    { why: 'rejects', handler: () => Promise.reject(new Error('mine')) },
  ])('that $why is reported and disturbs nobody', async ({ handler }) => {
    const fixture = createClientFixture();
    const other: number[] = [];
    fixture.client.on('*', handler);
    fixture.client.on('*', ({ seq }) => void other.push(seq));
    await fixture.authenticated();
    publishMany(fixture, 3);
    await fixture.clock.pass(100);
    expect(other).toEqual([1, 2, 3]);
    expect(fixture.errors).toEqual([new Error('mine'), new Error('mine'), new Error('mine')]);
  });

  test('that closes the client keeps the order of what the others hear', async () => {
    const fixture = createClientFixture();
    const heard: string[] = [];
    fixture.client.onState(({ status }) => {
      if (status === 'connected') fixture.client.close();
    });
    fixture.client.onState(({ status }) => heard.push(status));
    await fixture.clock.pass(1_000);
    expect(heard).toEqual(['connecting', 'connecting', 'connected', 'ended']);
  });

  test('may close the client, and hears nothing more', async () => {
    const fixture = createClientFixture();
    const off = fixture.client.onState(() => {});
    off();
    fixture.client.on('*', () => fixture.client.close());
    await fixture.authenticated();
    fixture.gateway.script.fanOut = () => {};
    const event = (seq: number) => ({ type: 'order.created', id: `e${seq}`, seq, prev_seq: seq - 1, epoch: 'epoch-1' });
    fixture.gateway.caller().send({ type: 'events', events: [event(1), event(2), event(3)] });
    await fixture.clock.pass(hour);
    expect(fixture.ends).toEqual([{ why: 'closed' }]);
    expect(fixture.seqs()).toEqual([1]);
    const late: unknown[] = [];
    fixture.client.onEnd((end) => late.push(end));
    await fixture.clock.pass(1);
    expect(late).toEqual([{ why: 'closed' }]);
  });
});
