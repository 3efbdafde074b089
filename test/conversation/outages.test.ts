import { afterAll, describe, expect, test } from '@jest/globals';
import { authSuccess, differenceFrom, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type NamedClient, openGatewayFixture } from './gateway-fixture.ts';
import { outages } from './outages.ts';
import type { SeenCall } from './recorder.ts';
import { leftAtLast, lookAt, playRow, type Row } from './row.ts';
import { granted } from './traces.ts';

const fixture = await openGatewayFixture();
const fresh = await fixture.orClose(fixture.visitor());
const inFixture = playRow(fixture, { fresh, expired: fresh });

afterAll(() => fixture.close());

const holds = async (row: Row): Promise<void> => {
  const { problems, atEnd, atLast } = await inFixture(row);
  expect({ problems, atEnd, atLast }).toEqual({ problems: [], atEnd: row.traces, atLast: leftAtLast(row) });
};

describe('a session while something cannot be had', () => {
  test.each(outages)('$why', holds);
});

// Two records of one attempt, and a session that is closed: the message that cannot get the lease takes itself for the only one.
describe('a message that cannot get the lease what another one has changes nothing', () => {
  const isUntouched = async (client: NamedClient): Promise<void> => {
    client.send({ type: 'ping' });
    expect(differenceFrom(pong, await client.next())).toBe(undefined);
    expect(await lookAt(fixture, client.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    await client.leave();
  };

  const eventOf = async ({ connectionId }: NamedClient, body: object) => ({
    requestContext: {
      eventType: 'MESSAGE',
      connectionId,
      connectedAt: Number((await fixture.row(connectionId))?.['connected_at_ms']),
      requestTimeEpoch: Date.now(),
      requestId: crypto.randomUUID(),
      domainName: '127.0.0.1',
      identity: { sourceIp: '127.0.0.1' },
    },
    body: JSON.stringify(body),
  });

  test('a second authenticate', async () => {
    const client = await fixture.connect();
    const isItsOwn = ({ functionName, connectionId }: SeenCall): boolean =>
      functionName === 'AuthenticateFunction' && connectionId === client.connectionId;
    const recording = fixture.recorder.hold((call) => isItsOwn(call) && call.action === 'PutItem');
    client.send(hello(fresh));
    await recording.reached;
    fixture.recorder.interfere((call) => (isItsOwn(call) && call.toStatus === 'verifying' ? 'unavailable' : undefined));
    await fixture.gateway.invoke('AuthenticateFunction', await eventOf(client, hello(fresh)));
    recording.release();
    expect(differenceFrom(authSuccess(fresh), await client.next())).toBe(undefined);
    await isUntouched(client);
  });

  test('a ping that found the connection pending', async () => {
    const client = await fixture.connect();
    const claiming = Promise.withResolvers<void>();
    const authenticated = Promise.withResolvers<'unavailable'>();
    fixture.recorder.interfere(({ functionName, connectionId, toStatus }) => {
      if (functionName !== 'MessageFunction' || connectionId !== client.connectionId || !toStatus) return undefined;
      claiming.resolve();
      return authenticated.promise;
    });
    const pinging = fixture.gateway.invoke('MessageFunction', await eventOf(client, { type: 'ping' }));
    await claiming.promise;
    client.send(hello(fresh));
    expect(differenceFrom(authSuccess(fresh), await client.next())).toBe(undefined);
    authenticated.resolve('unavailable');
    await pinging;
    await isUntouched(client);
  });
});
