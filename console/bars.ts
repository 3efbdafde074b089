/** PURE. Figures as bars, in a drawing of 100 by 40. */

export type Bar = Readonly<{ x: number; y: number; width: number; height: number }>;

export const barsWidth = 100;
export const barsHeight = 40;

/** A bar that is hardly there can still be seen. */
const least = 1;

/** One bar a value, the last at the right end of so many slots. The highest takes the whole height; 0 takes none. */
export const barsOf = (values: readonly number[], slots: number): readonly Bar[] => {
  const width = barsWidth / slots;
  const first = slots - values.length;
  return values.flatMap((value, nth) => {
    if (value <= 0) return [];
    const height = heightOf(value, values);
    return [{ x: (first + nth) * width + width * 0.1, y: barsHeight - height, width: width * 0.8, height }];
  });
};

/** How high a value stands among these. */
export const heightOf = (value: number, values: readonly number[]): number =>
  Math.max(least, (barsHeight * value) / Math.max(1, ...values));
