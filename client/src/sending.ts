/** What a session sends of its own accord: requests for missed events and publications, no faster than the gateway allows. */
import { backoffMs } from './backoff.ts';
import { failPull, isBehind, startPull } from './feed.ts';
import type { ServerMessage } from './messages.ts';
import { expire, markSent, postpone, reject, sendableAt, unanswered } from './outbox.ts';
import { allowance, failRenewal } from './session.ts';
import { inTurn, type Moment, type State, type Step, withOutbox } from './state.ts';

/** Sends what may be sent now. Missed events go first. */
export const sendDue = (state: State, moment: Moment): Step => inTurn(state, moment, pull, publish);

const pull = (state: State, { now }: Moment): Step => {
  const at = pullAt(state);
  const { session, feed, settings } = state;
  if (at === undefined || at > now || session === undefined || feed.cursor === undefined) return [state, []];
  const { link } = session;
  const serial = state.serial + 1;
  const id = `pull-${serial}`;
  const { epoch, seq: after } = feed.cursor;
  const answerBy = now + settings.timing.answerTimeoutMs;
  return [
    { ...spend(state, now), serial, feed: startPull(feed, { link, id, epoch, answerBy }) },
    [{ kind: 'send', link, text: JSON.stringify({ type: 'replay', id, after }) }],
  ];
};

const publish = (state: State, { now }: Moment): Step => {
  const at = publishAt(state);
  const { session, settings, outbox } = state;
  const [first] = outbox;
  if (at === undefined || at > now || session === undefined || first === undefined) return [state, []];
  const { link } = session;
  return [
    { ...spend(state, now), outbox: markSent(outbox, link, now + settings.timing.answerTimeoutMs) },
    [{ kind: 'send', link, text: first.text }],
  ];
};

const pullAt = (state: State): number | undefined =>
  isBehind(state.feed) && state.feed.pull === undefined ? allowedAt(state, state.feed.pullNotBefore) : undefined;

const publishAt = (state: State): number | undefined => allowedAt(state, sendableAt(state.outbox));

/** When a message that may be sent from a time on will be. Whole milliseconds: a timer cannot wait for less. */
const allowedAt = ({ session, allowance: { left, at } }: State, from: number | undefined): number | undefined => {
  if (from === undefined || session?.course !== 'staying') return undefined;
  return left >= 1 ? from : Math.max(from, at + Math.ceil((1 - left) / allowance.perMs));
};

const spend = (state: State, now: number): State => {
  const { left, at } = state.allowance;
  const refilled = Math.min(allowance.burst, left + (now - at) * allowance.perMs);
  return { ...state, allowance: { left: Math.max(0, refilled - 1), at: now } };
};

/** When something is to be sent, is taken for unanswered, or is too old. */
export const sendingDueAt = (state: State): readonly (number | undefined)[] => [
  pullAt(state),
  publishAt(state),
  state.feed.pull?.answerBy,
  unanswered(state.outbox)?.sent?.answerBy,
  ...state.outbox.map(({ expiresAt }) => expiresAt),
];

/** Answers that did not come, and publications whose time is over. */
export const unansweredDue = (state: State, moment: Moment): Step =>
  inTurn(
    state,
    moment,
    (at) => withOutbox(at, expire(at.outbox, moment.now)),
    (at) => [isOver(at.feed.pull, moment) ? delayPull(at, moment) : at, []],
    (at) => [isOver(unanswered(at.outbox)?.sent, moment) ? delayPublication(at, moment) : at, []],
  );

const isOver = (sent: Readonly<{ answerBy: number }> | undefined, { now }: Moment): boolean =>
  sent !== undefined && sent.answerBy <= now;

/** The gateway could not serve a message. By its id it is known which; without one, by what is unanswered. */
export const serveError = (
  state: State,
  { id, reason }: Extract<ServerMessage, { kind: 'error' }>,
  moment: Moment,
): Step => {
  const { session, feed, outbox } = state;
  const first = unanswered(outbox);
  const publication = first?.sent?.link === session?.link ? first : undefined;
  if (id !== undefined && id === feed.pull?.id) return [delayPull(state, moment), []];
  if (id !== undefined && id !== publication?.id) return [state, []];
  const isTransient = reason === 'rate_limited' || reason === 'unavailable';
  if (id === undefined && session?.renewal.at === 'sent' && (isTransient || publication === undefined))
    return failRenewal(state, session, moment);
  if (!isTransient && publication !== undefined) return withOutbox(state, reject(outbox, publication.id, reason));
  return id === undefined ? repeatLater(state, moment) : [delayPublication(state, moment), []];
};

/** Whatever is under way may or may not have had an effect: it is asked or sent again, later, with the same id. */
export const repeatLater = (state: State, moment: Moment): Step => [
  delayPublication(delayPull(state, moment), moment),
  [],
];

const delayPull = (state: State, moment: Moment): State => {
  const { feed } = state;
  if (feed.pull === undefined) return state;
  return { ...state, feed: failPull(feed, moment.now + delayMs(state, feed.vain, moment)) };
};

const delayPublication = (state: State, moment: Moment): State => {
  const tries = unanswered(state.outbox)?.tries;
  if (tries === undefined) return state;
  return { ...state, outbox: postpone(state.outbox, moment.now + delayMs(state, tries, moment)) };
};

/** At least a second: what was refused for speed must not come faster. */
const delayMs = ({ settings: { timing } }: State, tries: number, { random }: Moment): number =>
  1_000 + backoffMs(tries, random, timing);
