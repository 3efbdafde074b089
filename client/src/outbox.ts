/** Publications on their way, in order, one at a time: so an answer without an id is known to be the first one's. */
import type { PublishErrorCode } from './errors.ts';
import type { KeptPublication, Publication, Queued, Settled, User } from './outbox-state.ts';
import type { Draft, State } from './state.ts';

const untried = {
  isAwaited: true,
  stored: 'no',
  storeBy: 0,
  sent: undefined,
  tries: 0,
  setbacks: 0,
  notBefore: 0,
} as const;

export const enqueue = (draft: Draft, publication: Publication) => {
  const { maxQueued, maxQueuedChars, user } = draft.settings;
  const known = draft.outbox.find(({ id }) => id === publication.id);
  // What is on its way is the same publication, in the words in which it was sent before.
  if (known && !known.returned) return change(draft, known.id, () => ({ isAwaited: true }));
  const others = draft.outbox.filter((one) => one !== known);
  const added: Queued = { ...publication, user: draft.user ?? user, ...untried };
  draft.outbox = [...others, added];
  const chars = draft.outbox.reduce((sum, { text }) => sum + text.length, 0);
  const limit = draft.outbox.length > maxQueued ? 'maxQueued' : chars > maxQueuedChars ? 'maxQueuedChars' : undefined;
  if (limit) fail(draft, (one) => one === added, 'queue_full', 'queue_full', limit);
};

/** What an earlier process left, before what this one has published meanwhile. */
export const restore = (draft: Draft, publications: readonly KeptPublication[]) => {
  const found = publications.map((kept): Queued => {
    const made = draft.outbox.find(({ id }) => id === kept.id);
    // It was given back, and the application has published it again.
    if (made && kept.returned) return made;
    const wasSent = kept.sentAt !== undefined;
    return {
      ...untried,
      isAwaited: false,
      ...made,
      ...kept,
      tries: (made?.tries ?? 0) + (wasSent ? 1 : 0),
      stored: wasSent ? 'marked' : 'kept',
    };
  });
  draft.outbox = [...found, ...draft.outbox.filter(({ id }) => !found.some((one) => one.id === id))];
  draft.keeps = true;
  for (const { id, returned } of found) if (returned) draft.effects.push({ kind: 'returned', id });
};

/** The storage has these. */
export const noteStored = (draft: Draft, publications: readonly KeptPublication[]) => {
  draft.keeps = true;
  for (const { id, sentAt } of publications)
    change(draft, id, (one) => ({ stored: one.sentAt !== undefined && one.sentAt === sentAt ? 'marked' : 'kept' }));
};

export const sameUser = (one: User, other: User): boolean =>
  one.userId === other.userId &&
  (one.issuer === undefined || other.issuer === undefined || one.issuer === other.issuer);

/** Times before the end of the retention at which a publication is no longer sent again: it has to be numbered by then. */
const retentionMarginMs = 5 * 60_000;
/** The gateway's clock is known no better than its answers are fast. */
const clockToleranceMs = 60_000;

/** Once somebody is let in: whose each publication is, which may be sent from now on, and which no longer. */
export const judge = (draft: Draft) => {
  const { session, user, now, settings } = draft;
  if (session === undefined) {
    // None of these was sent after all, and none will be before the next session.
    for (const { id, sentAt, tries, stored } of draft.outbox)
      if (sentAt !== undefined && tries === 0)
        change(draft, id, () => ({ sentAt: undefined, stored: stored === 'no' ? stored : 'kept' }));
    return;
  }
  const gatewayNow = now + draft.gatewayAheadMs;
  for (const one of draft.outbox) {
    const { id, returned, sentAt, tries, isAwaited, expiresAt = now + 1 } = one;
    if (returned && returned.code !== 'other_user') continue;
    const owner = one.user ?? (isAwaited ? user : undefined);
    if (owner === undefined || user === undefined || !sameUser(owner, user)) {
      if (!returned) giveBack(draft, one, { code: 'other_user', reason: 'other_user' });
    } else if (
      (!isAwaited && expiresAt <= now) ||
      (tries > 0 && one.sent === undefined && isTooOld(gatewayNow - (sentAt ?? 0), draft.retentionMs))
    ) {
      fail(draft, (other) => other === one, tries > 0 ? 'may_have_been_accepted' : 'timeout');
    } else if (returned || one.user === undefined || sentAt === undefined) {
      const storeBy = now + settings.timing.storeTimeoutMs;
      const verified = owner.issuer === undefined ? user : owner;
      change(draft, id, () => ({ user: verified, returned: undefined, sentAt: sentAt ?? gatewayNow, storeBy }));
    }
  }
};

/** Whether the gateway may have forgotten the id of what was sent so long ago. */
const isTooOld = (ageMs: number, retentionMs: number): boolean =>
  ageMs < -clockToleranceMs || ageMs > retentionMs - retentionMarginMs;

/** The one that was sent and is not answered. */
export const unanswered = ({ outbox }: Pick<Draft, 'outbox'>): Queued | undefined =>
  outbox.find(({ sent }) => sent !== undefined);

/** After so many setbacks a publication no longer stands in front of the others: it may be one that can never go. */
const maxSetbacks = 2;

/** The one to be sent next: the first, unless it has stepped aside until its time comes. */
export const nextToSend = ({ outbox }: Pick<Draft, 'outbox'>): Queued | undefined => {
  let next: Queued | undefined;
  for (const one of outbox) {
    if (one.returned) continue;
    if (next === undefined || one.notBefore < next.notBefore) next = one;
    if (one.setbacks < maxSetbacks) break;
  }
  return next;
};

/** From when on it may be sent: no sooner than the storage has it, unless that takes too long. */
export const sendableFrom = ({ keeps }: Pick<State, 'keeps'>, { stored, storeBy, notBefore }: Queued): number =>
  keeps && stored !== 'marked' ? Math.max(notBefore, storeBy) : notBefore;

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

const giveBack = (draft: Draft, { id }: Queued, returned: NonNullable<Queued['returned']>) => {
  change(draft, id, () => ({ returned, sent: undefined }));
  draft.effects.push({ kind: 'returned', id });
};

/** Whose promise waits hears of it there; what an earlier process left is given back, and stays until it is discarded. */
export const fail = (
  draft: Draft,
  which: (one: Queued) => boolean,
  code: PublishErrorCode,
  reason: string = code,
  field?: string,
) => {
  const failed = draft.outbox.filter(which);
  settle(draft, (one) => one.isAwaited && failed.includes(one), { code, reason, field });
  for (const one of failed) if (!one.isAwaited) giveBack(draft, one, { code, reason, field });
};

/** When the time of a publication is over. What was given back has none, and of another process's one the session decides. */
export const expiry = ({ session }: Pick<State, 'session'>, one: Queued): number | undefined =>
  one.isAwaited || (session && !one.returned) ? one.expiresAt : undefined;
