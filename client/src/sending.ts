/** What a session sends of its own accord: requests for missed events and publications, no faster than the gateway allows. */
import { backoffMs } from './backoff.ts';
import type { PublishErrorCode } from './errors.ts';
import { failPull, isBehind, startPull } from './feed.ts';
import type { ServerMessage } from './messages.ts';
import { expire, markSent, type OutboxStep, postpone, reject, sendableAt, unanswered } from './outbox.ts';
import { allowance, failRenewal, forgetConnection } from './session.ts';
import { inTurn, type Moment, type State, type Step } from './state.ts';

/** Sends what may be sent now. Missed events go first. */
export const sendDue = (state: State, moment: Moment): Step =>
  inTurn(
    state,
    (now) => pull(now, moment),
    (now) => publish(now, moment),
  );

const pull = (state: State, { now }: Moment): Step => {
  const at = pullAt(state);
  const { session, feed, settings } = state;
  if (at === undefined || at > now || session === undefined || feed.cursor === undefined) return [state, []];
  const id = `pull-${state.serial + 1}`;
  const { epoch, seq } = feed.cursor;
  const answerBy = now + settings.timing.answerTimeoutMs;
  return [
    {
      ...spend(state, now),
      serial: state.serial + 1,
      feed: startPull(feed, { link: session.link, id, epoch, answerBy }),
    },
    [{ kind: 'send', link: session.link, text: JSON.stringify({ type: 'replay', id, after: seq }) }],
  ];
};

const publish = (state: State, { now }: Moment): Step => {
  const at = publishAt(state);
  const { session, settings, outbox } = state;
  const [first] = outbox;
  if (at === undefined || at > now || session === undefined || first === undefined) return [state, []];
  return [
    { ...spend(state, now), outbox: markSent(outbox, session.link, now + settings.timing.answerTimeoutMs) },
    [{ kind: 'send', link: session.link, text: first.text }],
  ];
};

const isSending = ({ session }: State): boolean => session?.course === 'staying';

const pullAt = (state: State): number | undefined => {
  const { feed } = state;
  if (!isSending(state) || feed.pull !== undefined || !isBehind(feed)) return undefined;
  return Math.max(feed.pullNotBefore, allowedAt(state));
};

const publishAt = (state: State): number | undefined => {
  const at = isSending(state) ? sendableAt(state.outbox) : undefined;
  return at === undefined ? undefined : Math.max(at, allowedAt(state));
};

/** Whole milliseconds: a timer cannot wait for less. */
const allowedAt = ({ allowance: { left, at } }: State): number =>
  left >= 1 ? 0 : at + Math.ceil((1 - left) / allowance.perMs);

const spend = (state: State, now: number): State => {
  const { left, at } = state.allowance;
  const refilled = Math.min(allowance.burst, left + (now - at) * allowance.perMs);
  return { ...state, allowance: { left: Math.max(0, refilled - 1), at: now } };
};

/** When something is to be sent, is taken for unanswered, or is too old. */
export const sendingDueAt = (state: State): readonly number[] =>
  [
    pullAt(state),
    publishAt(state),
    state.feed.pull?.answerBy,
    unanswered(state.outbox)?.sent?.answerBy,
    ...state.outbox.map(({ expiresAt }) => expiresAt),
  ].filter((at) => at !== undefined);

/** Answers that did not come, and publications whose time is over. */
export const unansweredDue = (state: State, moment: Moment): Step =>
  inTurn(
    state,
    (now) => settle(now, expire(now.outbox, moment.now)),
    (now) => {
      const { pull } = now.feed;
      return pull !== undefined && pull.answerBy <= moment.now ? [delayPull(now, moment), []] : [now, []];
    },
    (now) => {
      const sent = unanswered(now.outbox)?.sent;
      return sent !== undefined && sent.answerBy <= moment.now ? [delayPublication(now, moment), []] : [now, []];
    },
  );

/** The gateway could not serve a message. By its id it is known which; without one, by what is unanswered. */
export const serveError = (
  state: State,
  { id, reason }: Extract<ServerMessage, { kind: 'error' }>,
  moment: Moment,
): Step => {
  const { session, feed, outbox } = state;
  const passes = reason === 'rate_limited' || reason === 'unavailable';
  const first = unanswered(outbox);
  const publication = first?.sent?.link === session?.link ? first : undefined;
  if (id !== undefined) {
    if (id === feed.pull?.id) return [delayPull(state, moment), []];
    if (id !== publication?.id) return [state, []];
  }
  if (id === undefined && session?.renewal.at === 'sent' && (passes || publication === undefined))
    return failRenewal(state, session, moment);
  if (passes) {
    const delayed = id === undefined && feed.pull !== undefined ? delayPull(state, moment) : state;
    return [publication === undefined ? delayed : delayPublication(delayed, moment), []];
  }
  if (publication === undefined) return [state, []];
  return settle(state, reject(outbox, publication.id, codeOf(reason), reason));
};

const codeOf = (reason: string): PublishErrorCode =>
  reason === 'forbidden' || reason === 'malformed_message' || reason === 'unknown_type' ? reason : 'refused';

/** Whatever was under way may or may not have had an effect: it is asked or sent again, with the same id. */
export const connectionLost = (state: State, link: number, moment: Moment): Step => {
  const later = unanswered(state.outbox)?.sent?.link === link ? delayPublication(state, moment) : state;
  return forgetConnection(later.feed.pull?.link === link ? delayPull(later, moment) : later, link);
};

const delayPull = (state: State, moment: Moment): State => ({
  ...state,
  feed: failPull({ ...state.feed, vain: state.feed.vain + 1 }, moment.now + delayMs(state, state.feed.vain, moment)),
});

const delayPublication = (state: State, moment: Moment): State => {
  const tries = unanswered(state.outbox)?.tries ?? 1;
  return { ...state, outbox: postpone(state.outbox, moment.now + delayMs(state, tries, moment)) };
};

/** At least a second: what was refused for speed must not come faster. */
const delayMs = ({ settings: { timing } }: State, tries: number, { random }: Moment): number =>
  1_000 + backoffMs(tries, random, timing);

const settle = (state: State, [outbox, settled]: OutboxStep): Step => [{ ...state, outbox }, settled];
