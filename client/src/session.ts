/** A session's life: heartbeat, renewal in place, hand-over to a younger connection, and its end. */
import { beginAttempt, heed, told, waiting } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { Cursor } from './events.ts';
import { learnHead, failPull } from './feed.ts';
import type { LastWord, ServerMessage } from './messages.ts';
import { forgetLink } from './outbox.ts';
import {
  type Attempt,
  type Effect,
  type Failure,
  inTurn,
  type Moment,
  type Session,
  type State,
  type Step,
  type Token,
  type TokenReason,
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
  const { session: before, old, settings } = state;
  const session = sessionOf(state, openedAt, link, seated, moment);
  const endsByToken = session.expiresAt < openedAt + settings.timing.maxConnectionMs - ageToleranceMs;
  const token = state.token && {
    ...state.token,
    accepted: true,
    expiresAt: endsByToken ? session.expiresAt : undefined,
  };
  const next: State = {
    ...state,
    token,
    session,
    attempt: undefined,
    old: before ? { link: before.link, until: moment.now + settings.timing.drainMs } : old,
    ask: undefined,
    failures: 0,
    wakes: 0,
    unanswered: 0,
    allowance: { left: allowance.burst, at: moment.now },
  };
  return inTurn(
    next,
    (now) => [now, before && old ? [{ kind: 'close', link: old.link }] : []],
    (now) => applyHead(now, seated.head),
  );
};

const sessionOf = (
  { settings: { timing } }: State,
  openedAt: number,
  link: number,
  { seat, remainingMs }: Seated,
  { now, random }: Moment,
): Session => {
  const endsByAgeAt = openedAt + timing.maxConnectionMs;
  const expiresAt = Math.min(endsByAgeAt, remainingMs === undefined ? endsByAgeAt : now + remainingMs);
  return {
    link,
    seat,
    openedAt,
    seatedAt: now,
    expiresAt,
    // Spread out: a restaurant's devices connected together.
    handOverAt: Math.max(now + timing.steadyMs, endsByAgeAt - timing.handOverLeadMs * (1 + random)),
    renewal: { at: 'planned', dueAt: renewalDueAt(expiresAt, timing.renewalLeadMs, { now, random }) },
    renewalFailures: 0,
    heardAt: now,
    pingedAt: Number.NEGATIVE_INFINITY,
    pongBy: undefined,
    course: 'staying',
  };
};

/** One to two leads before the end, or half-way when there is not so much time; never at once. */
const renewalDueAt = (expiresAt: number, leadMs: number, { now, random }: Moment): number => {
  const remaining = expiresAt - now;
  return Math.max(now + 1_000, expiresAt - Math.min(remaining / 2, leadMs * (1 + random)));
};

/** `auth_success` on a session that stands: it was renewed. */
export const renewed = (state: State, session: Session, seated: Seated, moment: Moment): Step => {
  const { timing } = state.settings;
  const endsByAgeAt = session.openedAt + timing.maxConnectionMs;
  const told = seated.remainingMs === undefined ? session.expiresAt : moment.now + seated.remainingMs;
  const expiresAt = Math.min(endsByAgeAt, Math.max(session.expiresAt, told));
  const endsByToken = expiresAt < endsByAgeAt - ageToleranceMs;
  const renewal = session.renewal;
  const token = renewal.at === 'sent' ? renewal.token : state.token;
  return applyHead(
    {
      ...state,
      token: token && { ...token, accepted: true, expiresAt: endsByToken ? expiresAt : undefined },
      session: {
        ...session,
        seat: seated.seat,
        expiresAt,
        renewal: { at: 'planned', dueAt: renewalDueAt(expiresAt, timing.renewalLeadMs, moment) },
        renewalFailures: 0,
      },
    },
    seated.head,
  );
};

/** What the connection in use tells of the newest event. Gateways without events tell nothing. */
export const applyHead = (state: State, head: Cursor | undefined): Step => {
  if (head === undefined) return [state, []];
  const [feed, effects] = learnHead(state.feed, head);
  return [{ ...state, feed }, effects];
};

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
  const dueAt = now + timing.backoffBaseMs + backoffMs(session.renewalFailures + 1, random, timing);
  const renewalFailures = session.renewalFailures + 1;
  return [{ ...state, session: { ...session, renewal: { at: 'planned', dueAt }, renewalFailures } }, []];
};

/** The connection of the session is gone, or given up. A hand-over that is under way becomes the attempt to connect. */
export const loseSession = (
  state: State,
  session: Session,
  cause: Failure,
  moment: Moment,
  advice: Readonly<{ retryAfterMs?: number; ask?: TokenReason | undefined }> = {},
): Step => {
  const lost: State = {
    ...state,
    session: undefined,
    shortSessions: session.course === 'leaving' ? state.shortSessions : shortSessions(state, session, moment),
    ask: advice.ask ?? state.ask,
  };
  const next = waiting(lost, cause, moment, advice.retryAfterMs);
  return inTurn(
    { ...lost, attempt: state.attempt === undefined ? next : noSooner(state.attempt, next.notBefore) },
    (now) => [now, [{ kind: 'close', link: session.link }]],
    (now) => forgetConnection(now, session.link),
  );
};

