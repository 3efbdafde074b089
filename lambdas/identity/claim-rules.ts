/** Whom a token is for, and what else it must say. Pure. */
import type { ClaimRule, Issuer } from '../../config-schema/issuer.ts';
import type { JsonObject } from './unverified-token.ts';

/** Whether the token is for this gateway. Where the issuer stands for the audience, the token may name no other. */
export const isAudience = (payload: JsonObject, { audience, audienceClaim, issuer }: Issuer): boolean => {
  if (audience === 'issuer') return namedIn(payload['aud']).every((one) => one === issuer);
  const ours: readonly unknown[] = audience;
  return namedIn(payload[audienceClaim]).some((one) => ours.includes(one));
};

const namedIn = (claim: unknown): readonly unknown[] => {
  if (claim === undefined) return [];
  return Array.isArray(claim) ? claim : [claim];
};

/** Whether a claim that the issuer's tokens must have is missing, or says something else. */
export const isClaimMissing = (payload: JsonObject, { requiredClaims = {} }: Issuer): boolean =>
  Object.entries(requiredClaims).some(
    ([name, rule]) => !(Object.hasOwn(payload, name) && isAsDemanded(payload[name], rule)),
  );

/** Values are compared as they are: no list stands for its members, and no text for a number. */
const isAsDemanded = (value: unknown, rule: ClaimRule): boolean => {
  if (rule === 'present') return !isNothing(value);
  return Array.isArray(rule) ? rule.some((one) => one === value) : rule === value;
};

/** How issuers write that there is nothing to say. */
const isNothing = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
