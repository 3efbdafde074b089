/** What every connection table must do, whatever it is made of. */
import { describe, expect, test } from '@jest/globals';
import type { ConnectionKey, Status } from '../../lambdas/connection/connection.ts';
import type { Connections, Moved } from '../../lambdas/ports.ts';
import {
  bring,
  connectedAtMs,
  deadlineMs,
  later,
  leaseExpiresAtMs,
  leaseOf,
  ownerId,
  rowIn,
  session,
  sessionExpiresAtMs,
  settlerId,
  someHandshake,
  knownStatuses,
  statuses,
} from './rows.ts';
import type { Storage } from './storage.ts';

type Transition = Readonly<{
  name: string;
  from: Status;
  to: Status;
  run: (port: Connections, key: ConnectionKey) => Promise<Moved<Status>>;
}>;

const rate = { perMinute: 60, burst: 3 };
const emissionIntervalMs = 1_000;
const longer = { ...session, sessionExpiresAtMs: sessionExpiresAtMs + 1_000 };

/** Every transition as it goes when nothing stands in its way. */
const transitions: readonly Transition[] = [
  {
    name: 'acquireLease',
    from: 'pending',
    to: 'verifying',
    run: (port, key) => port.acquireLease(key, leaseOf('request-new')),
  },
  { name: 'grant', from: 'verifying', to: 'granting', run: (port, key) => port.grant(key, ownerId, session) },
  { name: 'activate', from: 'granting', to: 'authenticated', run: (port, key) => port.activate(key, ownerId, session) },
  { name: 'refuse', from: 'verifying', to: 'refused', run: (port, key) => port.refuse(key, ownerId, 'token_invalid') },
  {
    name: 'timeOut',
    from: 'pending',
    to: 'timed_out',
    run: (port, key) => port.timeOut(key, { ...later, ownerId: 'request-new' }),
  },
  {
    name: 'lapse',
    from: 'verifying',
    to: 'lapsed',
    run: (port, key) => port.lapse(key, { ...later, ownerId: 'request-new' }),
  },
  {
    name: 'abandon by its owner',
    from: 'granting',
    to: 'unseated',
    run: (port, key) => port.abandon(key, ownLater, 'own'),
  },
  {
    name: 'abandon after the lease',
    from: 'granting',
    to: 'unseated',
    run: (port, key) => port.abandon(key, { ...later, ownerId: 'request-new' }, 'lease_lapsed'),
  },
  {
    name: 'abandon because the client left',
    from: 'granting',
    to: 'unseated',
    run: (port, key) => port.abandon(key, { ownerId: 'request-new', atMs: connectedAtMs }, 'client_left'),
  },
  {
    name: 'renew',
    from: 'authenticated',
    to: 'authenticated',
    run: async (port, key) => {
      const renewal = { ownerId: 'request-new', atMs: connectedAtMs + 60_000, session: longer, rate };
      const outcome = await port.renew(key, renewal);
      if (outcome === 'over_rate') throw new Error('a first renewal is over the budget');
      return outcome;
    },
  },
  {
    name: 'close',
    from: 'authenticated',
    to: 'closing',
    run: (port, key) => port.close(key, 'request-new', 'session_expired'),
  },
];
const ownLater = { ownerId, atMs: later.atMs };

