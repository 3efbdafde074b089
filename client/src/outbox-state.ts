/** What the outbox holds. All of it is plain data, so that a storage can keep it. */
import type { PublishErrorCode } from './errors.ts';

/** Whose a publication is. Without an issuer any will do: earlier gateways do not tell it. */
export type User = Readonly<{ issuer?: string | undefined; userId: string }>;

/** Why a publication was given back to the application. */
export type Refusal = Readonly<{ code: PublishErrorCode; reason: string; field?: string | undefined }>;

/** What of a publication outlives the process. */
export type KeptPublication = Readonly<{
  id: string;
  /** The frame, ready to send. It stays the same however often it is sent. */
  text: string;
  /** When it was published, and until when it is tried, by the device's clock. Without an end it waits for ever. */
  since: number;
  expiresAt?: number | undefined;
  /** Nobody: it was made before anybody was let in. */
  user?: User | undefined;
  /** It may have been sent, and not before then, by the gateway's clock. */
  sentAt?: number | undefined;
  returned?: Refusal | undefined;
}>;

/** As the application makes it; whose it is, the machine knows. */
export type Publication = Pick<KeptPublication, 'id' | 'text' | 'since' | 'expiresAt'>;

export type Queued = KeptPublication &
  Readonly<{
    /** Made by this client, so that a promise waits for it; else it was found in the storage. */
    isAwaited: boolean;
    /** What the storage is known to hold: nothing of it, the publication, or also that it may have been sent. */
    stored: 'no' | 'kept' | 'marked';
    /** How long to wait for the storage before it is sent all the same. */
    storeBy: number;
    /** Under way on this connection, until an answer or this time. */
    sent: Readonly<{ socketId: number; answerBy: number }> | undefined;
    tries: number;
    /** Times that the gateway could not take it, or did not answer. */
    setbacks: number;
    notBefore: number;
  }>;

export type Outbox = readonly Queued[];

/** What the storage should hold of an outbox. */
export const keptOf = (outbox: Outbox): readonly KeptPublication[] =>
  outbox.map(({ id, text, since, expiresAt, user, sentAt, returned }) => ({
    id,
    text,
    since,
    expiresAt,
    user,
    sentAt,
    // Whose turn it is, the next session tells.
    returned: returned?.code === 'other_user' ? undefined : returned,
  }));

export type Settled = Readonly<{
  kind: 'settle';
  id: string;
  result: Readonly<{ eventId: string }> | Refusal;
}>;
