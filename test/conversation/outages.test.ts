import { afterAll, describe, expect, test } from '@jest/globals';
import { authSuccess, differenceFrom, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type Guest, openHouse } from './house.ts';
import { granted } from './leaves.ts';
import { outages } from './outages.ts';
import { leftAtLast, lookAt, playRow, type Row } from './row.ts';
import type { SeenCall } from './witness.ts';

const house = await openHouse();
const fresh = await house.orClose(house.visitor());
const inHouse = playRow(house, { fresh, expired: fresh });

afterAll(() => house.close());

const holds = async (row: Row): Promise<void> => {
  const { problems, atEnd, atLast } = await inHouse(row);
  expect({ problems, atEnd, atLast }).toEqual({ problems: [], atEnd: row.leaves, atLast: leftAtLast(row) });
};

describe('a session while something cannot be had', () => {
  test.each(outages)('$why', holds);
});

// Two records of one attempt, and a session that is closed: the message that cannot get the lease takes itself for the only one.
describe('a message that cannot get the lease what another one has changes nothing', () => {
  const isUntouched = async (guest: Guest): Promise<void> => {
    guest.send({ type: 'ping' });
    expect(differenceFrom(pong, await guest.next())).toBe(undefined);
    expect(await lookAt(house, guest.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    await guest.leave();
  };

  const eventOf = async ({ connectionId }: Guest, body: object) => ({
    requestContext: {
      connectionId,
      connectedAt: Number((await house.row(connectionId))?.['connected_at_ms']),
      requestTimeEpoch: Date.now(),
      requestId: crypto.randomUUID(),
      domainName: '127.0.0.1',
      identity: { sourceIp: '127.0.0.1' },
    },
    body: JSON.stringify(body),
  });

  test('a second authenticate', async () => {
    const guest = await house.connect();
    const isItsOwn = ({ functionName, connectionId }: SeenCall): boolean =>
      functionName === 'AuthenticateFunction' && connectionId === guest.connectionId;
    const recording = house.witness.hold((call) => isItsOwn(call) && call.action === 'PutItem');
    guest.send(hello(fresh));
    await recording.reached;
    house.witness.interfere((call) => (isItsOwn(call) && call.toStatus === 'verifying' ? 'unavailable' : undefined));
    await house.gateway.invoke('AuthenticateFunction', await eventOf(guest, hello(fresh)));
    recording.release();
    expect(differenceFrom(authSuccess(fresh), await guest.next())).toBe(undefined);
    await isUntouched(guest);
  });

  test('a ping that found the connection pending', async () => {
    const guest = await house.connect();
    const claiming = Promise.withResolvers<void>();
    const authenticated = Promise.withResolvers<'unavailable'>();
    house.witness.interfere(({ functionName, connectionId, toStatus }) => {
      if (functionName !== 'MessageFunction' || connectionId !== guest.connectionId || !toStatus) return undefined;
      claiming.resolve();
      return authenticated.promise;
    });
    const pinging = house.gateway.invoke('MessageFunction', await eventOf(guest, { type: 'ping' }));
    await claiming.promise;
    guest.send(hello(fresh));
    expect(differenceFrom(authSuccess(fresh), await guest.next())).toBe(undefined);
    authenticated.resolve('unavailable');
    await pinging;
    await isUntouched(guest);
  });
});
