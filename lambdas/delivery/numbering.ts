import { scanText } from '../../protocol/json/scan.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import { isKnownRestaurant } from '../access/known-restaurant.ts';
import { advanced, emptyStream, nextEvent } from '../events/numbering.ts';
import type { InvalidPublication, Publication } from '../events/publication.ts';
import { counted, isOverRate } from '../events/publication-rate.ts';
import type { Mark } from '../ports.ts';
import type { NumberingPorts } from '../route-ports.ts';
import { eventHash } from '../sqs/content-hash.ts';

/** The events a batch is about, by number: those to be posted now, and how many of them are new. */
export type Numbered = Readonly<{
  epoch: string;
  events: readonly RestaurantEvent[];
  fresh: number;
  /** Messages that got no number, and why. */
  aside: readonly Aside[];
}>;

export type Aside = Readonly<{ messageId: string; why: InvalidPublication }>;

/**
 * Gives each publication the restaurant's next number: first the event, then its mark, then the head. Whatever a crash
 * left between two of these is found again: an event of the same id at the next number is ours, another's is finished
 * first. A message that comes again is posted again; a second message with the same id is not, and is a conflict where it says
 * something else.
 *
 * Throws when it is not done; then all of it may be done again.
 */
export const numberEvents =
  (ports: NumberingPorts) =>
  async (restaurantId: string, publications: readonly Publication[]): Promise<Numbered> => {
    const { streams } = ports;
    const perMinute = ports.limits.publicationsPerMinute;
    const ids = [...new Set(publications.map(({ id }) => id))];
    const begun = await streams.begin(restaurantId, ids, ports.now());
    if (begun.head === undefined && !(await isKnown(ports)(restaurantId, publications)))
      return { epoch: '', events: [], fresh: 0, aside: publications.map(because('restaurant_unknown')) };
    const numbered = new Map(begun.numbered);
    let head = begun.head ?? emptyStream(ports.newEpoch());
    const fresh: Readonly<{ event: RestaurantEvent; mark: Mark }>[] = [];
    const again: RestaurantEvent[] = [];
    const aside: Aside[] = [];

    for (const publication of publications) {
      const { id, messageId } = publication;
      const content = eventHash(publication);
      const before = numbered.get(id);
      if (isOther(before, content)) {
        aside.push(because('id_conflict')(publication));
        continue;
      }
      if (before !== undefined) {
        const stored =
          before.messageId === messageId && before.seq <= (begun.head?.headSeq ?? 0)
            ? await streams.readEvent(restaurantId, before.seq)
            : undefined;
        if (stored !== undefined) again.push(stored.event);
        // Marked before the head went past it: it is at its number still, and is found there like any other.
        if (before.seq <= head.headSeq) continue;
      }
      // A device was accepted, and is never put aside: it is told before.
      if (publication.publisher === undefined && isOverRate(head, publication.sentAtMs, perMinute)) {
        aside.push(because('restaurant_rate')(publication));
        continue;
      }
      let found: string;
      do {
        const stored = await streams.append(restaurantId, {
          event: nextEvent(head, publication, ports.now()),
          messageId,
          epoch: head.epoch,
        });
        const { event } = stored;
        // A run that died before it wrote the restaurant's first head has named the numbering: others may have heard its name.
        if (begun.head === undefined && stored.epoch !== undefined) head = { ...head, epoch: stored.epoch };
        const isOurs = stored.messageId === messageId;
        const mark = {
          seq: event.seq,
          messageId: stored.messageId,
          content: isOurs ? content : contentOfStored(event),
        };
        head = counted(advanced(ports.domain, head, event), publication.sentAtMs);
        fresh.push({ event, mark });
        numbered.set(event.id, mark);
        found = event.id;
      } while (found !== id);
      if (isOther(numbered.get(id), content)) aside.push(because('id_conflict')(publication));
    }

    if (fresh.length > 0) {
      await Promise.all(fresh.map(({ event, mark }) => streams.mark(restaurantId, event, mark, ports.now())));
      if ((await streams.advance(restaurantId, begun.head, head)) === 'moved')
        throw new Error('the events of a restaurant were numbered by two at once');
    }
    const events = [...again, ...fresh.map(({ event }) => event)].sort((a, b) => a.seq - b.seq);
    return { epoch: head.epoch, events, fresh: fresh.length, aside };
  };

/** Whether an id stands for something else than this content. What v0.1.0 marked is taken for the same, as it did. */
const isOther = (mark: Mark | undefined, content: string): boolean =>
  mark?.content !== undefined && mark.content !== content;

/** Of an event that an earlier run left at its number. v0.1.0 stored texts that nobody can compare. */
const contentOfStored = (event: RestaurantEvent): string | undefined =>
  'refused' in scanText(event.data, Number.POSITIVE_INFINITY) ? undefined : eventHash(event);

/** A device was let in, or it could not have published. */
const isKnown =
  (ports: NumberingPorts) =>
  async (restaurantId: string, publications: readonly Publication[]): Promise<boolean> =>
    publications.some(({ publisher }) => publisher !== undefined) || isKnownRestaurant(ports)(restaurantId);

const because =
  (why: InvalidPublication) =>
  ({ messageId }: Publication): Aside => ({ messageId, why });
