/** Full jitter: a random time between nothing and a bound that doubles with every failure. Devices that fall together must not rise together. */
export const backoffMs = (
  failures: number,
  random: number,
  { backoffBaseMs, backoffCapMs }: Readonly<{ backoffBaseMs: number; backoffCapMs: number }>,
): number => random * Math.min(backoffCapMs, backoffBaseMs * 2 ** failures);
