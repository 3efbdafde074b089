/** Gives back one sandbox beyond the first that has had no work for a while; false when there is none. */
export type Reclaim = () => boolean;

/**
 * How many sandboxes beyond the first of each function may run in all. The processors and the memory of this machine are
 * shared by all functions: which of them needs more than one sandbox changes with the load.
 */
export type Budget = {
  /** True when one more may be started. Takes an idle one from another function if nothing is left. */
  readonly take: () => boolean;
  readonly giveBack: () => void;
  readonly onShortage: (reclaim: Reclaim) => void;
};

export const createBudget = (total: number): Budget => {
  const reclaims: Reclaim[] = [];
  let left = total;
  return {
    take: () => {
      // What is reclaimed comes back by `giveBack`.
      if (left === 0 && !reclaims.some((reclaim) => reclaim())) return false;
      left -= 1;
      return true;
    },
    giveBack: () => {
      left += 1;
    },
    onShortage: (reclaim) => reclaims.push(reclaim),
  };
};
