/** The client as a pure function: `(state, input, moment) -> [state, effects]`. It knows no socket, clock or timer. */
import {
  attemptDue,
  attemptDueAt,
  authenticate,
  beginAttempt,
  failAttempt,
  retrySooner,
  followAdvice,
  useToken,
  wait,
} from './attempt.ts';
import { endWith, forgetAll } from './ending.ts';
import { emptyFeed, receiveEvents, receivePage } from './feed.ts';
import type { ServerMessage } from './messages.ts';
import { enqueue, judge, noteStored, restore, settle } from './outbox.ts';
import { repeatLater, sendDue, sendingDueAt, serveError, unansweredDue } from './sending.ts';
import {
  applyFeed,
  applyHead,
  closeSession,
  dropOld,
  failRenewal,
  hear,
  hearNothing,
  loseSession,
  probe,
  renewed,
  sendRenewal,
  sessionDue,
  sessionDueAt,
  openSession,
} from './session.ts';
import {
  type Attempt,
  type Draft,
  type Effect,
  type Failure,
  type Input,
  isPaused,
  type Moment,
  type Signal,
  type State,
  type TokenAnswer,
} from './state.ts';
import { askWho, hearWho } from './who.ts';

/** One step. It works on a copy; after the end nothing happens any more. */
export const transition = (state: State, input: Input, moment: Moment): readonly [State, readonly Effect[]] => {
  const draft: Draft = { ...state, ...moment, session: state.session && { ...state.session }, effects: [] };
  if (state.end === undefined || input.kind === 'publish' || input.kind === 'who') take(draft, input);
  if (state.end !== undefined) forgetAll(draft);
  else {
    judge(draft);
    sendDue(draft);
  }
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
      if (attempt?.at === 'opening' && attempt.socketId === input.socketId) authenticate(draft, input.socketId);
      return;
    case 'received':
      return received(draft, input.socketId, input.message);
    case 'closed':
      if (session?.socketId === input.socketId)
        return loseSession(draft, session, { kind: 'dropped', code: input.code });
      if (old?.socketId === input.socketId) return dropOld(draft);
      if (attemptOn(draft, input.socketId)) failAttempt(draft, failureOf(attempt, input.problem));
      return;
    case 'publish':
      return enqueue(draft, input.publication);
    case 'restored':
      if (input.cursor && draft.feed.cursor === undefined) {
        const { user, ...cursor } = input.cursor;
        draft.feed = emptyFeed(cursor);
        draft.cursorOf = user;
      }
      draft.silences = { ...input.silences, ...draft.silences };
      return restore(draft, input.publications);
    case 'stored':
      return noteStored(draft, input.publications);
    case 'who':
      return askWho(draft);
    case 'discard':
      return settle(draft, ({ id }) => id === input.id, { code: 'discarded', reason: 'discarded' });
    case 'signal':
      return signalled(draft, input.signal);
    case 'network':
      draft.networkName = input.name;
      return;
    case 'close':
      return endWith(draft, { why: 'closed' });
  }
};

const failureOf = (attempt: Attempt | undefined, problem: string | undefined): Failure =>
  problem === undefined
    ? { kind: attempt?.at === 'opening' ? 'handshake' : 'unanswered' }
    : { kind: 'url', message: problem };

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

const attemptOn = ({ attempt }: State, socketId: number) =>
  attempt !== undefined && 'socketId' in attempt && attempt.socketId === socketId ? attempt : undefined;

/** Which of up to three connections it was - the session's, the attempt's, the old one - decides what a message means. */
const received = (draft: Draft, socketId: number, message: ServerMessage) => {
  const attempt = attemptOn(draft, socketId);
  const session = draft.session?.socketId === socketId ? draft.session : undefined;
  if (!session && !attempt && draft.old?.socketId !== socketId) return;
  switch (message.kind) {
    case 'auth_success':
      if (session) renewed(draft, session, message);
      else if (attempt?.at === 'authenticating') openSession(draft, attempt.openedAt, socketId, message);
      return;
    case 'final_message':
      if (session) return closeSession(draft, session, message.final);
      return attempt ? followAdvice(draft, message.final, failAttempt) : dropOld(draft);
    case 'platform_error':
      if (attempt) failAttempt(draft, { kind: 'unanswered' });
      if (session) {
        hearNothing(draft, session);
        repeatLater(draft);
        probe(draft);
      }
      return;
    case 'pong':
      if (!session) return;
      hear(draft, session, session.pingedAt);
      return applyHead(draft, message.head);
    case 'error':
      if (!session) return;
      if (message.id === undefined) hearNothing(draft, session);
      return serveError(draft, message);
    case 'events':
      if (session)
        for (const { timestamp } of message.events)
          hear(draft, session, Date.parse(timestamp) - session.gatewayAheadMs);
      return applyFeed(draft, receiveEvents(draft.feed, message.events));
    case 'replayed':
      return applyFeed(draft, receivePage(draft.feed, socketId, message.page, draft, draft.settings.timing));
    case 'present':
      return hearWho(draft, message);
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
  draft.doubtAt = draft.now;
  retrySooner(draft);
  probe(draft);
};
