/**
 * What the routes need of the world, as functions. `wiring/` makes them of AWS; the tests make them of memory, and both
 * sets pass one contract suite.
 *
 * Each port either answers with one of the literals it names or throws: a throw means that nobody knows whether the
 * thing was done.
 */
import type { RateLimits } from '../config-schema/rate-limits.ts';
import type { JudgeData } from '../protocol/data-judge.ts';
import type { Domain } from '../protocol/domain.ts';
import type { ClosingReason, RefusalReason } from '../protocol/reasons.ts';
import type { RestaurantEvent, StreamHead } from '../protocol/restaurant-events.ts';
import type { Frame } from '../protocol/server-messages.ts';
import type { Membership, MembershipsFound } from './access/membership.ts';
import type {
  Authenticated,
  ConnectionKey,
  Ended,
  FoundConnection,
  Handshake,
  InStatus,
  Session,
  Status,
} from './connection/connection.ts';
import type { DevicePublication, InvalidPublication } from './events/publication.ts';
import type { IsOwnSender } from './events/verified-publisher.ts';
import type { VerifyToken } from './identity/identity.ts';
import type { KeySetFailure } from './identity/key-set-failure.ts';
import type { Answer } from './outbox/answers.ts';
import type { CallLimits } from './outbox/calls.ts';
import type { Envelope } from './outbox/envelope.ts';
import type { Letter } from './outbox/letter.ts';
import type { CountedConnects, Excess } from './rate-limit/address-allowance.ts';
import type { Rate } from './rate-limit/gcra.ts';
import type { AddressLimitsOf } from './rate-limit/trusted-addresses.ts';
import type { PassKeys } from './reentry/pass.ts';
import type { AnyAuditRecord } from './security/audit-record.ts';
import type { failedParts } from './security/failed-parts.ts';

/** The outcome of a conditional write: the row as it is now, or the row that stood in the way (none: there is no such connection). */
export type Moved<S extends Status> =
  | Readonly<{ moved: true; connection: InStatus<S> }>
  | Readonly<{ moved: false; found: FoundConnection | undefined }>;

/**
 * The connection table. Each transition is one conditional write naming the state it leaves and the connection's key.
 * A write that was applied but whose answer was lost is recognised by `ownerId` and reported as moved.
 */
export type Connections = Readonly<{
  /** Writes a `pending` row, over whatever an earlier connection of that id left. */
  open: (handshake: Handshake) => Promise<void>;
  /** Strongly consistent. */
  read: (key: ConnectionKey) => Promise<FoundConnection | undefined>;
  /** The same of each of these, at least one and at most a hundred, in their order and in one request. */
  readEach: (keys: readonly ConnectionKey[]) => Promise<readonly (FoundConnection | undefined)[]>;
  /** `pending -> verifying`, if the message arrived by the deadline. One message of a connection gets it. */
  acquireLease: (
    key: ConnectionKey,
    lease: Readonly<{ ownerId: string; arrivedAtMs: number; leaseExpiresAtMs: number }>,
  ) => Promise<Moved<'verifying'>>;
  /** `verifying -> granting`, by the owner alone. */
  grant: (key: ConnectionKey, ownerId: string, session: Session) => Promise<Moved<'granting'>>;
  /** `granting -> authenticated`, by the owner alone. The row has room for `lastMessage` from now on, and not before. */
  activate: (
    key: ConnectionKey,
    ownerId: string,
    session: Pick<Session, 'restaurantId' | 'lastMessage'>,
  ) => Promise<Moved<'authenticated'>>;
  /** `verifying -> refused`, by the owner alone. */
  refuse: (key: ConnectionKey, ownerId: string, reason: RefusalReason) => Promise<Moved<'refused'>>;
  /** `pending -> timed_out`, once the deadline has passed. */
  timeOut: (key: ConnectionKey, settler: Settler) => Promise<Moved<'timed_out'>>;
  /** `verifying -> lapsed`, once the lease has. */
  lapse: (key: ConnectionKey, settler: Settler) => Promise<Moved<'lapsed'>>;
  /** `granting -> unseated`: by the owner, or by whoever finds the lease lapsed or the client gone. */
  abandon: (
    key: ConnectionKey,
    settler: Settler,
    because: 'own' | 'lease_lapsed' | 'client_left',
  ) => Promise<Moved<'unseated'>>;
  /**
   * An `authenticated` session that has not expired gets a later expiry, never an earlier one, and the new token's role and
   * date. The same write counts the message against the rate of the session, once however often it is tried.
   */
  renew: (
    key: ConnectionKey,
    renewal: Readonly<{ ownerId: string; atMs: number; session: Session; rate: Rate }>,
  ) => Promise<Moved<'authenticated'> | 'over_rate'>;
  /** `authenticated -> closing`. */
  close: (key: ConnectionKey, ownerId: string, reason: ClosingReason) => Promise<Moved<'closing'>>;
  /** Leaves a tombstone of the row if it still is in that state. `changed`: it is in another, or there is none. */
  end: (
    key: ConnectionKey,
    status: Exclude<Status, 'ended'>,
    ending: Readonly<{ endedBy: Ended['endedBy']; atMs: number }>,
  ) => Promise<'ended' | 'changed'>;
  /** A tombstone of a connection that was said to be gone, and speaks: one of all that ask is the first to tell it. */
  claimFarewell: (key: ConnectionKey, atMs: number) => Promise<'first' | 'told'>;
  /**
   * The sessions of a restaurant, from an index that may lag: one that was just authenticated may be missing, one that ended may
   * still be there, and what it says of either was true a moment ago.
   */
  sessionsAt: (restaurantId: string) => Promise<readonly Authenticated[]>;
  /** The same, and for how many read units. */
  presentAt: (restaurantId: string) => Promise<Readonly<{ sessions: readonly Authenticated[]; units: number }>>;
}>;

