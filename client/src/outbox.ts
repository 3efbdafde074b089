/** Publications on their way, in order, one at a time: so an answer without an id is known to be the first one's. */
import type { PublishErrorCode } from './errors.ts';
import type { Publication, Queued, Settled } from './outbox-state.ts';
import type { Draft } from './state.ts';

export const enqueue = (draft: Draft, publication: Publication) => {
  draft.outbox = [...draft.outbox, { ...publication, sent: undefined, tries: 0, notBefore: 0 }];
  if (draft.outbox.length > draft.settings.maxQueued) fail(draft, (one) => one === draft.outbox.at(-1), 'queue_full');
};

/** The one that was sent and is not answered. */
export const unanswered = ({ outbox: [first] }: Pick<Draft, 'outbox'>): Queued | undefined =>
  first?.sent === undefined ? undefined : first;

/** To be sent again, with the same id, when its time has come. */
export const postpone = (draft: Draft, notBefore: number) => changeFirst(draft, { sent: undefined, notBefore });

export const changeFirst = (draft: Draft, change: Partial<Queued>) => {
  draft.outbox = draft.outbox.map((one, index) => (index === 0 ? { ...one, ...change } : one));
};

export const settle = (draft: Draft, which: (one: Queued) => boolean, result: Settled['result']) => {
  for (const one of draft.outbox) if (which(one)) draft.effects.push({ kind: 'settle', id: one.id, result });
  draft.outbox = draft.outbox.filter((one) => !which(one));
};

export const fail = (draft: Draft, which: (one: Queued) => boolean, code: PublishErrorCode, reason: string = code) =>
  settle(draft, which, { code, reason });
