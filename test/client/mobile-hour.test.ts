/**
 * An hour of a waiter's phone: it sleeps, changes networks, loses them; its tokens live ten minutes; the gateway restarts.
 * A restaurant publishes all the while. Times are a phone's, chances are drawn from a fixed seed.
 */
import { describe, expect, test } from '@jest/globals';
import { seeded } from '../../cost/seeded.ts';
import { createClientFixture, hour, minute } from './client-fixture.ts';
import { createSignals } from './signals.ts';

const liveAnHour = async (seed: number) => {
  const chance = seeded(seed);
  const signals = createSignals();
  const fixture = createClientFixture({
    signals: signals.sources,
    random: chance,
    // A nap may be longer than a publication is tried by itself.
    publishTimeoutMs: hour,
    getToken: () => (chance() < 0.1 ? Promise.reject(new Error('no network')) : fixture.goodToken(10 * minute)),
  });
  const { clock, gateway, client } = fixture;
  const count = { published: 0, sent: 0, naps: 0, networkChanges: 0, outages: 0, restarts: 0 };
  const publications: Promise<unknown>[] = [];
  gateway.script.fanOut = (_caller, _frame, pass) => {
    if (chance() < 0.95) pass();
    if (chance() < 0.03) pass();
  };
  await fixture.authenticated();
  const end = clock.now() + hour;
  while (clock.now() < end) {
    if (chance() < 0.4) gateway.publish('order.created', { order_id: count.published++ });
    if (chance() < 0.02) {
      publications.push(
        client.publish('order.status_changed', { order_id: 1, status: 'ready' }, { id: `own-${count.sent++}` }),
      );
    }
    const event = chance();
    if (event < 0.002) {
      count.naps += 1;
      signals.give('background');
      // The socket may survive a nap, or not; what was sent meanwhile is read on waking.
      if (chance() < 0.5) gateway.setNetwork('up');
      for (let missed = 0; missed < 30; missed++) gateway.publish('order.created', { order_id: count.published++ });
      await clock.pass(chance() * 10 * minute, 'frozen');
      signals.give('foreground');
    } else if (event < 0.006) {
      count.networkChanges += 1;
      gateway.setNetwork('up');
      signals.give('network_changed');
    } else if (event < 0.009) {
      count.outages += 1;
      gateway.setNetwork('down');
      if (chance() < 0.7) signals.give('offline');
      await clock.pass(chance() * 40_000);
      gateway.setNetwork('up');
      signals.give('online');
    } else if (event < 0.011) {
      count.restarts += 1;
      gateway.restart(chance() < 0.5 ? 1001 : 1006);
    }
    await clock.pass(1_000);
  }
  await clock.pass(5 * minute);
  const answers = await Promise.allSettled(publications);
  return {
    fixture,
    count: {
      ...count,
      delivered: fixture.events.length,
      ownAccepted: answers.filter(({ status }) => status === 'fulfilled').length,
      connections: gateway.callers.length,
      logins: gateway.logins(),
      tokens: fixture.asked.length,
      renewals: fixture.asked.filter((why) => why === 'renewal').length,
      replays: gateway.callers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'replay').length,
      pings: gateway.callers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'ping').length,
    },
  };
};

describe('an hour of mobile life', () => {
  test.each([{ seed: 1 }, { seed: 2 }, { seed: 3 }])(
    'loses no event and storms no door (seed $seed)',
    async ({ seed }) => {
      const { fixture, count } = await liveAnHour(seed);
      console.info(`mobile hour, seed ${seed}: ${JSON.stringify(count)}`);
      expect(fixture.seqs()).toEqual(fixture.gateway.events().map(({ seq }) => seq));
      expect(fixture.gaps.map(({ reason }) => reason)).toEqual(['start']);
      expect(count.ownAccepted).toBe(count.sent);
      expect(new Set(fixture.events.map(({ id }) => id)).size).toBe(fixture.events.length);
      const interruptions = count.naps + count.networkChanges + count.outages + count.restarts;
      expect(interruptions).toBeGreaterThan(5);
      // One login an interruption, and a few that failed while the network was still away.
      expect(count.logins).toBeLessThanOrEqual(2 * interruptions + 5);
      expect(count.connections).toBeLessThanOrEqual(6 * interruptions + 5);
      expect(count.published).toBeGreaterThan(500);
      expect(fixture.ends).toEqual([]);
      expect(fixture.errors).toEqual([]);
    },
  );
});