/** Whoever settles a row from outside, and its time in epoch milliseconds. */
export type Settler = Readonly<{ ownerId: string; atMs: number }>;

/**
 * Looks a user up in one restaurant and among the platform's owners, strongly consistent, always both. How far that restaurant's events
 * have come is in the same answer, eventually consistent; the memberships stand without it.
 */
export type FindMemberships = (
  restaurantId: string,
  user: Readonly<{ issuer: string; userId: string }>,
) => Promise<MembershipsFound & Readonly<{ head: KnownHead | UnreadHead }>>;

/** The head of a restaurant's events, of one that has had some. */
export type KnownHead = StreamHead | 'none';

/** Why a head did not come with the memberships. One whose key is `throttled` is not asked for again at once; another one is, by itself. */
export type UnreadHead = Readonly<{ unread: 'throttled' | 'failed'; error: unknown }>;

/** Every member of a restaurant, strongly consistent. */
export type ListMembers = (restaurantId: string) => Promise<readonly Membership[]>;

/** Whether the configuration of an issuer says that its tokens may let somebody in there, by id or by prefix. */
export type IsNamedByIssuer = (restaurantId: string) => boolean;

/**
 * What the membership table says of a session's user, strongly consistent (`everywhere` of a platform owner's session alone), and how
 * far its restaurant's events have come.
 */
export type Authorization = Readonly<{ memberships: MembershipsFound; head: StreamHead | undefined }>;

/** `newest`: the head strongly consistent, too. */
export type ReadAuthorization = (session: Session, head: 'recent' | 'newest') => Promise<Authorization>;

/**
 * The row of a connection, strongly consistent. The authorization of its session came with it where this sandbox knew beforehand
 * what to ask for; where it is missing, `ReadAuthorization` has it.
 */
export type ReadSession = (
  key: ConnectionKey,
  head: 'recent' | 'newest',
) => Promise<Readonly<{ connection: FoundConnection | undefined; authorization: Authorization | undefined }>>;

/** An event as it is stored, with the queue message that brought it, and the numbering it is of: none of those that v0.1.0 stored. */
export type StoredEvent = Readonly<{ event: RestaurantEvent; messageId: string; epoch?: string }>;

/**
 * What is remembered of an id that was numbered. `content`: what it says, as a digest; undefined where that cannot be told,
 * of events and marks that v0.1.0 has left.
 */
export type Mark = Readonly<{ seq: number; messageId: string; content: string | undefined }>;

/**
 * The numbered events of each restaurant. One caller at a time numbers the events of a restaurant, as a rule (the queue sees to
 * it); a second one is noticed by `advance`, and both find what the other did. All reads but `readHead` are strongly consistent.
 */
