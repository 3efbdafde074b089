/** What the functions read of a stage's configuration. */
import * as v from 'valibot';
import type { ConfiguredDomain } from '../protocol/domain.ts';
import { pingIntervalSeconds } from '../protocol/limits.ts';
import { domainKeys } from './domain.ts';
import { Issuers } from './issuer.ts';
import { RateLimits } from './rate-limits.ts';
import { isCidr } from './cidr.ts';
import { originOf } from './origin.ts';
import { section, whole } from './sections.ts';

const cidrMessage = 'must be a CIDR such as "203.0.113.0/24" or "2001:db8:7::/48"';
const cidr = v.pipe(v.string(cidrMessage), v.check(isCidr, cidrMessage));
const originMessage = 'must be an origin such as "https://till.example.com": scheme, host, port if any, no path';
/** Kept in the one spelling in which origins are compared. */
const origin = v.pipe(
  v.string(originMessage),
  v.check((text) => originOf(text) !== undefined, originMessage),
  v.transform((text) => originOf(text) ?? text),
);

/** But the domain, which a stage may have from a preset. */
export const settingKeys = {
  /** Time a device has for its first message. */
  authTimeoutSeconds: v.optional(whole(1, 30), 5),
  /**
   * Web pages that may connect, by origin. Who sends no origin may always connect, as may who sends the gateway's own, such as
   * React Native. None listed: nobody else.
   */
  allowedOrigins: v.optional(v.array(origin, 'must be a list'), []),
  /** Pages of this machine and of the private network may connect: for the gateway on a developer's machine, and refused elsewhere. */
  developmentOrigins: v.optional(v.boolean('must be true or false'), false),
  /** Trusted token issuers; none listed: the stage gets a Cognito user pool of its own. */
  issuers: v.optional(Issuers, []),
  /** Networks with limits of their own, such as a chain's one way out: CIDRs. */
  trustedAddresses: v.optional(v.array(cidr, 'must be a list'), []),
  /** What one address, or one session, may do. */
  budgets: v.optional(RateLimits, {}),
  /** How long an audit record is kept: 13 months of 30 days and a bit. */
  auditRetentionDays: v.optional(whole(1, 3653), 400),
  /** How long an event can be replayed, and a device's id for one keeps it from being published twice. */
  eventRetentionHours: v.optional(whole(1, 168), 24),
  /** After how much silence its clients are to ping. */
  pingIntervalSeconds: v.optional(
    whole(pingIntervalSeconds.least, pingIntervalSeconds.most),
    pingIntervalSeconds.usual,
  ),
};

/** With what devices and members may be, and what devices publish. */
export const functionKeys = { ...settingKeys, ...domainKeys };

export const FunctionConfig = section(functionKeys);

/** The functions' part of a stage's configuration, with every default filled in. */
export type FunctionConfig = Readonly<
  Omit<v.InferOutput<typeof FunctionConfig>, keyof typeof domainKeys> &
    ConfiguredDomain & { demoUsers: Readonly<Record<string, string>> }
>;
