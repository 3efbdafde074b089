/** Connections to try the contract on, brought into each state by the port itself. */
import type { ConnectionKey, Handshake, InStatus, Session, Status } from '../../lambdas/connection/connection.ts';
import type { Connections } from '../../lambdas/ports.ts';

export const connectedAtMs = Date.UTC(2026, 11, 1, 12);
export const deadlineMs = connectedAtMs + 5_000;
export const leaseExpiresAtMs = connectedAtMs + 8_000;
export const sessionExpiresAtMs = connectedAtMs + 3_600_000;

/** The message that owns a row, and the one that settled it. */
export const ownerId = 'request-owner';
export const settlerId = 'request-settler';

let made = 0;

/** A handshake with every optional field, under an id of its own. */
export const someHandshake = (): Handshake => ({
  connectionId: `L0SM9cOFvHcCI${++made}=`,
  connectedAtMs,
  authDeadlineMs: deadlineMs,
  sourceIp: '2001:db8::7',
  userAgent: 'till/1.0',
  passMember: 'YaP2wHpSgKTsoevmaZa8ag',
  hints: { userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' },
});

export const session: Session = {
  issuer: 'demo',
  userId: 'u-1',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs,
  tokenIssuedAtMs: connectedAtMs - 60_000,
  grantedAtMs: connectedAtMs + 1_000,
  batch: true,
};

export const leaseOf = (owner = ownerId) => ({ ownerId: owner, arrivedAtMs: connectedAtMs + 1_000, leaseExpiresAtMs });
export const later = { ownerId: settlerId, atMs: connectedAtMs + 60_000 };

type Rows = { readonly [S in Status]: (handshake: Handshake) => InStatus<S> };

/** What a row of each state must read as: what belongs to the state, and nothing that belonged to the last one. */
const rows: Rows = {
  pending: (handshake) => ({ ...handshake, status: 'pending' }),
  verifying: (handshake) => ({ ...handshake, status: 'verifying', ownerId, leaseExpiresAtMs }),
  granting: (handshake) => ({ ...handshake, hints: {}, status: 'granting', ownerId, leaseExpiresAtMs, session }),
  authenticated: (handshake) => ({ ...handshake, hints: {}, status: 'authenticated', ownerId, session }),
  refused: (handshake) => ({ ...handshake, status: 'refused', ownerId, reason: 'token_invalid' }),
  timed_out: (handshake) => ({ ...handshake, status: 'timed_out', ownerId: settlerId }),
  lapsed: (handshake) => ({ ...handshake, status: 'lapsed', ownerId: settlerId }),
  unseated: (handshake) => ({ ...handshake, hints: {}, status: 'unseated', ownerId: settlerId, session }),
  closing: (handshake) => ({
    ...handshake,
    hints: {},
    status: 'closing',
    ownerId: settlerId,
    session,
    closingReason: 'session_expired',
  }),
  ended: ({ connectionId, connectedAtMs: beganMs }) => ({
    connectionId,
    connectedAtMs: beganMs,
    status: 'ended',
    endedBy: 'disconnect',
  }),
};
export const rowIn = <S extends Status>(status: S, handshake: Handshake): InStatus<S> => rows[status](handshake);
export const statuses = Object.keys(rows) as readonly Status[];
/** Those of a row of which more is left than its tombstone. */
export const knownStatuses = statuses.filter((status) => status !== 'ended');

/** Opens a connection and moves it into a state, one transition after another. */
export const bring = async (
  port: Connections,
  status: Status,
  handshake: Handshake = someHandshake(),
): Promise<Handshake> => {
  for (const step of pathTo[status]) await step(port, handshake);
  return handshake;
};

type Step = (port: Connections, key: Handshake & ConnectionKey) => Promise<unknown>;
const open: Step = (port, handshake) => port.open(handshake);
const lease: Step = (port, key) => port.acquireLease(key, leaseOf());
const grant: Step = (port, key) => port.grant(key, ownerId, session);
const pathTo: Readonly<Record<Status, readonly Step[]>> = {
  pending: [open],
  verifying: [open, lease],
  granting: [open, lease, grant],
  authenticated: [open, lease, grant, (port, key) => port.activate(key, ownerId, session)],
  refused: [open, lease, (port, key) => port.refuse(key, ownerId, 'token_invalid')],
  timed_out: [open, (port, key) => port.timeOut(key, later)],
  lapsed: [open, lease, (port, key) => port.lapse(key, later)],
  unseated: [open, lease, grant, (port, key) => port.abandon(key, later, 'lease_lapsed')],
  closing: [
    open,
    lease,
    grant,
    (port, key) => port.activate(key, ownerId, session),
    (port, key) => port.close(key, settlerId, 'session_expired'),
  ],
  ended: [open, (port, key) => port.end(key, 'pending', { endedBy: 'disconnect', atMs: connectedAtMs })],
};
