import { describe, expect, test } from '@jest/globals';
import { pageSize } from './fake-gateway.ts';
import { type ClientHouse, createHouse, hour, minute } from './house.ts';

const counted = (to: number, from = 1) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const publishMany = (house: ClientHouse, count: number) => {
  for (let index = 0; index < count; index++) house.gateway.publish('order.created', { order_id: index });
};
const replays = ({ gateway }: ClientHouse) =>
  gateway.callers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'replay');

describe('events', () => {
  test('arrive as the application reads them', async () => {
    const house = createHouse();
    const kitchen: unknown[] = [];
    house.client.on('order.created', (event) => void kitchen.push(event.data.order_id));
    house.client.on('payment.completed', () => void kitchen.push('never'));
    await house.seated();
    house.gateway.publish('order.created', { order_id: 7 }, { id: 'o-7' });
    await house.clock.pass(100);
    expect(house.events).toEqual([
      {
        type: 'order.created',
        id: 'o-7',
        seq: 1,
        prevSeq: 0,
        epoch: 'epoch-1',
        restaurantId: 'r-17',
        data: { order_id: 7 },
        timestamp: expect.any(String),
      },
    ]);
    expect(kitchen).toEqual([7]);
    expect(house.client.cursor).toEqual({ epoch: 'epoch-1', seq: 1 });
  });

  test('of a batch are delivered one by one, its strangers left out', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.script.fanOut = () => {};
    publishMany(house, 3);
    const event = (seq: number) => ({ type: 'order.created', id: `e${seq}`, seq, prev_seq: seq - 1, epoch: 'epoch-1' });
    house.gateway
      .caller()
      .send({ type: 'events', events: [event(1), null, { type: 'x' }, [], event(2), 'x', event(3)] });
    await house.clock.pass(100);
    expect(house.seqs()).toEqual([1, 2, 3]);
    expect(replays(house)).toEqual([]);
  });

  test('of types nobody knows are delivered, too', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.publish('fryer.too_hot', { celsius: 220 });
    await house.clock.pass(100);
    expect(house.events.map(({ type }) => type)).toEqual(['fryer.too_hot']);
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
    const house = createHouse();
    await house.seated();
    house.gateway.script.fanOut = fanOut;
    for (let index = 0; index < 30; index++) {
      publishMany(house, 1);
      await house.clock.pass(3_000);
    }
    await house.clock.pass(minute);
    expect(house.seqs()).toEqual(counted(30));
    expect(house.gaps.map(({ reason }) => reason)).toEqual(['start']);
  });

  test('that come in any order are delivered in theirs', async () => {
    const house = createHouse();
    await house.seated();
    const held: (() => void)[] = [];
    house.gateway.script.fanOut = (_caller, _frame, pass) => void held.push(pass);
    publishMany(house, 20);
    for (const index of [...held.keys()].sort((a, b) => ((a * 7) % 20) - ((b * 7) % 20))) held[index]?.();
    await house.clock.pass(1_000);
    expect(house.seqs()).toEqual(counted(20));
  });

  test('that this connection may not see are no hole', async () => {
    const house = createHouse();
    await house.seated();
    for (let index = 0; index < 10; index++) {
      house.gateway.publish('payment.completed', {}, { visible: false });
      house.gateway.publish('order.created', {});
    }
    await house.clock.pass(1_000);
    expect(house.seqs()).toEqual(counted(10).map((index) => index * 2));
    expect(replays(house)).toEqual([]);
  });

  test('that are missing are known by the next one', async () => {
    const house = createHouse();
    await house.seated();
    publishMany(house, 1);
    await house.clock.pass(100);
    house.gateway.script.fanOut = () => {};
    publishMany(house, 2);
    house.gateway.script.fanOut = (_caller, _frame, pass) => pass();
    publishMany(house, 1);
    await house.clock.pass(200);
    expect(house.seqs()).toEqual([1, 2, 3, 4]);
  });

  test('that nobody saw coming are noticed by the next pong', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.script.fanOut = () => {};
    publishMany(house, 3);
    await house.clock.pass(62_000);
    expect(house.seqs()).toEqual([1, 2, 3]);
    expect(replays(house)).toHaveLength(1);
  });

  test('missed while away are pulled page by page', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.restart();
    publishMany(house, 5 * pageSize - 3);
    await house.clock.pass(5_000);
    expect(house.seqs()).toEqual(counted(5 * pageSize - 3));
    expect(replays(house).map(({ after }) => after)).toEqual([0, 20, 40, 60, 80]);
  });

  test('that go on coming while pages are pulled keep their place', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.restart();
    publishMany(house, 4 * pageSize);
    for (let index = 0; index < 40; index++) {
      await house.clock.pass(25);
      publishMany(house, 2);
    }
    await house.clock.pass(5_000);
    expect(house.seqs()).toEqual(counted(4 * pageSize + 80));
  });

  test('pulled on a connection that dies are pulled again on the next', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.restart();
    publishMany(house, 3 * pageSize);
    let deaths = 3;
    house.gateway.script.message = (caller, message, pass) => {
      if (message['type'] === 'replay' && deaths-- > 0) caller.close(1006);
      else pass();
    };
    await house.clock.pass(30_000);
    expect(house.seqs()).toEqual(counted(3 * pageSize));
  });

  test('of very many pages are pulled no faster than the gateway allows', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.restart();
    publishMany(house, 30 * pageSize);
    await house.clock.pass(6_000);
    expect(replays(house).length).toBeGreaterThan(10);
    expect(replays(house).length).toBeLessThanOrEqual(20);
    await house.clock.pass(minute);
    expect(house.seqs()).toEqual(counted(30 * pageSize));
  });

  test.each([
    { why: 'no answer', frame: undefined },
    { why: 'rate_limited, without an id', frame: { type: 'error', reason: 'rate_limited' } },
    { why: 'unavailable', frame: { type: 'error', reason: 'unavailable' } },
    { why: "the platform's error", frame: { message: 'Internal server error', connectionId: 'c', requestId: 'r' } },
  ])('whose pull meets $why are pulled later', async ({ frame }) => {
    const house = createHouse();
    await house.seated();
    house.gateway.restart();
    publishMany(house, 3);
    let failures = 3;
    house.gateway.script.message = (caller, message, pass) => {
      if (message['type'] !== 'replay' || failures-- <= 0) pass();
      else if (frame) caller.send(frame);
    };
    await house.clock.pass(minute);
    expect(house.seqs()).toEqual([1, 2, 3]);
    expect(replays(house)).toHaveLength(4);
  });
});

