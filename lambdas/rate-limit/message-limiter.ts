import type { RateLimits } from '../../config-schema/rate-limits.ts';
import type { ConnectionKey } from '../connection/connection.ts';
import { lruMap } from '../memory/lru-map.ts';
import type { MessageLimiter } from '../ports.ts';
import { admit, type Rate } from './gcra.ts';
import { messageRate, pingRate } from './limits.ts';

/** Sessions a sandbox remembers; the least recently used is evicted first, and starts over with a whole burst. */
const maxSessions = 10_000;

/** The message rate limiter of one sandbox: exact where one sandbox serves a session, more generous where several do. */
export const sandboxMessageLimiter = (limits: RateLimits): MessageLimiter => {
  const rates: Readonly<Record<'ping' | 'message', Rate>> = {
    ping: pingRate(limits),
    message: messageRate(limits),
  };
  const sessions = lruMap<{ tatMs: number | undefined; refused: number }>(maxSessions);

  return ({ connectionId, connectedAtMs }: ConnectionKey, kind, nowMs) => {
    const id = `${kind} ${connectionId} ${connectedAtMs}`;
    const rate = rates[kind];
    const { tatMs, refused } = sessions.get(id) ?? { tatMs: undefined, refused: 0 };
    const admitted = admit(tatMs, rate, nowMs);
    if (admitted !== 'over') {
      sessions.set(id, { tatMs: admitted, refused: 0 });
      return 'within';
    }
    sessions.set(id, { tatMs, refused: refused + 1 });
    return refused + 1 > rate.burst ? 'flood' : 'over';
  };
};
