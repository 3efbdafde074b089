/** What every read of a session together with its authorization must do, whatever it is made of. */
import { expect, test } from '@jest/globals';
import type { Membership } from '../../lambdas/access/membership.ts';
import type { Session, Visit } from '../../lambdas/connection/connection.ts';
import { bring, leaseOf, connectedAtMs, ownerId, session, someVisit } from './rows.ts';
import type { Storage } from './storage.ts';

export const sessionContract = (storage: () => Storage): void => {
  let made = 0;
  const read = (visit: Visit) => storage().readSession(visit, 'newest');

  const authenticateAs = async (authenticated: Session, visit = someVisit()): Promise<Visit> => {
    const { connections } = storage();
    await connections.open(visit);
    await connections.acquireLease(visit, leaseOf());
    await connections.grant(visit, ownerId, authenticated);
    await connections.activate(visit, ownerId, authenticated);
    return visit;
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
    const visit = await authenticateAs(authenticated);
    const connection = await storage().connections.read(visit);
    expect(connection?.status).toBe('authenticated');
    expect(await read(visit)).toEqual({ connection, authorization: undefined });
    expect(await read(visit)).toEqual({ connection, authorization: { membership: undefined, head: undefined } });
    await storage().enrol(membershipOf(authenticated));
    const head = { epoch: 'epoch-1', headSeq: 7, headSeqOf: { kitchen: 7 } };
    await storage().streams.advance(authenticated.restaurantId, undefined, head);
    expect(await read(visit)).toEqual({ connection, authorization: { membership: membershipOf(authenticated), head } });
  });

  test.each(['pending', 'verifying', 'granting', 'refused', 'closing'] as const)(
    'a row that is %s has no authorization, however often it is read',
    async (status) => {
      const visit = await bring(storage().connections, status);
      for (let i = 0; i < 2; i++)
        expect(await read(visit)).toEqual({
          connection: await storage().connections.read(visit),
          authorization: undefined,
        });
    },
  );

  test('a session that has ended since has its row and no authorization', async () => {
    const visit = await authenticateAs(somebody());
    await read(visit);
    await storage().connections.close(visit, 'somebody', 'revoked');
    expect(await read(visit)).toMatchObject({ connection: { status: 'closing' }, authorization: undefined });
    await storage().connections.remove(visit, 'closing');
    expect(await read(visit)).toEqual({ connection: undefined, authorization: undefined });
  });

  test('an id that the platform used again brings nothing of the session before', async () => {
    const before = somebody();
    await storage().enrol(membershipOf(before));
    const visit = await authenticateAs(before);
    await read(visit);
    await storage().connections.remove(visit, 'authenticated');
    const again = { ...visit, connectedAtMs: connectedAtMs + 60_000, authDeadlineMs: connectedAtMs + 65_000 };
    const other = somebody();
    await authenticateAs(other, again);
    expect(await read(visit)).toEqual({ connection: undefined, authorization: undefined });
    expect(await read(again)).toMatchObject({
      connection: { session: { userId: other.userId } },
      authorization: undefined,
    });
  });

  test('a session renewed as an owner of the platform stands by another membership than before', async () => {
    const authenticated = somebody();
    await storage().enrol(membershipOf(authenticated));
    const visit = await authenticateAs(authenticated);
    await read(visit);
    const asOwner: Session = { ...authenticated, role: 'platform_owner' };
    await storage().connections.renew(visit, {
      ownerId: 'request-renewal',
      atMs: connectedAtMs + 2_000,
      session: asOwner,
      rate: { perMinute: 60, burst: 10 },
    });
    expect(await read(visit)).toMatchObject({
      connection: { session: { role: 'platform_owner' } },
      authorization: undefined,
    });
    expect((await read(visit)).authorization).toEqual({ membership: undefined, head: undefined });
  });
};
