import type { Queued, Refusal, User } from './outbox-state.ts';

/** A publication that the gateway has not accepted yet. */
export type Pending = Readonly<{
  id: string;
  type: string;
  data: unknown;
  /** When it was published, in epoch milliseconds by the device's clock. */
  since: number;
  /** Whose it is; nobody's, if it was made before anybody was let in and its process is over. */
  user: User | undefined;
  /** The storage has it. */
  isKept: boolean;
  /** `sent`: its answer is outstanding, so it may have been accepted. `returned`: it is not sent any more, unless its user comes back. */
  state: 'waiting' | 'sent' | 'returned';
  /** Why it was returned. */
  returned: Refusal | undefined;
}>;

export const pendingOf = ({ id, text, since, user, stored, tries, returned }: Queued): Pending => {
  const { type, data } = JSON.parse(text);
  const state = returned ? 'returned' : tries > 0 ? 'sent' : 'waiting';
  return { id, type, data, since, user, isKept: stored !== 'no', state, returned };
};
