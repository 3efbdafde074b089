/** Why a publication failed. `timeout` and `ended` do not say whether the event was published; publishing again under the same id is safe. */
export type PublishErrorCode =
  | 'forbidden'
  | 'malformed_message'
  | 'unknown_type'
  | 'too_large'
  | 'queue_full'
  | 'timeout'
  | 'ended'
  /** It was sent, or may have been, so long ago that the gateway would not know it again: it is not sent any more. */
  | 'may_have_been_accepted'
  /** Another user published it. */
  | 'other_user'
  | 'discarded'
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
  /** What is to blame: the field of the event, as far as client or gateway can name one; of `queue_full` the option that limits it. */
  readonly field: string | undefined;

  constructor(
    code: PublishErrorCode,
    id: string,
    details: Readonly<{ reason?: string; field?: string | undefined; cause?: unknown }> = {},
  ) {
    const { reason = code, field } = details;
    super(
      `The event ${id} was not published: ${[reason, ...(field ? [field] : [])].join(', ')}`,
      'cause' in details ? { cause: details.cause } : undefined,
    );
    this.code = code;
    this.id = id;
    this.reason = reason;
    this.field = field;
  }
}

/** Why it is not known who is there: the gateway's reason, or one of the first two. */
export type WhoErrorCode =
  | 'not_connected'
  | 'timeout'
  | 'forbidden'
  | 'rate_limited'
  | 'unavailable'
  /** The gateway is older than the question. */
  | 'unknown_type'
  | (string & {});

/** What `who` rejects with. Asking again changes nothing. */
export class WhoError extends Error {
  override readonly name = 'WhoError';
  readonly code: WhoErrorCode;

  constructor(code: WhoErrorCode) {
    super(`Who is there is not known: ${code}`);
    this.code = code;
  }
}
