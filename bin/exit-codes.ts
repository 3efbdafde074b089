/** How a command ended, for the script that called it. Every command has these and no others; docs/commands.md tells them to people. */
export const exitCodes = {
  /** What was asked for is done, or was so already. */
  done: 0,
  /** The world did not let it: no gateway, no network, no rights, a check that found something. */
  failed: 1,
  /** What was said is not understood. Nothing was done. */
  usage: 2,
  /** What was named is not there. Nothing was done. */
  not_found: 3,
  /** It is there, and as it stands it may not be done. Nothing was done. */
  refused: 4,
  /** Done but for what the output names. */
  partly: 5,
} as const;

export type Ending = keyof typeof exitCodes;
