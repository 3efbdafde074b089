/** Whose configuration a command prints something of, for other programs. */
import { targetOptions } from './asked-gateway.ts';
import { isPackaged } from './command.ts';
import type { AskedConfig } from './stage-domain.ts';

export const configOptions = { ...targetOptions, config: { type: 'string' } } as const;

/** What a help says of them. */
export const configHelp = [
  ['--config FILE', "a stage's configuration, whole or in part"],
  ['--port N', 'the gateway on this machine that has this port'],
  ...(isPackaged ? [] : [['--stage S', 'a stage of this project, by config/S.json']]),
  ['--stack NAME', 'a stack of the app in this folder, as it was synthesized last (cdk.out)'],
  ...(isPackaged ? [['', 'without any, the gateway that runs here, else the one that was synthesized last']] : []),
]
  .map(([option = '', meaning = '']) => `  ${option.padEnd(14)} ${meaning}\n`)
  .join('');

/** Whether a gateway was named. */
export const isSaid = ({ stage, stack, port, config }: AskedConfig): boolean =>
  [stage, stack, port, config].some((one) => one !== undefined);

/** How it was said, but for a port: it may be another one the next time. */
export const wordsOf = ({ stage, stack = [], config }: AskedConfig): string =>
  [
    ...(stage === undefined ? [] : [`--stage ${stage}`]),
    ...stack.map((name) => `--stack ${name}`),
    ...(config === undefined ? [] : [`--config ${config}`]),
  ].join(' ');
