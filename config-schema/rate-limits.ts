/** What one address, one session, one user and one restaurant may do: the section `budgets`. */
import * as v from 'valibot';
import { section, whole } from './sections.ts';

const count = whole(1, 1_000_000);

/** A whole site may share one address, so the limits of addresses are for sites and those of messages for devices. */
export const RateLimits = section({
  /** Handshakes of one address, or one IPv6 /64, in a minute of the clock: fifty devices that try six times. */
  connectsPerMinute: v.optional(count, 300),
  /** Handshakes of one user at one restaurant that show a re-entry pass, in a minute: beyond them the address counts. */
  reentriesPerMinute: v.optional(count, 120),
  /** Forged tokens and frames that are no JSON, in 15 minutes, before the address is blocked: two runs of `npm run smoke`. */
  hostileFailures: v.optional(count, 30),
  /** The same two for addresses of `trustedAddresses`: twenty sites of fifty devices, and their mistakes. */
  trustedConnectsPerMinute: v.optional(count, 6000),
  trustedHostileFailures: v.optional(count, 600),
  /** Refusals of one address in a minute that are recorded one by one; the others are counted in one record. */
  recordsPerMinute: v.optional(count, 20),
  /** Messages of one session, pings apart, and how many of them at once. */
  messagesPerMinute: v.optional(count, 60),
  messageBurst: v.optional(count, 20),
  /** Pings of one session, and how many of them at once. */
  pingsPerMinute: v.optional(count, 120),
  pingBurst: v.optional(count, 40),
  /** Read units of DynamoDB that the replays of one session and its `who` may cost, and how many of them at once: 2.4 MB of events a minute. */
  replayUnitsPerMinute: v.optional(count, 600),
  replayUnitBurst: v.optional(count, 600),
  /** Events that are published at one restaurant in a minute: three menus of a thousand dishes, and half of what can be delivered. */
  publicationsPerMinute: v.optional(count, 3_000),
  /** Sessions of one user at one restaurant: a login that every device of a site shares. Beyond it the oldest is closed. */
  sessionsPerUser: v.optional(count, 50),
  /** Sessions of one restaurant. Beyond it the newest is closed. */
  sessionsPerRestaurant: v.optional(count, 2_000),
});

/** The section with every default filled in. */
export type RateLimits = Readonly<v.InferOutput<typeof RateLimits>>;
