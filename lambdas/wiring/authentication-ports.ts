/** The ports that only `authenticate` has: memberships and token verification. Apart, so that no other bundle carries them. */
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { findMemberships } from '../dynamodb/memberships.ts';
import { streams } from '../dynamodb/streams.ts';
import { environment, textFrom } from '../env.ts';
import { fetchJson } from '../identity/fetch-json.ts';
import { signingKeys } from '../identity/signing-keys.ts';
import { trustedIssuers } from '../identity/trusted-issuers.ts';
import { verifyToken } from '../identity/verify-token.ts';
import type { AuthenticationPorts } from '../route-ports.ts';
import { closingPorts, documentClient } from './aws-ports.ts';
import type { Deadline } from './deadline.ts';
import { passKeyRing } from './pass-keys.ts';

export const authenticationPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env = process.env,
  client = documentClient(deadline),
): AuthenticationPorts => {
  const ports = closingPorts(deadline, config, env, client);
  const findKey = signingKeys(fetchJson, Date.now, (problem) => ports.telemetry.failed('key_set', {}, problem));
  return {
    ...ports,
    findMemberships: findMemberships({ client, tableName: textFrom(env, environment.membershipsTable) }),
    streams: streams({ client, tableName: textFrom(env, environment.eventsTable) }),
    passKeys: passKeyRing(client, env),
    verifyToken: verifyToken({ findKey, now: Date.now }, trustedIssuers(config, env)),
  };
};
