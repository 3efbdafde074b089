import type { Ports } from '../ports.ts';
import { isSilent, leavesSlot, lookEveryMs, shareOf } from './gate-rules.ts';

/** The gate of one run, in front of everything that it asks of sockets. */
export type Gate = Readonly<{
  /** A restaurant's part of it, for once for each that the gate was opened for. */
  enter: () => Share;
}>;

export type Share = Readonly<{
  /**
   * Makes the call when a slot of the restaurant is free, and yields what comes of it. `unanswered`: it is waited for no longer, or
   * was never made.
   */
  pass: <T>(call: () => Promise<T>) => Promise<T | 'unanswered'>;
  /** The restaurant is done; its slots are the others'. */
  leave: () => void;
}>;

type Call = { seen: number; holdsSlot: boolean; readonly share: Slots; readonly giveUp: () => void };
type Slots = { taken: number; readonly waiting: Waiting[] };
type Waiting = Readonly<{ start: () => void; giveUp: () => void }>;

/**
 * Lets through as many calls as make sense at once, each restaurant its share, so that the time of a call is its own and not that
 * of a queue. What does not answer keeps nobody: it leaves its slot after a while, and when nothing else is heard either, all
 * that is left is given up. A late answer counts while others are still waited for.
 */
export const openGate = ({ after }: Pick<Ports, 'after'>, restaurants: number): Gate => {
  const shares = new Set<Slots>();
  const underWay = new Set<Call>();
  let taking = restaurants;
  let answered = false;
  let quietLooks = 0;
  let heardSinceLook = false;
  let stopLooking: (() => void) | undefined;

  const heard = () => ({ answered, isWaitedFor: taking < restaurants });

  const admit = (): void => {
    for (const share of shares)
      while (share.taken < shareOf(taking)) {
        const next = share.waiting.shift();
        if (next === undefined) break;
        next.start();
      }
  };

  const look = (): void => {
    stopLooking = undefined;
    quietLooks = heardSinceLook ? 0 : quietLooks + 1;
    heardSinceLook = false;
    for (const call of underWay) {
      call.seen += 1;
      if (call.holdsSlot && leavesSlot(call.seen, heard())) freeSlot(call);
    }
    if (isSilent(quietLooks, heard())) giveUp();
    admit();
    keepLooking();
  };

  /** Only while something is under way: a restaurant that is being numbered keeps nobody's slot. */
  const keepLooking = (): void => {
    if (underWay.size > 0) stopLooking ??= after(lookEveryMs, look);
    else {
      stopLooking?.();
      stopLooking = undefined;
      quietLooks = 0;
    }
  };

  const freeSlot = (call: Call): void => {
    if (!call.holdsSlot) return;
    call.holdsSlot = false;
    call.share.taken -= 1;
  };

  /** What is under way, and what waits for it. Whoever comes later finds a gate as new. */
  const giveUp = (): void => {
    const all = [...underWay, ...[...shares].flatMap(({ waiting }) => waiting.splice(0))];
    for (const one of all) one.giveUp();
  };

  return {
    enter: () => {
      const share: Slots = { taken: 0, waiting: [] };
      shares.add(share);
      return {
        pass: (make) =>
          new Promise((resolve, reject) => {
            const start = (): void => {
              share.taken += 1;
              const over = (): void => {
                freeSlot(call);
                underWay.delete(call);
              };
              const call: Call = {
                seen: 0,
                holdsSlot: true,
                share,
                giveUp: () => {
                  over();
                  resolve('unanswered');
                },
              };
              underWay.add(call);
              const hear = (): void => {
                answered = true;
                heardSinceLook = true;
              };
              const settle = (isAnswer: boolean): void => {
                if (!underWay.has(call)) return;
                over();
                if (isAnswer) hear();
                admit();
                keepLooking();
              };
              make().then(
                (value) => {
                  settle(true);
                  resolve(value);
                },
                (error: unknown) => {
                  // At once it is an answer of a kind; after so long a time it is the end of the attempt, and none.
                  settle(!leavesSlot(call.seen, { answered: true }));
                  reject(error);
                },
              );
              keepLooking();
            };
            share.waiting.push({ start, giveUp: () => resolve('unanswered') });
            admit();
          }),
        leave: () => {
          taking -= 1;
          shares.delete(share);
          admit();
        },
      };
    },
  };
};