export const connectionsContract = (storage: () => Storage): void => {
  const port = () => storage().connections;
  const inStatus = async (status: Status) => ({ handshake: await bring(port(), status) });

  test('rows are read together as they are one by one, in the order in which they were asked for', async () => {
    const [first, second] = [await bring(port(), 'pending'), await bring(port(), 'verifying')];
    const another = { ...first, connectedAtMs: first.connectedAtMs + 1 };
    const keys = [second, someHandshake(), first, another, second];
    expect(await port().readEach(keys)).toEqual(await Promise.all(keys.map(port().read)));
  });

  test.each(statuses)('a row that is %s reads as it was written', async (status) => {
    const { handshake } = await inStatus(status);
    expect(await port().read(handshake)).toEqual(rowIn(status, handshake));
  });

  describe.each(transitions)('$name', ({ from, to, run }) => {
    test(`moves ${from} to ${to} and answers with the row as it is now`, async () => {
      const { handshake } = await inStatus(from);
      const outcome = await run(port(), handshake);
      expect(outcome).toMatchObject({ moved: true, connection: { connectionId: handshake.connectionId, status: to } });
      if (outcome.moved) expect(await port().read(handshake)).toEqual(outcome.connection);
    });

    test.each(statuses.filter((status) => status !== from))(`leaves a row that is %s, and says so`, async (status) => {
      const { handshake } = await inStatus(status);
      const before = rowIn(status, handshake);
      const outcome = await run(port(), handshake);
      // What this very owner has done before is its own write, not a lost race.
      const isOwnWrite = status === to && 'ownerId' in before && before.ownerId === ownerId && isByOwner(run);
      expect(outcome).toEqual(isOwnWrite ? { moved: true, connection: before } : { moved: false, found: before });
      expect(await port().read(handshake)).toEqual(before);
    });

    test('recognises its own write when it is applied twice', async () => {
      const { handshake } = await inStatus(from);
      const first = await run(port(), handshake);
      expect(await run(port(), handshake)).toEqual(first);
      expect(await port().read(handshake)).toMatchObject({ status: to });
    });

    test('recognises its own write when the answer was lost on the way', async () => {
      const { handshake } = await inStatus(from);
      storage().loseNextAnswer();
      expect(await run(port(), handshake)).toMatchObject({ moved: true, connection: { status: to } });
    });

    test('leaves another connection of the same id', async () => {
      const { handshake } = await inStatus(from);
      for (const otherMs of [connectedAtMs - 1, connectedAtMs + 1])
        expect(await run(port(), { ...handshake, connectedAtMs: otherMs })).toEqual({ moved: false, found: undefined });
      expect(await port().read(handshake)).toEqual(rowIn(from, handshake));
    });

    test('brings no removed row back', async () => {
      const handshake = someHandshake();
      expect(await run(port(), handshake)).toEqual({ moved: false, found: undefined });
      expect(await port().read(handshake)).toBeUndefined();
    });
  });

  test.each(transitions.filter(({ run }) => isByOwner(run)))('$name is the owner alone', async ({ name, from }) => {
    const { handshake } = await inStatus(from);
    const others = {
      grant: () => port().grant(handshake, 'request-other', session),
      activate: () => port().activate(handshake, 'request-other', session),
      refuse: () => port().refuse(handshake, 'request-other', 'token_invalid'),
      'abandon by its owner': () => port().abandon(handshake, later, 'own'),
    };
    expect(await others[name as keyof typeof others]()).toEqual({ moved: false, found: rowIn(from, handshake) });
  });

  describe('time', () => {
    test.each([
      { why: 'at the deadline', arrivedAtMs: deadlineMs, moved: true },
      { why: 'one millisecond late', arrivedAtMs: deadlineMs + 1, moved: false },
    ])('a message that arrived $why gets the lease: $moved', async ({ arrivedAtMs, moved }) => {
      const { handshake } = await inStatus('pending');
      expect(await port().acquireLease(handshake, { ...leaseOf(), arrivedAtMs })).toMatchObject({ moved });
      expect(await port().read(handshake)).toMatchObject({ status: moved ? 'verifying' : 'pending' });
    });

    test.each([
      { why: 'at the deadline', atMs: deadlineMs, moved: false },
      { why: 'one millisecond after it', atMs: deadlineMs + 1, moved: true },
    ])('a pending row $why times out: $moved', async ({ atMs, moved }) => {
      const { handshake } = await inStatus('pending');
      expect(await port().timeOut(handshake, { ownerId: settlerId, atMs })).toMatchObject({ moved });
    });

    test.each([
      { why: 'when the lease ends', atMs: leaseExpiresAtMs, moved: false },
      { why: 'one millisecond after it', atMs: leaseExpiresAtMs + 1, moved: true },
    ])('a leased row $why is settled from outside: $moved', async ({ atMs, moved }) => {
      const { handshake: verifying } = await inStatus('verifying');
      expect(await port().lapse(verifying, { ownerId: settlerId, atMs })).toMatchObject({ moved });
      const { handshake: granting } = await inStatus('granting');
      expect(await port().abandon(granting, { ownerId: settlerId, atMs }, 'lease_lapsed')).toMatchObject({ moved });
    });

    test.each([
      { why: 'in its last millisecond', atMs: sessionExpiresAtMs - 1, moved: true },
      { why: 'at its expiry', atMs: sessionExpiresAtMs, moved: false },
    ])('a session $why is renewed: $moved', async ({ atMs, moved }) => {
      const { handshake } = await inStatus('authenticated');
      expect(await port().renew(handshake, { ownerId: settlerId, atMs, session: longer, rate })).toMatchObject({
        moved,
      });
    });
  });

  const racers = Array.from({ length: 8 }, (_, nth) => `request-${nth}`);

  describe('races', () => {
    test('of many claims at once one wins, and the others find it', async () => {
      const { handshake } = await inStatus('pending');
      const outcomes = await Promise.all(racers.map((racer) => port().acquireLease(handshake, leaseOf(racer))));
      const winners = outcomes.filter(({ moved }) => moved);
      expect(winners).toHaveLength(1);
      const row = await port().read(handshake);
      for (const outcome of outcomes) expect(outcome.moved ? outcome.connection : outcome.found).toEqual(row);
    });

    test('of a lease, a timeout and an ending at once one wins', async () => {
      for (let round = 0; round < 5; round++) {
        const { handshake } = await inStatus('pending');
        const [leased, timedOut, ended] = await Promise.all([
          port().acquireLease(handshake, leaseOf()),
          port().timeOut(handshake, later),
          port().end(handshake, 'pending', ending),
        ]);
        expect([leased.moved, timedOut.moved, ended === 'ended'].filter(Boolean)).toHaveLength(1);
      }
    });
  });

  describe('renewing', () => {
    const renewTo = (endsAtMs: number) => ({
      ownerId: settlerId,
      atMs: connectedAtMs + 60_000,
      session: { ...session, sessionExpiresAtMs: endsAtMs },
      rate,
    });

    test('never shortens a session', async () => {
      const { handshake } = await inStatus('authenticated');
      const outcome = await port().renew(handshake, renewTo(sessionExpiresAtMs - 1));
      expect(outcome).toEqual({ moved: true, connection: rowIn('authenticated', handshake) });
      expect(await port().read(handshake)).toEqual(rowIn('authenticated', handshake));
    });

    test('keeps the time of the login where the new token tells none', async () => {
      const loggedIn = { ...session, loggedInAtMs: connectedAtMs - 60_000 };
      const handshake = someHandshake();
      await port().open(handshake);
      await port().acquireLease(handshake, leaseOf());
      await port().grant(handshake, ownerId, loggedIn);
      await port().activate(handshake, ownerId, loggedIn);
      await port().renew(handshake, renewTo(sessionExpiresAtMs));
      expect(await port().read(handshake)).toMatchObject({ session: loggedIn });
    });

    test.each(['token', 'table'] as const)('goes on by the %s, where it was the other way before', async (source) => {
      const handshake = someHandshake();
      const before = { ...session, membershipSource: source === 'token' ? 'table' : 'token' } as const;
      await port().open(handshake);
      await port().acquireLease(handshake, leaseOf());
      await port().grant(handshake, ownerId, before);
      expect(await port().activate(handshake, ownerId, before)).toMatchObject({ connection: { session: before } });
      const { session: longer, ...renewal } = renewTo(sessionExpiresAtMs);
      await port().renew(handshake, { ...renewal, session: { ...longer, membershipSource: source } });
      expect(await port().read(handshake)).toMatchObject({ session: { membershipSource: source } });
      expect(await port().sessionsAt(session.restaurantId)).toContainEqual(
        expect.objectContaining({
          connectionId: handshake.connectionId,
          session: expect.objectContaining({ membershipSource: source }),
        }),
      );
    });

    test('keeps what its device calls itself, renewed and closed', async () => {
      const named = { ...session, deviceId: 'till-3' } as const;
      const handshake = someHandshake();
      await port().open(handshake);
      await port().acquireLease(handshake, leaseOf());
      expect(await port().grant(handshake, ownerId, named)).toMatchObject({ connection: { session: named } });
      expect(await port().activate(handshake, ownerId, named)).toMatchObject({ connection: { session: named } });
      await port().renew(handshake, renewTo(sessionExpiresAtMs));
      expect(await port().read(handshake)).toMatchObject({ session: { deviceId: 'till-3' } });
      await port().close(handshake, settlerId, 'revoked');
      expect(await port().read(handshake)).toMatchObject({ status: 'closing', session: { deviceId: 'till-3' } });
    });

    test('keeps what its client knows as its last message, renewed and closed', async () => {
      const old = { ...session, lastMessage: 'auth_error' } as const;
      const handshake = { ...someHandshake(), dialect: 'old' } as const;
      await port().open(handshake);
      await port().acquireLease(handshake, leaseOf());
      const granted = await port().grant(handshake, ownerId, old);
      expect(granted).toMatchObject({ moved: true, connection: { dialect: 'old', session } });
      await port().activate(handshake, ownerId, old);
      expect(await port().read(handshake)).not.toHaveProperty('dialect');
      await port().renew(handshake, renewTo(sessionExpiresAtMs));
      await port().close(handshake, settlerId, 'revoked');
      expect(await port().read(handshake)).toMatchObject({ status: 'closing', session: { lastMessage: 'auth_error' } });
    });

    test('takes the expiry, role, source and dates of the new token and nothing else', async () => {
      const { handshake } = await inStatus('authenticated');
      const renewed = {
        role: 'manager',
        membershipSource: 'token',
        tokenIssuedAtMs: connectedAtMs,
        loggedInAtMs: connectedAtMs - 1_000,
        sessionExpiresAtMs,
      } as const;
      await port().renew(handshake, {
        ...renewTo(sessionExpiresAtMs),
        session: {
          ...renewed,
          issuer: 'other',
          userId: 'u-2',
          restaurantId: 'r-99',
          connectionType: 'management',
          grantedAtMs: 0,
          batch: false,
        },
      });
      expect(await port().read(handshake)).toEqual({
        ...rowIn('authenticated', handshake),
        ownerId: settlerId,
        session: { ...session, ...renewed },
        messagesTatMs: connectedAtMs + 60_000 + emissionIntervalMs,
      });
    });

    test('leaves the latest expiry, whatever the order', async () => {
      const { handshake } = await inStatus('authenticated');
      const ends = [5, 1, 4, 2, 3].map((minutes) => sessionExpiresAtMs + minutes * 60_000);
      const many = { perMinute: 60, burst: ends.length };
      await Promise.all(
        ends.map((endsAtMs) =>
          port().renew(handshake, { ...renewTo(endsAtMs), ownerId: `request-${endsAtMs}`, rate: many }),
        ),
      );
      expect(await port().read(handshake)).toMatchObject({ session: { sessionExpiresAtMs: Math.max(...ends) } });
    });

    describe('draws on the rate of its messages', () => {
      const atMs = connectedAtMs + 60_000;
      const renewAt = async (handshake: ConnectionKey, nowMs: number, owner: string) => {
        const outcome = await port().renew(handshake, { ownerId: owner, atMs: nowMs, session, rate });
        return outcome === 'over_rate' ? outcome : outcome.moved;
      };
      const tatOf = async (handshake: ConnectionKey) => {
        const row = await port().read(handshake);
        return row?.status === 'authenticated' ? row.messagesTatMs : row?.status;
      };

      test('a burst, then one for each share of a minute that has passed', async () => {
        const { handshake } = await inStatus('authenticated');
        const got = [];
        for (const [index, afterMs] of [
          0,
          0,
          0,
          0,
          emissionIntervalMs - 1,
          emissionIntervalMs,
          emissionIntervalMs,
        ].entries())
          got.push(await renewAt(handshake, atMs + afterMs, `request-${index}`));
        expect(got).toEqual([true, true, true, 'over_rate', 'over_rate', true, 'over_rate']);
      });

      test('one that is over changes nothing', async () => {
        const { handshake } = await inStatus('authenticated');
        for (const owner of ['request-1', 'request-2', 'request-3']) await renewAt(handshake, atMs, owner);
        const before = await port().read(handshake);
        const renewal = { ownerId: 'request-4', atMs, session: longer, rate };
        expect(await port().renew(handshake, renewal)).toBe('over_rate');
        expect(await port().read(handshake)).toEqual(before);
      });

      test('but one of a session that is over is not told to slow down, and does not move it', async () => {
        const { handshake } = await inStatus('authenticated');
        for (const owner of ['request-1', 'request-2', 'request-3'])
          await renewAt(handshake, sessionExpiresAtMs - 1, owner);
        const shorter = { ...session, sessionExpiresAtMs: sessionExpiresAtMs - 1 };
        const renewal = { ownerId: 'request-4', atMs: sessionExpiresAtMs, session: shorter, rate };
        expect(await port().renew(handshake, renewal)).toMatchObject({
          moved: false,
          found: { status: 'authenticated' },
        });
      });

      test('of many at once exactly a burst', async () => {
        const { handshake } = await inStatus('authenticated');
        const got = await Promise.all(racers.map((racer) => renewAt(handshake, atMs, racer)));
        expect(got.filter((one) => one === true)).toHaveLength(rate.burst);
        expect(await tatOf(handshake)).toBe(atMs + rate.burst * emissionIntervalMs);
      });

      test('once for a renewal whose answer was lost, or that is tried again', async () => {
        const { handshake } = await inStatus('authenticated');
        storage().loseNextAnswer();
        expect(await renewAt(handshake, atMs, 'request-1')).toBe(true);
        expect(await renewAt(handshake, atMs, 'request-1')).toBe(true);
        expect(await tatOf(handshake)).toBe(atMs + emissionIntervalMs);
        storage().loseNextAnswer();
        expect(await renewAt(handshake, atMs, 'request-2')).toBe(true);
        expect(await tatOf(handshake)).toBe(atMs + 2 * emissionIntervalMs);
      });

      test('nothing of which is left in a row that is closing', async () => {
        const { handshake } = await inStatus('authenticated');
        await renewAt(handshake, atMs, 'request-1');
        await port().close(handshake, settlerId, 'session_expired');
        expect(await port().read(handshake)).toEqual(rowIn('closing', handshake));
      });
    });
  });

  describe('opening', () => {
    test('a row without hints or user agent reads without them', async () => {
      const { userAgent: _, ...handshake } = { ...someHandshake(), hints: {} };
      await port().open(handshake);
      expect(await port().read(handshake)).toEqual({ ...handshake, status: 'pending' });
    });

    test.each(statuses)('goes over what an older connection of that id left %s', async (status) => {
      const { handshake: older } = await inStatus(status);
      const { userAgent: _, ...handshake } = { ...older, connectedAtMs: connectedAtMs + 1, hints: {} };
      await port().open(handshake);
      expect(await port().read(handshake)).toEqual({ ...handshake, status: 'pending' });
      expect(await port().read(older)).toBeUndefined();
    });

    test('leaves a newer connection of that id', async () => {
      const { handshake } = await inStatus('authenticated');
      const older = { ...handshake, connectedAtMs: connectedAtMs - 1 };
      await port().open(older);
      expect(await port().read(handshake)).toEqual(rowIn('authenticated', handshake));
      expect(await port().read(older)).toBeUndefined();
    });

    test('with the answer lost on the way leaves one pending row', async () => {
      const handshake = someHandshake();
      storage().loseNextAnswer();
      await port().open(handshake);
      expect(await port().read(handshake)).toEqual(rowIn('pending', handshake));
    });

    test('twice leaves what became of the connection since', async () => {
      const { handshake } = await inStatus('verifying');
      await port().open(handshake);
      expect(await port().read(handshake)).toEqual(rowIn('verifying', handshake));
    });
  });

  describe('ending', () => {
    test.each(knownStatuses)('leaves the tombstone of a row that is %s, when it is said to be', async (status) => {
      const { handshake } = await inStatus(status);
      expect(await port().end(handshake, status, ending)).toBe('ended');
      expect(await port().read(handshake)).toEqual(rowIn('ended', handshake));
      expect(await port().end(handshake, status, ending)).toBe('changed');
    });

    test.each(statuses)('leaves a row that is %s, when it is said to be in any other state', async (status) => {
      const { handshake } = await inStatus(status);
      for (const other of knownStatuses.filter((one) => one !== status))
        expect(await port().end(handshake, other, ending)).toBe('changed');
      expect(await port().read(handshake)).toEqual(rowIn(status, handshake));
    });

    test('takes a session out of its restaurant', async () => {
      const { handshake } = await inStatus('authenticated');
      await port().end(handshake, 'authenticated', ending);
      const ids = (await port().sessionsAt(session.restaurantId)).map(({ connectionId }) => connectionId);
      expect(ids).not.toContain(handshake.connectionId);
    });

    test('as gone has one farewell, whoever asks for it', async () => {
      const { handshake } = await inStatus('authenticated');
      await port().end(handshake, 'authenticated', { ...ending, endedBy: 'gone' });
      const told = await Promise.all([1, 2, 3].map(() => port().claimFarewell(handshake, later.atMs)));
      expect(told.sort()).toEqual(['first', 'told', 'told']);
      expect(await port().read(handshake)).toEqual(rowIn('ended', handshake));
    });

    test.each(statuses)('by `$disconnect`, or not at all, has no farewell: %s', async (status) => {
      const { handshake } = await inStatus(status);
      expect(await port().claimFarewell(handshake, later.atMs)).toBe('told');
      expect(await port().read(handshake)).toEqual(rowIn(status, handshake));
    });

    test('leaves another connection of the same id', async () => {
      const { handshake } = await inStatus('pending');
      expect(await port().end({ ...handshake, connectedAtMs: connectedAtMs - 1 }, 'pending', ending)).toBe('changed');
      expect(await port().read(handshake)).toEqual(rowIn('pending', handshake));
    });

    test('a connection that never was changes nothing', async () => {
      expect(await port().end(someHandshake(), 'pending', ending)).toBe('changed');
    });
  });
};

const ending = { endedBy: 'disconnect', atMs: later.atMs } as const;

const ownerTransitions = ['grant', 'activate', 'refuse', 'abandon by its owner'];
const isByOwner = (run: Transition['run']): boolean =>
  transitions.some((one) => one.run === run && ownerTransitions.includes(one.name));
