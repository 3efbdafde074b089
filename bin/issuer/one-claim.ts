/** What the gateway's own rules say of one claim or header when everything else is as it should be. Pure. */
import type { Issuer } from '../../config-schema/issuer.ts';
import { isRefusal } from '../../lambdas/identity/identity.ts';
import { headerProblem, judgeClaims } from '../../lambdas/identity/token-rules.ts';
import type { Detail } from '../../lambdas/security/catalogue.ts';

type Json = Readonly<Record<string, unknown>>;

/** The reason to refuse these claims in an otherwise good token; `undefined` where there is none. A claim that is not there is `undefined`. */
export const claimProblem = (issuer: Issuer, nowMs: number, claims: Json): Detail | undefined => {
  const judged = judgeClaims({ ...goodClaims(issuer, nowMs), ...claims }, issuer, nowMs);
  return isRefusal(judged) ? judged.detail : undefined;
};

/** The same of header fields. */
export const headerFieldProblem = (issuer: Issuer, fields: Json): Detail | undefined =>
  headerProblem({ alg: issuer.algorithms[0], kid: 'kid', ...fields }, issuer);

/** Any claim that `issuer` asks for has to be good here, or every other one is blamed for it. */
const goodClaims = (issuer: Issuer, nowMs: number): Json => {
  const nowSeconds = Math.floor(nowMs / 1_000);
  return {
    iss: issuer.issuer,
    ...(issuer.tokenUse && { token_use: issuer.tokenUse }),
    iat: nowSeconds,
    exp: nowSeconds + 60,
    [issuer.userIdClaim]: 'somebody',
    [issuer.audienceClaim]: issuer.audience[0],
  };
};
