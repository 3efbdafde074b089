/** Somebody's app is synthesized when it has changed, and what its `build` makes is no change. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { appAssembly } from '../../bin/app-assembly.ts';

let folder = '';
let told = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-app-'));
  told = 0;
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.js', build: 'node build.js' }));
  writeFileSync(join(folder, 'shop.txt'), 'shop');
  writeFileSync(
    join(folder, 'build.js'),
    `${logs('build')} fs.writeFileSync('built.txt', fs.readFileSync('shop.txt'));`,
  );
  const manifest = JSON.stringify({ version: '1.0.0', artifacts: {} });
  writeFileSync(
    join(folder, 'app.js'),
    `${logs('app')} fs.writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '${manifest}');
    fs.copyFileSync('built.txt', process.env.CDK_OUTDIR + '/built.txt');`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

/** In a folder that no app is made from. */
const logs = (name: string): string =>
  `const fs = require('node:fs'); fs.mkdirSync('.log', { recursive: true }); fs.appendFileSync('.log/runs', '${name} ');`;
const runs = (): string => readFileSync(join(folder, '.log/runs'), 'utf8').trim();
const ask = (fresh = false) => appAssembly({ folder, context: {}, fresh, onMaking: () => told++ });

test('is built and synthesized once', async () => {
  const { dir } = await ask();
  expect((await ask()).dir).toBe(dir);
  expect(runs()).toBe('build app');
  expect(told).toBe(1);
});

test('is built and synthesized again where a source has changed, or where that is asked for', async () => {
  await ask();
  appendFileSync(join(folder, 'shop.txt'), ' and bar');
  const { dir } = await ask();
  expect(readFileSync(join(dir, 'built.txt'), 'utf8')).toBe('shop and bar');
  await ask(true);
  expect(runs()).toBe('build app build app build app');
});

test('is only built where all that was made of it is gone', async () => {
  const { dir } = await ask();
  rmSync(join(folder, 'built.txt'));
  expect((await ask()).dir).toBe(dir);
  expect(runs()).toBe('build app build');
});
