import type { ConnectionKey } from '../connection/connection.ts';
import { lruMap } from '../memory/lru-map.ts';
import type { MessageBudget } from '../ports.ts';
import { type BudgetLimits, messageBucket } from './limits.ts';
import { type Bucket, type BucketSize, fullBucket, take } from './token-bucket.ts';

/** Sessions a sandbox remembers; the one that was silent longest is forgotten first, and starts over with a full bucket. */
const maxSessions = 10_000;

/** The message budget of one sandbox: exact where one sandbox serves a session, more generous where several do. */
export const sandboxMessageBudget = (limits: BudgetLimits): MessageBudget => {
  const sizes: Readonly<Record<'ping' | 'message', BucketSize>> = {
    ping: { perMinute: limits.pings_per_minute, burst: limits.ping_burst },
    message: messageBucket(limits),
  };
  const sessions = lruMap<{ bucket: Bucket; refused: number }>(maxSessions);

  return ({ connectionId, connectedAtMs }: ConnectionKey, kind, nowMs) => {
    const id = `${kind} ${connectionId} ${connectedAtMs}`;
    const size = sizes[kind];
    const { bucket, refused } = sessions.get(id) ?? { bucket: fullBucket(size, nowMs), refused: 0 };
    const outcome = take(bucket, size, nowMs);
    const refusedNow = outcome.taken ? 0 : refused + 1;
    sessions.set(id, { bucket: outcome.bucket, refused: refusedNow });
    if (outcome.taken) return 'within';
    return refusedNow > size.burst ? 'flood' : 'over';
  };
};
