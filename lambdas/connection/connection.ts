/**
 * The connection's states. A row is in exactly one of them, and each change is one conditional write that names the
 * state it leaves:
 *
 *     pending -> verifying -> granting -> authenticated -> closing
 *        |           |            |
 *     timed_out   refused,     unseated
 *                 lapsed
 *
 * `granting` says that a grant's audit record may exist, so whoever settles the row completes it the same way.
 */
import type { Dialect } from '../../protocol/client-messages.ts';
import type { ConnectionType, Role } from '../../protocol/identifiers.ts';
import type { ClosingReason, RefusalReason } from '../../protocol/reasons.ts';
import type { MembershipSource } from '../access/membership.ts';

/** Unverified query hints, as said at the handshake and capped. */
export type HandshakeHints = Readonly<{ userId?: string; restaurantId?: string; connectionType?: string }>;

/** A connection is its id *and* the moment it began: the platform may use an id again. Times are epoch milliseconds by API Gateway's clock. */
export type ConnectionKey = Readonly<{ connectionId: string; connectedAtMs: number }>;

export type Handshake = ConnectionKey &
  Readonly<{
    authDeadlineMs: number;
    sourceIp: string;
    userAgent?: string;
    /** Whose re-entry pass was shown, by the name that passes have for a member. It proves nothing. */
    passMember?: string;
    /** Where the handshake tells: it offered our subprotocol, or its address is one as old apps have them. */
    dialect?: Dialect;
    hints: HandshakeHints;
  }>;

/** One message owns the decision: `ownerId` is its request id, `leaseExpiresAtMs` how long nobody else may settle the row. */
export type Lease = Readonly<{ ownerId: string; leaseExpiresAtMs: number }>;

export type Session = Readonly<{
  issuer: string;
  userId: string;
  restaurantId: string;
  connectionType: ConnectionType;
  role: Role;
  /** Absent: the table, as in the rows of v0.1.0. */
  membershipSource?: MembershipSource;
  sessionExpiresAtMs: number;
  tokenIssuedAtMs: number;
  /** When the user logged in, where the token tells. */
  loggedInAtMs?: number;
  grantedAtMs: number;
  batch: boolean;
  /** What the device calls itself. */
  deviceId?: string;
  /** Its last message is an `auth_error`: its client knows no `closing`. */
  lastMessage?: 'auth_error';
}>;

export type Pending = Handshake & Readonly<{ status: 'pending' }>;
export type Verifying = Handshake & Lease & Readonly<{ status: 'verifying' }>;
export type Granting = Handshake & Lease & Readonly<{ status: 'granting'; session: Session }>;
export type Authenticated = Handshake &
  Readonly<{
    status: 'authenticated';
    ownerId: string;
    session: Session;
    /** The theoretical arrival time of the session's next writing message; see `rate-limit/gcra.ts`. */
    messagesTatMs?: number;
  }>;
export type Refused = Handshake & Readonly<{ status: 'refused'; ownerId: string; reason: RefusalReason }>;
export type TimedOut = Handshake & Readonly<{ status: 'timed_out'; ownerId: string }>;
/** Whoever verified it never finished: settled as `unavailable`. */
export type Lapsed = Handshake & Readonly<{ status: 'lapsed'; ownerId: string }>;
/** Granted, perhaps recorded, never authenticated: settled as `unavailable`. */
export type Abandoned = Handshake & Readonly<{ status: 'unseated'; ownerId: string; session: Session }>;
export type Closing = Handshake &
  Readonly<{ status: 'closing'; ownerId: string; session: Session; closingReason: ClosingReason }>;

/**
 * A tombstone: what is left for an hour of a row whose connection is over, so that frames still under way cost one read and no
 * more. `disconnect`: `$disconnect` has come. `gone`: a post was told so, which may be false; whoever speaks there then is told once.
 */
export type Ended = ConnectionKey & Readonly<{ status: 'ended'; endedBy: 'disconnect' | 'gone' }>;

/** A connection of which more than its end is known. */
export type Known = Pending | Verifying | Granting | Authenticated | Refused | TimedOut | Lapsed | Abandoned | Closing;

export type Connection = Known | Ended;

/**
 * A row in a state that this version does not know, or with a value that it does not: a later version's, in the minutes when
 * both run. It is served nothing, moved nowhere and deleted by nobody here; whoever knows it goes on with it.
 */
export type UnrecognizedRow = ConnectionKey & Readonly<{ status: 'unrecognized' }>;
export type FoundConnection = Connection | UnrecognizedRow;

export type Status = Connection['status'];
export type InStatus<S extends Status> = Extract<Connection, { status: S }>;
