/**
 * The generic cell rate algorithm (GCRA): a token bucket whose whole state is one moment, the theoretical arrival time (TAT)
 * of the next message of somebody who keeps exactly to the rate. Each admitted message moves it on by one emission interval;
 * whoever is a burst ahead of it is over. A conditional write can hold and move it, so that it is exact however many write.
 * Pure; a clock that goes back admits nothing more and takes nothing away.
 */

/** `burst` messages at once, and `perMinute` from then on. */
export type Rate = Readonly<{ perMinute: number; burst: number }>;

/** By how much one message moves the TAT, in whole milliseconds. */
export const emissionIntervalMs = ({ perMinute }: Rate): number => Math.ceil(60_000 / perMinute);

/** The latest TAT at which one more message is admitted: then the burst is used up with it. */
export const latestTatMs = (rate: Rate, nowMs: number): number => nowMs + (rate.burst - 1) * emissionIntervalMs(rate);

/** How many messages would be admitted at once. */
export const admissible = (tatMs: number | undefined, rate: Rate, nowMs: number): number =>
  Math.floor(
    (nowMs + rate.burst * emissionIntervalMs(rate) - Math.max(tatMs ?? nowMs, nowMs)) / emissionIntervalMs(rate),
  );

/** How long until so many are. */
export const waitMsFor = (count: number, tatMs: number | undefined, rate: Rate, nowMs: number): number =>
  Math.max(0, (tatMs ?? nowMs) - nowMs - (rate.burst - count) * emissionIntervalMs(rate));

/** The TAT after what cost as much as so many, known only when it was done: it may use up more than was left. */
export const charged = (count: number, tatMs: number | undefined, rate: Rate, nowMs: number): number =>
  Math.max(tatMs ?? nowMs, nowMs) + count * emissionIntervalMs(rate);

/** The TAT after one more message, or `over`. Nobody ever came: `undefined`. */
export const admit = (tatMs: number | undefined, rate: Rate, nowMs: number): number | 'over' => {
  const fromMs = Math.max(tatMs ?? nowMs, nowMs);
  return fromMs <= latestTatMs(rate, nowMs) ? fromMs + emissionIntervalMs(rate) : 'over';
};
