import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gatewayProcess } from '../../bin/gateway-process.ts';

const module = join(import.meta.dirname, '../../bin/gateway-process.ts');
const program = `
  import { restartAsGateway } from ${JSON.stringify(module)};
  restartAsGateway();
  console.log(JSON.stringify([process.env.MALLOC_ARENA_MAX, process.execArgv.slice(-1), process.argv.slice(-2), process.pid]));
`;

const begun = (env: NodeJS.ProcessEnv) => {
  const { MALLOC_ARENA_MAX, ...rest } = process.env;
  const args = ['--no-warnings', '--input-type=module', '-e', program, 'start', '--verbose'];
  const { stdout, pid } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...rest, ...env } });
  const [arenas, [lastFlag], words, ownPid]: [string | null, [string], string[], number] = JSON.parse(stdout);
  return { arenas, lastFlag, words, isSameProcess: ownPid === pid };
};

const isLinux = process.platform === 'linux';

test('a gateway has few arenas and a small young generation, under the same process id and with the same words', () => {
  expect(begun({})).toEqual({
    arenas: isLinux ? gatewayProcess.env.MALLOC_ARENA_MAX : null,
    lastFlag: isLinux ? gatewayProcess.execArgv[0] : program,
    words: ['start', '--verbose'],
    isSameProcess: true,
  });
});

test('whoever chose the arenas keeps theirs', () => {
  expect(begun({ MALLOC_ARENA_MAX: '7' })).toMatchObject({ arenas: '7', words: ['start', '--verbose'] });
});
