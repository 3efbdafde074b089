/** The ports that only `authenticate` has: memberships and token verification. Apart, so that no other bundle carries them. */
import { findMemberships } from './dynamodb/memberships.ts';
import { environment, listFrom, textFrom } from './env.ts';
import { fetchJson } from './identity/fetch-json.ts';
import { issuersFrom } from './identity/issuer.ts';
import { signingKeys } from './identity/signing-keys.ts';
import { verifyToken } from './identity/verify-token.ts';
import { closingPorts, documentClient } from './live.ts';
import type { Ports } from './ports.ts';

export const authenticationPorts = (env = process.env, client = documentClient()): Ports => {
  const ports = closingPorts(env, client);
  const findKey = signingKeys(fetchJson, Date.now, (problem) => ports.announce.failed('key_set', {}, problem));
  return {
    ...ports,
    findMemberships: findMemberships({ client, tableName: textFrom(env, environment.membershipsTable) }),
    verifyToken: verifyToken({ findKey, now: Date.now }, issuersFrom(listFrom(env, environment.issuers))),
  };
};
