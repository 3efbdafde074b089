/**
 * The connection table in memory, with the conditions of the real one. A transition is one step, the look at the row that
 * stood in its way another: what a caller finds may be newer than what refused it.
 */

import type {
  Authenticated,
  Connection,
  ConnectionKey,
  Granting,
  Handshake,
  InStatus,
  Status,
  Verifying,
} from '../../lambdas/connection/connection.ts';
import type { Connections, Moved } from '../../lambdas/ports.ts';
import { admit } from '../../lambdas/rate-limit/gcra.ts';
import type { Perform } from './port-call.ts';

/** A change of one row, as it happened. */
export type Transition = ConnectionKey &
  Readonly<{ from: Status | undefined; to: Status; row: Connection; call: string }>;

/** Rows by connection id, and everything that ever happened to them. */
export type ConnectionTable = Readonly<{
  rows: Map<string, Connection>;
  history: Transition[];
}>;

export const emptyConnectionTable = (): ConnectionTable => ({ rows: new Map(), history: [] });

export const rowOf = (
  { rows }: Pick<ConnectionTable, 'rows'>,
  { connectionId, connectedAtMs }: ConnectionKey,
): Connection | undefined => {
  const row = rows.get(connectionId);
  return row?.connectedAtMs === connectedAtMs ? row : undefined;
};

export const memoryConnections = (
  { rows, history }: ConnectionTable,
  perform: Perform,
  watch: (transition: Transition) => void = () => {},
): Connections => {
  const find = (key: ConnectionKey): Connection | undefined => rowOf({ rows }, key);
  const note = (transition: Transition): void => {
    history.push(transition);
    watch(transition);
  };
  const store = (call: string, from: Status | undefined, row: Connection): void => {
    rows.set(row.connectionId, row);
    const { connectionId, connectedAtMs, status: to } = row;
    note({ connectionId, connectedAtMs, from, to, row, call });
  };

  /** `next` is the row as it would be, or undefined where the condition does not hold. */
  const move = async <S extends Status>(
    call: string,
    key: ConnectionKey,
    { to, ownerId, next }: { to: S; ownerId: string; next: (row: Connection) => InStatus<S> | undefined },
  ): Promise<Moved<S>> => {
    const applied = await perform(call, () => {
      const row = find(key);
      const after = row && next(row);
      if (after) store(call, row.status, after);
      return after;
    });
    if (applied) return { moved: true, connection: applied };
    const found = await perform(`${call} found`, () => find(key));
    return found && isInStatus(found, to) && 'ownerId' in found && found.ownerId === ownerId
      ? { moved: true, connection: found }
      : { moved: false, found };
  };

  const sessionsAt = (restaurantId: string) =>
    [...rows.values()].filter(
      (row): row is Authenticated => row.status === 'authenticated' && row.session.restaurantId === restaurantId,
    );

  return {
    open: (handshake) =>
      perform('connections.open', () => {
        const row = rows.get(handshake.connectionId);
        if (row === undefined || row.connectedAtMs < handshake.connectedAtMs)
          store('connections.open', undefined, { ...handshakeOf(handshake), status: 'pending' });
      }),
    read: (key) => perform('connections.read', () => find(key)),
    readEach: (keys) => perform('connections.readEach', () => keys.map(find)),
    acquireLease: (key, { ownerId, arrivedAtMs, leaseExpiresAtMs }) =>
      move('connections.acquireLease', key, {
        to: 'verifying',
        ownerId,
        next: (row) =>
          row.status === 'pending' && row.authDeadlineMs >= arrivedAtMs
            ? { ...row, status: 'verifying', ownerId, leaseExpiresAtMs }
            : undefined,
      }),
    grant: (key, ownerId, session) =>
      move('connections.grant', key, {
        to: 'granting',
        ownerId,
        next: (row) => {
          const { lastMessage: _, ...granted } = session;
          return row.status === 'verifying' && isOwn(row, ownerId)
            ? { ...row, hints: {}, status: 'granting', session: granted }
            : undefined;
        },
      }),
    activate: (key, ownerId, { lastMessage }) =>
      move('connections.activate', key, {
        to: 'authenticated',
        ownerId,
        next: (row) =>
          row.status === 'granting' && isOwn(row, ownerId)
            ? {
                ...judged(handshakeOf(row)),
                status: 'authenticated',
                ownerId,
                session: { ...row.session, ...(lastMessage === undefined ? {} : { lastMessage }) },
              }
            : undefined,
      }),
    refuse: (key, ownerId, reason) =>
      move('connections.refuse', key, {
        to: 'refused',
        ownerId,
        next: (row) =>
          row.status === 'verifying' && isOwn(row, ownerId)
            ? { ...handshakeOf(row), status: 'refused', ownerId, reason }
            : undefined,
      }),
    timeOut: (key, { ownerId, atMs }) =>
      move('connections.timeOut', key, {
        to: 'timed_out',
        ownerId,
        next: (row) =>
          row.status === 'pending' && row.authDeadlineMs < atMs
            ? { ...handshakeOf(row), status: 'timed_out', ownerId }
            : undefined,
      }),
    lapse: (key, { ownerId, atMs }) =>
      move('connections.lapse', key, {
        to: 'lapsed',
        ownerId,
        next: (row) =>
          row.status === 'verifying' && hasLapsed(row, atMs)
            ? { ...handshakeOf(row), status: 'lapsed', ownerId }
            : undefined,
      }),
    abandon: (key, { ownerId, atMs }, because) =>
      move('connections.abandon', key, {
        to: 'unseated',
        ownerId,
        next: (row) => {
          if (row.status !== 'granting') return undefined;
          if (because === 'own' && !isOwn(row, ownerId)) return undefined;
          if (because === 'lease_lapsed' && !hasLapsed(row, atMs)) return undefined;
          return { ...handshakeOf(row), status: 'unseated', ownerId, session: row.session };
        },
      }),
    renew: async (key, { ownerId, atMs, session, rate }) => {
      const outcome = await move<'authenticated'>('connections.renew', key, {
        to: 'authenticated',
        ownerId,
        next: (row) => {
          if (row.status !== 'authenticated' || row.session.sessionExpiresAtMs <= atMs) return undefined;
          if (row.session.sessionExpiresAtMs > session.sessionExpiresAtMs) return undefined;
          const messagesTatMs = admit(row.messagesTatMs, rate, atMs);
          if (messagesTatMs === 'over' || row.ownerId === ownerId) return undefined;
          const {
            role,
            membershipSource,
            tokenIssuedAtMs,
            loggedInAtMs = row.session.loggedInAtMs,
            sessionExpiresAtMs,
          } = session;
          const login = loggedInAtMs === undefined ? {} : { loggedInAtMs };
          const source = membershipSource === undefined ? {} : { membershipSource };
          const renewed = { ...row.session, role, ...source, tokenIssuedAtMs, ...login, sessionExpiresAtMs };
          return { ...row, ownerId, session: renewed, messagesTatMs };
        },
      });
      if (outcome.moved || outcome.found?.status !== 'authenticated') return outcome;
      if (outcome.found.session.sessionExpiresAtMs <= atMs) return outcome;
      if (admit(outcome.found.messagesTatMs, rate, atMs) === 'over') return 'over_rate';
      return endsLater(outcome.found, session.sessionExpiresAtMs)
        ? { moved: true, connection: outcome.found }
        : outcome;
    },
    sessionsAt: (restaurantId) => perform('connections.sessionsAt', () => sessionsAt(restaurantId)),
    presentAt: (restaurantId) =>
      perform('connections.presentAt', () => {
        const sessions = sessionsAt(restaurantId);
        return { sessions, units: Math.max(1, sessions.length) / 8 };
      }),
    close: (key, ownerId, closingReason) =>
      move('connections.close', key, {
        to: 'closing',
        ownerId,
        next: (row) =>
          row.status === 'authenticated'
            ? { ...handshakeOf(row), status: 'closing', ownerId, session: row.session, closingReason }
            : undefined,
      }),
    end: (key, status, { endedBy }) =>
      perform('connections.end', () => {
        const row = find(key);
        if (row?.status !== status) return 'changed';
        store('connections.end', status, { ...keyOf(row), status: 'ended', endedBy });
        return 'ended';
      }),
    claimFarewell: (key) =>
      perform('connections.claimFarewell', () => {
        const row = find(key);
        if (row?.status !== 'ended' || row.endedBy !== 'gone') return 'told';
        rows.set(row.connectionId, { ...row, endedBy: 'disconnect' });
        return 'first';
      }),
  };
};

