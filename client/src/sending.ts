/** What a session sends of its own accord: requests for missed events and publications, no faster than the gateway allows. */
import { isDue, send } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { failPull, isBehind, startPull } from './feed.ts';
import type { ServerMessage } from './messages.ts';
import { change, expiry, fail, nextToSend, postpone, sendableFrom, unanswered } from './outbox.ts';
import { allowance, failRenewal, probe } from './session.ts';
import type { Draft, State } from './state.ts';
import { failWho, sendWho, whoFrom } from './who.ts';

/** Sends what may be sent now. Missed events go first. */
export const sendDue = (draft: Draft) => {
  const { now } = draft;
  if (isDue(pullAt(draft), now)) pull(draft);
  if (isDue(publishAt(draft), now)) publish(draft);
  if (draft.who && isDue(whoAt(draft), now)) {
    spend(draft);
    sendWho(draft, draft.who);
  }
};

const pull = (draft: Draft) => {
  const { session, feed } = draft;
  if (session === undefined || feed.cursor === undefined) return;
  const id = `pull-${++draft.serial}`;
  draft.doubtAt = draft.now;
  draft.feed = startPull(feed, { socketId: session.socketId, id, epoch: feed.cursor.epoch, answerBy: answerBy(draft) });
  spend(draft);
  send(draft, session.socketId, { type: 'replay', id, after: feed.cursor.seq });
};

const publish = (draft: Draft) => {
  const { session } = draft;
  const next = nextToSend(draft);
  if (session === undefined || next === undefined) return;
  const { socketId } = session;
  // The storage has not answered in time: the others do not wait as long.
  if (draft.keeps && next.stored !== 'marked') draft.keeps = false;
  change(draft, next.id, ({ tries }) => ({ sent: { socketId, answerBy: answerBy(draft) }, tries: tries + 1 }));
  spend(draft);
  draft.effects.push({ kind: 'send', socketId, text: next.text });
};

const answerBy = ({ now, settings }: Draft): number => now + settings.timing.answerTimeoutMs;

const pullAt = (state: State): number | undefined =>
  isBehind(state.feed) && state.feed.pull === undefined ? allowedAt(state, state.feed.pullNotBefore) : undefined;

const publishAt = (state: State): number | undefined => {
  if (unanswered(state) !== undefined) return undefined;
  const next = nextToSend(state);
  return next && allowedAt(state, sendableFrom(state, next));
};

const whoAt = (state: State): number | undefined => {
  const from = whoFrom(state);
  return from === undefined ? undefined : allowedAt(state, from);
};

/** When a message that may be sent from a time on will be. Whole milliseconds: a timer cannot wait for less. */
const allowedAt = ({ session, allowance: { left, at } }: State, from: number): number | undefined => {
  if (session?.phase !== 'staying') return undefined;
  return left >= 1 ? from : Math.max(from, at + Math.ceil((1 - left) / allowance.perMs));
};

const spend = (draft: Draft) => {
  const { left, at } = draft.allowance;
  const refilled = Math.min(allowance.burst, left + (draft.now - at) * allowance.perMs);
  draft.allowance = { left: Math.max(0, refilled - 1), at: draft.now };
};

/** When something is to be sent, is taken for unanswered, or is too old. */
export const sendingDueAt = (state: State): readonly (number | undefined)[] => [
  pullAt(state),
  publishAt(state),
  whoAt(state),
  state.who?.answerBy,
  state.feed.pull?.answerBy,
  unanswered(state)?.sent?.answerBy,
  ...state.outbox.map((one) => expiry(state, one)),
];

/** Answers that did not come, and publications whose time is over. */
export const unansweredDue = (draft: Draft) => {
  const { now, feed } = draft;
  fail(draft, ({ isAwaited, expiresAt }) => isAwaited && isDue(expiresAt, now), 'timeout');
  failWho(draft, 'timeout', ({ answerBy }) => isDue(answerBy, now));
  if (isDue(feed.pull?.answerBy, now)) delayPull(draft);
  if (isDue(unanswered(draft)?.sent?.answerBy, now)) {
    // Once: where that did not help, the heartbeat finds out.
    if (draft.doubtAt > now) probe(draft);
    draft.doubtAt = now;
    delayPublication(draft);
  }
};

/** The gateway could not serve a message. By its id it is known which; without one, by what is unanswered. */
export const serveError = (draft: Draft, { id, reason, field }: Extract<ServerMessage, { kind: 'error' }>) => {
  const { session, feed } = draft;
  const sent = unanswered(draft);
  const publication = sent?.sent?.socketId === session?.socketId ? sent : undefined;
  if (id !== undefined && id === feed.pull?.id) return delayPull(draft);
  failWho(draft, reason, (who) => who.id === id);
  if (id !== undefined && id !== publication?.id) return;
  const isTransient = reason === 'rate_limited' || reason === 'unavailable';
  if (id === undefined && session?.renewal.at === 'sent' && (isTransient || publication === undefined))
    return failRenewal(draft, session);
  // Too fast is nobody's fault in particular: the next one would be too fast as well.
  if (reason === 'rate_limited') holdBack(draft);
  if (isTransient) return id === undefined ? repeatLater(draft) : delayPublication(draft, reason);
  const code = knownReasons.find((known) => known === reason) ?? 'refused';
  fail(draft, (one) => one === publication, code, reason, field);
};

const knownReasons = ['forbidden', 'malformed_message', 'unknown_type'] as const;

/** Whatever is under way may or may not have had an effect: it is asked or sent again, later, with the same id. */
export const repeatLater = (draft: Draft) => {
  delayPull(draft);
  delayPublication(draft);
};

const delayPull = (draft: Draft) => {
  const { feed } = draft;
  if (feed.pull) draft.feed = failPull(feed, later(draft, feed.vain));
};

const delayPublication = (draft: Draft, reason?: string) => {
  const publication = unanswered(draft);
  if (publication) postpone(draft, publication, later(draft, publication.tries), reason === 'rate_limited' ? 0 : 1);
};

/** Nothing is sent until there is room for one message again. */
const holdBack = (draft: Draft) => {
  draft.allowance = { left: Math.min(0, draft.allowance.left), at: draft.now };
};

/** At least a second: what was refused for speed must not come faster. */
const later = ({ now, random, settings: { timing } }: Draft, tries: number): number =>
  now + 1_000 + backoffMs(tries, random, timing);
