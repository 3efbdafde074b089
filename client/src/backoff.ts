/**
 * Exponential backoff with full jitter: a random time between 0 and a bound that doubles with every failure. Devices that were
 * disconnected together do not reconnect together.
 */
export const backoffMs = (
  failures: number,
  random: number,
  { backoffBaseMs, backoffCapMs }: Readonly<{ backoffBaseMs: number; backoffCapMs: number }>,
): number => random * Math.min(backoffCapMs, backoffBaseMs * 2 ** failures);
