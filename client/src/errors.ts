/** Why a publication failed. `timeout` and `ended` do not say whether the event was published; publishing again under the same id is safe. */
export type PublishErrorCode =
  | 'forbidden'
  | 'malformed_message'
  | 'unknown_type'
  | 'too_large'
  | 'queue_full'
  | 'timeout'
  | 'ended'
  /** A reason this client does not know; it is in `reason`. */
  | 'refused';

/** What `publish` rejects with. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly code: PublishErrorCode;
  /** The idempotency key of the publication. */
  readonly id: string;
  /** The gateway's reason, or the code again. */
  readonly reason: string;

  constructor(code: PublishErrorCode, id: string, details: Readonly<{ reason?: string; cause?: unknown }> = {}) {
    const reason = details.reason ?? code;
    super(`The event ${id} was not published: ${reason}`, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.id = id;
    this.reason = reason;
  }
}
