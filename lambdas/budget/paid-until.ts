/**
 * A token bucket that is one moment: each message pays for its share of a minute, and whoever has paid further ahead than
 * a burst is over. A conditional write can hold and move it, so that it is exact however many write. Pure.
 */
import type { BucketSize } from './token-bucket.ts';

/** What one message pays, in whole milliseconds. */
export const priceMs = ({ perMinute }: BucketSize): number => Math.ceil(60_000 / perMinute);

/** The furthest that may be paid for when one more message comes: then the burst is used up with it. */
export const lastPayableMs = (size: BucketSize, nowMs: number): number => nowMs + (size.burst - 1) * priceMs(size);

/** What is paid for after one more message, or `over`. Nobody ever paid: `undefined`. */
export const payOne = (paidUntilMs: number | undefined, size: BucketSize, nowMs: number): number | 'over' => {
  const fromMs = Math.max(paidUntilMs ?? nowMs, nowMs);
  return fromMs <= lastPayableMs(size, nowMs) ? fromMs + priceMs(size) : 'over';
};
