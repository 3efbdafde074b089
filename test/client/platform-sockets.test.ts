/** Sockets, and a client, that do what they must not. */
import { describe, expect, test } from '@jest/globals';
import { createClientFixture, minute } from './client-fixture.ts';

describe('sockets as platforms have them', () => {
  test('one that opens after it was given up is closed again, as Android does it', async () => {
    const opened: { close: () => void; onopen: ((event: object) => void) | null; closes: number }[] = [];
    class LateSocket {
      onopen: ((event: object) => void) | null = null;
      onmessage = null;
      onerror = null;
      onclose = null;
      closes = 0;
      constructor() {
        opened.push(this);
      }
      send() {}
      close() {
        this.closes += 1;
      }
    }
    const fixture = createClientFixture({ WebSocket: LateSocket });
    await fixture.clock.pass(15_000);
    const [first] = opened;
    expect(first?.closes).toBe(1);
    first?.onopen?.({});
    expect(first?.closes).toBe(2);
  });

  test('one that never says that it has closed is given up, as iOS does it', async () => {
    const fixture = createClientFixture();
    await fixture.authenticated();
    // The network is gone and comes back; the dead socket never says a word.
    fixture.gateway.setNetwork('up');
    await fixture.clock.pass(3 * minute);
    expect(fixture.gateway.callers).toHaveLength(2);
    expect(fixture.client.state.status).toBe('connected');
  });
});

test('what the client itself throws ends it with a reason, is reported, and settles what waits', async () => {
  let isBroken = false;
  const fixture = createClientFixture({
    random: () => {
      if (isBroken) throw new RangeError('no more numbers');
      return 0.5;
    },
  });
  await fixture.authenticated();
  isBroken = true;
  const published = fixture.client.publish('order.created', { order_id: 1 }, { id: 'o-1' });
  await fixture.clock.pass(minute);
  await expect(published).rejects.toMatchObject({ code: 'ended' });
  expect(fixture.errors).toMatchObject([{ message: 'no more numbers' }]);
  expect(fixture.ends).toEqual([{ why: 'internal_error', error: 'no more numbers' }]);
  expect(fixture.client.state).toEqual({ status: 'ended', end: fixture.ends[0] });
  expect(fixture.gateway.caller().status).toBe('closed');
});
