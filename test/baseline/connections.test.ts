/** Today's functions read the rows of connections that v0.1.0 wrote. What must be made of it is written here, apart from the items. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Connection, Handshake, Session } from '../../lambdas/connection/connection.ts';
import { presentPage } from '../../lambdas/presence/present-page.ts';
import type { DynamodbStorage } from '../contract/dynamodb-storage.ts';
import { filledStorage, textIn, writtenAtMs } from './filled-storage.ts';
import { itemsOf } from './fixtures.ts';

const t = writtenAtMs;
const minuteMs = 60_000;

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await filledStorage();
});
afterAll(() => storage.close());

describe('a row of the connection table', () => {
  const rows = itemsOf('connections');
  const handshake: Omit<Handshake, 'connectionId'> = {
    connectedAtMs: t,
    authDeadlineMs: t + 5_000,
    sourceIp: '2001:db8::7',
    userAgent: 'till/1.0',
    hints: { userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' },
  };
  const session: Session = {
    issuer: 'demo',
    userId: 'u-1',
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    role: 'employee',
    sessionExpiresAtMs: t + 3_600_000,
    tokenIssuedAtMs: t - 60_000,
    grantedAtMs: t + 1_000,
    batch: true,
  };
  const owned = { ownerId: 'req-owner' };
  const settled = { ownerId: 'req-settler' };
  const leased = { ...owned, leaseExpiresAtMs: t + 4_900 };

  type Without<C> = C extends Connection ? Omit<C, 'connectionId'> : never;
  const expected: Readonly<Record<string, Without<Connection>>> = {
    pending: { ...handshake, status: 'pending' },
    'pending, without user agent and hints': {
      connectedAtMs: t,
      authDeadlineMs: t + 5_000,
      sourceIp: '203.0.113.7',
      hints: {},
      status: 'pending',
    },
    verifying: { ...handshake, ...leased, status: 'verifying' },
    granting: { ...handshake, ...leased, status: 'granting', session },
    authenticated: { ...handshake, ...owned, hints: {}, status: 'authenticated', session },
    'authenticated, a platform owner, renewed': {
      ...handshake,
      hints: {},
      status: 'authenticated',
      ownerId: 'req-renewal',
      session: {
        ...session,
        userId: 'u-9',
        connectionType: 'platform',
        role: 'platform_owner',
        sessionExpiresAtMs: t + 4_200_000,
        tokenIssuedAtMs: t + 590_000,
        batch: false,
      },
      messagesTatMs: t + 601_000,
    },
    refused: { ...handshake, ...owned, status: 'refused', reason: 'token_invalid' },
    'timed out': { ...handshake, ...settled, status: 'timed_out' },
    lapsed: { ...handshake, ...settled, status: 'lapsed' },
    unseated: { ...handshake, ...settled, status: 'unseated', session },
    closing: { ...handshake, ...settled, hints: {}, status: 'closing', session, closingReason: 'session_expired' },
  };

  test.each([...rows])('is read: %s', async (what, item) => {
    const connectionId = textIn(item, 'connection_id');
    expect(await storage.connections.read({ connectionId, connectedAtMs: t })).toEqual({
      ...expected[what],
      connectionId,
    });
  });

  test('is found under its restaurant while it is a session, and only then', async () => {
    const found = await storage.connections.sessionsAt('r-17');
    const sessions = ['authenticated', 'authenticated, a platform owner, renewed'];
    expect(found.map(({ connectionId }) => connectionId).sort()).toEqual(
      sessions.map((what) => textIn(rows.get(what), 'connection_id')).sort(),
    );
  });

  test('is somebody who is there, without a name of the device', async () => {
    const { sessions } = await storage.connections.presentAt('r-17');
    const page = presentPage(sessions, { after: undefined, limit: 10, nowMs: t + minuteMs });
    const sinceMs = t + 1_000;
    expect(page.sessions).toEqual([
      { userId: 'u-1', role: 'employee', connectionType: 'kitchen', sinceMs },
      { userId: 'u-9', role: 'platform_owner', connectionType: 'platform', sinceMs },
    ]);
  });

  test('is moved on and ended', async () => {
    const keyOf = (what: string) => ({ connectionId: textIn(rows.get(what), 'connection_id'), connectedAtMs: t });
    const settler = { ownerId: 'req-today', atMs: t + minuteMs };
    const { timeOut, lapse, abandon, close, end } = storage.connections;
    expect(await timeOut(keyOf('pending'), settler)).toMatchObject({ moved: true });
    expect(await lapse(keyOf('verifying'), settler)).toMatchObject({ moved: true });
    expect(await abandon(keyOf('granting'), settler, 'lease_lapsed')).toMatchObject({ moved: true });
    expect(await close(keyOf('authenticated'), 'req-today', 'revoked')).toMatchObject({ moved: true });
    const ending = { endedBy: 'disconnect', atMs: settler.atMs } as const;
    expect(await end(keyOf('closing'), 'closing', ending)).toBe('ended');
  });
});
