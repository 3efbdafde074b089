/** What the machine remembers. An attempt without a session is connecting, with one it is a hand-over; neither is the end. */
import type { Cursor, Gap, RestaurantEvent } from './events.ts';
import { emptyFeed, type Feed } from './feed.ts';
import type { SessionIdentity, ServerMessage } from './messages.ts';
import type { KeptPublication, Outbox, Publication, Settled, User } from './outbox-state.ts';
import { type Settings, usualPingIntervalMs } from './settings.ts';
import type { Asking, Told } from './who-state.ts';

/**
 * Why a token is asked for. `first`: there is none. `renewal`: the session wants one that lives longer. `expired`: its
 * time is over. `refused`: the gateway did not take the last one, so it must be a fresh one. `unanswered`: connections
 * ended again and again without an answer, and the token may be why.
 */
export type TokenReason = 'first' | 'renewal' | 'expired' | 'refused' | 'unanswered';

/** Why a connection or an attempt came to nothing. */
export type Failure =
  /** The token provider threw, took too long or gave no text. */
  | Readonly<{ kind: 'token'; message: string }>
  /** The function `url` threw or gave no address. */
  | Readonly<{ kind: 'url'; message: string }>
  /** The handshake failed or took too long. */
  | Readonly<{ kind: 'handshake' }>
  /** No answer to `authenticate`. */
  | Readonly<{ kind: 'unanswered' }>
  /** The gateway's last message. */
  | Readonly<{ kind: 'final_message'; reason: string; error: string }>
  /** The socket closed without one. */
  | Readonly<{ kind: 'dropped'; code: number | undefined }>
  /** No answer to a ping. */
  | Readonly<{ kind: 'silence' }>
  /** The session's time was over before it could be renewed. */
  | Readonly<{ kind: 'expired' }>;

/** Why the client stopped for good. */
export type End =
  /** The gateway says that another try cannot succeed. */
  | Readonly<{ why: 'refused'; reason: string; error: string }>
  /** The client itself failed; what was thrown went to `onError`. */
  | Readonly<{ why: 'internal_error'; error: string }>
  /** `close()` was called. */
  | Readonly<{ why: 'closed' }>;

export type Attempt =
  | Readonly<{
      at: 'waiting';
      retryAt: number;
      notBefore: number;
      /** When it goes on though the platform says `offline` or `background`. */
      pausedUntil: number;
      /** A hint can shorten a wait once. */
      pace: 'usual' | 'sooner';
      cause: Failure | undefined;
    }>
  | Readonly<{ at: 'token'; request: number; deadline: number }>
  | Readonly<{ at: 'opening'; socketId: number; deadline: number }>
  | Readonly<{ at: 'authenticating'; socketId: number; openedAt: number; deadline: number }>;

export type Token = Readonly<{
  text: string;
  why: TokenReason;
  accepted: boolean;
  /** When the provider gave it. */
  cameAt: number;
  /** Known once a session was shorter than a connection may be. */
  expiresAt: number | undefined;
}>;

export type Renewal =
  | Readonly<{ at: 'planned'; dueAt: number }>
  | Readonly<{ at: 'asking'; request: number; deadline: number }>
  | Readonly<{ at: 'sent'; token: Token; deadline: number }>;

export type Session = {
  socketId: number;
  identity: SessionIdentity;
  openedAt: number;
  startedAt: number;
  expiresAt: number;
  handOverAt: number;
  renewal: Renewal;
  renewalFailures: number;
  /** As of when it is known how far the events have come. */
  heardAt: number;
  /** What the gateway's clock is ahead of the device's, at most. */
  gatewayAheadMs: number;
  /** The network at its beginning. */
  networkName: string;
  pingedAt: number;
  pongBy: number | undefined;
  /** A pong was missed, and noticed so late that the device may have slept. That is excused once. */
  sleptThrough: boolean;
  /** `leaving`: the gateway said that it goes away; nothing more is sent. */
  phase: 'staying' | 'leaving';
};

export type State = Readonly<{
  settings: Settings;
  attempt: Attempt | undefined;
  session: Readonly<Session> | undefined;
  /** The connection before a hand-over, kept for what is on its way. */
  old: Readonly<{ socketId: number; until: number }> | undefined;
  end: End | undefined;
  token: Token | undefined;
  /** Set: the next attempt needs a token for this reason. */
  ask: TokenReason | undefined;
  /** The token that was refused last, and how many fresh ones were in a row. */
  refusedToken: string | undefined;
  refusals: number;
  network: 'online' | 'offline';
  app: 'foreground' | 'background';
  /** Which network it is, as far as the platform tells, and when each of them last ended a session in silence. */
  networkName: string;
  silences: Silences;
  /** The last reason to doubt the connection, since which no silence has ended with an answer; `Infinity`: there is none. */
  doubtAt: number;
  /** The silence that this stage wants answered with a ping. */
  heartbeatMs: number;
  /** Attempts in a row that failed; sessions in a row that were too short; waits cut short; closes without an answer. */
  failures: number;
  shortSessions: number;
  wakes: number;
  unanswered: number;
  /** What this connection may still send now; it refills with time, as the gateway's own bucket does. */
  allowance: Readonly<{ left: number; at: number }>;
  serial: number;
  feed: Feed;
  /** Whose the cursor is that a storage had, until somebody is let in. */
  cursorOf: User | undefined;
  outbox: Outbox;
  /** The question who is there that is under way. */
  who: Asking | undefined;
  /** Whom the gateway let in last. */
  user: User | undefined;
  /** What the gateway's clock is ahead of the device's, and how long it knows a publication by its id. */
  gatewayAheadMs: number;
  retentionMs: number;
  /** Whether publications wait for a storage: there is one, and it answers. */
  keeps: boolean;
  /** Of the last step. */
  now: number;
  random: number;
}>;

