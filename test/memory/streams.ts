/** The event table in memory, with the conditions of the real one. */

import type { Mark, StoredEvent, Streams } from '../../lambdas/ports.ts';
import type { RestaurantEvent, StreamHead } from '../../protocol/restaurant-events.ts';
import type { Perform } from './port-call.ts';

type Stream = {
  head: StreamHead | undefined;
  readonly events: Map<number, StoredEvent>;
  isRemembered?: boolean;
  readonly marks: Map<string, Readonly<{ mark: Mark; occurredAtMs: number }>>;
};

/** The streams by restaurant. */
export type StreamTable = Map<string, Stream>;

export const memoryStreams = (table: StreamTable, perform: Perform, retentionMs: number): Streams => {
  const of = (restaurantId: string): Stream => {
    const stream = table.get(restaurantId) ?? { head: undefined, events: new Map(), marks: new Map() };
    table.set(restaurantId, stream);
    return stream;
  };
  return {
    readHead: (restaurantId) => perform('streams.readHead', () => of(restaurantId).head),
    remember: (restaurantId) =>
      perform('streams.remember', () => {
        of(restaurantId).isRemembered = true;
      }),
    isRemembered: (restaurantId) => perform('streams.isRemembered', () => of(restaurantId).isRemembered === true),
    begin: async (restaurantId, ids, nowMs) => {
      const head = await perform('streams.begin', () => of(restaurantId).head);
      const numbered = await perform('streams.begin marks', () => {
        const kept = [...of(restaurantId).marks].filter(
          ([id, marked]) => ids.includes(id) && isKept(marked, nowMs, retentionMs),
        );
        return new Map(kept.map(([id, { mark }]) => [id, mark]));
      });
      return { head, numbered };
    },
    append: (restaurantId, stored) =>
      perform('streams.append', () => {
        const { events } = of(restaurantId);
        const found = events.get(stored.event.seq);
        if (found === undefined) events.set(stored.event.seq, stored);
        return found ?? stored;
      }),
    mark: (restaurantId, { id, occurredAtMs }, mark, nowMs) =>
      perform('streams.mark', () => {
        const { marks } = of(restaurantId);
        const before = marks.get(id);
        if (before !== undefined && before.mark.seq !== mark.seq && isKept(before, nowMs, retentionMs))
          throw new Error('an event has two numbers');
        marks.set(id, { mark, occurredAtMs });
      }),
    advance: (restaurantId, from, to) =>
      perform('streams.advance', () => {
        const stream = of(restaurantId);
        if (isSame(stream.head, from)) stream.head = to;
        // A retry of what was applied.
        return isSame(stream.head, to) ? 'advanced' : 'moved';
      }),
    readEvent: (restaurantId, seq) => perform('streams.readEvent', () => of(restaurantId).events.get(seq)),
    readPage: (restaurantId, { after, upTo, limit, nowMs }) =>
      perform('streams.readPage', () => {
        const read = [...of(restaurantId).events.values()]
          .map(({ event }) => event)
          .filter(({ seq }) => seq > after && seq <= upTo)
          .sort((a, b) => a.seq - b.seq);
        const page = read.slice(0, limit);
        return {
          events: page.filter((event) => isKept(event, nowMs, retentionMs)),
          readThrough: page.length < read.length ? (page.at(-1)?.seq ?? upTo) : upTo,
          units: Math.max(1, Math.ceil(JSON.stringify(page).length / 4096)),
        };
      }),
  };
};

const isKept = ({ occurredAtMs }: Pick<RestaurantEvent, 'occurredAtMs'>, nowMs: number, retentionMs: number): boolean =>
  Math.ceil((occurredAtMs + retentionMs) / 1000) * 1000 > nowMs;

const isSame = (a: StreamHead | undefined, b: StreamHead | undefined): boolean =>
  a?.epoch === b?.epoch && a?.headSeq === b?.headSeq;
