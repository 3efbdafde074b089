import { afterAll, describe, expect, test } from '@jest/globals';
import { authSuccess, differenceFrom, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type Guest, openHouse } from './house.ts';
import { granted } from './leaves.ts';
import { outages } from './outages.ts';
import { leftAtLast, lookAt, playRow, type Row } from './row.ts';
import type { SeenCall } from './witness.ts';

const house = await openHouse();
const fresh = await house.visitor();
const inHouse = playRow(house, { fresh, expired: fresh });

afterAll(() => house.close());

const holds = async (row: Row): Promise<void> => {
  const { problems, atEnd, atLast } = await inHouse(row);
  expect({ problems, atEnd, atLast }).toEqual({ problems: [], atEnd: row.leaves, atLast: leftAtLast(row) });
};

describe('a session while something cannot be had', () => {
  test.each(outages)('$why', holds);
});

// Two records of one attempt, and a session that is closed: the message that cannot claim takes itself for the only one.
describe('a message that cannot claim what another one has changes nothing', () => {
  const isUntouched = async (guest: Guest): Promise<void> => {
    expect(differenceFrom(authSuccess(fresh), await guest.next())).toBe(undefined);
    guest.send({ type: 'ping' });
    expect(differenceFrom(pong, await guest.next())).toBe(undefined);
    expect(await lookAt(house, guest.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    await guest.leave();
  };

  test.failing('a second authenticate', async () => {
    const guest = await house.connect();
    const isItsOwn = ({ functionName, connectionId }: SeenCall): boolean =>
      functionName === 'AuthenticateFunction' && connectionId === guest.connectionId;
    const recording = house.witness.hold((call) => isItsOwn(call) && call.action === 'PutItem');
    guest.send(hello(fresh));
    await recording.reached;
    house.witness.interfere((call) => (isItsOwn(call) && call.toStatus === 'verifying' ? 'unavailable' : undefined));
    const reading = house.witness.seen((call) => isItsOwn(call) && call.action === 'GetItem');
    guest.send(hello(fresh));
    await reading;
    recording.release();
    await isUntouched(guest);
  });

  test.failing('a ping that found the connection pending', async () => {
    const guest = await house.connect();
    const claiming = Promise.withResolvers<void>();
    const seated = Promise.withResolvers<'unavailable'>();
    house.witness.interfere(({ functionName, connectionId, toStatus }) => {
      if (functionName !== 'MessageFunction' || connectionId !== guest.connectionId || !toStatus) return undefined;
      claiming.resolve();
      return seated.promise;
    });
    guest.send({ type: 'ping' });
    await claiming.promise;
    const seat = house.witness.seen(
      ({ connectionId, toStatus }) => connectionId === guest.connectionId && toStatus === 'authenticated',
    );
    guest.send(hello(fresh));
    await seat;
    seated.resolve('unavailable');
    await isUntouched(guest);
  });
});
