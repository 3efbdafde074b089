import type { RateLimits } from '../../config-schema/rate-limits.ts';
import type { ConnectionKey } from '../connection/connection.ts';
import { lruMap } from '../memory/lru-map.ts';
import type { ReplayAllowance } from '../ports.ts';
import { admissible, charged, waitMsFor } from './gcra.ts';
import { replayRate } from './limits.ts';

/** Sessions a sandbox remembers; the least recently used is evicted first, and starts over with a whole allowance. */
const maxSessions = 10_000;
/** Who has used up the allowance comes back for so much of it, and not for each unit. */
const worthwhileUnits = 50;

/** What one sandbox lets a session read: exact where one sandbox serves it, more generous where several do. */
export const sandboxReplayAllowance = (limits: RateLimits): ReplayAllowance => {
  const rate = replayRate(limits);
  const worthwhile = Math.min(worthwhileUnits, rate.burst);
  const tats = lruMap<number>(maxSessions);
  const idOf = ({ connectionId, connectedAtMs }: ConnectionKey): string => `${connectionId} ${connectedAtMs}`;
  return {
    left: (key, nowMs) => Math.max(0, admissible(tats.get(idOf(key)), rate, nowMs)),
    spend: (key, units, nowMs) => tats.set(idOf(key), charged(Math.ceil(units), tats.get(idOf(key)), rate, nowMs)),
    waitMs: (key, nowMs) => waitMsFor(worthwhile, tats.get(idOf(key)), rate, nowMs),
  };
};
