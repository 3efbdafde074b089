/** A sandbox before its issuer's key endpoint, on a clock that the test moves. */
import type { RequestListener } from 'node:http';
import { nowMs, type SigningKey, signingKey, tokenOf } from '../identity/tokens.ts';
import { freshVerifier, issuerAt, type KeyEndpoint, keyEndpoint, publishing } from './key-endpoint.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** The key that the issuer publishes. */
export const key = await signingKey('EdDSA', 'k-1');

const opened: KeyEndpoint[] = [];
/** An endpoint that `closeEndpoints` closes. */
export const openEndpoint = async (answer: RequestListener): Promise<KeyEndpoint> => {
  const endpoint = await keyEndpoint(answer);
  opened.push(endpoint);
  return endpoint;
};
export const closeEndpoints = async (): Promise<void> => {
  for (const endpoint of opened.splice(0)) await endpoint.stop();
};

/** A new sandbox, its clock, and the endpoint its issuer publishes at. */
export const scene = async (answer: RequestListener = publishing(key.jwk)) => {
  const endpoint = await openEndpoint(answer);
  const clock = { ms: nowMs };
  const { verify, fetched } = freshVerifier([issuerAt(endpoint)], () => clock.ms);
  return {
    endpoint,
    clock,
    fetched,
    verify,
    /** A token issued this moment for ten minutes. */
    verifyNow: (by: SigningKey = key) => {
      const iat = Math.floor(clock.ms / 1000);
      return verify(tokenOf(by, { claims: { iat, exp: iat + 600 } }));
    },
    /** A token that names a key nobody has: to learn that, the key set must be asked for. */
    verifyForged: (i: number) => verify(tokenOf(key, { header: { kid: `forged-${i}` } })),
  };
};

export type Scene = Awaited<ReturnType<typeof scene>>;