const keyOf = ({ connectionId, connectedAtMs }: ConnectionKey): ConnectionKey => ({ connectionId, connectedAtMs });
const isOwn = (row: Verifying | Granting, ownerId: string): boolean => row.ownerId === ownerId;
const hasLapsed = (row: Verifying | Granting, atMs: number): boolean => row.leaseExpiresAtMs < atMs;
const endsLater = ({ session }: Authenticated, thanMs: number): boolean => session.sessionExpiresAtMs > thanMs;
const isInStatus = <S extends Status>(row: Connection, status: S): row is InStatus<S> => row.status === status;

/** Only what belongs to the handshake: a row in its next state keeps nothing else of the last one. */
/** A handshake without what has been judged. */
const judged = ({ dialect: _, ...handshake }: Handshake): Handshake => ({ ...handshake, hints: {} });

const handshakeOf = ({
  connectionId,
  connectedAtMs,
  authDeadlineMs,
  sourceIp,
  userAgent,
  passMember,
  dialect,
  hints,
}: Handshake): Handshake => ({
  connectionId,
  connectedAtMs,
  authDeadlineMs,
  sourceIp,
  ...(userAgent === undefined ? {} : { userAgent }),
  ...(passMember === undefined ? {} : { passMember }),
  ...(dialect === undefined ? {} : { dialect }),
  hints,
});
