/** What the client is doing, in words for a waiter. Pure. */
import type { ClientState } from '@maitred/client';

export type Notice = Readonly<{
  tone: 'good' | 'busy' | 'bad';
  text: string;
  /** What somebody has to do; nothing else helps. */
  wants?: 'sign_in' | 'restart';
}>;

export const noticeOf = (state: ClientState, now: number): Notice => {
  switch (state.status) {
    case 'connecting':
      return {
        tone: 'busy',
        text: { token: 'Signing in…', socket: 'Connecting…', authentication: 'Entering…' }[state.step],
      };
    case 'connected':
      if (state.events === 'catching_up') return { tone: 'busy', text: 'Fetching what was missed…' };
      return { tone: 'good', text: state.handOver === 'under_way' ? 'Live, renewing the connection' : 'Live' };
    case 'waiting':
      return noticeOfWaiting(state, now);
    case 'ended':
      return noticeOfEnd(state);
  }
};

const noticeOfWaiting = (state: Extract<ClientState, { status: 'waiting' }>, now: number): Notice => {
  switch (state.why) {
    case 'offline':
      return { tone: 'bad', text: 'No network. What you take now is kept and sent later.' };
    case 'background':
      return { tone: 'busy', text: 'Paused in the background' };
    case 'token_refused':
      return { tone: 'bad', text: 'The gateway did not take your sign-in.', wants: 'sign_in' };
    case 'backoff': {
      const { cause, retryAt = now } = state;
      if (cause?.kind === 'token') return { tone: 'bad', text: `No sign-in: ${cause.message}`, wants: 'sign_in' };
      const why = cause?.kind === 'final_message' ? `The gateway said: ${cause.error}` : 'No connection';
      const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
      return { tone: 'bad', text: `${why}. Next try in ${seconds} s; what you take now is kept.` };
    }
  }
};

const noticeOfEnd = ({ end }: Extract<ClientState, { status: 'ended' }>): Notice => {
  switch (end.why) {
    case 'refused':
      return { tone: 'bad', text: `Refused: ${end.error} (${end.reason})`, wants: 'sign_in' };
    case 'internal_error':
      return { tone: 'bad', text: `The app failed: ${end.error}`, wants: 'restart' };
    case 'closed':
      return { tone: 'busy', text: 'Signed out', wants: 'sign_in' };
  }
};
