import { KeySetError } from './key-set-failure.ts';
import type { FetchJson } from './signing-keys.ts';

/** For an issuer that needs 1.5 s, and a connection with TLS from a cold start: 0.1 to 0.3 s. */
export const fetchTimeoutMs = 2_000;
const maxBytes = 256 * 1024;

/** Gets a JSON document in that time, follows no redirect, reads 256 KB at most; else rejects with what `keySetFailureOf` knows. */
export const fetchJson = async (url: string, timeoutMs = fetchTimeoutMs): ReturnType<FetchJson> => {
  // `AbortSignal.timeout` takes whole milliseconds alone, and what is left of an invocation is none.
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(Math.floor(timeoutMs)) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new KeySetError(response.status >= 300 && response.status < 400 ? 'redirect' : 'status', response.status);
  }
  return parsed(await textOf(response));
};

const textOf = async (response: Response): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes) throw new KeySetError('too_large', maxBytes);
  }
  return Buffer.concat(pieces);
};

const parsed = (bytes: Uint8Array): Awaited<ReturnType<FetchJson>> => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new KeySetError('not_json', undefined, { cause });
  }
};
