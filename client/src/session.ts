/** A session's life: heartbeat, renewal in place, hand-over to a younger connection, and its end. */
import { type Advice, beginAttempt, heed, waiting } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { Cursor } from './events.ts';
import { failPull, learnHead } from './feed.ts';
import type { LastWord, ServerMessage } from './messages.ts';
import { forgetLink } from './outbox.ts';
import {
  type Failure,
  inTurn,
  type Moment,
  type Session,
  type State,
  type Step,
  type Token,
  withFeed,
} from './state.ts';

type Seated = Extract<ServerMessage, { kind: 'seated' }>;

/** Sessions that end this close to the age limit end by age: no token makes them longer. */
const ageToleranceMs = 60_000;
/** No ping follows another sooner, whatever the signals say. */
const minPingGapMs = 5_000;
/** A deadline noticed so much later than it was due: the device slept, and the answer may be waiting. */
const sleptMs = 2_000;
/** The gateway allows a burst of 20 and one message a second; this stays below. */
export const allowance = { burst: 15, perMs: 0.9 / 1000 };

/** The attempt succeeded. If there was a session, this was a hand-over: the old connection is kept for a moment. */
export const takeSeat = (state: State, openedAt: number, link: number, seated: Seated, moment: Moment): Step => {
  const { session: before, old, token, settings } = state;
  const { now, random } = moment;
  const { maxConnectionMs, handOverLeadMs, steadyMs, drainMs } = settings.timing;
  const fresh: Session = {
    link,
    seat: seated.seat,
    openedAt,
    seatedAt: now,
    expiresAt: now,
    // Spread out: a restaurant's devices connected together.
    handOverAt: Math.max(now + steadyMs, openedAt + maxConnectionMs - handOverLeadMs * (1 + random)),
    renewal: { at: 'planned', dueAt: now },
    renewalFailures: 0,
    heardAt: now,
    pingedAt: Number.NEGATIVE_INFINITY,
    pongBy: undefined,
    course: 'staying',
  };
  const next: State = {
    ...state,
    attempt: undefined,
    old: before ? { link: before.link, until: now + drainMs } : old,
    ask: undefined,
    failures: 0,
    wakes: 0,
    unanswered: 0,
    allowance: { left: allowance.burst, at: now },
  };
  return inTurn(
    next,
    moment,
    (at) => (before && old ? forgetConnection(at, old.link) : [at, []]),
    (at) => extend(at, fresh, token, seated, moment),
  );
};

/** `auth_success` on a session that stands: it was renewed. */
export const renewed = (state: State, session: Session, seated: Seated, moment: Moment): Step =>
  extend(state, session, session.renewal.at === 'sent' ? session.renewal.token : state.token, seated, moment);

/** The session lasts as long as the gateway says, never shorter than before and never beyond the age of a connection. */
const extend = (
  state: State,
  session: Session,
  token: Token | undefined,
  seated: Seated,
  { now, random }: Moment,
): Step => {
  const { maxConnectionMs, renewalLeadMs } = state.settings.timing;
  const endsByAgeAt = session.openedAt + maxConnectionMs;
  const told = now + (seated.remainingMs ?? maxConnectionMs);
  const expiresAt = Math.min(endsByAgeAt, Math.max(session.expiresAt, told));
  const endsByToken = expiresAt < endsByAgeAt - ageToleranceMs;
  // One to two leads before the end, or half-way when there is not so much time; never at once.
  const lead = Math.min((expiresAt - now) / 2, renewalLeadMs * (1 + random));
  const dueAt = endsByToken ? Math.max(now + 1_000, expiresAt - lead) : Number.POSITIVE_INFINITY;
  return applyHead(
    {
      ...state,
      token: token && { ...token, accepted: true, expiresAt: endsByToken ? expiresAt : undefined },
      session: { ...session, seat: seated.seat, expiresAt, renewal: { at: 'planned', dueAt }, renewalFailures: 0 },
    },
    seated.head,
  );
};

/** What the connection in use tells of the newest event. Gateways without events tell nothing. */
export const applyHead = (state: State, head: Cursor | undefined): Step =>
  head ? withFeed(state, learnHead(state.feed, head)) : [state, []];

/** The provider gave a token for a renewal. */
export const sendRenewal = (state: State, session: Session, text: string, { now }: Moment): Step => {
  const token: Token = { text, why: 'renewal', accepted: false, expiresAt: undefined };
  const deadline = now + state.settings.timing.answerTimeoutMs;
  return [
    { ...state, session: { ...session, renewal: { at: 'sent', token, deadline } } },
    [{ kind: 'send', link: session.link, text: JSON.stringify({ type: 'authenticate', token: text }) }],
  ];
};

/** The session goes on as it was; the renewal is tried again, later each time. */
export const failRenewal = (state: State, session: Session, { now, random }: Moment): Step => {
  const { timing } = state.settings;
  const renewalFailures = session.renewalFailures + 1;
  const dueAt = now + timing.backoffBaseMs + backoffMs(renewalFailures, random, timing);
  return [{ ...state, session: { ...session, renewal: { at: 'planned', dueAt }, renewalFailures } }, []];
};

