/** PURE. How many events a minute, and how long they take from the device that sent them to one that heard them. */
import { durationText } from './journey-wording.ts';
import type { Journey } from './journeys.ts';

/** How many events were first heard in each minute since the epoch. */
export type Counts = ReadonlyMap<number, number>;

export const minutesShown = 10;
const minuteMs = 60_000;

/** Counts one more event, and forgets the minutes that are not shown any more. */
export const afterFirstHearing = (counts: Counts, at: number): Counts => {
  const minute = Math.floor(at / minuteMs);
  const kept = [...counts].filter(([one]) => one > minute - minutesShown);
  return new Map(kept).set(minute, (counts.get(minute) ?? 0) + 1);
};

/** The minutes that are shown, this one last, and how many events each had. */
export const perMinute = (counts: Counts, now: number): readonly Readonly<{ atMs: number; events: number }>[] => {
  const current = Math.floor(now / minuteMs);
  return Array.from({ length: minutesShown }, (_, nth) => current - minutesShown + 1 + nth).map((minute) => ({
    atMs: minute * minuteMs,
    events: counts.get(minute) ?? 0,
  }));
};

export const perMinuteText = (minutes: ReturnType<typeof perMinute>): string => {
  const events = minutes.map((one) => one.events);
  return `${events.at(-1) ?? 0} in this minute, ${Math.max(0, ...events)} in the busiest of the last ${minutesShown}`;
};

export type Delivery = Readonly<{ type: string; device: string; ms: number }>;

export const deliveriesShown = 50;

/** The newest deliveries, newest last. What a device caught up with later says nothing of how fast the gateway is. */
export const deliveriesOf = (journeys: readonly Journey[]): readonly Delivery[] =>
  journeys
    .flatMap(({ type, sent, heard }) =>
      sent === undefined
        ? []
        : heard.flatMap(({ device, at, isCaughtUp }) => (isCaughtUp ? [] : [{ type, device, ms: at - sent.at, at }])),
    )
    .sort((a, b) => a.at - b.at)
    .slice(-deliveriesShown)
    .map(({ type, device, ms }) => ({ type, device, ms }));

/** 0 of none. */
export const median = (deliveries: readonly Delivery[]): number => {
  const times = deliveries.map(({ ms }) => ms).sort((a, b) => a - b);
  const middle = (times.length - 1) / 2;
  return ((times[Math.floor(middle)] ?? 0) + (times[Math.ceil(middle)] ?? 0)) / 2;
};

export const deliveriesText = (deliveries: readonly Delivery[]): string => {
  if (deliveries.length === 0) return 'nothing was heard yet of what a device here sent';
  const slowest = Math.max(...deliveries.map(({ ms }) => ms));
  const last = deliveries.length === 1 ? 'the last one' : `the last ${deliveries.length}`;
  return `median ${durationText(median(deliveries))}, slowest ${durationText(slowest)}, of ${last}`;
};
