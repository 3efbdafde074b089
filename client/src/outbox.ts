/** Publications on their way, in order, one at a time: so an answer without an id is known to be the first one's. Pure. */
import type { PublishErrorCode } from './errors.ts';

export type Publication = Readonly<{
  id: string;
  /** The frame, ready to send. It stays the same however often it is sent. */
  text: string;
  expiresAt: number;
}>;

type Queued = Publication &
  Readonly<{
    /** Under way on this connection, until an answer or this time. */
    sent: Readonly<{ link: number; answerBy: number }> | undefined;
    tries: number;
    notBefore: number;
  }>;

export type Outbox = readonly Queued[];

export type Settled = Readonly<{
  kind: 'settle';
  id: string;
  result: Readonly<{ eventId: string }> | Readonly<{ code: PublishErrorCode; reason: string }>;
}>;
export type OutboxStep = readonly [Outbox, readonly Settled[]];

export const enqueue = (
  outbox: Outbox,
  publication: Publication,
  maxQueued: number,
  otherwise: PublishErrorCode = 'queue_full',
): OutboxStep =>
  outbox.length >= maxQueued
    ? [outbox, [{ kind: 'settle', id: publication.id, result: failure(otherwise) }]]
    : [[...outbox, { ...publication, sent: undefined, tries: 0, notBefore: 0 }], []];

/** When the first may be sent; `undefined` while it waits for its answer or there is none. */
export const sendableAt = ([first]: Outbox): number | undefined =>
  first === undefined || first.sent !== undefined ? undefined : first.notBefore;

export const markSent = ([first, ...rest]: Outbox, link: number, answerBy: number): Outbox =>
  first === undefined ? [] : [{ ...first, sent: { link, answerBy }, tries: first.tries + 1 }, ...rest];

/** The one that was sent and is not answered. */
export const unanswered = ([first]: Outbox): Queued | undefined => (first?.sent === undefined ? undefined : first);

/** To be sent again, with the same id, when its time has come. */
export const postpone = ([first, ...rest]: Outbox, notBefore: number): Outbox =>
  first === undefined ? [] : [{ ...first, sent: undefined, notBefore }, ...rest];

/** A connection is gone: what was under way on it will be sent on the next. */
export const forgetLink = (outbox: Outbox, link: number): Outbox =>
  outbox[0]?.sent?.link === link ? postpone(outbox, 0) : outbox;

export const accept = (outbox: Outbox, id: string, eventId: string): OutboxStep =>
  remove(outbox, (one) => one.id === id, { eventId });

/** The gateway's reason, as far as this client knows it. */
export const reject = (outbox: Outbox, id: string, reason: string): OutboxStep =>
  remove(outbox, (one) => one.id === id, { code: knownReasons.find((known) => known === reason) ?? 'refused', reason });

const knownReasons = ['forbidden', 'malformed_message', 'unknown_type'] as const;

export const expire = (outbox: Outbox, now: number): OutboxStep =>
  remove(outbox, ({ expiresAt }) => expiresAt <= now, failure('timeout'));

export const rejectAll = (outbox: Outbox, code: PublishErrorCode): OutboxStep =>
  remove(outbox, () => true, failure(code));

const remove = (outbox: Outbox, which: (one: Queued) => boolean, result: Settled['result']): OutboxStep => [
  outbox.filter((one) => !which(one)),
  outbox.filter(which).map(({ id }) => ({ kind: 'settle', id, result })),
];
const failure = (code: PublishErrorCode) => ({ code, reason: code });
