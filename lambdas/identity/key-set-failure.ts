/** Why an issuer's key set could not be used, or not all of it, in one fixed word. */
export type KeySetCause =
  | 'timeout'
  | 'connection'
  | 'redirect'
  | 'status'
  | 'too_large'
  | 'not_json'
  | 'no_key_set'
  | 'no_usable_key'
  | 'malformed_keys';

/** What is told of it. `found` is the platform's word or number (a status, a code of Node's, how many keys), never what the endpoint wrote. */
export type KeySetFailure = Readonly<{ cause: KeySetCause; found?: string | number }>;

/** A key set did not come, or is none. */
export class KeySetError extends Error {
  readonly code: KeySetCause;
  readonly found: string | number | undefined;

  constructor(code: KeySetCause, found?: string | number, options?: ErrorOptions) {
    super(`a key set cannot be used: ${code}${found === undefined ? '' : `, got ${found}`}`, options);
    this.name = 'KeySetError';
    this.code = code;
    this.found = found;
  }
}

/** What is told of an error on the way to a key set, whoever threw it. */
export const keySetFailureOf = (error: unknown): KeySetFailure => {
  if (error instanceof KeySetError)
    return { cause: error.code, ...(error.found === undefined ? {} : { found: error.found }) };
  if (fieldOf(error, 'name') === 'TimeoutError') return { cause: 'timeout' };
  // `ECONNREFUSED`, `CERT_HAS_EXPIRED`: `fetch` hides what Node says behind an error of its own.
  const code = fieldOf(fieldOf(error, 'cause'), 'code');
  return { cause: 'connection', ...(typeof code === 'string' ? { found: code } : {}) };
};

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