describe('the cursor', () => {
  test('of before lets a new client go on where the old one stopped', async () => {
    const house = createHouse({ cursor: { epoch: 'epoch-1', seq: 4 } });
    publishMany(house, 9);
    await house.seated();
    expect(house.seqs()).toEqual([5, 6, 7, 8, 9]);
    expect(house.gaps).toEqual([]);
  });

  test('starts at the head without one, and says so', async () => {
    const house = createHouse();
    publishMany(house, 9);
    await house.seated();
    publishMany(house, 1);
    await house.clock.pass(100);
    expect(house.gaps).toEqual([{ reason: 'start', cursor: { epoch: 'epoch-1', seq: 9 } }]);
    expect(house.seqs()).toEqual([10]);
  });

  test('of a restaurant without events begins with the first one, also when it is lost on the way', async () => {
    const house = createHouse();
    await house.seated();
    expect(house.gaps).toEqual([{ reason: 'start', cursor: { epoch: '', seq: 0 } }]);
    house.gateway.script.fanOut = () => {};
    publishMany(house, 2);
    await house.clock.pass(62_000);
    expect(house.seqs()).toEqual([1, 2]);
    expect(house.gaps).toHaveLength(1);
  });

  test('that could not be told at first is learned later', async () => {
    const house = createHouse();
    publishMany(house, 4);
    const unknown = { epoch: null, head_seq: null };
    house.gateway.script.authenticate = (caller, _message, pass) => {
      const { send } = caller;
      Object.assign(caller, { send: (frame: object) => send({ ...frame, ...unknown }) });
      pass();
      Object.assign(caller, { send });
    };
    await house.seated();
    expect(house.client.cursor).toBeUndefined();
    await house.clock.pass(62_000);
    expect(house.gaps).toEqual([{ reason: 'start', cursor: { epoch: 'epoch-1', seq: 4 } }]);
  });

  test('of a restaurant whose stream cannot be found stays where it is', async () => {
    const house = createHouse();
    publishMany(house, 3);
    await house.seated();
    house.gateway.caller().send({ type: 'pong', epoch: null, head_seq: 0 });
    house.gateway.caller().send({ type: 'pong', epoch: null, head_seq: null });
    await house.clock.pass(1_000);
    expect(house.client.cursor).toEqual({ epoch: 'epoch-1', seq: 3 });
    expect(house.gaps).toHaveLength(1);
  });

  test('of another epoch is a gap', async () => {
    const house = createHouse({ cursor: { epoch: 'epoch-0', seq: 4000 } });
    publishMany(house, 9);
    await house.seated();
    publishMany(house, 1);
    await house.clock.pass(100);
    expect(house.gaps).toEqual([{ reason: 'epoch_changed', cursor: { epoch: 'epoch-1', seq: 9 } }]);
    expect(house.seqs()).toEqual([10]);
  });

  test('beyond the horizon is a gap, and what follows is delivered', async () => {
    const house = createHouse({ cursor: { epoch: 'epoch-1', seq: 2 } });
    publishMany(house, 50);
    house.gateway.forgetBefore(30);
    await house.seated();
    publishMany(house, 1);
    await house.clock.pass(100);
    expect(house.gaps).toEqual([{ reason: 'horizon_passed', cursor: { epoch: 'epoch-1', seq: 50 } }]);
    expect(house.seqs()).toEqual([51]);
  });

  test('takes a stream that begins anew, and drops what still comes from the old one', async () => {
    const house = createHouse();
    await house.seated();
    publishMany(house, 5);
    await house.clock.pass(100);
    house.gateway.newEpoch('epoch-2');
    publishMany(house, 2);
    house.gateway.caller().send({ type: 'order.created', id: 'late', seq: 6, prev_seq: 5, epoch: 'epoch-1' });
    await house.clock.pass(100);
    expect(house.gaps.map(({ reason }) => reason)).toEqual(['start', 'epoch_changed']);
    expect(house.events.map(({ epoch, seq }) => `${epoch}:${seq}`).slice(5)).toEqual(['epoch-2:1', 'epoch-2:2']);
  });

  test.each([{ head_seq: 0 }, { head_seq: 3 }])(
    'never goes back for a stale head of $head_seq',
    async ({ head_seq }) => {
      const house = createHouse();
      await house.seated();
      publishMany(house, 5);
      await house.clock.pass(100);
      house.gateway.caller().send({ type: 'pong', epoch: 'epoch-1', head_seq });
      await house.clock.pass(1_000);
      expect(house.client.cursor).toEqual({ epoch: 'epoch-1', seq: 5 });
      expect(house.seqs()).toEqual(counted(5));
      expect(replays(house)).toEqual([]);
    },
  );

  test('does not follow a head that promises more than there is, and does not ask for ever', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.caller().send({ type: 'pong', epoch: 'epoch-1', head_seq: 9_999 });
    house.gateway.script.message = (caller, message, pass) => {
      if (message['type'] === 'replay')
        caller.send({ type: 'replayed', events: [], epoch: 'epoch-1', head_seq: 9_999, next_after: 0, more: true });
      else pass();
    };
    await house.clock.pass(50_000);
    expect(replays(house)).toHaveLength(5);
    publishMany(house, 1);
    await house.clock.pass(100);
    expect(house.seqs()).toEqual([1]);
  });

  test('goes on behind a hole that nothing fills, and says what is missing', async () => {
    const house = createHouse();
    await house.seated();
    house.gateway.caller().send({ type: 'order.created', id: 'e', seq: 9, prev_seq: 8, epoch: 'epoch-1' });
    house.gateway.script.message = (caller, message, pass) => {
      if (message['type'] === 'replay')
        caller.send({ type: 'replayed', events: [], epoch: 'epoch-1', head_seq: 9, next_after: 0, more: false });
      else pass();
    };
    await house.clock.pass(50_000);
    expect(house.gaps.at(-1)).toEqual({ reason: 'missing', cursor: { epoch: 'epoch-1', seq: 8 } });
    expect(house.seqs()).toEqual([9]);
  });

  test('moves after the handlers of an event have been called', async () => {
    const house = createHouse();
    const seen: unknown[] = [];
    house.client.on('*', ({ seq }) => void seen.push([seq, house.client.cursor?.seq]));
    house.client.onCursor(({ seq }) => seen.push(seq));
    await house.seated();
    publishMany(house, 2);
    await house.clock.pass(100);
    expect(seen).toEqual([0, [1, 0], 1, [2, 1], 2]);
  });
});

