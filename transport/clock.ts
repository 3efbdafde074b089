/** A clock that is wrong: AWS refuses signatures that are five minutes off, and says what time it is. */

/** As far off as this, the clock is corrected. */
const toleratedMs = 4 * 60 * 1000;

/** How far a clock is behind the service's, in ms, as far as is known. */
export type ClockOffset = Readonly<{
  ms: () => number;
  /** Takes over what an answer says; whether that changed the offset. An answer out of a cache says an old time. */
  learn: (headers: Readonly<Record<string, string>>) => boolean;
}>;

export const clockOffset = (nowMs: () => number): ClockOffset => {
  let offsetMs = 0;
  return {
    ms: () => offsetMs,
    learn: ({ date, age }) => {
      if (date === undefined || age !== undefined) return false;
      const now = nowMs();
      const foundMs = Date.parse(date) - now;
      if (!(Math.abs(foundMs - offsetMs) >= toleratedMs)) return false;
      offsetMs = foundMs;
      return true;
    },
  };
};
