import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { Issuer } from '../../config-schema/issuer.ts';
import type { Detail } from '../security/catalogue.ts';
import type { TokenRefusal, VerifyToken } from './identity.ts';
import type { FindKey } from './signing-keys.ts';
import { headerProblem, isUnsigned, judgeClaims, keyProblem } from './token-rules.ts';

export type VerificationPorts = Readonly<{ findKey: FindKey; now: () => number }>;

/**
 * Verifies a token against the configured issuers: the header's rules, then the signature, then the claims. The library
 * checks signature, key and issuer; its clock is switched off (`graceSeconds`), because the claim rules here are
 * stricter and it throws `RangeError` on some hostile times. None of its error texts is kept: they quote the token.
 */
export const verifyToken =
  ({ findKey, now }: VerificationPorts, issuers: readonly Issuer[]): VerifyToken =>
  async (unverifiedToken) => {
    if (unverifiedToken === undefined || unverifiedToken === '') return invalid('token_missing');
    if (isUnsigned(headerOf(unverifiedToken))) return { reason: 'token_invalid', detail: 'signature_bad' };
    const unverified = decompose(unverifiedToken);
    if (unverified === undefined) return invalid('token_malformed');
    const issuer = issuers.find((one) => one.issuer === unverified.payload['iss']);
    if (issuer === undefined) return invalid('issuer_unknown');
    const { header } = unverified;
    const problem = headerProblem(header, issuer);
    if (problem !== undefined) return invalid(problem);
    const algorithm = String(header['alg']);

    const jwk = await findKey(issuer.jwksUri, String(header['kid']));
    if (jwk === 'unreachable') return { reason: 'unavailable', detail: 'keys_unreachable' };
    if (jwk === 'unknown') return invalid('key_unknown');
    if (keyProblem(jwk, algorithm) !== undefined) return invalid('key_unfit');
    try {
      const payload = verifyJwtSync(unverifiedToken, jwk, {
        issuer: issuer.issuer,
        audience: null,
        graceSeconds: Number.POSITIVE_INFINITY,
      });
      return judgeClaims(payload, issuer, now());
    } catch {
      return invalid('signature_bad');
    }
  };

type Json = Readonly<Record<string, unknown>>;

const decompose = (unverifiedToken: string): { header: Json; payload: Json } | undefined => {
  try {
    return decomposeUnverifiedJwt(unverifiedToken);
  } catch {
    return undefined;
  }
};

/** The header, also of what the library takes for no token, such as one whose signature is empty. */
const headerOf = (unverifiedToken: string): Json => {
  try {
    const header: unknown = JSON.parse(Buffer.from(unverifiedToken.split('.', 1)[0] ?? '', 'base64url').toString());
    return typeof header === 'object' && header !== null ? { ...header } : {};
  } catch {
    return {};
  }
};

const invalid = (detail: Detail): TokenRefusal => ({ reason: 'token_invalid', detail });