/** A cursor as a storage keeps it, with the user who had it. */
export type KeptCursor = Cursor & Readonly<{ user?: User | undefined }>;

/** By the names of networks, in epoch milliseconds by the device's clock. */
export type Silences = Readonly<Record<string, number>>;

/** What the token provider gave, or what became of it. */
export type TokenAnswer = Readonly<{ text: string }> | Readonly<{ problem: string }>;

export type Signal = 'online' | 'offline' | 'network_changed' | 'foreground' | 'background';

export type Input =
  | Readonly<{ kind: 'start' }>
  | Readonly<{ kind: 'time' }>
  | Readonly<{ kind: 'token'; request: number; answer: TokenAnswer }>
  | Readonly<{ kind: 'open'; socketId: number }>
  | Readonly<{ kind: 'received'; socketId: number; message: ServerMessage }>
  /** With a problem: there was no address to connect to. */
  | Readonly<{ kind: 'closed'; socketId: number; code: number | undefined; problem?: string | undefined }>
  | Readonly<{ kind: 'publish'; publication: Publication }>
  /** What the storage had, and what it has by now. */
  | Readonly<{
      kind: 'restored';
      publications: readonly KeptPublication[];
      cursor?: KeptCursor | undefined;
      silences?: Silences | undefined;
    }>
  | Readonly<{ kind: 'stored'; publications: readonly KeptPublication[] }>
  | Readonly<{ kind: 'who' }>
  /** The application wants no more of it. */
  | Readonly<{ kind: 'discard'; id: string }>
  | Readonly<{ kind: 'signal'; signal: Signal }>
  /** Which network it is now; that it is another one is a signal of its own. */
  | Readonly<{ kind: 'network'; name: string }>
  | Readonly<{ kind: 'close' }>;

export type Effect =
  | Readonly<{ kind: 'ask_token'; request: number; why: TokenReason }>
  | Readonly<{ kind: 'open'; socketId: number }>
  | Readonly<{ kind: 'send'; socketId: number; text: string }>
  | Readonly<{ kind: 'close'; socketId: number }>
  | Readonly<{ kind: 'deliver'; event: RestaurantEvent }>
  | Readonly<{ kind: 'cursor'; cursor: Cursor }>
  | Readonly<{ kind: 'gap'; gap: Gap }>
  | Settled
  | Readonly<{ kind: 'present'; told: Told }>
  /** A publication is given back to the application. */
  | Readonly<{ kind: 'returned'; id: string }>
  | Readonly<{ kind: 'end'; end: End }>;

/** The present, and a number in [0, 1) drawn for this step. */
export type Moment = Readonly<{ now: number; random: number }>;

/** A step in the making: the state to be, and what is to be done. Nobody outside `transition` ever sees one. */
export type Draft = { -readonly [Field in keyof State]: State[Field] } & {
  session: Session | undefined;
  readonly effects: Effect[];
};

/** The least that an operator may choose: earlier gateways do not tell. */
const leastRetentionMs = 60 * 60_000;

export const initialState = (settings: Settings, cursor: Cursor | undefined): State => ({
  settings,
  attempt: undefined,
  session: undefined,
  old: undefined,
  end: undefined,
  token: undefined,
  ask: 'first',
  refusedToken: undefined,
  refusals: 0,
  network: 'online',
  app: 'foreground',
  networkName: '',
  silences: {},
  doubtAt: Number.POSITIVE_INFINITY,
  heartbeatMs: usualPingIntervalMs,
  failures: 0,
  shortSessions: 0,
  wakes: 0,
  unanswered: 0,
  allowance: { left: 0, at: 0 },
  serial: 0,
  feed: emptyFeed(cursor),
  cursorOf: undefined,
  outbox: [],
  who: undefined,
  user: undefined,
  gatewayAheadMs: 0,
  retentionMs: leastRetentionMs,
  keeps: settings.keeps,
  now: 0,
  random: 0,
});

/** Attempts are rare while there is said to be no network, or nobody looks. */
export const isPaused = ({ network, app }: State): boolean => network === 'offline' || app === 'background';
