import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { consumers } from '../consumers.ts';
import type { Row } from '../row.ts';

const bin = (project: string, name: string) => join(project, 'node_modules/.bin', name);

export const packageRows: readonly Row[] = [
  {
    where: 'package',
    what: 'attw',
    consumer: consumers.tools,
    run: async ({ project, packed }) => {
      await runCommand(bin(project, 'attw'), [packed, '--no-emoji', '--exclude-entrypoints', 'package.json'], {
        cwd: project,
      });
      return 'no problem in any resolution';
    },
  },
  {
    where: 'package',
    what: 'publint',
    consumer: consumers.tools,
    run: async ({ project, packed }) => {
      const told = await runCommand(bin(project, 'publint'), ['run', packed, '--strict'], { cwd: project });
      return told.trim().split('\n').at(-1) ?? '';
    },
  },
];
