/** The ports that only `authenticate` has: memberships and token verification. Apart, so that no other bundle carries them. */
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { findMemberships } from '../dynamodb/memberships.ts';
import { streams } from '../dynamodb/streams.ts';
import { environment, textFrom } from '../env.ts';
import { fetchJson, fetchTimeoutMs } from '../identity/fetch-json.ts';
import { type FetchJson, signingKeys } from '../identity/signing-keys.ts';
import { trustedIssuers } from '../identity/trusted-issuers.ts';
import { verifyToken } from '../identity/verify-token.ts';
import type { AuthenticationPorts } from '../route-ports.ts';
import { callPolicies, closingPorts, documentClient } from './aws-ports.ts';
import type { Deadline } from './deadline.ts';
import { passKeyRing } from './pass-keys.ts';

/** Left when the issuer has not answered: tables end 0.7 s before the invocation does, and a refusal is a record and a row. */
const keySetReserveMs = callPolicies.tables.reserveMs + 200;
/** Time for an issuer that is near and well, where the tables took more than is left. */
const leastFetchMs = 400;
const hourMs = 60 * 60 * 1000;

export const authenticationPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env = process.env,
  client = documentClient(deadline),
): AuthenticationPorts => {
  const ports = closingPorts(deadline, config, env, client);
  const tables = {
    memberships: textFrom(env, environment.membershipsTable),
    events: textFrom(env, environment.eventsTable),
  };
  const fetchInTime: FetchJson = (url) =>
    fetchJson(url, Math.max(leastFetchMs, Math.min(fetchTimeoutMs, deadline.leftMs() - keySetReserveMs)));
  const findKey = signingKeys(fetchInTime, Date.now, ports.telemetry.keySetFailed);
  return {
    ...ports,
    findMemberships: findMemberships(client, tables),
    streams: streams({ client, tableName: tables.events }),
    eventRetentionMs: config.eventRetentionHours * hourMs,
    pingIntervalMs: config.pingIntervalSeconds * 1000,
    passKeys: passKeyRing(client, env),
    verifyToken: verifyToken({ findKey, domain: ports.domain, now: Date.now }, trustedIssuers(config, env)),
  };
};
