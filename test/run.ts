// `npm test`: jest with what ESM needs. Arguments go through to jest.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const run = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, CDK_VALIDATION: 'false' },
  },
);
process.exitCode = run.status ?? 1;