describe('a handler', () => {
  test("of errors that throws itself is nobody's trouble", async () => {
    const house = createHouse({
      onError: () => {
        throw new Error('again');
      },
      trace: () => {
        throw new Error('trace');
      },
    });
    house.client.on('*', () => Promise.reject(new Error('mine')));
    await house.seated();
    publishMany(house, 2);
    await house.clock.pass(100);
    expect(house.seqs()).toEqual([1, 2]);
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
    const house = createHouse();
    const other: number[] = [];
    house.client.on('*', handler);
    house.client.on('*', ({ seq }) => void other.push(seq));
    await house.seated();
    publishMany(house, 3);
    await house.clock.pass(100);
    expect(other).toEqual([1, 2, 3]);
    expect(house.errors).toEqual([new Error('mine'), new Error('mine'), new Error('mine')]);
  });

  test('that closes the client keeps the order of what the others hear', async () => {
    const house = createHouse();
    const heard: string[] = [];
    house.client.onState(({ status }) => {
      if (status === 'connected') house.client.close();
    });
    house.client.onState(({ status }) => heard.push(status));
    await house.clock.pass(1_000);
    expect(heard).toEqual(['connecting', 'connecting', 'connected', 'ended']);
  });

  test('may close the client, and hears nothing more', async () => {
    const house = createHouse();
    const off = house.client.onState(() => {});
    off();
    house.client.on('*', () => house.client.close());
    await house.seated();
    house.gateway.script.fanOut = () => {};
    const event = (seq: number) => ({ type: 'order.created', id: `e${seq}`, seq, prev_seq: seq - 1, epoch: 'epoch-1' });
    house.gateway.caller().send({ type: 'events', events: [event(1), event(2), event(3)] });
    await house.clock.pass(hour);
    expect(house.ends).toEqual([{ why: 'closed' }]);
    expect(house.seqs()).toEqual([1]);
    const late: unknown[] = [];
    house.client.onEnd((end) => late.push(end));
    await house.clock.pass(1);
    expect(late).toEqual([{ why: 'closed' }]);
  });
});
