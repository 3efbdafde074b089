/** The client as a pure function: `(state, input, moment) -> [state, effects]`. It knows no socket, clock or timer. */
import {
  attemptDue,
  attemptDueAt,
  authenticate,
  beginAttempt,
  failAttempt,
  hasten,
  heed,
  useToken,
  waiting,
} from './attempt.ts';
import { endWith } from './ending.ts';
import { receiveEvents, receivePage } from './feed.ts';
import type { ServerMessage } from './messages.ts';
import { accept, enqueue } from './outbox.ts';
import { repeatLater, sendDue, sendingDueAt, serveError, unansweredDue } from './sending.ts';
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
import {
  type Input,
  inTurn,
  isPaused,
  type Moment,
  type Signal,
  type State,
  type Step,
  type TokenAnswer,
  withFeed,
  withOutbox,
} from './state.ts';

/** One step. After the end nothing happens any more. */
export const transition = (state: State, input: Input, moment: Moment): Step =>
  state.end === undefined ? inTurn(state, moment, (at) => take(at, input, moment), sendDue) : refuseLate(state, input);

/** When `time` has to be put in next, if nothing else comes first. */
export const dueAt = (state: State): number | undefined => {
  const times = [attemptDueAt(state), state.old?.until, ...sessionDueAt(state), ...sendingDueAt(state)];
  const first = Math.min(...times.filter((at) => at !== undefined));
  return state.end === undefined && Number.isFinite(first) ? first : undefined;
};

const take = (state: State, input: Input, moment: Moment): Step => {
  const { attempt, session, old } = state;
  switch (input.kind) {
    case 'start':
      return isPaused(state)
        ? [{ ...state, attempt: waiting(state, undefined, moment) }, []]
        : beginAttempt(state, moment);
    case 'time':
      return inTurn(state, moment, attemptDue, drainDue, sessionDue, unansweredDue);
    case 'token':
      return tokenCame(state, input.request, input.answer, moment);
    case 'open':
      return attempt?.at === 'opening' && attempt.link === input.link
        ? authenticate(state, input.link, moment)
        : [state, []];
    case 'received':
      return received(state, input.link, input.message, moment);
    case 'closed':
      if (session?.link === input.link) return loseSession(state, session, { kind: 'cut', code: input.code }, moment);
      if (old?.link === input.link) return dropOld(state);
      if (attemptOn(state, input.link) === undefined) return [state, []];
      return failAttempt(state, { kind: attempt?.at === 'opening' ? 'handshake' : 'unanswered' }, moment);
    case 'publish':
      return withOutbox(state, enqueue(state.outbox, input.publication, state.settings.maxQueued));
    case 'signal':
      return signalled(state, input.signal, moment);
    case 'close':
      return endWith(state, { why: 'closed' });
  }
};

const refuseLate = (state: State, input: Input): Step =>
  input.kind === 'publish' ? withOutbox(state, enqueue([], input.publication, 0, 'ended')) : [state, []];

/** A late answer, to a request that is over, is nobody's. */
const tokenCame = (state: State, request: number, answer: TokenAnswer, moment: Moment): Step => {
  const { attempt, session } = state;
  if (attempt?.at === 'token' && attempt.request === request)
    return 'text' in answer
      ? useToken(state, answer.text, moment)
      : failAttempt(state, { kind: 'token', message: answer.problem }, moment);
  if (session?.renewal.at === 'asking' && session.renewal.request === request)
    return 'text' in answer ? sendRenewal(state, session, answer.text, moment) : failRenewal(state, session, moment);
  return [state, []];
};

const attemptOn = ({ attempt }: State, link: number) =>
  attempt !== undefined && 'link' in attempt && attempt.link === link ? attempt : undefined;

/** Which of up to three connections it was - the session's, the attempt's, the old one - decides what a message means. */
const received = (before: State, link: number, message: ServerMessage, moment: Moment): Step => {
  const attempt = attemptOn(before, link);
  const session =
    before.session?.link === link ? { ...before.session, heardAt: moment.now, pongBy: undefined } : undefined;
  if (attempt === undefined && session === undefined && before.old?.link !== link) return [before, []];
  const state = session ? { ...before, session } : before;
  switch (message.kind) {
    case 'seated':
      if (session) return renewed(state, session, message, moment);
      return attempt?.at === 'authenticating' ? takeSeat(state, attempt.openedAt, link, message, moment) : [state, []];
    case 'last_word':
      if (session) return closeSession(state, session, message.word, moment);
      if (attempt === undefined) return dropOld(state);
      return heed(state, message.word, (cause, advice) => failAttempt(state, cause, moment, advice));
    case 'platform_error':
      if (session) return inTurn(state, moment, repeatLater, probe);
      return attempt ? failAttempt(state, { kind: 'unanswered' }, moment) : [state, []];
    case 'pong':
      return session ? applyHead(state, message.head) : [state, []];
    case 'error':
      return session ? serveError(state, message, moment) : [state, []];
    case 'events':
      return withFeed(state, receiveEvents(state.feed, message.events));
    case 'replayed':
      return withFeed(state, receivePage(state.feed, link, message.page, moment, state.settings.timing));
    case 'accepted':
      return withOutbox(state, accept(state.outbox, message.id, message.eventId));
    case 'ignored':
      return [state, []];
  }
};

const drainDue = (state: State, moment: Moment): Step =>
  state.old !== undefined && state.old.until <= moment.now ? dropOld(state) : [state, []];

const dropOld = (state: State): Step =>
  state.old ? forgetConnection({ ...state, old: undefined }, state.old.link) : [state, []];

const signalled = (state: State, signal: Signal, moment: Moment): Step => {
  switch (signal) {
    case 'offline':
      return [{ ...state, network: signal }, []];
    case 'background':
      return [{ ...state, app: signal }, []];
    case 'online':
      return inTurn({ ...state, network: signal }, moment, hasten, probe);
    case 'foreground':
      return inTurn({ ...state, app: signal }, moment, hasten, probe);
    case 'network_changed':
      return inTurn(state, moment, hasten, probe);
  }
};
