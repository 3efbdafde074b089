/** The platform's timers, in milliseconds. */
export type Timers = Readonly<{
  setTimeout: (run: () => void, afterMs: number) => unknown;
  clearTimeout: (timer: unknown) => void;
}>;
