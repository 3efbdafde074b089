/** A FIFO queue as SQS is one: groups, visibility, receives, a limit of receives. Its time is what it is told. */

export type Received = Readonly<{
  messageId: string;
  receiptHandle: string;
  body: string;
  group: string;
  receives: number;
}>;

type Kept = {
  messageId: string;
  body: string;
  group: string;
  receives: number;
  receiptHandle: string;
  visibleAtMs: number;
};

export type FifoQueue = Readonly<{
  send: (message: Readonly<{ messageId: string; body: string; group: string }>) => void;
  /** At most ten, of groups of which nothing is hidden; what was received too often is put aside instead. */
  receive: (nowMs: number) => readonly Received[];
  hide: (receiptHandle: string, untilMs: number) => void;
  delete: (receiptHandle: string) => void;
  waiting: () => number;
  deadLetters: readonly string[];
}>;

export const fifoQueue = (settings: Readonly<{ visibilityMs: number; maxReceives: number }>): FifoQueue => {
  const kept: Kept[] = [];
  const deadLetters: string[] = [];
  let handles = 0;
  return {
    send: (message) => {
      kept.push({ ...message, receives: 0, receiptHandle: '', visibleAtMs: Number.NEGATIVE_INFINITY });
    },
    receive: (nowMs) => {
      const locked = new Set(kept.filter(({ visibleAtMs }) => visibleAtMs > nowMs).map(({ group }) => group));
      const received: Received[] = [];
      for (const message of [...kept]) {
        if (received.length === 10) break;
        if (locked.has(message.group)) continue;
        message.receives += 1;
        if (message.receives > settings.maxReceives) {
          deadLetters.push(message.messageId);
          kept.splice(kept.indexOf(message), 1);
          continue;
        }
        message.receiptHandle = `receipt-${++handles}`;
        message.visibleAtMs = nowMs + settings.visibilityMs;
        received.push({ ...message });
      }
      return received;
    },
    hide: (receiptHandle, untilMs) => {
      for (const message of kept) if (message.receiptHandle === receiptHandle) message.visibleAtMs = untilMs;
    },
    delete: (receiptHandle) => {
      const nth = kept.findIndex((message) => message.receiptHandle === receiptHandle);
      if (nth >= 0) kept.splice(nth, 1);
    },
    waiting: () => kept.length,
    deadLetters,
  };
};
