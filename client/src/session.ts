/** A session's life: heartbeat, renewal in place, hand-over to a younger connection, and its end. */
import { type Advice, ask, beginAttempt, followAdvice, send, wait } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { Cursor } from './events.ts';
import { emptyFeed, type FeedStep, failPull, learnHead } from './feed.ts';
import type { FinalMessage, ServerMessage } from './messages.ts';
import { postpone, sameUser, unanswered } from './outbox.ts';
import { dayMs, leastPingIntervalMs, mostPingIntervalMs } from './settings.ts';
import type { Draft, Failure, Session, State, Token } from './state.ts';
import { failWho } from './who.ts';

type Accepted = Extract<ServerMessage, { kind: 'auth_success' }>;

/** Sessions that end this close to the age limit end by age: no token makes them longer. */
const ageToleranceMs = 60_000;
/** No ping follows another sooner, whatever the signals say. */
const minPingGapMs = 5_000;
/** A deadline noticed so much later than it was due: the device slept, and the answer may be waiting. */
const sleptMs = 2_000;
/** The gateway allows a burst of 20 and one message a second; this stays below. */
export const allowance = { burst: 15, perMs: 0.9 / 1000 };

/** The attempt succeeded. If there was a session, this was a hand-over: the old connection is kept for a moment. */
export const openSession = (draft: Draft, openedAt: number, socketId: number, accepted: Accepted) => {
  const { session, now, random } = draft;
  const { maxConnectionMs, handOverLeadMs, steadyMs, drainMs } = draft.settings.timing;
  if (session) {
    dropOld(draft);
    draft.old = { socketId: session.socketId, until: now + drainMs };
  }
  draft.attempt = draft.ask = undefined;
  draft.failures = draft.wakes = draft.unanswered = draft.refusals = 0;
  draft.refusedToken = undefined;
  draft.allowance = { left: allowance.burst, at: now };
  const { issuer, userId } = accepted.identity;
  draft.user = { issuer, userId };
  // Somebody else's place in the stream says nothing of what this user's device shows.
  if (draft.cursorOf && !sameUser(draft.cursorOf, draft.user)) draft.feed = emptyFeed(undefined);
  draft.cursorOf = undefined;
  draft.session = {
    socketId,
    identity: accepted.identity,
    openedAt,
    startedAt: now,
    expiresAt: now,
    // Spread out: a restaurant's devices connected together.
    handOverAt: Math.max(now + steadyMs, openedAt + maxConnectionMs - handOverLeadMs * (1 + random)),
    renewal: { at: 'planned', dueAt: now },
    renewalFailures: 0,
    // What it tells of the newest event is from then, or later.
    heardAt: openedAt,
    // By which the gateway's stamps become times of the device, none of them too late.
    gatewayAheadMs: Number(accepted.at) - openedAt,
    networkName: draft.networkName,
    pingedAt: 0,
    pongBy: undefined,
    sleptThrough: false,
    phase: 'staying',
  };
  extend(draft, draft.session, draft.token, accepted);
};

/** `auth_success` on a session that stands: it was renewed. */
export const renewed = (draft: Draft, session: Session, accepted: Accepted) =>
  extend(draft, session, session.renewal.at === 'sent' ? session.renewal.token : draft.token, accepted);

/** The session lasts as long as the gateway says, never shorter than before and never beyond the age of a connection. */
const extend = (draft: Draft, session: Session, token: Token | undefined, accepted: Accepted) => {
  const { now, random } = draft;
  const { maxConnectionMs, renewalLeadMs } = draft.settings.timing;
  const endsByAgeAt = session.openedAt + maxConnectionMs;
  const toldExpiry = now + (accepted.remainingMs ?? maxConnectionMs);
  const expiresAt = Math.min(endsByAgeAt, Math.max(session.expiresAt, toldExpiry));
  const endsByToken = expiresAt < endsByAgeAt - ageToleranceMs;
  // One to two leads before the end, or half-way when there is not so much time; never at once.
  const lead = Math.min((expiresAt - now) / 2, renewalLeadMs * (1 + random));
  const dueAt = endsByToken ? Math.max(now + 1_000, expiresAt - lead) : Number.POSITIVE_INFINITY;
  session.identity = accepted.identity;
  draft.gatewayAheadMs = accepted.at === undefined ? 0 : accepted.at - now;
  draft.retentionMs = accepted.retentionMs ?? draft.retentionMs;
  const told = accepted.pingIntervalMs ?? draft.heartbeatMs;
  draft.heartbeatMs = Math.min(Math.max(told, leastPingIntervalMs), mostPingIntervalMs);
  session.expiresAt = expiresAt;
  session.renewal = { at: 'planned', dueAt };
  session.renewalFailures = 0;
  draft.token = token && { ...token, accepted: true, expiresAt: endsByToken ? expiresAt : undefined };
  applyHead(draft, accepted.head);
};

