/** Which gateway a command is for, as it is said on the command line. */
import { isPackaged, UsageError } from './command.ts';

export const targetOptions = {
  stage: { type: 'string' },
  stack: { type: 'string', multiple: true },
  port: { type: 'string' },
} as const;

/** A stage of this project, or the stacks of somebody's app, or else a gateway on this machine, by its port where several run. */
export type AskedGateway = Readonly<{
  stage?: string | undefined;
  stack?: readonly string[] | undefined;
  port?: string | undefined;
}>;

const without = 'without it, the gateway on this machine';

/** What a help says of them, `width` characters before each description. */
export const targetHelp = (width: number): string =>
  [
    ['--port N', 'the gateway on this machine that has this port; needed where several run'],
    ...(isPackaged ? [] : [['--stage S', `a deployed stage; ${without}`]]),
    [
      '--stack NAME',
      `a stack of a deployed app, said again for each that its gateway stands in${isPackaged ? ';' : ''}`,
    ],
    ...(isPackaged ? [['', without]] : []),
  ]
    .map(([option = '', meaning = '']) => `  ${option.padEnd(width)}${meaning}\n`)
    .join('');

export const stackOf = (stage: string, part: 'state' | 'gateway' | 'monitoring'): string => `maitred-${stage}-${part}`;

/** The stacks in which what is deployed keeps and does everything; undefined where a gateway on this machine is meant. Throws `UsageError`. */
export const stacksAsked = ({ stage, stack, port }: AskedGateway): readonly string[] | undefined => {
  if (stage !== undefined && isPackaged)
    throw new UsageError("--stage is for stages of maitred's own project: say --stack NAME for each stack of your app");
  if (stage !== undefined && stack !== undefined)
    throw new UsageError("--stage is for a stage of this project and --stack for somebody's app: say one of them");
  if (port !== undefined && (stage ?? stack) !== undefined)
    throw new UsageError(
      `${stage === undefined ? '--stack is for a deployed app' : '--stage is for a deployed stage'} and --port for a gateway on this machine: say one of them`,
    );
  return stage === undefined ? stack : [stackOf(stage, 'state'), stackOf(stage, 'gateway')];
};
