/** The client as a pure function: `(state, input, moment) -> [state, effects]`. It knows no socket, clock or timer. */
import { attemptDue, authenticate, beginAttempt, failAttempt, hasten, refuseAttempt, useToken } from './attempt.ts';
import { connectionLost, sendDue, serveError, sendingDueAt, unansweredDue } from './sending.ts';
import { endWith } from './ending.ts';
import { receiveEvents, receivePage } from './feed.ts';
import type { ServerMessage } from './messages.ts';
import { accept, enqueue } from './outbox.ts';
import {
  applyHead,
  closeSession,
  failRenewal,
  forgetConnection,
  loseSession,
  probe,
  renewed,
  sendRenewal,
  sessionDue,
  sessionDueAt,
  takeSeat,
} from './session.ts';
import { type Input, inTurn, isPaused, type Moment, type Signal, type State, type Step } from './state.ts';

/** One step. After the end nothing happens any more. */
export const transition = (state: State, input: Input, moment: Moment): Step =>
  state.end !== undefined
    ? refuseLate(state, input)
    : inTurn(
        state,
        (now) => take(now, input, moment),
        (now) => (now.end === undefined ? sendDue(now, moment) : [now, []]),
      );

/** When `time` has to be put in next, if nothing else comes first. */
export const dueAt = (state: State): number | undefined => {
  const { attempt, old } = state;
  const times = [
    ...(attempt?.at === 'waiting' ? (isPaused(state) ? [] : [attempt.retryAt]) : attempt ? [attempt.deadline] : []),
    ...(old ? [old.until] : []),
    ...sessionDueAt(state),
    ...sendingDueAt(state),
  ];
  return state.end === undefined && times.length > 0 ? Math.min(...times) : undefined;
};

const take = (state: State, input: Input, moment: Moment): Step => {
  switch (input.kind) {
    case 'start':
      return state.attempt ? [state, []] : startOrWait(state, moment);
    case 'time':
      return inTurn(
        state,
        (now) => attemptDue(now, moment, isPaused(now)),
        (now) => drainDue(now, moment),
        (now) => sessionDue(now, moment),
        (now) => unansweredDue(now, moment),
      );
    case 'token':
      return tokenCame(state, input.request, input.text, moment);
    case 'no_token':
      return noTokenCame(state, input.request, input.message, moment);
    case 'opened':
      return state.attempt?.at === 'opening' && state.attempt.link === input.link
        ? authenticate(state, input.link, moment)
        : [state, []];
    case 'received':
      return received(state, input.link, input.message, moment);
    case 'closed':
      return closed(state, input.link, input.code, moment);
    case 'publish': {
      const [outbox, settled] = enqueue(state.outbox, input.publication, state.settings.maxQueued);
      return [{ ...state, outbox }, settled];
    }
    case 'signal':
      return signalled(state, input.signal, moment);
    case 'close':
      return endWith(state, { why: 'closed' });
  }
};

const refuseLate = (state: State, input: Input): Step =>
  input.kind === 'publish'
    ? [state, [{ kind: 'settle', id: input.publication.id, result: { code: 'ended', reason: 'ended' } }]]
    : [state, []];

const startOrWait = (state: State, moment: Moment): Step =>
  isPaused(state)
    ? [
        {
          ...state,
          attempt: { at: 'waiting', retryAt: moment.now, notBefore: moment.now, pace: 'usual', cause: undefined },
        },
        [],
      ]
    : beginAttempt(state, moment);

const tokenCame = (state: State, request: number, text: string, moment: Moment): Step => {
  const { attempt, session } = state;
  if (attempt?.at === 'token' && attempt.request === request) return useToken(state, text, moment);
  if (session?.renewal.at === 'asking' && session.renewal.request === request)
    return sendRenewal(state, session, text, moment);
  return [state, []];
};

const noTokenCame = (state: State, request: number, message: string, moment: Moment): Step => {
  const { attempt, session } = state;
  if (attempt?.at === 'token' && attempt.request === request)
    return failAttempt(state, { kind: 'token', message }, moment);
  if (session?.renewal.at === 'asking' && session.renewal.request === request)
    return failRenewal(state, session, moment);
  return [state, []];
};