/** What the connection in use tells of the newest event. One that cannot is asked again soon. */
export const applyHead = (draft: Draft, head: Cursor | undefined) => {
  if (head) applyFeed(draft, learnHead(draft.feed, head));
  else draft.doubtAt = draft.now;
};

export const applyFeed = (draft: Draft, [feed, outputs]: FeedStep) => {
  draft.feed = feed;
  draft.effects.push(...outputs);
};

/** The provider gave a token for a renewal. */
export const sendRenewal = (draft: Draft, session: Session, text: string) => {
  const token: Token = { text, why: 'renewal', accepted: false, cameAt: draft.now, expiresAt: undefined };
  session.renewal = { at: 'sent', token, deadline: draft.now + draft.settings.timing.answerTimeoutMs };
  send(draft, session.socketId, { type: 'authenticate', token: text });
};

/** The session goes on as it was; the renewal is tried again, later each time. */
export const failRenewal = ({ now, random, settings: { timing } }: Draft, session: Session) => {
  const dueAt = now + timing.backoffBaseMs + backoffMs(++session.renewalFailures, random, timing);
  session.renewal = { at: 'planned', dueAt };
};

/** The connection of the session is gone, or given up. A hand-over that is under way becomes the attempt to connect. */
export const loseSession = (draft: Draft, session: Session, cause: Failure, advice: Advice = {}) => {
  draft.session = undefined;
  forgetConnection(draft, session.socketId);
  if (session.phase !== 'leaving') countShort(draft, session);
  const { attempt } = draft;
  wait(draft, cause, advice);
  if (attempt !== undefined && !(attempt.at === 'waiting' && advice.retryAfterMs)) draft.attempt = attempt;
};

/** Closed, so far as it is open; nothing more will be answered there. */
const forgetConnection = (draft: Draft, socketId: number) => {
  if (draft.feed.pull?.socketId === socketId) draft.feed = failPull(draft.feed, 0);
  const publication = unanswered(draft);
  if (publication?.sent?.socketId === socketId) postpone(draft, publication, 0);
  // Between two pages it is under way on no connection: the next page is asked for on whichever there is.
  failWho(draft, 'not_connected', (who) => (who.answerBy ? who.socketId === socketId : draft.session === undefined));
  draft.effects.push({ kind: 'close', socketId });
};

export const dropOld = (draft: Draft) => {
  if (draft.old) forgetConnection(draft, draft.old.socketId);
  draft.old = undefined;
};

const countShort = (draft: Draft, { startedAt }: Session) => {
  draft.shortSessions = draft.now - startedAt < draft.settings.timing.steadyMs ? draft.shortSessions + 1 : 0;
};

/** The gateway's last message to a session. Going away leaves time for a hand-over, everything else is the end of it. */
export const closeSession = (draft: Draft, session: Session, final: FinalMessage) =>
  followAdvice(draft, final, (_draft, cause, advice) => {
    if (final.reason !== 'going_away') return loseSession(draft, session, cause, advice);
    if (session.phase === 'leaving') return;
    session.phase = 'leaving';
    countShort(draft, session);
    if (draft.attempt === undefined) wait(draft, cause, advice);
  });

/**
 * Something came that tells how far the events have come, as of a moment that may be a while ago. Nothing else puts the ping off: an
 * event that was lost since then is found by the next one.
 */
