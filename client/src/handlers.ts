/** Handlers by name; `'*'` hears everything. What one throws or rejects with is reported, and never stops the others. */
export type Handlers<Value> = Readonly<{
  add: (name: string, handler: (value: Value) => unknown) => () => void;
  /** Yields when all have settled, however they did. */
  call: (name: string, value: Value) => Promise<unknown>;
  /** Calls one handler, but not from within the caller. */
  later: (handler: (value: Value) => unknown, value: Value) => void;
}>;

export const createHandlers = <Value>(report: (error: unknown) => void): Handlers<Value> => {
  const entries = new Set<Readonly<{ name: string; handler: (value: Value) => unknown }>>();
  const run = async (handler: (value: Value) => unknown, value: Value): Promise<void> => {
    try {
      await handler(value);
    } catch (error) {
      report(error);
    }
  };
  return {
    add: (name, handler) => {
      const entry = { name, handler };
      entries.add(entry);
      return () => entries.delete(entry);
    },
    // Handlers that are added or removed meanwhile change the next call.
    call: (name, value) =>
      Promise.all(
        [...entries].map((entry) =>
          entry.name === '*' || entry.name === name ? run(entry.handler, value) : undefined,
        ),
      ),
    later: (handler, value) => {
      void Promise.resolve().then(() => run(handler, value));
    },
  };
};
