import { settle } from './outbox.ts';
import type { Draft, End } from './state.ts';
import { failWho } from './who.ts';

/** The one way to stop for good: every connection is closed and every publication settled. */
export const endWith = (draft: Draft, end: End) => {
  for (const one of [draft.attempt, draft.session, draft.old])
    if (one !== undefined && 'socketId' in one) draft.effects.push({ kind: 'close', socketId: one.socketId });
  draft.attempt = draft.session = draft.old = draft.token = undefined;
  draft.end = end;
  forgetAll(draft);
  draft.effects.push({ kind: 'end', end });
};

/** Whoever waits for a publication is told. What a storage has of it stays there, for the client after this one. */
export const forgetAll = (draft: Draft) => {
  failWho(draft, 'not_connected');
  settle(draft, () => true, { code: 'ended', reason: 'ended' });
};