export const hear = (draft: Draft, session: Session, at: number) => {
  if (at > session.heardAt) session.heardAt = Math.min(at, draft.now);
  if (session.heardAt < session.pingedAt) return;
  session.pongBy = undefined;
  session.sleptThrough = false;
};

/** The gateway is there and cannot tell now: no reason for a new connection, and one to ask again soon. */
export const hearNothing = (draft: Draft, session: Session) => {
  if (session.pongBy === undefined) return;
  draft.doubtAt = draft.now;
  hear(draft, session, draft.now);
};

/** A hint that the connection may be dead: asks, and does not wait long for the answer. */
export const probe = (draft: Draft) => {
  const { session, now } = draft;
  if (session !== undefined && session.pongBy === undefined && now - session.pingedAt >= minPingGapMs)
    ping(draft, session, draft.settings.timing.probeTimeoutMs);
};

const ping = (draft: Draft, session: Session, timeoutMs: number) => {
  session.pingedAt = draft.now;
  session.pongBy = draft.now + timeoutMs;
  send(draft, session.socketId, { type: 'ping' });
};

/** When the silence has been long enough to ask. Where the connection is in doubt it takes less. */
const heartbeatAt = ({ pongBy, heardAt }: Readonly<Session>, state: State): number => {
  const { settings, heartbeatMs, doubtAt, silences, networkName, now } = state;
  const { timing } = settings;
  // A network that lost a session in silence is in doubt for a day. A time to come is of a clock that was wrong.
  const wasSilent = Math.abs(now - Number(silences[networkName])) < dayMs;
  const doubtfulFrom = wasSilent ? heardAt : Math.max(heardAt, doubtAt);
  const usualAt = heardAt + (timing.heartbeatMs ?? heartbeatMs);
  return pongBy ?? Math.min(usualAt, doubtfulFrom + timing.doubtfulHeartbeatMs);
};
const renewalAt = ({ renewal }: Readonly<Session>): number =>
  renewal.at === 'planned' ? renewal.dueAt : renewal.deadline;

/** When something of the session is due next. */
export const sessionDueAt = (state: State): readonly (number | undefined)[] => {
  const { session, attempt } = state;
  if (session === undefined) return [];
  const handOverAt = attempt ? undefined : session.handOverAt;
  return [session.expiresAt, heartbeatAt(session, state), renewalAt(session), handOverAt];
};

/** What of the session is due. */
export const sessionDue = (draft: Draft) => {
  const { session, now } = draft;
  if (session === undefined) return;
  if (session.expiresAt <= now) return loseSession(draft, session, { kind: 'expired' });
  if (heartbeatAt(session, draft) <= now && beat(draft, session) === 'silence') {
    const { networkName } = draft;
    // Otherwise the change of network is reason enough.
    if (session.networkName === networkName) draft.silences = { ...draft.silences, [networkName]: now };
    return loseSession(draft, session, { kind: 'silence' });
  }
  if (draft.attempt === undefined && session.handOverAt <= now) beginAttempt(draft);
  if (renewalAt(session) <= now) renew(draft, session);
};

const beat = (draft: Draft, session: Session): 'asked' | 'silence' => {
  const { pongTimeoutMs, probeTimeoutMs } = draft.settings.timing;
  const { pongBy } = session;
  if (pongBy !== undefined) {
    // On a host whose timers are coarse every deadline is noticed late: the second miss in a row counts.
    if (session.sleptThrough || draft.now - pongBy <= sleptMs) return 'silence';
    session.sleptThrough = true;
  }
  // The first silence after a doubtful moment is over; to have slept is one.
  draft.doubtAt = pongBy === undefined ? Number.POSITIVE_INFINITY : draft.now;
  ping(draft, session, pongBy === undefined ? pongTimeoutMs : probeTimeoutMs);
  return 'asked';
};

const renew = (draft: Draft, session: Session) => {
  if (session.renewal.at !== 'planned') return failRenewal(draft, session);
  const deadline = draft.now + draft.settings.timing.tokenTimeoutMs;
  session.renewal = { at: 'asking', request: ask(draft, 'renewal'), deadline };
};
