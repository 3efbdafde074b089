/** From nothing to `auth_success`: token, socket, authentication, and the wait after a failure. */
import { backoffMs } from './backoff.ts';
import type { LastWord } from './messages.ts';
import { endWith } from './ending.ts';
import type { Attempt, Failure, Moment, State, Step, TokenReason } from './state.ts';

/** After so many closes without an answer the token is suspected. */
const maxUnanswered = 3;
/** A token with less life than this is not worth an attempt. */
const minTokenLifeMs = 5_000;

/** Begins an attempt: with the token there is, or by asking for one when there is a reason to. */
export const beginAttempt = (state: State, { now }: Moment): Step => {
  const { token, settings } = state;
  const why = state.ask ?? (token === undefined ? 'first' : isSpent(token.expiresAt, now) ? 'expired' : undefined);
  if (why === undefined) return open(state, now);
  const request = state.serial + 1;
  const deadline = now + settings.timing.tokenTimeoutMs;
  return [
    { ...state, serial: request, ask: why, attempt: { at: 'token', request, deadline } },
    [{ kind: 'ask_token', request, why }],
  ];
};

const isSpent = (expiresAt: number | undefined, now: number): boolean =>
  expiresAt !== undefined && expiresAt - now < minTokenLifeMs;

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
    ...(batch ? { batch } : {}),
  });
  return [
    { ...state, attempt: { at: 'authenticating', link, openedAt: now, deadline: now + timing.authTimeoutMs } },
    [{ kind: 'send', link, text }],
  ];
};

/** The attempt came to nothing. Another follows, later each time. */
export const failAttempt = (
  state: State,
  cause: Failure,
  moment: Moment,
  advice: Readonly<{ retryAfterMs?: number; ask?: TokenReason | undefined }> = {},
): Step => {
  const { attempt } = state;
  const silent = cause.kind === 'unanswered' ? state.unanswered + 1 : state.unanswered;
  const suspected = silent >= maxUnanswered;
  const failed: State = {
    ...state,
    attempt: waiting(state, cause, moment, advice.retryAfterMs),
    failures: state.failures + 1,
    unanswered: suspected ? 0 : silent,
    ask: advice.ask ?? state.ask ?? (suspected ? 'unanswered' : undefined),
  };
  return [failed, attempt !== undefined && 'link' in attempt ? [{ kind: 'close', link: attempt.link }] : []];
};

type Waiting = Extract<Attempt, { at: 'waiting' }>;

/** The jitter comes on top of the time the gateway asks for: it tells every device the same. */
export const waiting = (
  state: State,
  cause: Failure | undefined,
  { now, random }: Moment,
  retryAfterMs = 0,
): Waiting => {
  const notBefore = now + retryAfterMs;
  const jitter = backoffMs(state.failures + state.shortSessions, random, state.settings.timing);
  return { at: 'waiting', retryAt: notBefore + jitter, notBefore, pace: 'usual', cause };
};

/** The gateway's last message to an attempt decides what follows. */
export const refuseAttempt = (state: State, word: LastWord, moment: Moment): Step =>
  heed(state, word, (ask) =>
    failAttempt({ ...state, unanswered: 0 }, { kind: 'last_word', ...told(word) }, moment, {
      retryAfterMs: word.retryAfterMs,
      ask,
    }),
  );

/** Stops where the advice says so, or where a fresh token was refused; else goes on, with a new token if it takes one. */
export const heed = (state: State, word: LastWord, goOn: (ask: TokenReason | undefined) => Step): Step => {
  if (!word.reconnect) return endWith(state, { why: 'refused', ...told(word) });
  if (!word.reauthenticate) return goOn(undefined);
  if (word.reason === 'session_expired') return goOn('expired');
  const { token } = state;
  if (token?.why === 'refused' && !token.accepted) return endWith(state, { why: 'token_refused', ...told(word) });
  return goOn('refused');
};

export const told = ({ reason, error }: LastWord) => ({ reason, error });

/** A hint that now is a better moment. Each hint that helped nothing makes the next one weaker, so a flapping network is no storm. */
export const hasten = (state: State, { now, random }: Moment): Step => {
  const { attempt } = state;
  if (attempt?.at !== 'waiting' || attempt.pace === 'hastened') return [state, []];
  const soon = now + backoffMs(state.wakes, random, state.settings.timing);
  const retryAt = Math.max(attempt.notBefore, Math.min(attempt.retryAt, soon));
  return [{ ...state, wakes: state.wakes + 1, attempt: { ...attempt, retryAt, pace: 'hastened' } }, []];
};

/** What of the attempt is due. */
export const attemptDue = (state: State, moment: Moment, isPaused: boolean): Step => {
  const { attempt } = state;
  switch (attempt?.at) {
    case undefined:
      return [state, []];
    case 'waiting':
      return !isPaused && attempt.retryAt <= moment.now ? beginAttempt(state, moment) : [state, []];
    case 'token':
      return attempt.deadline > moment.now
        ? [state, []]
        : failAttempt(state, { kind: 'token', message: 'The token provider takes too long.' }, moment);
    case 'opening':
      return attempt.deadline > moment.now ? [state, []] : failAttempt(state, { kind: 'handshake' }, moment);
    case 'authenticating':
      return attempt.deadline > moment.now ? [state, []] : failAttempt(state, { kind: 'unanswered' }, moment);
  }
};
