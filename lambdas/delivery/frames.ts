import type { Domain } from '../../protocol/domain.ts';
import { eventFrame, packFrame, packs } from '../../protocol/event-messages.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { isVisibleTo } from '../../protocol/restaurant-events.ts';
import type { Frame } from '../../protocol/server-messages.ts';
import type { Session } from '../connection/connection.ts';
import type { Numbered } from './numbering.ts';

/** A frame, and the numbers of its first and its last event. */
export type EventsFrame = Readonly<{ frame: Frame; firstSeq: number; lastSeq: number }>;

/** The frames of one kind of session, made once for all of that kind. */
export const framesOf = (
  domain: Domain,
  restaurantId: string,
  { events, epoch }: Pick<Numbered, 'events' | 'epoch'>,
): ((session: Session) => readonly EventsFrame[]) => {
  const made = new Map<string, readonly EventsFrame[]>();
  const make = (connectionType: ConnectionType, batch: boolean): readonly EventsFrame[] => {
    const visible = events.filter((event) => isVisibleTo(event, connectionType));
    const stream = { restaurantId, epoch, connectionType, seesPublishers: domain.seesPublishers(connectionType) };
    const single = visible.map((event) => eventFrame(event, stream));
    let first = 0;
    return (batch ? packs(single) : single.map((frame) => [frame])).map((pack) => {
      const [from, to] = [visible[first], visible[first + pack.length - 1]];
      first += pack.length;
      return { frame: packFrame(pack), firstSeq: from?.seq ?? 0, lastSeq: to?.seq ?? 0 };
    });
  };
  return ({ connectionType, batch }) => {
    const kind = `${connectionType} ${batch}`;
    const ready = made.get(kind) ?? make(connectionType, batch);
    made.set(kind, ready);
    return ready;
  };
};
