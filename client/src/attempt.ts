/** From nothing to `auth_success`: token, socket, authentication, and the wait after a failure. */
import { backoffMs } from './backoff.ts';
import { endWith } from './ending.ts';
import type { LastWord } from './messages.ts';
import { type Attempt, type Failure, isPaused, type Moment, type State, type Step, type TokenReason } from './state.ts';

type Waiting = Extract<Attempt, { at: 'waiting' }>;
export type Advice = Readonly<{ retryAfterMs?: number; ask?: TokenReason | undefined }>;

/** After so many closes without an answer the token is suspected. */
const maxUnanswered = 3;
/** A token with less life than this is not worth an attempt. */
const minTokenLifeMs = 5_000;

/** Begins an attempt: with the token there is, or by asking for one when there is a reason to. */
export const beginAttempt = (state: State, { now }: Moment): Step => {
  const { token, settings } = state;
  const isSpent = token?.expiresAt !== undefined && token.expiresAt - now < minTokenLifeMs;
  const why = state.ask ?? (isSpent ? 'expired' : undefined);
  if (why === undefined) return open(state, now);
  const request = state.serial + 1;
  const deadline = now + settings.timing.tokenTimeoutMs;
  return [
    { ...state, serial: request, ask: why, attempt: { at: 'token', request, deadline } },
    [{ kind: 'ask_token', request, why }],
  ];
};

/** The token of an attempt has come. */
export const useToken = (state: State, text: string, { now }: Moment): Step => {
  const token = { text, why: state.ask ?? 'first', accepted: false, expiresAt: undefined };
  return open({ ...state, token, ask: undefined }, now);
};

const open = (state: State, now: number): Step => {
  const link = state.serial + 1;
  const deadline = now + state.settings.timing.openTimeoutMs;
  return [{ ...state, serial: link, attempt: { at: 'opening', link, deadline } }, [{ kind: 'open', link }]];
};

/** The socket is open: the one message that may be sent now. */
export const authenticate = (state: State, link: number, { now }: Moment): Step => {
  const { restaurantId, connectionType, batch, timing } = state.settings;
  const text = JSON.stringify({
    type: 'authenticate',
    token: state.token?.text,
    restaurant_id: restaurantId,
    connection_type: connectionType,
    batch: batch || undefined,
  });
  return [
    { ...state, attempt: { at: 'authenticating', link, openedAt: now, deadline: now + timing.authTimeoutMs } },
    [{ kind: 'send', link, text }],
  ];
};

/** The attempt came to nothing. Another follows, later each time. */
export const failAttempt = (state: State, cause: Failure, moment: Moment, advice: Advice = {}): Step => {
  const { attempt } = state;
  const silent = cause.kind === 'unanswered' ? state.unanswered + 1 : cause.kind === 'last_word' ? 0 : state.unanswered;
  const isSuspect = silent >= maxUnanswered;
  const failed: State = {
    ...state,
    attempt: waiting(state, cause, moment, advice),
    failures: state.failures + 1,
    unanswered: isSuspect ? 0 : silent,
    ask: advice.ask ?? state.ask ?? (isSuspect ? 'unanswered' : undefined),
  };
  return [failed, attempt !== undefined && 'link' in attempt ? [{ kind: 'close', link: attempt.link }] : []];
};

/** The jitter comes on top of the time the gateway asks for: it tells every device the same. */
export const waiting = (
  { failures, shortSessions, settings }: State,
  cause: Failure | undefined,
  { now, random }: Moment,
  { retryAfterMs = 0 }: Advice = {},
): Waiting => {
  const notBefore = now + retryAfterMs;
  const retryAt = notBefore + backoffMs(failures + shortSessions, random, settings.timing);
  return { at: 'waiting', retryAt, notBefore, pace: 'usual', cause };
};

/** The gateway's last message: stops where another try is no use or a fresh token was refused, else goes on as advised. */
export const heed = (
  state: State,
  { reason, error, reconnect, reauthenticate, retryAfterMs }: LastWord,
  goOn: (cause: Failure, advice: Advice) => Step,
): Step => {
  const { token } = state;
  if (!reconnect) return endWith(state, { why: 'refused', reason, error });
  const isExpired = reason === 'session_expired';
  if (reauthenticate && !isExpired && token?.why === 'refused' && !token.accepted)
    return endWith(state, { why: 'token_refused', reason, error });
  const ask = isExpired ? 'expired' : 'refused';
  return goOn({ kind: 'last_word', reason, error }, { retryAfterMs, ask: reauthenticate ? ask : undefined });
};

/** A hint that now is a better moment. Each hint that helped nothing makes the next one weaker, so a flapping network is no storm. */
export const hasten = (state: State, { now, random }: Moment): Step => {
  const { attempt, wakes, settings } = state;
  if (attempt?.at !== 'waiting' || attempt.pace === 'hastened') return [state, []];
  const soon = now + backoffMs(wakes, random, settings.timing);
  const retryAt = Math.max(attempt.notBefore, Math.min(attempt.retryAt, soon));
  return [{ ...state, wakes: wakes + 1, attempt: { ...attempt, retryAt, pace: 'hastened' } }, []];
};

export const attemptDueAt = (state: State): number | undefined => {
  const { attempt } = state;
  if (attempt?.at === 'waiting') return isPaused(state) ? undefined : attempt.retryAt;
  return attempt?.deadline;
};

/** What of the attempt is due. */
export const attemptDue = (state: State, moment: Moment): Step => {
  const { attempt } = state;
  const due = attemptDueAt(state);
  if (attempt === undefined || due === undefined || due > moment.now) return [state, []];
  return attempt.at === 'waiting' ? beginAttempt(state, moment) : failAttempt(state, failures[attempt.at], moment);
};

const failures = {
  token: { kind: 'token', message: 'The token provider takes too long.' },
  opening: { kind: 'handshake' },
  authenticating: { kind: 'unanswered' },
} as const satisfies Record<string, Failure>;
