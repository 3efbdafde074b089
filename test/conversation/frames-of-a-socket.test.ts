/** I13 on the running gateway: what a socket costs that sends 500 frames at once and never proves anything. */
import { afterEach, expect, test } from '@jest/globals';
import { rowsOf } from '../harness/runs.ts';
import { framesSent, senders, sendsAtOnce } from '../load/frames-of-a-socket.ts';
import { type GatewayFixture, openGatewayFixture } from './gateway-fixture.ts';
import { until } from './until.ts';

let fixture: GatewayFixture | undefined;
afterEach(() => fixture?.close());

/** Each sandbox handles a frame at a time, so that no more than so many are handled within the time of the first. */
const sandboxes = 10;

test.each(rowsOf(senders, senders.slice(-1)))('$sends on one socket', async ({ frame }) => {
  fixture = await openGatewayFixture({}, { authTimeoutSeconds: 5 });
  const { meter } = fixture.gateway;
  const heard = await sendsAtOnce(fixture.gateway.url, frame);
  await until(
    async () => meter.invocations,
    (ran) => ran['AuthTimeoutFunction'] === 1,
  );
  const { AuthenticateFunction = 0, MessageFunction = 0 } = meter.invocations;
  expect(AuthenticateFunction + MessageFunction).toBe(framesSent);
  expect(heard.map((text) => JSON.parse(text).type)).toEqual(['auth_error']);
  expect([...(await fixture.allRecords()).values()].flat()).toHaveLength(1);
  expect(meter.managementCalls).toEqual({ POST: 1, DELETE: 1 });
  // Ten of the first, and one condition refused of each beside it.
  expect(meter.writeUnits).toBeLessThanOrEqual(10 + sandboxes);
  // Of `$connect`, the timer and `$disconnect` one each, and one of each sandbox that has not met the connection.
  expect(meter.readUnits).toBeLessThanOrEqual(3 + 2 * sandboxes);
});
