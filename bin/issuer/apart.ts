/** What tells ID tokens from access tokens, in the keys that the configuration's schema asks for. Pure. */
import { knownIdTokens } from '../../config-schema/known-issuers.ts';
import { completeEntry, type Entry } from './bare-entry.ts';
import { type Line, note } from './report.ts';
import type { SampleToken } from './sample-token.ts';
import { clientsOf, kindOf, type Requirement } from './token-kind.ts';

/** The least that the schema takes: nothing, where the audience does it; else a claim of the token's; else the person's word. */
export const apartFrom = (
  entry: Entry,
  audiences: readonly string[],
  token: SampleToken | undefined,
): Readonly<{ keys: Entry; notes: readonly Line[] }> => {
  const other = { keys: { idTokens: 'other_audience' }, notes: [note(onlyIfOther)] };
  const guessed = { keys: { requiredClaims: { scope: 'present' } }, notes: [note(seeAToken)] };
  if (token === undefined)
    return [{ keys: {}, notes: [] }, other, guessed].find(({ keys }) => isTaken(entry, keys)) ?? guessed;
  const { unverifiedHeader, unverifiedPayload } = token;
  const kind = kindOf(unverifiedHeader, unverifiedPayload);
  const known = knownIdTokens(String(entry['issuer']), audiences);
  if (kind.is === 'id') return known?.idTokens === 'sent' ? { keys: {}, notes: [] } : guessed;
  const clients = clientsOf(unverifiedPayload);
  const mayBeClients =
    clients.length === 0 || 'audienceClaim' in entry || audiences.some((one) => clients.includes(one));
  const also = unverifiedPayload['is_anonymous'] === false ? { is_anonymous: false } : {};
  const asked = (requires: Requirement): Entry =>
    Object.keys(requires).length > 0 ? { requiredClaims: requires } : {};
  // Where no audience is named any claim of ours will do, since every ID token names one.
  const own = audiences.includes('issuer') && Object.hasOwn(unverifiedPayload, 'sid') ? { sid: 'present' } : {};
  const required = asked({ ...(kind.requires ?? own), ...also });
  const isSaid = kind.isSaid === true || (mayBeClients && kind.requires !== undefined);
  const choices = [
    ...(isSaid ? [] : [{ keys: asked(also), notes: [] }]),
    ...(mayBeClients || isSaid ? [{ keys: required, notes: [] }] : []),
    { keys: { ...other.keys, ...asked(also) }, notes: clients.length > 0 && !mayBeClients ? [] : other.notes },
    { keys: required, notes: [] },
  ];
  return choices.find(({ keys }) => isTaken(entry, keys)) ?? guessed;
};

const isTaken = (entry: Entry, keys: Entry): boolean => 'issuer' in completeEntry({ ...entry, ...keys });

const onlyIfOther =
  'leave "idTokens": "other_audience" there only if no ID token of this issuer has this audience (docs/issuers.md#id-tokens)';
const seeAToken =
  '"requiredClaims" is a guess: an access token by --token-file tells which claim it has and ID tokens have not';
