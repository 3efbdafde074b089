/** A line that says how far a long command is: in a terminal one that changes, elsewhere a line now and then. */
export type ProgressPorts = Readonly<{ isTerminal: boolean; write: (text: string) => void; now: () => number }>;

const everyMs = { terminal: 200, elsewhere: 10_000 };

export const progress = ({ isTerminal, write, now }: ProgressPorts) => {
  let lastMs = now();
  let isShown = false;
  /** Before anything else is written: a terminal's line is taken away. */
  const clear = (): void => {
    if (isShown) write('\r\u001b[K');
    isShown = false;
  };
  return {
    clear,
    at: (sentence: () => string): void => {
      if (now() - lastMs < (isTerminal ? everyMs.terminal : everyMs.elsewhere)) return;
      lastMs = now();
      write(isTerminal ? `\r\u001b[K${sentence()}` : `${sentence()}\n`);
      isShown = isTerminal;
    },
  };
};
