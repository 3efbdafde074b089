/** What the gateway's own rules say of one claim or header when everything else is as it should be. Pure. */
import type { ClaimRule, Issuer } from '../../config-schema/issuer.ts';
import { isRefusal } from '../../lambdas/identity/identity.ts';
import { headerProblem, judgeClaims } from '../../lambdas/identity/token-rules.ts';
import type { Detail } from '../../lambdas/security/catalogue.ts';
import type { SampleToken } from './sample-token.ts';

type Json = Readonly<Record<string, unknown>>;

/** The reason to refuse a token for this claim alone, as the token has it or has it not; `undefined` where there is none. */
export const claimProblem = (
  issuer: Issuer,
  nowMs: number,
  { unverifiedPayload, payloadText }: SampleToken,
  claim: string,
): Detail | undefined => {
  const { [claim]: _, ...others } = goodClaims(issuer, nowMs);
  const own = Object.hasOwn(unverifiedPayload, claim) ? { [claim]: unverifiedPayload[claim] } : {};
  const one = { header: {}, payload: { ...others, ...own }, payloadText, signed: '', signature: '' };
  const judged = judgeClaims(one, issuer, nowMs);
  return isRefusal(judged) ? judged.detail : undefined;
};

/** The same of a header field. */
export const headerFieldProblem = (issuer: Issuer, fields: Json): Detail | undefined =>
  headerProblem({ alg: issuer.algorithms[0], kid: 'kid', ...fields }, issuer);

/** Any claim that `issuer` asks for has to be good here, or every other one is blamed for it. */
const goodClaims = (issuer: Issuer, nowMs: number): Json => {
  const nowSeconds = Math.floor(nowMs / 1_000);
  const { audience, audienceClaim, requiredClaims = {}, tokenUse, userIdClaim } = issuer;
  return {
    iss: issuer.issuer,
    ...(tokenUse && { token_use: tokenUse }),
    ...Object.fromEntries(Object.entries(requiredClaims).map(([name, rule]) => [name, oneThatFits(rule)])),
    iat: nowSeconds,
    exp: nowSeconds + 60,
    [userIdClaim]: 'somebody',
    ...(audience !== 'issuer' && { [audienceClaim]: audience[0] }),
  };
};

const oneThatFits = (rule: ClaimRule): unknown => (Array.isArray(rule) ? rule[0] : rule);
