/** The fixtures are what v0.1.0 wrote. Whoever has to change this list has changed the past. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { baselineDir } from './fixtures.ts';

/** SHA-256 of each file. */
const hashes: Readonly<Record<string, string>> = {
  commit: '1b20e4db9d6eaeccc5aa4ca2b9340e200e23c7af4d7c7c0e4e42cbd3402bde18',
  'configurations/default.json': 'ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356',
  'configurations/full.json': '2770ce191faea8fd5e1658d6fd6ca0c15a2aaf7c986b26ae6a4269023a2a14a9',
  'items/audit.json': '14028c92a5ccd8368154667a25a4a8e94bdf7d250071e56640df173c5de59b9c',
  'items/budgets.json': '92992104367fc4f4f31ef613f2410cd6cd193e0b6ef82f288e93454754cc59cc',
  'items/connections.json': '9dadf27ff19753a6b2297dba61452808dfe81251cd606178210f27d01b9a972f',
  'items/events.json': 'cf096aac7f5a031f28a9276f2f92d0940704b8953c58a6adb671428a3a675e1d',
  'items/memberships.json': 'e5eb9a38361e1c2d31bfc7771e23d7be3cdb1885f261f8d3e4a03e781718d3b4',
  'maitred-client-0.1.0.tgz': '6f0cc46e5b90024b374023cad21787fda8d61c7eafc868652aa306137b1f61c5',
  'messages/dead-letters.json': 'fbb328b25923c1f85d5ca5211997d18d48f7ae3653b92e40a307f68505a104ff',
  'messages/events.json': '1d8b28c20609f365e15772335bd6417e0a591736f70a3f0e5fbe618263fded39',
  'messages/timer.json': '3e31d36d0917cbb52dba9ab625e0cf07326a69d42d9acd186ca3633b7e147210',
  'templates/default/gateway.json': '9f36ddcee4dd16ac1d58d61f7fa276ccf645a3c7537dccc4410a3f70347c12e3',
  'templates/default/monitoring.json': '9b06a08f6a4502f5ff6ab16e13a83ca80ffe5c9f1edf074834806fde7686d035',
  'templates/default/state.json': 'c769dc7cff7f1aeb203fd541068288446df74617fac3d3edd995a128fa3d29b1',
  'templates/full/gateway.json': 'f3160d5f4a932bc5449e98d2092dbef55c6ce0c709f3b1d5d2a34108094e832e',
  'templates/full/monitoring.json': '78793e2d452df428d5f3de434413869efc4d454aacd2b846590b364a389ab4fc',
  'templates/full/state.json': 'ec9366328bf980d59bda838e945fb62dcea6b3d70e7c20c0b821d6178a498f14',
};

test('no file of the baseline is changed, gone or new', () => {
  const files = globSync('**/*', { cwd: baselineDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(baselineDir.length + 1));
  const found = files.map((file) => [
    file,
    createHash('sha256')
      .update(readFileSync(join(baselineDir, file)))
      .digest('hex'),
  ]);
  expect(Object.fromEntries(found)).toEqual(hashes);
});
