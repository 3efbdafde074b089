/** At how many restaurants of the reference fleet each quota of an account breaks: the rows of `docs/limits.md`. */
import { assumed } from '../cost/assumptions.ts';
import { stretchesOf } from '../cost/arrivals.ts';
import { type Fleet, reference } from '../cost/fleet.ts';
import { mostPerSecond, slotOf } from '../cost/shared-runs.ts';
import { quotas } from './quotas.ts';

/** Events a second of one restaurant in its busiest hours, and one restaurant's devices that are connected then. */
export const perRestaurant = (fleet: Fleet) => {
  const eventsPerSecond =
    Math.max(...stretchesOf(fleet.arrivals, fleet.hours, fleet.events).map(({ perHour }) => perHour)) / 3600;
  // A renewal or a connection of each device in the life of a token or of a connection.
  const entriesPerSecond = fleet.devices / (assumed.connectionHours * 3600);
  const tokensPerSecond = fleet.devices / (fleet.tokenHours * 3600);
  return {
    eventsPerSecond,
    deliveriesPerSecond: (eventsPerSecond * fleet.devices * fleet.audience) / fleet.frame,
    entriesPerSecond,
    tokensPerSecond,
    // The event, its mark and the head.
    eventWritesPerSecond: 3 * eventsPerSecond,
    // A renewal, and the four calls of a connection: its handshake, its first message, the answer and its end.
    requestsPerSecond: 2 * (tokensPerSecond + 2 * entriesPerSecond),
  };
};

type Break = Readonly<{ row: string; perSecond: number; quota: number }>;

/** Each by the rate of one restaurant and what there is of it. */
const rows = (fleet: Fleet): readonly Break[] => {
  const one = perRestaurant(fleet);
  const published = fleet.publishers === 'devices' ? 2 * one.eventsPerSecond : 0;
  const requests = one.deliveriesPerSecond + one.requestsPerSecond + published;
  return [
    { row: 'requests', perSecond: requests, quota: quotas.requests },
    { row: 'requests in small regions', perSecond: requests, quota: quotas.requestsInSmallRegions },
    { row: 'connections', perSecond: one.entriesPerSecond, quota: quotas.connections },
    { row: 'tokens', perSecond: one.tokensPerSecond, quota: quotas.tokens },
    {
      row: 'fan-out',
      perSecond: one.eventsPerSecond,
      quota: mostPerSecond(fleet.fanOutConcurrency, slotOf(fleet, assumed)),
    },
    ...Object.entries(quotas.fifoSends).map(([regions, quota]) => ({
      row: `FIFO sends in ${regions}`,
      perSecond: one.eventsPerSecond,
      quota,
    })),
    { row: 'table', perSecond: one.eventWritesPerSecond, quota: quotas.tableWrites },
    { row: 'new table', perSecond: one.eventWritesPerSecond, quota: quotas.newTableWrites },
    // One strongly consistent read of the platform's memberships for each entry and renewal.
    {
      row: 'memberships of the platform',
      perSecond: one.entriesPerSecond + one.tokensPerSecond,
      quota: quotas.partitionReads,
    },
  ];
};

/** Restaurants at which each row breaks, to two digits: no number here is known better. */
export const breaksOf = (fleet: Fleet = reference): Readonly<Record<string, number>> =>
  Object.fromEntries(rows(fleet).map(({ row, perSecond, quota }) => [row, twoDigits(quota / perSecond)]));

/** Restaurants of one account before the first of its quotas breaks, and which that is. */
export const firstOf = (fleet: Fleet, isSmallRegion: boolean): Readonly<{ row: string; restaurants: number }> => {
  // A table is new for a day.
  const { 'requests in small regions': small = 0, 'new table': _, ...large } = breaksOf(fleet);
  const all = Object.entries({ ...large, ...(isSmallRegion && { 'requests in small regions': small }) });
  return all.reduce((least, [row, restaurants]) => (restaurants < least.restaurants ? { row, restaurants } : least), {
    row: '',
    restaurants: Number.POSITIVE_INFINITY,
  });
};

const twoDigits = (number: number): number => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(number)) - 1);
  return Math.floor(number / unit) * unit;
};
