/** What the outbox holds. */
import type { PublishErrorCode } from './errors.ts';

export type Publication = Readonly<{
  id: string;
  /** The frame, ready to send. It stays the same however often it is sent. */
  text: string;
  expiresAt: number;
}>;

export type Queued = Publication &
  Readonly<{
    /** Under way on this connection, until an answer or this time. */
    sent: Readonly<{ socketId: number; answerBy: number }> | undefined;
    tries: number;
    /** Times that the gateway could not take it, or did not answer. */
    setbacks: number;
    notBefore: number;
  }>;

export type Outbox = readonly Queued[];

export type Settled = Readonly<{
  kind: 'settle';
  id: string;
  result:
    | Readonly<{ eventId: string }>
    | Readonly<{ code: PublishErrorCode; reason: string; field?: string | undefined }>;
}>;