export type Streams = Readonly<{
  /** Eventually consistent; none before the first event. */
  readHead: (restaurantId: string) => Promise<StreamHead | undefined>;
  /** Somebody was let in at a restaurant that has no events yet: it is one. */
  remember: (restaurantId: string) => Promise<void>;
  isRemembered: (restaurantId: string) => Promise<boolean>;
  /**
   * The head, and then which of these ids, at least one, are numbered: every event the head has passed is among them. A mark
   * whose time is over is none.
   */
  begin: (
    restaurantId: string,
    ids: readonly string[],
    nowMs: number,
  ) => Promise<Readonly<{ head: StreamHead | undefined; numbered: ReadonlyMap<string, Mark> }>>;
  /** Puts an event at its number unless one is there; yields the one that is there now. */
  append: (restaurantId: string, stored: StoredEvent) => Promise<StoredEvent>;
  /** Remembers that the event's id has its number, as long as the event is kept. Throws where it has another one. */
  mark: (restaurantId: string, event: RestaurantEvent, mark: Mark, nowMs: number) => Promise<void>;
  /** Moves the head on from where `begin` found it. `moved`: somebody else did. */
  advance: (restaurantId: string, from: StreamHead | undefined, to: StreamHead) => Promise<'advanced' | 'moved'>;
  readEvent: (restaurantId: string, seq: number) => Promise<StoredEvent | undefined>;
  /**
   * The kept events after a number, in order, at most `limit`; everything up to `readThrough` has been looked at, for so many
   * read units.
   */
  readPage: (
    restaurantId: string,
    page: Readonly<{ after: number; upTo: number; limit: number; nowMs: number }>,
  ) => Promise<Readonly<{ events: readonly RestaurantEvent[]; readThrough: number; units: number }>>;
}>;

/** Queues a device's event durably; yields the event's id, the same for the same publisher, key, type and content. */
export type Publish = (publication: DevicePublication) => Promise<string>;

/** A message of the event queue as it is named where it is put aside, be it an event or not. */
export type QueuedMessage = Readonly<{
  messageId: string;
  body: string;
  /** Its message group, whatever that is. */
  restaurant: string;
  /** The user of a device, else whoever sent it to the queue, by the id that AWS gives. Text of theirs, capped. */
  publisher: string;
}>;

/** Moves a message that cannot be delivered out of its restaurant's way, to where people look at it and may send it back. */
export type DeadLetter = (message: QueuedMessage, why: InvalidPublication) => Promise<void>;

/**
 * Hides messages that were received from the event queue for so many seconds from now. Where it throws, they come again when
 * the queue's own visibility timeout is over.
 */
export type HideMessages = (messages: readonly Readonly<{ receiptHandle: string }>[], seconds: number) => Promise<void>;

/** What a run has not posted, and how often it was posted again. One restaurant each. */
export type Redelivery = Readonly<{ step: number; restaurants: readonly Unposted[] }>;

/** Events of a restaurant by their numbers, and the connections that have not had some of them. */
export type Unposted = Readonly<{
  restaurantId: string;
  /** Of which numbering. */
  epoch: string;
  seqs: readonly number[];
  /** Those from `fromSeq` on are missing; of `closing` the last message and the end of the connection. */
  missed: readonly Missed[];
}>;
export type Missed = Readonly<{ fromSeq: number | 'closing'; connections: readonly ConnectionKey[] }>;

/** Has a run's posts made again, at least once, `delaySeconds` (0-900) from now or later; in as many messages as it takes. */
export type PostAgain = (redelivery: Redelivery, delaySeconds: number) => Promise<void>;

/**
 * The messages one session may send, kept by this sandbox alone, since counting them exactly would make every ping a
 * write; those that write the row anyway are counted exactly there, too (`Connections.renew`). `over`: this one is too many; `flood`: a whole burst of them was.
 */
export type MessageLimiter = (
  key: ConnectionKey,
  kind: 'ping' | 'message',
  nowMs: number,
) => 'within' | 'over' | 'flood';

/**
 * The read units that one session's replays may cost, and its `who` with them, kept by this sandbox alone. What one costs is known
 * only when it was read, so it may use up more than was left; then the next one waits the longer.
 */
export type ReplayAllowance = Readonly<{
  left: (key: ConnectionKey, nowMs: number) => number;
  spend: (key: ConnectionKey, units: number, nowMs: number) => void;
  /** Until it is worth asking again; 0: now. */
  waitMs: (key: ConnectionKey, nowMs: number) => number;
}>;

