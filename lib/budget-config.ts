/** The rate limits of one address and one session: the section of the stage's configuration, and what the functions read. */
import * as v from 'valibot';
import type { RateLimits } from '../lambdas/rate-limit/limits.ts';
import { section, whole } from './config-sections.ts';

const count = whole(1, 1_000_000);

/** A whole site may share one address, so the budgets of addresses are for sites and those of messages for devices. */
export const BudgetConfig = section({
  /** Handshakes of one address, or one IPv6 /64, in a minute of the clock: fifty devices that try six times. */
  connectsPerMinute: v.optional(count, 300),
  /** Forged tokens and frames that are no messages, in 15 minutes, before the address has to wait: two runs of `npm run smoke`. */
  hostileFailures: v.optional(count, 30),
  /** Refusals of one address in a minute that are recorded one by one; the others are counted in one record. */
  recordsPerMinute: v.optional(count, 20),
  /** Messages of one session, pings apart, and how many of them at once. */
  messagesPerMinute: v.optional(count, 60),
  messageBurst: v.optional(count, 20),
  /** Pings of one session, and how many of them at once. */
  pingsPerMinute: v.optional(count, 120),
  pingBurst: v.optional(count, 40),
});

/** The section with every default filled in. */
export type BudgetConfig = Readonly<v.InferOutput<typeof BudgetConfig>>;

/** As the functions read it. */
export const rateLimits = (config: BudgetConfig): RateLimits => ({
  connects_per_minute: config.connectsPerMinute,
  hostile_failures: config.hostileFailures,
  records_per_minute: config.recordsPerMinute,
  messages_per_minute: config.messagesPerMinute,
  message_burst: config.messageBurst,
  pings_per_minute: config.pingsPerMinute,
  ping_burst: config.pingBurst,
});
