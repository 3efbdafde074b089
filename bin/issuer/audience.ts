/** Whom a token is for, and which of its claims says so. Pure. */
import { audienceClaims } from '../../config-schema/issuer.ts';
import { isShared } from '../../config-schema/known-issuers.ts';
import { bareEntry, completeEntry, type Entry, type Said, unknownAudience } from './bare-entry.ts';
import { type Line, note, shown } from './report.ts';
import type { SampleToken } from './sample-token.ts';
import { clientsOf } from './token-kind.ts';

type Audience = Readonly<{ is: readonly string[]; claim: Entry; notes: readonly Line[] }>;

/** The audience that was said, else the token's own; with the claim that has it where that is not the default. */
export const audienceOf = ({ audience, issuer }: Said, jwksUri: string, token: SampleToken | undefined): Audience => {
  if (token === undefined)
    return audience === undefined
      ? { is: [unknownAudience], claim: {}, notes: [note(audienceIsYours)] }
      : { is: audience, claim: {}, notes: [] };
  for (const claim of audienceClaims) {
    const candidates = candidatesIn(token.unverifiedPayload, claim, issuer);
    const is = audience === undefined ? candidates.slice(0, 1) : audience.filter((one) => candidates.includes(one));
    if (is.length === 0) continue;
    return {
      is: audience ?? is,
      claim: isDefaultClaim(issuer, claim) ? {} : { audienceClaim: claim },
      notes: audience === undefined ? [note(lookAtAudience(is[0], claim))] : [],
    };
  }
  // An issuer that is one client's says so in its name.
  const isItself = /\/user_management\/client_/.test(issuer) && !isShared(issuer, jwksUri);
  return { is: audience ?? [isItself ? 'issuer' : unknownAudience], claim: {}, notes: [] };
};

const audienceIsYours = 'the audience is yours to fill in: --token-file or --audience tells it';
const lookAtAudience = (audience: string | undefined, claim: string): string =>
  `the audience ${shown(audience)} is this token's ${claim}: see that it is your API's, and nobody else's`;

/** The API before the client, which has ID tokens; what every token of an issuer has is nobody's audience. */
const candidatesIn = (payload: Entry, claim: string, issuer: string): readonly string[] => {
  const value = payload[claim];
  const all = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  const clients = clientsOf(payload);
  return all
    .filter((one) => one !== 'account' && !one.endsWith('/userinfo') && one !== issuer)
    .toSorted((one, other) => Number(clients.includes(one)) - Number(clients.includes(other)));
};

const isDefaultClaim = (issuer: string, claim: string): boolean => {
  const read = completeEntry(bareEntry({ issuer }, undefined));
  return claim === ('issuer' in read ? read.issuer.audienceClaim : 'aud');
};
