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
  wait,
} from './attempt.ts';
import { endWith } from './ending.ts';
import { receiveEvents, receivePage } from './feed.ts';
import type { ServerMessage } from './messages.ts';
import { enqueue, fail, settle } from './outbox.ts';
import { repeatLater, sendDue, sendingDueAt, serveError, unansweredDue } from './sending.ts';
import {
  applyFeed,
  applyHead,
  closeSession,
  dropOld,
  failRenewal,
  loseSession,
  probe,
  renewed,
  sendRenewal,
  sessionDue,
  sessionDueAt,
  takeSeat,
} from './session.ts';
import {
  type Draft,
  type Effect,
  type Input,
  isPaused,
  type Moment,
  type Signal,
  type State,
  type TokenAnswer,
} from './state.ts';

/** One step. It works on a copy; after the end nothing happens any more. */
export const transition = (state: State, input: Input, moment: Moment): readonly [State, readonly Effect[]] => {
  const draft: Draft = { ...state, ...moment, session: state.session && { ...state.session }, effects: [] };
  if (state.end === undefined || input.kind === 'publish') take(draft, input);
  if (state.end !== undefined) fail(draft, () => true, 'ended');
  else sendDue(draft);
  const { effects, ...after } = draft;
  return [after, effects];
};

/** When `time` has to be put in next, if nothing else comes first. */
export const dueAt = (state: State): number | undefined => {
  const times = [attemptDueAt(state), state.old?.until, ...sessionDueAt(state), ...sendingDueAt(state)];
  const first = Math.min(...times.filter((at) => at !== undefined));
  return state.end === undefined && Number.isFinite(first) ? first : undefined;
};

const take = (draft: Draft, input: Input) => {
  const { attempt, session, old } = draft;
  switch (input.kind) {
    case 'start':
      return isPaused(draft) ? wait(draft, undefined) : beginAttempt(draft);
    case 'time':
      attemptDue(draft);
      if (old && old.until <= draft.now) dropOld(draft);
      sessionDue(draft);
      return unansweredDue(draft);
    case 'token':
      return tokenCame(draft, input.request, input.answer);
    case 'open':
      if (attempt?.at === 'opening' && attempt.link === input.link) authenticate(draft, input.link);
      return;
    case 'received':
      return received(draft, input.link, input.message);
    case 'closed':
      if (session?.link === input.link) return loseSession(draft, session, { kind: 'cut', code: input.code });
      if (old?.link === input.link) return dropOld(draft);
      if (attemptOn(draft, input.link))
        failAttempt(draft, { kind: attempt?.at === 'opening' ? 'handshake' : 'unanswered' });
      return;
    case 'publish':
      return enqueue(draft, input.publication);
    case 'signal':
      return signalled(draft, input.signal);
    case 'close':
      return endWith(draft, { why: 'closed' });
  }
};

/** A late answer, to a request that is over, is nobody's. */
const tokenCame = (draft: Draft, request: number, answer: TokenAnswer) => {
  const { attempt, session } = draft;
  if (attempt?.at === 'token' && attempt.request === request) {
    if ('text' in answer) useToken(draft, answer.text);
    else failAttempt(draft, { kind: 'token', message: answer.problem });
  } else if (session?.renewal.at === 'asking' && session.renewal.request === request) {
    if ('text' in answer) sendRenewal(draft, session, answer.text);
    else failRenewal(draft, session);
  }
};

const attemptOn = ({ attempt }: State, link: number) =>
  attempt !== undefined && 'link' in attempt && attempt.link === link ? attempt : undefined;

/** Which of up to three connections it was - the session's, the attempt's, the old one - decides what a message means. */
const received = (draft: Draft, link: number, message: ServerMessage) => {
  const attempt = attemptOn(draft, link);
  const session = draft.session?.link === link ? draft.session : undefined;
  if (session) {
    session.heardAt = draft.now;
    session.pongBy = undefined;
  } else if (attempt === undefined && draft.old?.link !== link) return;
  switch (message.kind) {
    case 'seated':
      if (session) renewed(draft, session, message);
      else if (attempt?.at === 'authenticating') takeSeat(draft, attempt.openedAt, link, message);
      return;
    case 'last_word':
      if (session) return closeSession(draft, session, message.word);
      return attempt ? heed(draft, message.word, failAttempt) : dropOld(draft);
    case 'platform_error':
      if (attempt) failAttempt(draft, { kind: 'unanswered' });
      if (session) {
        repeatLater(draft);
        probe(draft);
      }
      return;
    case 'pong':
      if (session) applyHead(draft, message.head);
      return;
    case 'error':
      if (session) serveError(draft, message);
      return;
    case 'events':
      return applyFeed(draft, receiveEvents(draft.feed, message.events));
    case 'replayed':
      return applyFeed(draft, receivePage(draft.feed, link, message.page, draft, draft.settings.timing));
    case 'accepted':
      return settle(draft, ({ id }) => id === message.id, { eventId: message.eventId });
    case 'ignored':
      return;
  }
};

const signalled = (draft: Draft, signal: Signal) => {
  if (signal === 'online' || signal === 'offline') draft.network = signal;
  if (signal === 'foreground' || signal === 'background') draft.app = signal;
  if (signal === 'offline' || signal === 'background') return;
  hasten(draft);
  probe(draft);
};
