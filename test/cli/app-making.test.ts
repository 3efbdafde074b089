/** When an app is synthesized anew, and what is told while that takes long. No CDK is run. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { appAssembly } from '../../bin/app-assembly.ts';

const before = process.cwd();
let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'maitred-making-')));
  write('cdk.json', JSON.stringify({ app: 'node app.js' }));
  write(
    'app.js',
    "setTimeout(() => require('fs').writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '{\"artifacts\":{}}'), 300)",
  );
  mkdirSync(join(folder, 'data'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);

/** What was told. */
const made = async (patienceMs = 60_000) => {
  const told: string[] = [];
  await appAssembly({
    context: {},
    fresh: false,
    dataDir: join(folder, 'data'),
    onMaking: () => told.push('making'),
    onWaiting: (command) => told.push(command),
    patienceMs,
  });
  return told;
};

test('what a gateway keeps in its data folder is no source, and what lies beside it is', async () => {
  expect(await made()).toEqual(['making']);
  write('data/table', 'x');
  expect(await made()).toEqual([]);
  write('database.js', 'x');
  expect(await made()).toEqual(['making']);
});

test('a command that takes long is named once', async () => {
  expect(await made(1)).toEqual(['making', 'node app.js']);
});
