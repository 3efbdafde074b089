/** Signature Version 4 by the SDK's own package, with Node's SHA-256. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './environment.ts';
import type { HttpRequest } from './http.ts';

/** What the signer takes for text and bytes: a constructor, with a key for an HMAC. */
class Sha256 {
  #hash: Hash | Hmac;
  readonly #secret: Secret | undefined;

  constructor(secret?: Secret) {
    this.#secret = secret;
    this.#hash = begun(secret);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = begun(this.#secret);
  }
}

type Secret = string | ArrayBuffer | ArrayBufferView;

const begun = (secret: Secret | undefined): Hash | Hmac =>
  secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));

const keyOf = (secret: Secret): string | Uint8Array => {
  if (typeof secret === 'string') return secret;
  if (!ArrayBuffer.isView(secret)) return new Uint8Array(secret);
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength);
};

export type Signer = (request: HttpRequest, atMs: number) => Promise<HttpRequest>;

/** @param credentials asked at each request */
export const signer = (
  service: string,
  region: string,
  credentials: () => Credentials | Promise<Credentials>,
): Signer => {
  const signature = new SignatureV4({ service, region, sha256: Sha256, credentials: async () => credentials() });
  return async (request, atMs) => {
    const { headers } = await signature.sign(request, { signingDate: new Date(atMs) });
    return { ...request, headers };
  };
};
