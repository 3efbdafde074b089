/** The ports that only `authenticate` has: memberships and token verification. Apart, so that no other bundle carries them. */
import { findMemberships } from './dynamodb/memberships.ts';
import { environment, listFrom, textFrom } from './env.ts';
import { fetchJson } from './identity/fetch-json.ts';
import { issuersFrom } from './identity/issuer.ts';
import { signingKeys } from './identity/signing-keys.ts';
import { verifyToken } from './identity/verify-token.ts';
import { closingPorts, documentClient } from './live.ts';
import type { Ports } from './ports.ts';

export const authenticationPorts = (env = process.env, client = documentClient()): Ports => ({
  ...closingPorts(env, client),
  findMemberships: findMemberships({ client, tableName: textFrom(env, environment.membershipsTable) }),
  verifyToken: verifyToken(
    { findKey: signingKeys(fetchJson, Date.now), now: Date.now },
    issuersFrom(listFrom(env, environment.issuers)),
  ),
});
