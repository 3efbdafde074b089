/** What the handshakes of an address come to, those without a re-entry pass. Pure. */

/** The handshakes that were counted, the one in question among them. */
export type CountedConnects = Readonly<{
  /** In this minute of the clock. */
  connects: number;
  /** In this slot of the minute. */
  connectsInSlot: number;
  /** 0 where the address is not blocked. */
  blockedUntilMs: number;
}>;

/** Why it is refused, and until when every other would be for the same reason. */
export type Excess = Readonly<{ why: 'too_many_connects' | 'too_many_failures'; untilMs: number }>;

/** A blocked address has one handshake in each of these: spread, so that whoever else is there has a chance at it. */
export const slotMs = 3_000;

const minuteMs = 60_000;
const endOf = (windowMs: number, nowMs: number): number => (Math.floor(nowMs / windowMs) + 1) * windowMs;

/** A slot of a minute of the clock, from 0. */
export const slotOf = (nowMs: number): number => Math.floor((nowMs % minuteMs) / slotMs);

/** A block lowers what an address may do, and does not make it nothing: it is not only the culprit's. */
export const excessOf = (
  { connects, connectsInSlot, blockedUntilMs }: CountedConnects,
  connectsPerMinute: number,
  nowMs: number,
): Excess | 'within' => {
  if (blockedUntilMs > nowMs)
    return connectsInSlot > 1 ? { why: 'too_many_failures', untilMs: endOf(slotMs, nowMs) } : 'within';
  return connects > connectsPerMinute ? { why: 'too_many_connects', untilMs: endOf(minuteMs, nowMs) } : 'within';
};
