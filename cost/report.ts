/** Everything that is said of a fleet's month, as data: the terminal, the page and `--json` show it. */
import { type Alternative, alternatives } from './alternatives.ts';
import { assumptions } from './assumptions.ts';
import { type Fleet, reference } from './fleet.ts';
import { carefulSeconds } from './heartbeats.ts';
import { countsOf } from './counts.ts';
import { monthOf, totalOf } from './month.ts';
import type { Purpose } from './use.ts';
import { differenceOf, savingsOf, withSavings } from './options.ts';
import { mostPerSecond, slotOf } from './shared-runs.ts';
import { stretchesOf } from './arrivals.ts';
import { type Swing, tornadoOf } from './tornado.ts';
import { assumed } from './assumptions.ts';

export type Report = Readonly<{
  fleet: Fleet;
  dollars: number;
  items: readonly Readonly<{ purpose: Purpose; dollars: number }>[];
  counts: Readonly<Record<string, number>>;
  /** What each option that saves takes off, and the month with all of them. */
  options: readonly Readonly<{ option: string; asks: string; saves: number }>[];
  withOptions: number;
  alternatives: readonly Alternative[];
  swings: readonly (Swing & Readonly<{ what: string; value: number; unit: string }>)[];
  /** Sentences that somebody with these numbers should read. */
  warnings: readonly string[];
}>;

export const reportOf = (fleet: Fleet): Report => ({
  fleet,
  dollars: totalOf(fleet),
  items: [...monthOf(fleet)].map(([purpose, dollars]) => ({ purpose, dollars })).sort((a, b) => b.dollars - a.dollars),
  counts: countsOf(fleet),
  options: savingsOf(fleet).map((one) => ({
    option: one.option.replaceAll('`', ''),
    asks: one.asks.replaceAll('`', ''),
    saves: -differenceOf(fleet, one),
  })),
  withOptions: totalOf(withSavings(fleet)),
  alternatives: alternatives(fleet),
  swings: tornadoOf(fleet)
    .filter(({ less, more }) => Math.max(Math.abs(less), Math.abs(more)) >= 0.005)
    .map((swing) => ({ ...swing, ...assumptions[swing.name] })),
  warnings: warningsOf(fleet),
});

/** New connections a second that an account has by default, and requests. */
const requestsPerSecond = 10_000;

const warningsOf = (fleet: Fleet): readonly string[] => {
  const busiest = Math.max(...stretchesOf(fleet.arrivals, fleet.hours, fleet.events).map(({ perHour }) => perHour));
  const perSecond = (fleet.restaurants * busiest) / 3600 / fleet.frame;
  const most = mostPerSecond(fleet.fanOutConcurrency, slotOf(fleet, assumed));
  const requests = perSecond * fleet.devices * fleet.audience;
  return [
    ...(perSecond > most
      ? [
          `A fanOutConcurrency of ${fleet.fanOutConcurrency} takes about ${Math.round(most).toLocaleString('en-US')} events/s, and ${Math.round(perSecond).toLocaleString('en-US')} come in the busiest hour: raise it.`,
        ]
      : []),
    ...(requests > requestsPerSecond
      ? [
          `Deliveries alone are ${Math.round(requests).toLocaleString('en-US')} requests/s in the busiest hour, and an account has ${requestsPerSecond.toLocaleString('en-US')}/s by default (docs/limits.md).`,
        ]
      : []),
    ...(fleet.heartbeat > reference.heartbeat
      ? [
          `Networks that forget a silent connection between ${reference.heartbeat} s and ${fleet.heartbeat} s are not counted: devices behind them ping after ${carefulSeconds} s, so the month with a heartbeat of ${fleet.heartbeat} s is this at least.`,
        ]
      : []),
  ];
};
