/** How envelopes are put into calls of the target. Pure. */

/** What one call takes. */
export type CallLimits = Readonly<{
  maxEntries: number;
  /** Of all entries of a call, unless it is one alone. */
  maxBytes: number;
  /**
   * Whether a call may have one entry of each restaurant at most. An entry that fails alone would be overtaken by the next of its
   * restaurant, so a target that keeps order gets no two of them in one call.
   */
  isOrdered: boolean;
}>;

export type Sized = Readonly<{ bytes: number; restaurantId: string | undefined }>;

/** How many entries, from the first on and at least that one, go into one call. */
export const nextCallLength = (entries: readonly Sized[], limits: CallLimits): number => {
  const restaurants = new Set<string | undefined>();
  let bytes = 0;
  let length = 0;
  for (const entry of entries.slice(0, limits.maxEntries)) {
    bytes += entry.bytes;
    const isFull = bytes > limits.maxBytes || (limits.isOrdered && restaurants.has(entry.restaurantId));
    if (isFull && length > 0) break;
    restaurants.add(entry.restaurantId);
    length += 1;
  }
  return length;
};
