/** An `issuers` entry before anything is asked, and what the configuration's schema says of any entry. Pure. */
import * as v from 'valibot';
import { type Issuer, Issuers } from '../../config-schema/issuer.ts';
import { providerOf } from './providers.ts';

/** What the person said of the entry; whatever is not said is found out. */
export type Said = Readonly<{
  issuer: string;
  alias?: string | undefined;
  audience?: readonly string[] | undefined;
  userIdClaim?: string | undefined;
}>;

export type Entry = Readonly<Record<string, unknown>>;

/** Stands where only a person can say what it is. */
export const unknownAudience = '<audience>';

/** `entry` with every default, as the gateway reads it; else which key is wrong, and the rest of a sentence that begins with it. */
export const completeEntry = (
  entry: Entry,
): Readonly<{ issuer: Issuer }> | Readonly<{ key: string; problem: string }> => {
  const read = v.safeParse(Issuers, [entry]);
  if (!read.success) {
    const [issue] = read.issues;
    return { key: (v.getDotPath(issue) ?? '').replace(/^0\.?/, ''), problem: issue.message };
  }
  const [issuer] = read.output;
  return issuer === undefined ? { key: 'issuers', problem: 'must not be empty' } : { issuer };
};

/** As much as is known before anything is asked. With it the schema already judges names and addresses. */
export const bareEntry = ({ issuer, alias }: Said, jwksUri: string | undefined): Entry => ({
  alias: alias ?? providerOf(issuer)?.alias ?? 'main',
  issuer,
  audience: unknownAudience,
  // Enough for the rules about ID tokens, whoever the issuer is.
  requiredClaims: { scope: 'present' },
  ...(jwksUri !== undefined && { jwksUri }),
});
