import type { ReplayMessage } from '../../protocol/client-messages.ts';
import { replayed, type Stream } from '../../protocol/event-messages.ts';
import type { StreamHead } from '../../protocol/restaurant-events.ts';
import { errorReply } from '../../protocol/server-messages.ts';
import { type Reply, reply } from '../apigateway/events.ts';
import type { Authenticated } from '../connection/connection.ts';
import { emptyPage, filled, type Page, replayedFrom } from '../events/replay-page.ts';
import type { Ports } from '../ports.ts';

/** Events read at once. */
const pageSize = 250;
/** Pages of one answer at most: a restaurant whose events are all for others must not keep a function busy. */
const maxPages = 8;

type ReplayPorts = Pick<Ports, 'streams' | 'telemetry' | 'now'>;

/**
 * Answers `replay`: the events after a number that this connection type may see, as many as fit into one frame. When
 * they cannot be read the answer names the message, so that the client asks again and holds nothing else back.
 */
export const replay =
  (ports: ReplayPorts) =>
  async (connection: Authenticated, head: StreamHead | undefined, asked: ReplayMessage): Promise<Reply> => {
    const { restaurantId, connectionType } = connection.session;
    const { id, after } = asked;
    const answer = (page: Parameters<typeof replayed>[0]): Reply =>
      reply(replayed(page, head ?? 'none', connectionType, ports.now(), id));
    // Numbers from before the first event are of a numbering that is gone.
    if (head === undefined) return answer({ events: [], nextAfter: 0, more: false, gap: after > 0, oldestSeq: null });

    const stream: Stream = { restaurantId, connectionType, epoch: head.epoch };
    try {
      return answer(replayedFrom(await pageOf(ports)(stream, head, asked), after, head, stream));
    } catch (error) {
      ports.telemetry.failed('message', connection, error);
      return reply(errorReply('unavailable', ports.now(), id));
    }
  };

const pageOf =
  (ports: ReplayPorts) =>
  async (stream: Stream, head: StreamHead, { after, limit }: ReplayMessage): Promise<Page> => {
    let page = emptyPage(after);
    for (let turn = 0; turn < maxPages && !page.isFull && page.readThrough < head.headSeq; turn++) {
      const read = await ports.streams.readPage(stream.restaurantId, {
        after: page.readThrough,
        upTo: head.headSeq,
        limit: pageSize,
        nowMs: ports.now(),
      });
      page = filled(page, read, stream, limit);
    }
    return page;
  };
