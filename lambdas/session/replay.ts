import type { ReplayMessage } from '../../protocol/client-messages.ts';
import { type Replayed, replayed, type Stream } from '../../protocol/event-messages.ts';
import type { StreamHead } from '../../protocol/restaurant-events.ts';
import { errorReply } from '../../protocol/server-messages.ts';
import { type Reply, reply } from '../apigateway/events.ts';
import type { Authenticated } from '../connection/connection.ts';
import { nothingAfter, replayedFrom } from '../events/replay-page.ts';
import { afterRead, nextRead, type Search, searchAfter } from '../events/replay-search.ts';
import type { Ports } from '../ports.ts';

type ReplayPorts = Pick<Ports, 'domain' | 'streams' | 'replayAllowance' | 'telemetry' | 'now'>;

/**
 * Answers `replay`: the events after a number that this connection type may see, as many as fit into one frame and into what
 * the session may read. When they cannot be read the answer names the message, so that the client asks again and holds nothing
 * else back.
 */
export const replay =
  (ports: ReplayPorts) =>
  async (connection: Authenticated, head: StreamHead | undefined, asked: ReplayMessage): Promise<Reply> => {
    const { restaurantId, connectionType } = connection.session;
    const { id, after } = asked;
    const answer = (page: Replayed): Reply => reply(replayed(page, head ?? 'none', connectionType, ports.now(), id));
    const headSeq = head?.headSeqOf[connectionType] ?? 0;
    if (head === undefined || after >= headSeq) return answer(nothingAfter(after, headSeq));

    const seesPublishers = ports.domain.seesPublishers(connectionType);
    const stream: Stream = { restaurantId, connectionType, seesPublishers, epoch: head.epoch };
    const search = searchAfter(stream, { ...asked, headSeq });
    const allowedUnits = ports.replayAllowance.left(connection, ports.now());
    try {
      const page = allowedUnits > 0 ? await pageOf(ports)(connection, search, allowedUnits) : notYet(after);
      return answer(page.more ? { ...page, ...waitOf(ports)(connection) } : page);
    } catch (error) {
      ports.telemetry.failed('message', connection, error);
      return reply(errorReply('unavailable', ports.now(), id));
    }
  };

const notYet = (after: number): Replayed => ({ events: [], nextAfter: after, more: true, gap: false, oldestSeq: null });

/** What was read is paid for, whatever becomes of the answer. */
const pageOf =
  (ports: ReplayPorts) =>
  async (connection: Authenticated, begun: Search, allowedUnits: number): Promise<Replayed> => {
    let search = begun;
    for (;;) {
      const next = nextRead(search, allowedUnits);
      if (next === 'enough') return replayedFrom(search);
      const { way, ...range } = next;
      const read = await ports.streams.readPage(search.stream.restaurantId, { ...range, nowMs: ports.now() });
      ports.replayAllowance.spend(connection, read.units, ports.now());
      search = afterRead(search, way, read);
    }
  };

/** Told only to whom has to wait. */
const waitOf =
  (ports: ReplayPorts) =>
  (connection: Authenticated): Readonly<{ retryAfterMs?: number }> => {
    const nowMs = ports.now();
    if (ports.replayAllowance.left(connection, nowMs) > 0) return {};
    return { retryAfterMs: ports.replayAllowance.waitMs(connection, nowMs) };
  };
