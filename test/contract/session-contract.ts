/** What every read of a session together with its authorization must do, whatever it is made of. */
import { expect, test } from '@jest/globals';
import type { Membership } from '../../lambdas/access/membership.ts';
import type { Handshake, Session } from '../../lambdas/connection/connection.ts';
import { bring, connectedAtMs, knownStatuses, leaseOf, ownerId, session, someHandshake } from './rows.ts';
import type { Storage } from './storage.ts';

const nobody = { here: undefined, everywhere: undefined };

export const sessionContract = (storage: () => Storage): void => {
  let made = 0;
  const read = (handshake: Handshake) => storage().readSession(handshake, 'newest');

  const authenticateAs = async (authenticated: Session, handshake = someHandshake()): Promise<Handshake> => {
    const { connections } = storage();
    await connections.open(handshake);
    await connections.acquireLease(handshake, leaseOf());
    await connections.grant(handshake, ownerId, authenticated);
    await connections.activate(handshake, ownerId, authenticated);
    return handshake;
  };
  const somebody = (): Session => ({ ...session, restaurantId: `r-authenticated-${++made}`, userId: `u-${made}` });
  const membershipOf = ({ restaurantId, issuer, userId }: Session): Membership => ({
    restaurantId,
    issuer,
    userId,
    role: 'employee',
  });

  test('the first read of a session has its row, the next ones its authorization as it is by then', async () => {
    const authenticated = somebody();
    const handshake = await authenticateAs(authenticated);
    const connection = await storage().connections.read(handshake);
    expect(connection?.status).toBe('authenticated');
    expect(await read(handshake)).toEqual({ connection, authorization: undefined });
    expect(await read(handshake)).toEqual({ connection, authorization: { memberships: nobody, head: undefined } });
    await storage().enrol(membershipOf(authenticated));
    const head = { epoch: 'epoch-1', headSeq: 7, headSeqOf: { kitchen: 7 } };
    await storage().streams.advance(authenticated.restaurantId, undefined, head);
    expect(await read(handshake)).toEqual({
      connection,
      authorization: { memberships: { ...nobody, here: membershipOf(authenticated) }, head },
    });
  });

  test.each(knownStatuses.filter((status) => status !== 'authenticated'))(
    'a row that is %s has no authorization, however often it is read',
    async (status) => {
      const handshake = await bring(storage().connections, status);
      for (let i = 0; i < 2; i++)
        expect(await read(handshake)).toEqual({
          connection: await storage().connections.read(handshake),
          authorization: undefined,
        });
    },
  );

  test('a session that has ended since has its row and no authorization', async () => {
    const handshake = await authenticateAs(somebody());
    await read(handshake);
    await storage().connections.close(handshake, 'somebody', 'revoked');
    expect(await read(handshake)).toMatchObject({ connection: { status: 'closing' }, authorization: undefined });
    const ending = { endedBy: 'disconnect', atMs: connectedAtMs } as const;
    await storage().connections.end(handshake, 'closing', ending);
    expect(await read(handshake)).toMatchObject({ connection: { status: 'ended' }, authorization: undefined });
  });

  test('an id that the platform used again brings nothing of the session before', async () => {
    const before = somebody();
    await storage().enrol(membershipOf(before));
    const handshake = await authenticateAs(before);
    await read(handshake);
    await storage().connections.end(handshake, 'authenticated', { endedBy: 'disconnect', atMs: connectedAtMs });
    const again = { ...handshake, connectedAtMs: connectedAtMs + 60_000, authDeadlineMs: connectedAtMs + 65_000 };
    const other = somebody();
    await authenticateAs(other, again);
    expect(await read(handshake)).toEqual({ connection: undefined, authorization: undefined });
    expect(await read(again)).toMatchObject({
      connection: { session: { userId: other.userId } },
      authorization: undefined,
    });
  });

  test('a session renewed as an owner of the platform stands by another membership than before', async () => {
    const authenticated = somebody();
    await storage().enrol(membershipOf(authenticated));
    const handshake = await authenticateAs(authenticated);
    await read(handshake);
    const asOwner: Session = { ...authenticated, role: 'platform_owner' };
    await storage().connections.renew(handshake, {
      ownerId: 'request-renewal',
      atMs: connectedAtMs + 2_000,
      session: asOwner,
      rate: { perMinute: 60, burst: 10 },
    });
    expect(await read(handshake)).toMatchObject({
      connection: { session: { role: 'platform_owner' } },
      authorization: undefined,
    });
    expect((await read(handshake)).authorization).toEqual({
      memberships: { ...nobody, here: membershipOf(authenticated) },
      head: undefined,
    });
  });
};