/** Which of up to three connections it was decides what a message means. */
const received = (state: State, link: number, message: ServerMessage, moment: Moment): Step => {
  const { attempt, session, old } = state;
  if (session?.link === link) {
    const heard = { ...session, heardAt: moment.now, pongBy: undefined };
    return inSession({ ...state, session: heard }, heard, message, moment);
  }
  if (attempt !== undefined && 'link' in attempt && attempt.link === link)
    return inAttempt(state, link, message, moment);
  if (old?.link === link)
    return message.kind === 'last_word' ? dropOld(state) : everywhere(state, link, message, moment);
  return [state, []];
};

const inAttempt = (state: State, link: number, message: ServerMessage, moment: Moment): Step => {
  const { attempt } = state;
  switch (message.kind) {
    case 'seated':
      return attempt?.at === 'authenticating' ? takeSeat(state, attempt.openedAt, link, message, moment) : [state, []];
    case 'last_word':
      return refuseAttempt(state, message.word, moment);
    case 'platform_error':
      return failAttempt(state, { kind: 'unanswered' }, moment);
    default:
      return everywhere(state, link, message, moment);
  }
};

const inSession = (
  state: State,
  session: NonNullable<State['session']>,
  message: ServerMessage,
  moment: Moment,
): Step => {
  switch (message.kind) {
    case 'seated':
      return renewed(state, session, message, moment);
    case 'last_word':
      return closeSession(state, session, message.word, moment);
    case 'pong':
      return applyHead(state, message.head);
    case 'error':
      return serveError(state, message, moment);
    case 'platform_error':
      return inTurn(
        state,
        (now) => connectionLost(now, session.link, moment),
        (now) => probe(now, moment),
      );
    default:
      return everywhere(state, session.link, message, moment);
  }
};

/** What means the same on every connection. */
const everywhere = (state: State, link: number, message: ServerMessage, moment: Moment): Step => {
  switch (message.kind) {
    case 'events': {
      const [feed, effects] = receiveEvents(state.feed, message.events);
      return [{ ...state, feed }, effects];
    }
    case 'replayed': {
      const [feed, effects] = receivePage(state.feed, link, message.page, moment, state.settings.timing);
      return [{ ...state, feed }, effects];
    }
    case 'accepted': {
      const [outbox, settled] = accept(state.outbox, message.id, message.eventId);
      return [{ ...state, outbox }, settled];
    }
    case 'seated':
    case 'last_word':
    case 'pong':
    case 'error':
    case 'platform_error':
    case 'ignored':
      return [state, []];
  }
};

const closed = (state: State, link: number, code: number | undefined, moment: Moment): Step => {
  const { attempt, session, old } = state;
  if (session?.link === link) return loseSession(state, session, { kind: 'cut', code }, moment);
  if (old?.link === link) return dropOld(state);
  if (attempt === undefined || !('link' in attempt) || attempt.link !== link) return [state, []];
  return failAttempt(state, { kind: attempt.at === 'opening' ? 'handshake' : 'unanswered' }, moment);
};

const drainDue = (state: State, { now }: Moment): Step =>
  state.old !== undefined && state.old.until <= now ? dropOld(state) : [state, []];

const dropOld = (state: State): Step => {
  const { old } = state;
  if (old === undefined) return [state, []];
  return inTurn(
    { ...state, old: undefined },
    (now) => [now, [{ kind: 'close', link: old.link }]],
    (now) => forgetConnection(now, old.link),
  );
};

const signalled = (state: State, signal: Signal, moment: Moment): Step => {
  switch (signal) {
    case 'offline':
      return [{ ...state, network: 'offline' }, []];
    case 'background':
      return [{ ...state, app: 'background' }, []];
    case 'online':
      return wake({ ...state, network: 'online' }, moment);
    case 'foreground':
      return wake({ ...state, app: 'foreground' }, moment);
    case 'network_changed':
      return wake(state, moment);
  }
};

const wake = (state: State, moment: Moment): Step =>
  inTurn(
    state,
    (now) => hasten(now, moment),
    (now) => probe(now, moment),
  );
