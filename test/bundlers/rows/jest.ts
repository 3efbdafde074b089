import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layApp } from '../app-files.ts';
import { runCommand } from '../command.ts';
import { consumers } from '../consumers.ts';
import type { House, Row } from '../row.ts';

const files = ['conversation.js', 'react-scenario.js'];

/** Runs one test file with the project's Jest; yields what it said. */
const runJest = async (project: string, house: House, config: object, file: string): Promise<string> => {
  const path = join(project, 'jest.config.json');
  writeFileSync(path, JSON.stringify({ rootDir: project, testRegex: '\\.test\\.js$', ...config }));
  const env = { MAITRED_URL: house.url, MAITRED_TOKEN: house.token };
  const jest = join(project, 'node_modules/jest/bin/jest.js');
  const args = [jest, '--config', path, '--watchman=false', '--runInBand', '--runTestsByPath', file];
  const told = await runCommand(process.execPath, args, { cwd: project, env });
  return /said: (.*)/.exec(told)?.[1] ?? told;
};

const ofPhone =
  (preset: string, babelPreset: string): Row['run'] =>
  async ({ project, house }) => {
    writeFileSync(join(project, 'babel.config.js'), `module.exports = { presets: ['${babelPreset}'] };\n`);
    const app = await layApp(project, 'esm', [...files, 'refresh.js', 'phone.test.js']);
    return runJest(project, house, { preset }, join(app, 'phone.test.js'));
  };

export const jestRows: readonly Row[] = [
  {
    where: 'React Native 0.72',
    what: 'Jest, React 18',
    consumer: consumers.oldReactNative,
    run: ofPhone('react-native', 'module:metro-react-native-babel-preset'),
  },
  {
    where: 'React Native 0.88',
    what: 'Jest, React 19',
    consumer: consumers.newReactNative,
    run: ofPhone('@react-native/jest-preset', 'module:@react-native/babel-preset'),
  },
  {
    where: 'Node',
    what: 'Jest 30, CommonJS',
    consumer: consumers.node,
    run: async ({ project, house }) => {
      const app = await layApp(project, 'cjs', [...files, 'plain.test.js']);
      return runJest(project, house, { transform: {} }, join(app, 'plain.test.js'));
    },
  },
  {
    where: 'React 17',
    what: 'hooks, CommonJS',
    consumer: consumers.react17,
    run: async ({ project }) => {
      const app = await layApp(project, 'cjs', ['fake-socket.js', 'react-scenario.js', 'react.cjs']);
      return runCommand(process.execPath, [join(app, 'react.cjs')], { cwd: project, timeoutMs: 60_000 });
    },
  },
];
