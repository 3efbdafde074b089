/** Whether a token is for an API or tells an app who logged in, and which claim of it says so. Pure. */
import type { ClaimRule } from '../../config-schema/issuer.ts';
import { shown } from './report.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a claim has to be, as `requiredClaims` has it: this value, or with the word "present" anything. */
export type Requirement = Readonly<Record<string, ClaimRule>>;

/**
 * `requires`: the claim by which the gateway can tell it from its twin; undefined where only what is absent does. `isSaid`: a word
 * that is there for this, which no access token of the issuer leaves out.
 */
export type TokenKind = Readonly<{
  is: 'access' | 'id' | 'unknown';
  because: string;
  requires?: Requirement;
  isSaid?: true;
}>;

type Sign = (header: Json, payload: Json) => TokenKind | undefined;

/** A claim whose value is a word for the kind. */
const said =
  (claim: string, words: Readonly<Record<string, 'access' | 'id'>>): Sign =>
  (_, payload) => {
    const value = payload[claim];
    const is = typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
    if (is === undefined || typeof value !== 'string') return undefined;
    return {
      is,
      because: `${claim} is ${shown(value)}`,
      ...(is === 'access' && { requires: { [claim]: value }, isSaid: true }),
    };
  };

/** A claim that only one kind has. */
const has =
  (is: 'access' | 'id', claim: string): Sign =>
  (_, payload) =>
    Object.hasOwn(payload, claim)
      ? { is, because: `it has ${claim}`, ...(is === 'access' && { requires: { [claim]: 'present' } }) }
      : undefined;

/** RFC 9068, section 2.1. A header is nothing that can be required; a claim beside it may be. */
const headerSaysAccess: Sign = ({ typ }, payload) => {
  if (!(typeof typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(typ))) return undefined;
  const { requires } = claimsOfAccess.flatMap((sign) => sign({}, payload) ?? [])[0] ?? {};
  return { is: 'access', because: `its header says ${shown(typ)}`, ...(requires && { requires }) };
};

const claimsOfAccess: readonly Sign[] = [
  has('access', 'applicationId'),
  has('access', 'urn:zitadel:iam:org:project:roles'),
  has('access', 'scp'),
  has('access', 'scope'),
  has('access', 'uid'),
];

/** The strongest first: what says it in a word of its own, then what only one kind has. */
const signs: readonly Sign[] = [
  said('token_use', { access: 'access', id: 'id' }),
  said('typ', { Bearer: 'access', ID: 'id' }),
  said('tokenName', { access_token: 'access', id_token: 'id' }),
  said('sts', { active: 'access' }),
  has('id', 'at_hash'),
  has('id', 'c_hash'),
  headerSaysAccess,
  has('id', 'nonce'),
  ...claimsOfAccess,
];

export const kindOf = (header: Json, payload: Json): TokenKind =>
  signs.flatMap((sign) => sign(header, payload) ?? [])[0] ?? {
    is: 'unknown',
    because: 'none of its claims says what it is for',
  };

/** The claims that name the client, under which an ID token is for that client. */
const clientClaims = ['client_id', 'azp', 'cid', 'appid'];

export const clientsOf = (payload: Json): readonly string[] =>
  clientClaims.flatMap((claim) => {
    const value = payload[claim];
    return typeof value === 'string' ? [value] : [];
  });
