/** React Native: its Metro, the compiler of its engine, and the engine itself where npm has one. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layApp } from '../app-files.ts';
import { runCommand } from '../command.ts';
import { type Consumer, consumers } from '../consumers.ts';
import type { Row } from '../row.ts';

type Version = Readonly<{ where: string; consumer: Consumer; babelPreset: string; hermesc: string }>;

const versions: readonly Version[] = [
  {
    where: 'React Native 0.72',
    consumer: consumers.oldReactNative,
    babelPreset: 'module:metro-react-native-babel-preset',
    hermesc: 'react-native/sdks/hermesc/linux64-bin/hermesc',
  },
  {
    where: 'React Native 0.88',
    consumer: consumers.newReactNative,
    babelPreset: 'module:@react-native/babel-preset',
    hermesc: 'hermes-compiler/hermesc/linux64-bin/hermesc',
  },
];

const driver = join(import.meta.dirname, '../drivers/metro.cjs');
const files = ['phone.js', 'hermes.js', 'conversation.js', 'fake-socket.js'];

const bundles = ({ babelPreset, hermesc }: Version): Row['run'] => {
  return async ({ project }) => {
    writeFileSync(join(project, 'babel.config.js'), `module.exports = { presets: ['${babelPreset}'] };\n`);
    const app = await layApp(project, 'esm', files);
    const out = join(project, 'phone.js');
    const compiled = join(project, 'phone.hbc');
    await runCommand(process.execPath, [driver, join(app, 'phone.js'), out, 'android'], { cwd: project });
    await runCommand(join(project, 'node_modules', hermesc), ['-w', '-emit-binary', '-out', compiled, out], {
      cwd: project,
    });
    return `${(statSync(compiled).size / 1024).toFixed(0)} KB of bytecode`;
  };
};

/** What npm has is Hermes 0.12, of React Native 0.70. Newer versions are published as a compiler only. */
const hermes = 'hermes-engine-cli/linux64-bin/hermes';

const runsInHermes: Row['run'] = async ({ project }) => {
  const app = await layApp(project, 'esm', files);
  const out = join(project, 'hermes.js');
  await runCommand(process.execPath, [driver, join(app, 'hermes.js'), out, 'android', 'bare'], { cwd: project });
  const told = await runCommand(join(project, 'node_modules', hermes), ['-w', out], {
    cwd: project,
    timeoutMs: 60_000,
  });
  const [, sentence] = /said: (.*)/.exec(told) ?? [];
  if (sentence === undefined) throw new Error(told);
  return sentence;
};

export const reactNativeRows: readonly Row[] = [
  ...versions.map((version) => ({
    where: version.where,
    what: 'Metro, hermesc',
    consumer: version.consumer,
    run: bundles(version),
  })),
  { where: 'React Native 0.72', what: 'Metro, Hermes 0.12', consumer: consumers.oldReactNative, run: runsInHermes },
];
