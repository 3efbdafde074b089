/** What each assumption is worth: the month with half of it and with half more, the widest first. */
import { type Assumed, type AssumptionName, assumed, assumptionNames } from './assumptions.ts';
import type { Fleet } from './fleet.ts';
import { totalOf } from './month.ts';

export type Swing = Readonly<{ name: AssumptionName; less: number; more: number }>;

/** Dollars that the month changes by. */
export const tornadoOf = (fleet: Fleet, assumption: Assumed = assumed): readonly Swing[] => {
  const all = totalOf(fleet, assumption);
  const changed = (name: AssumptionName, by: number): number =>
    totalOf(fleet, { ...assumption, [name]: assumption[name] * by }) - all;
  const width = ({ less, more }: Swing): number => Math.max(Math.abs(less), Math.abs(more));
  return assumptionNames
    .map((name) => ({ name, less: changed(name, 0.5), more: changed(name, 1.5) }))
    .sort((one, other) => width(other) - width(one));
};
