import type { Ports } from '../ports.ts';
import { isSilent, leavesSlot, lookEveryMs, shareOf } from './gate-rules.ts';

/** The gate of one run, in front of everything that it asks of sockets. */
export type Gate = Readonly<{
  /** A restaurant's part of it, once for each that the gate was opened for. */
  enter: () => Share;
}>;

export type Share = Readonly<{
  /**
   * Makes the call when a slot of the restaurant is free, and yields what comes of it. `unanswered`: it is waited for no longer, or
   * was never made. Rejects where the call was refused at once.
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

  /** Takes a call out; tells whether it was still waited for. */
  const isOver = (call: Call): boolean => {
    freeSlot(call);
    return underWay.delete(call);
  };

  const settled = (call: Call, isAnswer: boolean): void => {
    if (!isOver(call)) return;
    answered ||= isAnswer;
    heardSinceLook ||= isAnswer;
    admit();
    keepLooking();
  };

  const started = (share: Slots, giveUpWaiting: () => void): Call => {
    share.taken += 1;
    const call: Call = {
      seen: 0,
      holdsSlot: true,
      share,
      giveUp: () => {
        isOver(call);
        giveUpWaiting();
      },
    };
    underWay.add(call);
    keepLooking();
    return call;
  };

  return {
    enter: () => {
      const share: Slots = { taken: 0, waiting: [] };
      shares.add(share);
      return {
        pass: (make) =>
          new Promise((resolve, reject) => {
            const giveUp = (): void => resolve('unanswered');
            const start = (): void => {
              const call = started(share, giveUp);
              make().then(
                (value) => {
                  settled(call, true);
                  resolve(value);
                },
                (error: unknown) => {
                  // At once it is an answer of a kind; after so long a time it is the end of the attempt, and none.
                  const isAnswer = !leavesSlot(call.seen, { answered: true });
                  settled(call, isAnswer);
                  if (isAnswer) reject(error);
                  else giveUp();
                },
              );
            };
            share.waiting.push({ start, giveUp });
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
