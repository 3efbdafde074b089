import { attemptDueAt } from './attempt.ts';
import { isBehind } from './feed.ts';
import type { SessionIdentity } from './messages.ts';
import type { End, Failure, State } from './state.ts';

/** What the client is doing, for people to see. Times are epoch milliseconds by the device's clock. */
export type ClientState =
  | Readonly<{
      status: 'waiting';
      /**
       * Until `retryAt` in each case. `offline`, `background`: sooner when a signal says otherwise. `token_refused`: a fresh
       * token was refused, so somebody may have to sign in; the next attempt asks for a new one.
       */
      why: 'backoff' | 'offline' | 'background' | 'token_refused';
      retryAt: number | undefined;
      /** Attempts in a row that failed. */
      failures: number;
      /** What came before; nothing when there was no attempt yet. */
      cause: Failure | undefined;
    }>
  | Readonly<{ status: 'connecting'; step: 'token' | 'socket' | 'authentication' }>
  | Readonly<{
      status: 'connected';
      session: SessionInfo;
      /** `catching_up`: missed events are being fetched. */
      events: 'live' | 'catching_up';
      /** `under_way`: a younger connection is being made; this one goes on until it stands. */
      handOver: 'none' | 'under_way';
    }>
  | Readonly<{ status: 'ended'; end: End }>;

/** The verified facts of the session, as the gateway told them. */
export type SessionInfo = SessionIdentity & Readonly<{ expiresAt: number }>;

export const clientState = (state: State): ClientState => {
  const { attempt, session, end } = state;
  if (end !== undefined) return { status: 'ended', end };
  if (session !== undefined)
    return {
      status: 'connected',
      session: { ...session.identity, expiresAt: session.expiresAt },
      events: isBehind(state.feed) ? 'catching_up' : 'live',
      handOver: attempt === undefined ? 'none' : 'under_way',
    };
  switch (attempt?.at) {
    case undefined:
    case 'token':
      return { status: 'connecting', step: 'token' };
    case 'opening':
      return { status: 'connecting', step: 'socket' };
    case 'authenticating':
      return { status: 'connecting', step: 'authentication' };
    case 'waiting': {
      return {
        status: 'waiting',
        why: whyOfWaiting(state),
        retryAt: attemptDueAt(state),
        failures: state.failures,
        cause: attempt.cause,
      };
    }
  }
};

const whyOfWaiting = ({ network, app, refusals }: State) => {
  if (network === 'offline') return 'offline';
  if (app === 'background') return 'background';
  return refusals > 0 ? 'token_refused' : 'backoff';
};
