/** When a call is made again, as the SDK's standard retry mode has it: which failures, how many tries, after which pause. */

/** `throttling`: asked too often. `transient`: may go well a moment later. `final`: another try would end the same way. */
export type FailureKind = 'throttling' | 'transient' | 'final';

const throttlingNames: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const transientNames: ReadonlySet<string> = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
const transientCodes: ReadonlySet<string> = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
]);
const transientStatuses: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** What of an error tells its kind. */
type Failure = Readonly<{
  name?: unknown;
  message?: unknown;
  code?: unknown;
  cause?: unknown;
  $metadata?: Readonly<{ httpStatusCode?: number; clockSkewCorrected?: boolean }>;
}>;

const isObject = (value: unknown): value is Failure => typeof value === 'object' && value !== null;

export const failureKindOf = (error: unknown): FailureKind => {
  if (!isObject(error)) return 'final';
  if (error.$metadata?.httpStatusCode === 429 || throttlingNames.has(String(error.name))) return 'throttling';
  return isTransient(error) ? 'transient' : 'final';
};

/** A cause counts, since many wrap what a socket said. */
const isTransient = (error: unknown, depth = 0): boolean => {
  if (!isObject(error) || depth > 10) return false;
  const { name, message, code, cause, $metadata } = error;
  if (name === 'AbortError') return false;
  return (
    $metadata?.clockSkewCorrected === true ||
    (name === 'InvalidSignatureException' && String(message).includes('Signature expired')) ||
    transientNames.has(String(name)) ||
    transientCodes.has(String(code)) ||
    transientStatuses.has($metadata?.httpStatusCode ?? 0) ||
    isTransient(cause, depth + 1)
  );
};

/** All that a client may spend on second tries: a service that fails at everything is not asked three times as often by everybody. */
export type TokenBucket = Readonly<{
  /** Whether the tries left allow one more after such a failure; takes its price if so. */
  take: (kind: Exclude<FailureKind, 'final'>) => boolean;
  /** A call was answered, after a last retry for that failure or at once. */
  answered: (after: Exclude<FailureKind, 'final'> | undefined) => void;
  left: () => number;
}>;

const bucketTokens = 500;
const costs = { transient: 14, throttling: 5 };
const answeredAtOnce = 1;

/** One for each client, as long as that lives. */
export const tokenBucket = (): TokenBucket => {
  let tokens = bucketTokens;
  return {
    take: (kind) => {
      if (tokens < costs[kind]) return false;
      tokens -= costs[kind];
      return true;
    },
    answered: (after) => {
      tokens = Math.min(bucketTokens, tokens + (after === undefined ? answeredAtOnce : costs[after]));
    },
    left: () => tokens,
  };
};

const throttlingBaseMs = 1_000;
const maxPauseMs = 20_000;
/** A service may ask for a longer pause, by this much at most. */
const maxExtraMs = 5_000;

/**
 * The pause before another try.
 *
 * @param retries so many were made already
 * @param chance from 0 to 1
 * @param askedMs what the service asked for
 */
export const pauseMs = (
  kind: Exclude<FailureKind, 'final'>,
  {
    baseMs,
    retries,
    chance,
    askedMs,
  }: Readonly<{ baseMs: number; retries: number; chance: number; askedMs?: number | undefined }>,
): number => {
  const base = kind === 'throttling' ? throttlingBaseMs : baseMs;
  const own = Math.floor(chance * Math.min(base * 2 ** retries, maxPauseMs));
  return askedMs === undefined ? own : Math.max(own, Math.min(askedMs, own + maxExtraMs));
};

/** How long a service asks to be left alone, in ms; undefined: it does not say. */
export const retryAfterMs = (headers: Readonly<Record<string, string>>, nowMs: number): number | undefined => {
  const ms = headers['x-amz-retry-after'];
  const seconds = headers['retry-after'];
  const asked =
    seconds !== undefined
      ? /^\d+(\.\d+)?$/.test(seconds)
        ? Number(seconds) * 1_000
        : Date.parse(seconds) - nowMs
      : Number(ms ?? Number.NaN);
  return Number.isNaN(asked) ? undefined : asked;
};
