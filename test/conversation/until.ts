/** Waits for a state that no event announces, such as a row being gone. */
const intervalMs = 20;
const patienceMs = 5_000;

/** Reads until `is` holds and yields what was read; after 5 s yields the last reading, so that the test shows it. */
export const until = async <T>(read: () => Promise<T>, is: (value: T) => boolean): Promise<T> => {
  const endMs = Date.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (is(value) || Date.now() > endMs) return value;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
};
