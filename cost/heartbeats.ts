/** How often devices ping: after each so many seconds in which nothing was heard. */
import { type Assumed, assumed } from './assumptions.ts';
import { drawnDay, stretchesOf } from './arrivals.ts';
import { seeded } from './seeded.ts';
import type { Fleet } from './fleet.ts';

/** After a doubtful moment the first ping comes after so much silence, and all of them behind a network that forgets. */
export const carefulSeconds = 45;

/**
 * Pings in an hour of a device that hears so many frames at random moments (a Poisson process): a gap of t seconds has
 * floor(t / silence) pings. Nothing to hear: one each time.
 */
export const pingsPerHour = (framesPerHour: number, silenceSeconds: number): number =>
  framesPerHour === 0 ? 3600 / silenceSeconds : framesPerHour / Math.expm1((framesPerHour * silenceSeconds) / 3600);

type Day = Pick<Fleet, 'arrivals' | 'hours' | 'events' | 'audience' | 'frame'>;

/** Pings of one device in one open day, by the sum. Not for `orders`, whose events do not come at random moments. */
export const computedPings = ({ arrivals, hours, events, audience, frame }: Day, silenceSeconds: number): number =>
  stretchesOf(arrivals, hours, (events * audience) / frame).reduce(
    (sum, stretch) => sum + stretch.hours * pingsPerHour(stretch.perHour, silenceSeconds),
    0,
  );

/** The same, drawn: so many days with one seed, on average. */
export const drawnPings = (day: Day, silenceSeconds: number, days: number): number => {
  const chance = seeded(1);
  const heard = day.audience / day.frame;
  let pings = 0;
  for (let nth = 0; nth < days; nth++) {
    let last = 0;
    for (const at of [...drawnDay(day, chance), day.hours * 3600]) {
      if (at < day.hours * 3600 && chance() >= heard) continue;
      pings += Math.floor((at - last) / silenceSeconds);
      last = at;
    }
  }
  return pings / days;
};

/** Events that are drawn for `orders`: some hundred thousand give the second digit. */
const drawnEvents = 100_000;

const openPings = (day: Day, silenceSeconds: number): number =>
  day.arrivals === 'orders' && day.events > 0
    ? drawnPings(day, silenceSeconds, Math.max(1, Math.min(1_000, Math.round(drawnEvents / day.events))))
    : computedPings(day, silenceSeconds);

/** Pings of one device in one day and night. */
export const pingsPerDay = (fleet: Fleet, { doubtfulMoments, quietNetworkShare }: Assumed = assumed): number => {
  const every = (silenceSeconds: number): number =>
    openPings(fleet, silenceSeconds) + (fleet.nightHours * 3600) / silenceSeconds;
  const careful = Math.min(carefulSeconds, fleet.heartbeat);
  // Early is not more often: of its silence a doubtful moment has one ping more at most.
  const early = fleet.heartbeat > careful ? doubtfulMoments : 0;
  return (1 - quietNetworkShare) * every(fleet.heartbeat) + quietNetworkShare * every(careful) + early;
};