const noSooner = (attempt: Attempt, notBefore: number): Attempt =>
  attempt.at === 'waiting' && attempt.notBefore < notBefore
    ? { ...attempt, notBefore, retryAt: Math.max(attempt.retryAt, notBefore) }
    : attempt;

/** Nothing more will be answered there. */
export const forgetConnection = (state: State, link: number): Step => {
  const feed = state.feed.pull?.link === link ? failPull(state.feed, 0) : state.feed;
  return [{ ...state, feed, outbox: forgetLink(state.outbox, link) }, []];
};

const shortSessions = ({ shortSessions, settings }: State, { seatedAt }: Session, { now }: Moment): number =>
  now - seatedAt < settings.timing.steadyMs ? shortSessions + 1 : 0;

/** The gateway's last message to a session. Going away leaves time for a hand-over, everything else is the end of it. */
export const closeSession = (state: State, session: Session, word: LastWord, moment: Moment): Step => {
  const cause: Failure = { kind: 'last_word', ...told(word) };
  if (word.reason === 'going_away' && word.reconnect) {
    if (session.course === 'leaving') return [state, []];
    const leaving: State = {
      ...state,
      session: { ...session, course: 'leaving' },
      shortSessions: shortSessions(state, session, moment),
    };
    return [{ ...leaving, attempt: state.attempt ?? waiting(leaving, cause, moment, word.retryAfterMs) }, []];
  }
  return heed(state, word, (ask) =>
    loseSession(state, session, cause, moment, { retryAfterMs: word.retryAfterMs, ask }),
  );
};

/** A hint that the connection may be dead: asks, and does not wait long for the answer. */
export const probe = (state: State, { now }: Moment): Step => {
  const { session, settings } = state;
  if (session === undefined || session.pongBy !== undefined || now - session.pingedAt < minPingGapMs)
    return [state, []];
  return ping(state, session, now, settings.timing.probeTimeoutMs);
};

const ping = (state: State, session: Session, now: number, timeoutMs: number): Step => [
  { ...state, session: { ...session, pingedAt: now, pongBy: now + timeoutMs } },
  [{ kind: 'send', link: session.link, text: '{"type":"ping"}' }],
];

/** When something of the session is due next. */
export const sessionDueAt = ({ session, attempt, settings }: State): readonly number[] => {
  if (session === undefined) return [];
  const { expiresAt, renewal, handOverAt, heardAt, pongBy } = session;
  return [
    expiresAt,
    pongBy ?? heardAt + settings.timing.heartbeatMs,
    renewal.at === 'planned' ? renewal.dueAt : renewal.deadline,
    ...(attempt === undefined ? [handOverAt] : []),
  ];
};

/** What of the session is due. */
export const sessionDue = (state: State, moment: Moment): Step =>
  inTurn(
    state,
    (now) => expiryDue(now, moment),
    (now) => heartbeatDue(now, moment),
    (now) => handOverDue(now, moment),
    (now) => renewalDue(now, moment),
  );

const expiryDue = (state: State, moment: Moment): Step => {
  const { session } = state;
  if (session === undefined || session.expiresAt > moment.now) return [state, []];
  return loseSession(state, session, { kind: 'expired' }, moment);
};

const heartbeatDue = (state: State, moment: Moment): Step => {
  const { session, settings } = state;
  if (session === undefined) return [state, []];
  const { heartbeatMs, pongTimeoutMs } = settings.timing;
  const { now } = moment;
  if (session.pongBy === undefined)
    return session.heardAt + heartbeatMs > now ? [state, []] : ping(state, session, now, pongTimeoutMs);
  if (session.pongBy > now) return [state, []];
  if (now - session.pongBy > sleptMs) return ping(state, session, now, settings.timing.probeTimeoutMs);
  return loseSession(state, session, { kind: 'silence' }, moment);
};

const handOverDue = (state: State, moment: Moment): Step => {
  const { session, attempt } = state;
  if (session === undefined || attempt !== undefined || session.handOverAt > moment.now) return [state, []];
  return beginAttempt(state, moment);
};

const renewalDue = (state: State, moment: Moment): Step => {
  const { session, settings } = state;
  if (session === undefined) return [state, []];
  const { renewal } = session;
  if (renewal.at !== 'planned')
    return renewal.deadline > moment.now ? [state, []] : failRenewal(state, session, moment);
  if (renewal.dueAt > moment.now) return [state, []];
  const request = state.serial + 1;
  const deadline = moment.now + settings.timing.tokenTimeoutMs;
  const effects: Effect[] = [{ kind: 'ask_token', request, why: 'renewal' }];
  return [
    { ...state, serial: request, session: { ...session, renewal: { at: 'asking', request, deadline } } },
    effects,
  ];
};
