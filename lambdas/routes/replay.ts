import type { Stream } from '../../protocol/event-messages.ts';
import { replayed } from '../../protocol/event-messages.ts';
import type { ReplayMessage } from '../../protocol/client-messages.ts';
import type { StreamHead } from '../../protocol/restaurant-events.ts';
import type { Session } from '../connection/connection.ts';
import { emptyPage, filled, replayedFrom } from '../events/replay-page.ts';
import type { Ports } from '../ports.ts';
import { type Reply, reply } from './events.ts';

/** Events read at once. */
const pageSize = 250;
/** Pages of one answer at most: a restaurant whose events are all for others must not keep a function busy. */
const maxPages = 8;

/** Answers `replay`: the events after a number that this connection type may see, as many as fit into one frame. */
export const replay =
  (ports: Pick<Ports, 'streams' | 'now'>) =>
  async (session: Session, head: StreamHead | undefined, { id, after, limit }: ReplayMessage): Promise<Reply> => {
    const { restaurantId, connectionType } = session;
    const answer = (page: Parameters<typeof replayed>[0]): Reply =>
      reply(replayed(page, head ?? 'none', connectionType, ports.now(), id));
    // Numbers from before the first event are of a numbering that is gone.
    if (head === undefined) return answer({ events: [], nextAfter: 0, more: false, gap: after > 0, oldestSeq: null });

    const stream: Stream = { restaurantId, connectionType, epoch: head.epoch };
    let page = emptyPage(after);
    for (let turn = 0; turn < maxPages && !page.isFull && page.readThrough < head.headSeq; turn++) {
      const read = await ports.streams.readPage(restaurantId, {
        after: page.readThrough,
        upTo: head.headSeq,
        limit: pageSize,
        nowMs: ports.now(),
      });
      page = filled(page, read, stream, limit);
    }
    return answer(replayedFrom(page, after, head, stream));
  };