/** The counters of addresses. `address` is a `rateLimitAddress`, a minute one of the clock. */
export type AddressCounters = Readonly<{
  /** Counts one more connect in this minute and its slot of 3 s. `throttled`: the table takes no more writes of this address now. */
  countConnect: (address: string, nowMs: number) => Promise<CountedConnects | 'throttled'>;
  /** Counts one more refusal in this minute. */
  countRefusal: (
    address: string,
    nowMs: number,
  ) => Promise<Readonly<{ refusals: number; isAggregateDue: boolean; windowStartMs: number }>>;
  /** Remembers that the message that writes this minute's aggregate is under way. */
  aggregateIsDue: (address: string, windowStartMs: number) => Promise<void>;
  /** How many refusals a minute had. Strongly consistent. */
  refusalsOf: (address: string, windowStartMs: number) => Promise<number>;
  /** Counts one more hostile failure in the address's window of 15 minutes. A retried count may count twice. */
  countHostileFailure: (
    address: string,
    nowMs: number,
  ) => Promise<Readonly<{ failures: number; blockedUntilMs: number; blockedAtMs: number; windowStartMs: number }>>;
  /** Blocks the address from now until then, or longer if it already is. */
  block: (address: string, nowMs: number, untilMs: number) => Promise<void>;
}>;

/** What this sandbox alone remembers of addresses. `address` is a `rateLimitAddress`. */
export type SandboxAddresses = Readonly<{
  /** Counts one more handshake that came by here; yields how many did in this minute of the clock. */
  countConnect: (address: string, nowMs: number) => number;
  /** Remembers that the address is over what it may do. */
  refuse: (address: string, excess: Excess) => void;
  refusedFor: (address: string, nowMs: number) => Excess['why'] | undefined;
  /** Whether that token was not refused here before for that address: one that comes again counts once. No token is kept, only its hash. */
  isNewForgery: (address: string, unverifiedToken: string) => boolean;
}>;

/** The handshakes of members: `member` is what a re-entry pass calls a user at a restaurant, a minute one of the clock. */
export type MemberCounters = Readonly<{
  /** Counts one more handshake in this minute; `distrustedUntilMs` is 0 where the member was not refused. */
  countHandshake: (
    member: string,
    nowMs: number,
  ) => Promise<Readonly<{ handshakes: number; distrustedUntilMs: number }>>;
  /** Distrusts the member from now until then, at most an hour, or longer if it already is distrusted longer. */
  distrust: (member: string, nowMs: number, untilMs: number) => Promise<void>;
}>;

/** Where the stage keeps the keys of its re-entry passes. */
export type PassKeyTable = Readonly<{
  /** Strongly consistent; none before the first was made. */
  read: () => Promise<PassKeys | undefined>;
  /** Makes a key for a period, unless there is one; yields those there are now, that of the period before among them. */
  make: (period: number) => Promise<PassKeys>;
}>;

/** The same keys, as a sandbox remembers them. Throws while they cannot be had. */
export type PassKeyRing = Readonly<{
  /** With a key for this period, made now where there was none. */
  toSign: (period: number) => Promise<PassKeys>;
  /** Those that are known, or were to be had without asking too often. */
  toVerify: () => Promise<PassKeys | undefined>;
}>;

export type TimerMessage =
  | (ConnectionKey & Readonly<{ kind: 'deadline' }>)
  | Readonly<{ kind: 'record'; record: AnyAuditRecord }>
  | Readonly<{ kind: 'aggregate'; address: string; windowStartMs: number }>;

export type Timer = Readonly<{
  /** Delivers the message at least once, `delaySeconds` (0-900) from now or later. */
  send: (message: TimerMessage, delaySeconds: number) => Promise<void>;
}>;

export type Sockets = Readonly<{
  /** `gone`: the platform knows no such connection, or has not opened it yet. */
  post: (connectionId: string, frame: Frame) => Promise<'sent' | 'gone'>;
  disconnect: (connectionId: string) => Promise<'closed' | 'gone'>;
}>;

/** Puts a record if there is none of its id. */
export type PutRecord = (record: AnyAuditRecord) => Promise<'written' | 'already_written'>;

/** What became of a record: in the table now, there before, or not in the table and sent to the queue or only logged. */
export type RecordFate = 'written' | 'already_written' | 'queued' | 'logged_only';

