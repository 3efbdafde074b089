/**
 * Functions that are all busy: on AWS a message would get a function more, here it waits. Whoever said everything in time is
 * not told that it was late.
 */
import { availableParallelism } from 'node:os';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { authSuccess, differenceFrom } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type NamedClient, openGatewayFixture } from './gateway-fixture.ts';
import type { SeenCall } from './recorder.ts';
import { granted } from './traces.ts';

// About real time, one of the two suites that are: a function's timeout, six seconds here, meets a timer that comes when the
// calendar says so, a second after the deadline.
const authTimeoutMs = 2_000;
const fixture = await openGatewayFixture({ timeScale: 2 }, { authTimeoutSeconds: authTimeoutMs / 1_000 });
const visitor = await fixture.orClose(fixture.visitor());
afterAll(() => fixture.close());

let end = (): void => {};
afterEach(() => end());

/** As many as the gateway runs of one function at once, or more, and each is busy for longer than the deadline. */
const busy = 2 * Math.max(2, availableParallelism());

/**
 * The calls that a function makes for the next so many connections hang until it gives them up. Resolves when the first of
 * them does.
 */
const keepBusy = (functionName: string): Promise<void> => {
  const hanging = new Set<string>();
  const silence = new Promise<never>(() => {});
  const isMeant = ({ functionName: name, connectionId }: SeenCall) =>
    name === functionName && connectionId !== undefined && (hanging.has(connectionId) || hanging.size < busy);
  end = fixture.recorder.interfere((call) => {
    if (!isMeant(call) || call.connectionId === undefined) return undefined;
    hanging.add(call.connectionId);
    return silence;
  });
  return fixture.recorder.seen(isMeant);
};

type Said = Readonly<{ client: NamedClient; waitedMs: number; difference: string | undefined }>;

/** Says the first message at once, and how long everything took from the handshake on. */
const authenticated = async (client: NamedClient, startedAtMs: number): Promise<Said> => {
  client.send(hello(visitor));
  const difference = differenceFrom(authSuccess(visitor), await client.next());
  return { client, waitedMs: performance.now() - startedAtMs, difference };
};

const expectHonest = async ({ client, waitedMs, difference }: Said): Promise<void> => {
  const records = await fixture.records(client.connectionId);
  client.drop();
  expect(difference).toBe(undefined);
  expect(records).toEqual([granted()]);
  // Or it did not have to wait, and this says nothing.
  expect(waitedMs).toBeGreaterThan(2 * authTimeoutMs);
};

test('a first message that waits for its function is not overtaken by its timer', async () => {
  const others = await Promise.all(Array.from({ length: busy }, () => fixture.connect()));
  const client = await fixture.connect({ timeoutMs: 60_000 });
  const areBusy = keepBusy('AuthenticateFunction');
  for (const other of others) other.send(hello(visitor));
  await areBusy;
  const said = await authenticated(client, performance.now());
  for (const other of others) other.drop();
  await expectHonest(said);
}, 120_000);

test('the time that a handshake waits for its function is not taken from the first message', async () => {
  const areBusy = keepBusy('ConnectFunction');
  const others = Promise.allSettled(Array.from({ length: busy }, () => fixture.connect()));
  await areBusy;
  const startedAtMs = performance.now();
  const said = await authenticated(await fixture.connect({ timeoutMs: 60_000 }), startedAtMs);
  await others;
  await expectHonest(said);
}, 120_000);
