import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sourcesOf } from '../../lib/app-state.ts';
import { readCdkApp } from '../../lib/cdk-app.ts';
import { keep, keptAssembly } from '../../lib/kept-assembly.ts';

let folder = '';
let made: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-kept-'));
  made = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = { 'manifest.json': '{}', 'asset.1/index.mjs': 'export {}' };
const make = async (stage: string, outdir: string): Promise<void> => {
  made.push(stage);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(outdir, path)), { recursive: true });
    writeFileSync(join(outdir, path), text);
  }
};
const ask = (stage = 'local') => keptAssembly(stage, { folder, make });
const isWhole = (dir: string): boolean =>
  Object.entries(files).every(([path, text]) => readFileSync(join(dir, path), 'utf8') === text);

describe('an assembly', () => {
  test('is made once', async () => {
    const first = await ask();
    expect(await ask()).toBe(first);
    expect(isWhole(first)).toBe(true);
    expect(made).toEqual(['local']);
  });

  test('is another one for another stage', async () => {
    expect(await ask('test')).not.toBe(await ask('dev'));
    expect(made).toEqual(['test', 'dev']);
  });

  test('is the same for those who ask at once, and nothing unfinished is left', async () => {
    const all = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(all).size).toBe(1);
    expect(isWhole(all[0] ?? '')).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test.each([
    { why: 'a file has changed', damage: (dir: string) => writeFileSync(join(dir, 'asset.1/index.mjs'), 'export') },
    { why: 'a file is gone', damage: (dir: string) => rmSync(join(dir, 'asset.1/index.mjs')) },
    { why: 'a file has come to it', damage: (dir: string) => writeFileSync(join(dir, 'asset.1/more.mjs'), '') },
    { why: 'it was never finished', damage: (dir: string) => rmSync(join(dir, 'seal')) },
  ])('is made anew where $why', async ({ damage }) => {
    damage(await ask());
    const again = await ask();
    expect(isWhole(again)).toBe(true);
    expect(readdirSync(again).sort()).toEqual(['asset.1', 'manifest.json', 'seal']);
    expect(made).toHaveLength(2);
  });

  test('is made anew where it is asked for so, and is the old one where that fails', async () => {
    const dir = join(folder, 'app-1');
    const made = (text: string) => async (outdir: string) => writeFileSync(join(outdir, 'text'), text);
    await keep(dir, made('first'));
    await keep(dir, made('second'));
    expect(readFileSync(join(dir, 'text'), 'utf8')).toBe('first');
    await keep(dir, made('second'), true);
    expect(readFileSync(join(dir, 'text'), 'utf8')).toBe('second');
    await expect(keep(dir, () => Promise.reject(new Error('no shop today')), true)).rejects.toThrow('no shop today');
    expect(await keep(dir, made('third'))).toBe(dir);
    expect(readFileSync(join(dir, 'text'), 'utf8')).toBe('second');
    expect(readdirSync(folder)).toEqual(['app-1']);
  });

  test('that cannot be made leaves nothing behind, and says why', async () => {
    const failing = keptAssembly('local', { folder, make: () => Promise.reject(new Error('no such stage')) });
    await expect(failing).rejects.toThrow('no such stage');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('goes when nobody has asked for it for a day, and not before', async () => {
    const [old, used] = [await ask('test'), await ask('dev')];
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const dir of [old, used]) utimesSync(dir, longAgo, longAgo);
    await ask('dev');
    await ask('local');
    expect(
      readdirSync(folder)
        .sort()
        .map((name) => name.split('-')[0]),
    ).toEqual(['dev', 'local']);
  });
});

test('depends on every file that the bundles are made from', async () => {
  const assembly = await keptAssembly('local');
  const maps = globSync('maps/*.map', { cwd: assembly }).map((map) => readFileSync(join(assembly, map), 'utf8'));
  const bundled = new Set(maps.flatMap((map): readonly string[] => JSON.parse(map).sources));
  // They are named as seen from folders below the project.
  const own = [...bundled]
    .map((path) => path.replace(/^(\.\.\/)+/, ''))
    .filter((path) => !path.startsWith('node_modules/'));
  expect(own.length).toBeGreaterThan(50);
  const sources = sourcesOf(readCdkApp('.'));
  expect(own.filter((path) => !sources.includes(path))).toEqual([]);
});
