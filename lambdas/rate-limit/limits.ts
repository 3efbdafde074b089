import type { RateLimits } from '../../config-schema/rate-limits.ts';
import type { Rate } from './gcra.ts';

/** The rate of a session's messages, pings apart. */
export const messageRate = ({ messagesPerMinute, messageBurst }: RateLimits): Rate => ({
  perMinute: messagesPerMinute,
  burst: messageBurst,
});

/** The rate at which a session's replays may use read units. */
export const replayRate = ({ replayUnitsPerMinute, replayUnitBurst }: RateLimits): Rate => ({
  perMinute: replayUnitsPerMinute,
  burst: replayUnitBurst,
});

/** The rate of a session's pings. */
export const pingRate = ({ pingsPerMinute, pingBurst }: RateLimits): Rate => ({
  perMinute: pingsPerMinute,
  burst: pingBurst,
});