/** Tells the people on call: one structured log line, one metric. Never throws. */
export type Telemetry = Readonly<{
  recorded: (record: AnyAuditRecord, fate: RecordFate) => void;
  /** Something of ours failed. Only the error's class name is told: its text may quote a client. */
  failed: (what: FailedPart, key: Partial<ConnectionKey>, error: unknown) => void;
  /** The key set of the issuer with this alias could not be used, or not all of it. */
  keySetFailed: (alias: string, failure: KeySetFailure) => void;
  /** A silent connection was closed so long after its deadline. */
  closedLate: (lagMs: number) => void;
  /** What became of a restaurant's events. `lagMs`: from the queue to the last socket, of the oldest of them. */
  delivered: (
    restaurantId: string,
    what: Readonly<{ numbered: number; posted: number; failed: number; lagMs: number }>,
  ) => void;
  /** What became of posts that were made again, the `step`th time. */
  redelivered: (restaurantId: string, what: Readonly<{ step: number; posted: number; failed: number }>) => void;
  /** A message of the event queue was put aside. */
  publicationInvalid: (message: QueuedMessage, why: InvalidPublication) => void;
  /** A device was told that its restaurant has had its publications of this minute. */
  publicationRefused: (restaurantId: string) => void;
}>;

/** Where the outbox hands envelopes to. */
export type OutboxTarget = Readonly<{
  limits: CallLimits;
  /** What an envelope counts against them. */
  bytesOf: (envelope: Envelope) => number;
  /** Why the target would take an envelope from nobody, in one fixed word. */
  misfitOf: (envelope: Envelope) => string | undefined;
  /**
   * Hands over what fits into one call; yields an answer for each. `refusedTogether`: something in it cannot be taken. Throws where
   * the target is down, busy or closed to us.
   */
  put: (envelopes: readonly Envelope[]) => Promise<readonly Answer[] | Readonly<{ refusedTogether: string }>>;
}>;

/** Moves a record of the outbox out of the way, to where people look at it and may send it on. */
export type SetAside = (letter: Letter, why: string) => Promise<void>;

/** Tells the people on call of the outbox. Never throws. */
export type OutboxTelemetry = Pick<Telemetry, 'failed'> &
  Readonly<{
    /** What became of a batch. `lagMs`: from the table to the target, of the oldest that was handed over. */
    ran: (what: Readonly<{ handedOver: number; setAside: number; heldBack: number; lagMs: number }>) => void;
    setAside: (letter: Letter, why: string) => void;
  }>;

/** What of ours can fail; a dimension of the `Failure` metric. */
export type FailedPart = keyof typeof failedParts;

/**
 * The connections this sandbox has closed, or has found closed: nothing is served there, whatever they send. Memory alone;
 * one that it does not know is looked up.
 */
export type KnownClosed = Readonly<{ has: (key: ConnectionKey) => boolean; add: (key: ConnectionKey) => void }>;

export type Clock = () => number;

export type Ports = Readonly<{
  /** Of the stage's configuration. */
  domain: Domain;
  /** By the schemas of the domain's events. */
  judgeData: JudgeData;
  connections: Connections;
  findMemberships: FindMemberships;
  listMembers: ListMembers;
  isNamedByIssuer: IsNamedByIssuer;
  readSession: ReadSession;
  readAuthorization: ReadAuthorization;
  streams: Streams;
  /** How long `streams` keeps events and their ids. */
  eventRetentionMs: number;
  /** After how much silence clients are to ping. */
  pingIntervalMs: number;
  publish: Publish;
  deadLetter: DeadLetter;
  hideMessages: HideMessages;
  postAgain: PostAgain;
  isOwnSender: IsOwnSender;
  verifyToken: VerifyToken;
  timer: Timer;
  addressCounters: AddressCounters;
  sandboxAddresses: SandboxAddresses;
  addressLimits: AddressLimitsOf;
  memberCounters: MemberCounters;
  passKeys: PassKeyRing;
  limits: RateLimits;
  messageLimiter: MessageLimiter;
  replayAllowance: ReplayAllowance;
  sockets: Sockets;
  knownClosed: KnownClosed;
  putRecord: PutRecord;
  telemetry: Telemetry;
  now: Clock;
  /** A name for a new numbering of events, used never before. */
  newEpoch: () => string;
  pause: (ms: number) => Promise<void>;
  /** Until the invocation is ended. */
  timeLeftMs: () => number;
  /** Calls `act` after so long a time, unless what it yields is called before. */
  after: (ms: number, act: () => void) => () => void;
}>;
