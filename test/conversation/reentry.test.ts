/** A re-entry pass over real sockets: what it lets through, what a handshake costs with it, and that it turns up nowhere. */
import { afterEach, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { type ClientOptions, connect } from '../../bin/smoke/client.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { RateLimits } from '../../config-schema/rate-limits.ts';
import { createNarrator } from '../../local/narrator.ts';
import { type GatewayFixture, type NamedClient, openGatewayFixture } from './gateway-fixture.ts';
import { twiceInOneSlot } from './one-slot.ts';

const usual = v.parse(RateLimits, {});

let fixture: GatewayFixture;
const told: string[] = [];
const narrate = createNarrator((line) => told.push(line));
afterEach(async () => {
  const stored = await fixture.orClose(fixture.everythingStored());
  for (const event of fixture.events()) narrate(event);
  const failures = fixture.failures();
  await fixture.close();
  expect(fixture.leaks([...stored, ...told.splice(0)])).toEqual([]);
  expect(failures).toEqual([]);
});
const open = async (limits: Partial<typeof usual> = {}): Promise<void> => {
  fixture = await openGatewayFixture({}, { budgets: { ...usual, ...limits } });
};

const shown = (pass: string): ClientOptions => ({ protocols: ['maitred.v1', `maitred.pass.${pass}`] });
const letIn = async (client: NamedClient): Promise<string> => {
  client.send(hello(await fixture.visitor()));
  const { type, reentry_pass: pass } = JSON.parse(await client.next());
  expect(type).toBe('auth_success');
  return fixture.keepSecret(pass);
};
const outcome = (options?: ClientOptions): Promise<unknown> =>
  connect(fixture.gateway.url, options).then(
    async (client) => {
      await client.leave();
      return client.subprotocol;
    },
    (error) => error.status ?? String(error),
  );

describe('a re-entry pass', () => {
  test('lets its member in while the address may not connect, and is never repeated', async () => {
    await open({ connectsPerMinute: 1, hostileFailures: 1 });
    const pass = await letIn(await fixture.connect());
    // In whatever minute this runs: the address is blocked for half of one.
    const bad = await fixture.connect(shown(pass));
    bad.send('no JSON');
    await bad.closed();
    expect((await twiceInOneSlot(outcome))[1]).toBe(429);
  });

  test('is the same for a device that is let in again within the hour, and for its renewal', async () => {
    await open();
    const client = await fixture.connect();
    const first = await letIn(client);
    const renewed = await letIn(client);
    expect(renewed).toBe(first);
    expect(await outcome(shown(first))).toBe('maitred.v1');
  });

  test('costs a handshake nothing: one write counts it with and without, two where its allowance is used up', async () => {
    await open({ reentriesPerMinute: 2 });
    const { meter } = fixture.gateway;
    const pass = await letIn(await fixture.connect());
    // The first one that shows a pass reads the stage's keys. All stay open: a `$disconnect` would be metered, too.
    await fixture.connect(shown(pass));
    const unitsOf = async (options: ClientOptions = {}) => {
      for (;;) {
        const minute = Math.floor(Date.now() / 60_000);
        const counts: Record<string, number> = {};
        const end = fixture.recorder.interfere(({ functionName, action }) => {
          if (functionName === 'ConnectFunction') counts[action] = (counts[action] ?? 0) + 1;
          return undefined;
        });
        meter.reset();
        await fixture.connect(options);
        const { writeUnits, readUnits } = meter;
        end();
        if (Math.floor(Date.now() / 60_000) === minute) return { writeUnits, readUnits, counts };
      }
    };
    // Beside the count: the row, and the timer's message, which is no unit of a table.
    const row = { PutItem: 1, SendMessage: 1 };
    const once = { writeUnits: 2, readUnits: 0, counts: { ...row, UpdateItem: 1 } };
    expect(await unitsOf()).toEqual(once);
    expect(await unitsOf(shown(`mrp_${'A'.repeat(56)}`))).toEqual(once);
    expect(await unitsOf(shown(pass))).toEqual(once);
    for (let nth = 0; nth < 3; nth++) await fixture.connect(shown(pass));
    expect(await unitsOf(shown(pass))).toEqual({ writeUnits: 3, readUnits: 0, counts: { ...row, UpdateItem: 2 } });
  });

  test('put where it does not belong is recorded as [pass]', async () => {
    await open();
    const pass = await letIn(await fixture.connect());
    const places: readonly ClientOptions[] = [
      { query: { user_id: pass, restaurant_id: pass, connection_type: pass, pass, reentry_pass: pass } },
      { headers: { 'user-agent': `till maitred.pass.${pass}`, cookie: pass, authorization: `Bearer ${pass}` } },
      { headers: { origin: `https://${pass}.example` } },
    ];
    for (const place of places) {
      const client = await connect(fixture.gateway.url, { ...place, ...shown(pass) }).catch(() => undefined);
      client?.send(hello(await fixture.visitor(), { user_id: pass, connection_type: pass }));
      await client?.closed();
    }
    for (const said of [pass, { type: pass, [pass]: pass }, { type: 'authenticate', token: pass }]) {
      const client = await fixture.connect(shown(pass));
      client.send(said);
      await client.closed();
    }
    expect(fixture.logLines().join('\n')).toContain('[pass]');
    expect(fixture.leaks([`"${pass}"`, pass.slice(0, 40)])).toHaveLength(2);
  });

  test.each([
    { what: 'it is verified', failing: /REENTRY/, is: 'maitred.v1' },
    { what: 'it is counted', failing: /MEMBER#/, is: 'maitred.v1' },
    { what: 'its row is written', failing: /"member"/, is: 500 },
  ])('turns up nowhere, and keeps nobody out, though a table fails while $what', async ({ failing, is }) => {
    await open();
    const pass = await letIn(await fixture.connect());
    const end = fixture.recorder.interfere(({ text, functionName }) =>
      failing.test(text) && functionName === 'ConnectFunction' ? 'unavailable' : undefined,
    );
    expect(await outcome(shown(pass))).toBe(is);
    end();
    expect(await outcome(shown(pass))).toBe('maitred.v1');
  });

  test('that cannot be made keeps nobody from a session', async () => {
    await open();
    fixture.recorder.interfere(({ text }) => (text.includes('REENTRY') ? 'unavailable' : undefined));
    const client = await fixture.connect();
    client.send(hello(await fixture.visitor()));
    const { type, reentry_pass } = JSON.parse(await client.next());
    expect({ type, reentry_pass }).toEqual({ type: 'auth_success', reentry_pass: undefined });
  });
});