/** The connection of the session is gone, or given up. A hand-over that is under way becomes the attempt to connect. */
export const loseSession = (
  state: State,
  session: Session,
  cause: Failure,
  moment: Moment,
  advice: Advice = {},
): Step => {
  const lost: State = {
    ...state,
    session: undefined,
    shortSessions: shortSessions(state, session, moment),
    ask: advice.ask ?? state.ask,
  };
  const next = waiting(lost, cause, moment, advice);
  const attempt = state.attempt?.at === 'waiting' && advice.retryAfterMs ? next : (state.attempt ?? next);
  return forgetConnection({ ...lost, attempt }, session.link);
};

/** Closed, so far as it is open; nothing more will be answered there. */
export const forgetConnection = (state: State, link: number): Step => {
  const feed = state.feed.pull?.link === link ? failPull(state.feed, 0) : state.feed;
  return [{ ...state, feed, outbox: forgetLink(state.outbox, link) }, [{ kind: 'close', link }]];
};

const shortSessions = ({ shortSessions, settings }: State, { course, seatedAt }: Session, { now }: Moment): number => {
  // Counted when it began to leave.
  if (course === 'leaving') return shortSessions;
  return now - seatedAt < settings.timing.steadyMs ? shortSessions + 1 : 0;
};

/** The gateway's last message to a session. Going away leaves time for a hand-over, everything else is the end of it. */
export const closeSession = (state: State, session: Session, word: LastWord, moment: Moment): Step =>
  heed(state, word, (cause, advice) => {
    if (word.reason !== 'going_away') return loseSession(state, session, cause, moment, advice);
    const leaving: State = {
      ...state,
      session: { ...session, course: 'leaving' },
      shortSessions: shortSessions(state, session, moment),
    };
    return [{ ...leaving, attempt: state.attempt ?? waiting(leaving, cause, moment, advice) }, []];
  });

/** A hint that the connection may be dead: asks, and does not wait long for the answer. */
export const probe = (state: State, { now }: Moment): Step => {
  const { session } = state;
  if (session === undefined || session.pongBy !== undefined || now - session.pingedAt < minPingGapMs)
    return [state, []];
  return ping(state, session, now, state.settings.timing.probeTimeoutMs);
};

const ping = (state: State, session: Session, now: number, timeoutMs: number): Step => [
  { ...state, session: { ...session, pingedAt: now, pongBy: now + timeoutMs } },
  [{ kind: 'send', link: session.link, text: '{"type":"ping"}' }],
];

const heartbeatAt = ({ pongBy, heardAt }: Session, { settings }: State): number =>
  pongBy ?? heardAt + settings.timing.heartbeatMs;
const renewalAt = ({ renewal }: Session): number => (renewal.at === 'planned' ? renewal.dueAt : renewal.deadline);

/** When something of the session is due next. */
export const sessionDueAt = (state: State): readonly number[] => {
  const { session, attempt } = state;
  if (session === undefined) return [];
  const handOverAt = attempt ? Number.POSITIVE_INFINITY : session.handOverAt;
  return [session.expiresAt, heartbeatAt(session, state), renewalAt(session), handOverAt];
};

/** What of the session is due. */
export const sessionDue = (state: State, moment: Moment): Step =>
  inTurn(state, moment, endDue, heartbeatDue, handOverDue, renewalDue);

const endDue = (state: State, moment: Moment): Step => {
  const { session } = state;
  if (session === undefined || session.expiresAt > moment.now) return [state, []];
  return loseSession(state, session, { kind: 'expired' }, moment);
};

const heartbeatDue = (state: State, moment: Moment): Step => {
  const { session, settings } = state;
  const { now } = moment;
  if (session === undefined || heartbeatAt(session, state) > now) return [state, []];
  const { pongTimeoutMs, probeTimeoutMs } = settings.timing;
  if (session.pongBy === undefined) return ping(state, session, now, pongTimeoutMs);
  if (now - session.pongBy > sleptMs) return ping(state, session, now, probeTimeoutMs);
  return loseSession(state, session, { kind: 'silence' }, moment);
};

const handOverDue = (state: State, moment: Moment): Step => {
  const { session, attempt } = state;
  return session !== undefined && attempt === undefined && session.handOverAt <= moment.now
    ? beginAttempt(state, moment)
    : [state, []];
};

const renewalDue = (state: State, moment: Moment): Step => {
  const { session, settings } = state;
  const { now } = moment;
  if (session === undefined || renewalAt(session) > now) return [state, []];
  if (session.renewal.at !== 'planned') return failRenewal(state, session, moment);
  const request = state.serial + 1;
  const deadline = now + settings.timing.tokenTimeoutMs;
  return [
    { ...state, serial: request, session: { ...session, renewal: { at: 'asking', request, deadline } } },
    [{ kind: 'ask_token', request, why: 'renewal' }],
  ];
};
