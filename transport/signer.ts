/** Signature Version 4 by the SDK's own package, with Node's SHA-256. */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './environment.ts';
import type { HttpRequest } from './http.ts';

type Secret = string | ArrayBuffer | ArrayBufferView;

/** What the signer takes for SHA-256 and, with a secret, its HMAC. */
class Sha256 {
  readonly #secret: Secret | undefined;
  #data: Uint8Array = new Uint8Array();

  constructor(secret?: Secret) {
    this.#secret = secret;
  }

  /** The signer knows all that is to be hashed before it begins: this is called once. */
  update(data: Uint8Array): void {
    this.#data = data;
  }

  async digest(): Promise<Uint8Array> {
    return this.#secret === undefined
      ? hash('sha256', this.#data, 'buffer')
      : createHmac('sha256', keyOf(this.#secret)).update(this.#data).digest();
  }

  reset(): void {
    this.#data = new Uint8Array();
  }
}

/** Of the bytes that the signer keeps for a day. Made anew at each request they would cost as much as all the rest of a signature. */
const keys = new WeakMap<object, KeyObject>();

const keyOf = (secret: Secret): string | KeyObject => {
  if (typeof secret === 'string') return secret;
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const bytes = ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
  const key = createSecretKey(bytes);
  keys.set(secret, key);
  return key;
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
