/** What judges a packed file by itself: of the client, and of the constructs. */
import { dirname, join } from 'node:path';
import { runCommand } from '../command.ts';
import { consumers } from '../consumers.ts';
import type { Row } from '../row.ts';
import { packConstructs } from '../scratch.ts';

const bin = (project: string, name: string) => join(project, 'node_modules/.bin', name);

const typesResolve = async (project: string, packed: string): Promise<string> => {
  const args = [packed, '--no-emoji', '--exclude-entrypoints', 'package.json'];
  await runCommand(bin(project, 'attw'), args, { cwd: project });
  return 'no problem in any resolution';
};

const isPublishable = async (project: string, packed: string): Promise<string> => {
  const told = await runCommand(bin(project, 'publint'), ['run', packed, '--strict'], { cwd: project });
  return told.trim().split('\n').at(-1) ?? '';
};

export const packageRows: readonly Row[] = [
  {
    where: 'package',
    what: 'attw',
    consumer: consumers.tools,
    run: ({ project, packed }) => typesResolve(project, packed),
  },
  {
    where: 'package',
    what: 'publint',
    consumer: consumers.tools,
    run: ({ project, packed }) => isPublishable(project, packed),
  },
  {
    where: 'package of the constructs',
    what: 'attw, publint',
    consumer: consumers.tools,
    run: async ({ project, packed }) => {
      const constructs = await packConstructs(dirname(packed));
      return `${await typesResolve(project, constructs)}; ${await isPublishable(project, constructs)}`;
    },
  },
];
