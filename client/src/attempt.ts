/** From nothing to `auth_success`: token, socket, authentication, and the wait after a failure. */
import { backoffMs } from './backoff.ts';
import { endWith } from './ending.ts';
import type { FinalMessage } from './messages.ts';
import { type Attempt, type Draft, type Failure, isPaused, type State, type TokenReason } from './state.ts';

/** `paceMs` is the client's own wait, which a hint may shorten; `retryAfterMs` is the gateway's, which nothing does. */
export type Advice = Readonly<{ retryAfterMs?: number; paceMs?: number; ask?: TokenReason | undefined }>;

/** After so many closes without an answer the token is suspected. */
const maxUnanswered = 3;
/** A token with less life than this is not worth an attempt. */
const minTokenLifeMs = 5_000;

/** Begins an attempt: with the token there is, or by asking for one when there is a reason to. */
export const beginAttempt = (draft: Draft) => {
  const { token, settings, now } = draft;
  if (token?.expiresAt !== undefined && token.expiresAt - now < minTokenLifeMs) draft.ask ??= 'expired';
  if (draft.ask === undefined) return open(draft);
  draft.attempt = { at: 'token', request: ask(draft, draft.ask), deadline: now + settings.timing.tokenTimeoutMs };
};

/** Asks the provider; its answer will carry the number returned here. */
export const ask = (draft: Draft, why: TokenReason): number => {
  const request = ++draft.serial;
  draft.effects.push({ kind: 'ask_token', request, why });
  return request;
};

/** The token of an attempt has come. */
export const useToken = (draft: Draft, text: string) => {
  draft.token = { text, why: draft.ask ?? 'first', accepted: false, cameAt: draft.now, expiresAt: undefined };
  draft.ask = undefined;
  open(draft);
};

const open = (draft: Draft) => {
  const socketId = ++draft.serial;
  draft.attempt = { at: 'opening', socketId, deadline: draft.now + draft.settings.timing.openTimeoutMs };
  draft.effects.push({ kind: 'open', socketId });
};

/** The socket is open: the one message that may be sent now. */
export const authenticate = (draft: Draft, socketId: number) => {
  const { settings, token, now } = draft;
  draft.attempt = { at: 'authenticating', socketId, openedAt: now, deadline: now + settings.timing.authTimeoutMs };
  send(draft, socketId, {
    type: 'authenticate',
    token: token?.text,
    restaurant_id: settings.restaurantId,
    connection_type: settings.connectionType,
    batch: settings.batch || undefined,
    device_id: settings.deviceId,
  });
};

export const send = (draft: Draft, socketId: number, message: Readonly<Record<string, unknown>>) =>
  draft.effects.push({ kind: 'send', socketId, text: JSON.stringify(message) });

/** The attempt came to nothing. Another follows, later each time. */
export const failAttempt = (draft: Draft, cause: Failure, advice: Advice = {}) => {
  const { attempt } = draft;
  if (attempt !== undefined && 'socketId' in attempt) draft.effects.push({ kind: 'close', socketId: attempt.socketId });
  if (cause.kind === 'final_message') draft.unanswered = 0;
  if (cause.kind === 'unanswered' && ++draft.unanswered >= maxUnanswered) {
    draft.unanswered = 0;
    draft.ask ??= 'unanswered';
  }
  wait(draft, cause, advice);
  draft.failures++;
};

/** The jitter comes on top of the time the gateway asks for: it tells every device the same. */
export const wait = (
  draft: Draft,
  cause: Failure | undefined,
  { retryAfterMs = 0, paceMs = 0, ask: why }: Advice = {},
) => {
  const { failures, shortSessions, settings, now, random } = draft;
  const notBefore = now + retryAfterMs;
  const backoff = backoffMs(failures + shortSessions, random, settings.timing);
  const retryAt = Math.max(notBefore + backoff, now + spread(paceMs, random));
  const pausedUntil = now + spread(settings.timing.pausedRetryMs, random);
  draft.ask = why ?? draft.ask;
  draft.attempt = { at: 'waiting', retryAt, notBefore, pausedUntil, pace: 'usual', cause };
};

/** Between half of it and the whole. */
const spread = (ms: number, random: number): number => (ms * (1 + random)) / 2;

/**
 * The gateway's last message: stops where another try is no use, else goes on as advised. No token ends the client: a later
 * one may be taken, and an unattended display has nobody who would start it again. After a fresh one was refused it goes on slowly.
 */
export const followAdvice = (
  draft: Draft,
  { reason, error, reconnect, reauthenticate, retryAfterMs }: FinalMessage,
  goOn: (draft: Draft, cause: Failure, advice: Advice) => void,
) => {
  if (!reconnect) return endWith(draft, { why: 'refused', reason, error });
  const cause = { kind: 'final_message', reason, error } as const;
  if (!reauthenticate) return goOn(draft, cause, { retryAfterMs });
  if (reason === 'session_expired') return goOn(draft, cause, { retryAfterMs, ask: 'expired' });
  const paceMs = refuseToken(draft);
  goOn(draft, cause, { retryAfterMs, paceMs, ask: 'refused' });
};

/** The token was refused; yields how long to wait for the next one: nothing, unless it was a fresh one. */
const refuseToken = (draft: Draft): number => {
  const { token, refusedToken, now } = draft;
  const { freshTokenMs, refusedRetryMs, refusedRetryCapMs } = draft.settings.timing;
  if (token === undefined || token.accepted) return 0;
  draft.refusedToken = token.text;
  // Fresh is an age and no label: a provider may answer from a cache, and a device may have slept with a token in its hand.
  const isFresh = token.why !== 'first' && now - token.cameAt <= freshTokenMs && token.text !== refusedToken;
  if (!isFresh) return 0;
  draft.refusals += 1;
  return Math.min(refusedRetryCapMs, refusedRetryMs * 2 ** (draft.refusals - 1));
};

/** A hint that now is a better moment. Each hint that helped nothing makes the next one weaker, so a flapping network is no storm. */
export const retrySooner = (draft: Draft) => {
  const { attempt, now, random, settings } = draft;
  if (attempt?.at !== 'waiting' || attempt.pace === 'sooner') return;
  const soon = now + backoffMs(draft.wakes++, random, settings.timing);
  const retryAt = Math.max(attempt.notBefore, Math.min(attempt.retryAt, soon));
  draft.attempt = { ...attempt, retryAt, pace: 'sooner' };
};

export const attemptDueAt = (state: State): number | undefined => {
  const { attempt } = state;
  if (attempt?.at === 'waiting')
    return isPaused(state) ? Math.max(attempt.retryAt, attempt.pausedUntil) : attempt.retryAt;
  return attempt?.deadline;
};

export const isDue = (at: number | undefined, now: number): boolean => at !== undefined && at <= now;

/** What of the attempt is due. */
export const attemptDue = (draft: Draft) => {
  const { attempt } = draft;
  if (attempt === undefined || !isDue(attemptDueAt(draft), draft.now)) return;
  if (attempt.at === 'waiting') beginAttempt(draft);
  else failAttempt(draft, lateness[attempt.at]);
};

const lateness = {
  token: { kind: 'token', message: 'The token provider does not answer.' },
  opening: { kind: 'handshake' },
  authenticating: { kind: 'unanswered' },
} as const satisfies Record<Exclude<Attempt['at'], 'waiting'>, Failure>;
