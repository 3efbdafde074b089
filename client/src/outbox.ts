/** Publications on their way, in order, one at a time: so an answer without an id is known to be the first one's. */
import type { PublishErrorCode } from './errors.ts';
import type { Publication, Queued, Settled } from './outbox-state.ts';
import type { Draft } from './state.ts';

export const enqueue = (draft: Draft, publication: Publication) => {
  draft.outbox = [...draft.outbox, { ...publication, sent: undefined, tries: 0, setbacks: 0, notBefore: 0 }];
  if (draft.outbox.length > draft.settings.maxQueued)
    fail(draft, (one) => one === draft.outbox[draft.outbox.length - 1], 'queue_full');
};

/** The one that was sent and is not answered. */
export const unanswered = ({ outbox }: Pick<Draft, 'outbox'>): Queued | undefined =>
  outbox.find(({ sent }) => sent !== undefined);

/** After so many setbacks a publication no longer stands in front of the others: it may be one that can never go. */
const maxSetbacks = 2;

/** The one to be sent next: the first, unless it has stepped aside until its time comes. */
export const nextToSend = ({ outbox }: Pick<Draft, 'outbox'>): Queued | undefined => {
  let next: Queued | undefined;
  for (const one of outbox) {
    if (next === undefined || one.notBefore < next.notBefore) next = one;
    if (one.setbacks < maxSetbacks) break;
  }
  return next;
};

/** To be sent again, with the same id, when its time has come. */
export const postpone = (draft: Draft, { id }: Queued, notBefore: number, setbacks = 0) =>
  change(draft, id, (one) => ({ sent: undefined, notBefore, setbacks: one.setbacks + setbacks }));

export const change = (draft: Draft, id: string, how: (one: Queued) => Partial<Queued>) => {
  draft.outbox = draft.outbox.map((one) => (one.id === id ? { ...one, ...how(one) } : one));
};

export const settle = (draft: Draft, which: (one: Queued) => boolean, result: Settled['result']) => {
  for (const one of draft.outbox) if (which(one)) draft.effects.push({ kind: 'settle', id: one.id, result });
  draft.outbox = draft.outbox.filter((one) => !which(one));
};

export const fail = (
  draft: Draft,
  which: (one: Queued) => boolean,
  code: PublishErrorCode,
  reason: string = code,
  field?: string,
) => settle(draft, which, { code, reason, field });
