/** When events happen at one restaurant: a day as a few stretches with a rate each, and the same drawn event by event. */
import type { Arrivals, Fleet } from './fleet.ts';

/** A part of the open hours with one rate. */
type Stretch = Readonly<{ hours: number; perHour: number }>;

/** Four fifths of the events in a third of the hours: lunch and dinner. */
const peak = { ofEvents: 0.8, ofHours: 1 / 3 } as const;

/** The open hours of a restaurant with so many events a day. */
export const stretchesOf = (arrivals: Arrivals, hours: number, events: number): readonly Stretch[] =>
  arrivals === 'random'
    ? [{ hours, perHour: events / hours }]
    : [
        { hours: hours * peak.ofHours, perHour: (events * peak.ofEvents) / (hours * peak.ofHours) },
        { hours: hours * (1 - peak.ofHours), perHour: (events * (1 - peak.ofEvents)) / (hours * (1 - peak.ofHours)) },
      ];

/** Seconds after its first event at which an order has its others: placed and confirmed, minutes later ready and served. */
const orderOffsets = [0, 20, 8 * 60, 8 * 60 + 20] as const;

/** The seconds at which events happen in one open day, in order; the lunch is at its begin, which changes no sum. */
export const drawnDay = (
  { arrivals, hours, events }: Pick<Fleet, 'arrivals' | 'hours' | 'events'>,
  chance: () => number,
) => {
  const each = arrivals === 'orders' ? orderOffsets : [0];
  const at: number[] = [];
  let beginsAt = 0;
  for (const stretch of stretchesOf(arrivals, hours, events / each.length)) {
    const endsAt = beginsAt + stretch.hours * 3600;
    const gap = (): number => (-Math.log(1 - chance()) * 3600) / stretch.perHour;
    for (let s = beginsAt + gap(); s < endsAt; s += gap()) at.push(...each.map((later) => s + later));
    beginsAt = endsAt;
  }
  return at.filter((s) => s < hours * 3600).sort((a, b) => a - b);
};
