import type { WhoMessage } from '../../protocol/client-messages.ts';
import { type PresentPage, present } from '../../protocol/presence.ts';
import { errorReply } from '../../protocol/server-messages.ts';
import { type Reply, reply } from '../apigateway/events.ts';
import type { Authenticated } from '../connection/connection.ts';
import type { Ports } from '../ports.ts';
import { presentPage } from '../presence/present-page.ts';

type WhoPorts = Pick<Ports, 'domain' | 'connections' | 'replayAllowance' | 'telemetry' | 'now'>;

/**
 * Answers `who`: who is there at the session's own restaurant, by an index that may lag by a moment. Each page reads all of it, since
 * only then two sessions of one device are told from two devices; the read units come off what the session's replays may cost.
 */
export const who =
  (ports: WhoPorts) =>
  async (connection: Authenticated, { id, after, limit }: WhoMessage): Promise<Reply> => {
    const { restaurantId, connectionType } = connection.session;
    if (!ports.domain.asksWho(connectionType)) return reply(errorReply('forbidden', ports.now(), id, 'type'));
    const answer = (page: PresentPage): Reply => reply(present(page, ports.now(), id));
    const wait = () => ({ retryAfterMs: ports.replayAllowance.waitMs(connection, ports.now()) });
    const mayRead = () => ports.replayAllowance.left(connection, ports.now()) > 0;
    if (!mayRead()) return answer({ sessions: [], next: after, more: true, ...wait() });
    try {
      const { sessions, units } = await ports.connections.presentAt(restaurantId);
      ports.replayAllowance.spend(connection, units, ports.now());
      const page = presentPage(sessions, { after, limit, nowMs: ports.now() });
      return answer(page.more && !mayRead() ? { ...page, ...wait() } : page);
    } catch (error) {
      ports.telemetry.failed('message', connection, error);
      return reply(errorReply('unavailable', ports.now(), id));
    }
  };
