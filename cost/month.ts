/**
 * What a month costs, everything counted. Pure: a fleet and assumptions in, uses out, each a quantity at a price for a purpose; what
 * is shown is summed from them, by purpose or by AWS's service.
 */
import { type Assumed, assumed } from './assumptions.ts';
import { connectionUses } from './connection-uses.ts';
import { countsOf } from './counts.ts';
import { pingUses, publicationUses } from './device-uses.ts';
import { deliveryUses, eventUses, leastUses, runUses } from './event-uses.ts';
import type { Fleet } from './fleet.ts';
import { priced } from './price.ts';
import { keptUses, keyUses, logUses, outboxUses, poolUses, standingUses } from './stage-uses.ts';
import { type Purpose, purposes, type Use } from './use.ts';

/** Every use of a month. */
export const usesOf = (fleet: Fleet, assumption: Assumed = assumed): readonly Use[] => {
  const counts = countsOf(fleet, assumption);
  const uses = [
    ...deliveryUses(counts, assumption),
    ...eventUses(fleet, counts, assumption),
    ...runUses(fleet, counts, assumption),
    ...publicationUses(fleet, counts, assumption),
    ...pingUses(fleet, counts, assumption),
    ...connectionUses(fleet, counts, assumption),
    ...keptUses(fleet, counts, assumption),
    ...outboxUses(fleet, counts, assumption),
    ...poolUses(fleet),
    ...keyUses(fleet),
    ...standingUses(fleet, assumption),
  ];
  return [...uses, ...leastUses(fleet, uses), ...logUses(fleet, uses)].filter(({ quantity }) => quantity > 0);
};

/** US dollars a month by purpose; what is not used is not there. */
export const monthOf = (fleet: Fleet, assumption: Assumed = assumed): ReadonlyMap<Purpose, number> => {
  const dollars = priced(usesOf(fleet, assumption));
  const sums = new Map<Purpose, number>();
  for (const { purpose, dollars: some } of dollars) sums.set(purpose, (sums.get(purpose) ?? 0) + some);
  return new Map(purposes.flatMap((purpose) => (sums.has(purpose) ? [[purpose, sums.get(purpose) ?? 0]] : [])));
};

/** US dollars a month. */
export const totalOf = (fleet: Fleet, assumption: Assumed = assumed): number =>
  [...monthOf(fleet, assumption).values()].reduce((sum, dollars) => sum + dollars, 0);
