/** The connection in words. Seconds are left out: a screen reader would read each of them. Pure. */
import type { ClientState } from '@maitred/client';

export type Words = Readonly<{ tone: 'good' | 'busy' | 'bad'; text: string; asksForToken: boolean }>;

/** @param lastConnected the time on the wall until which this page was connected, as people read it */
export const wordsOf = (state: ClientState, lastConnected: string | undefined): Words => {
  const stale = lastConnected === undefined ? 'This is how it was left.' : `This is how it was at ${lastConnected}.`;
  const of = (tone: Words['tone'], text: string, asksForToken = false): Words => ({ tone, text, asksForToken });
  switch (state.status) {
    case 'connecting':
      return of('busy', `Connecting. ${stale}`);
    case 'connected':
      return state.events === 'live' ? of('good', 'Live') : of('busy', 'Fetching what was missed');
    case 'waiting':
      if (state.why === 'token_refused') return of('bad', `The sign-in was refused. ${stale}`, true);
      if (state.cause?.kind === 'token') return of('bad', `Nobody is signed in. ${stale}`, true);
      if (state.why === 'offline') return of('bad', `No network. ${stale} What you press is kept.`);
      return of('bad', `No connection, trying again. ${stale} What you press is kept.`);
    case 'ended':
      if (state.end.why === 'refused') return of('bad', `Refused: ${state.end.error}. ${stale}`, true);
      return of('bad', `This page has stopped: load it again. ${stale}`);
  }
};
