/** A build in a directory that somebody uses for other things as well. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { replaceOutputs } from '../../client/outputs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-outputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A directory with these files, each with its own path as its text unless it has another. */
const directory = (name: string, files: readonly string[], text?: string): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const file of files) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text ?? file);
  }
  return path;
};
const textOf = (...path: readonly string[]) => readFileSync(join(folder, ...path), 'utf8');
const filesOf = (name: string) =>
  globSync('**/*', { cwd: join(folder, name), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(join(folder, name).length + 1))
    .sort();

test('a build replaces what the build before wrote, and leaves everything else', () => {
  const target = directory('target', ['thesis.txt', 'esm/notes.txt']);
  replaceOutputs(directory('first', ['esm/index.js', 'esm/gone.js', 'cjs/index.js']), target);
  replaceOutputs(directory('second', ['esm/index.js', 'cjs/index.js'], 'second'), target);
  expect(filesOf('target')).toEqual([
    ...['built-files.txt', 'cjs/index.js', 'esm/index.js', 'esm/notes.txt', 'thesis.txt'],
  ]);
  expect([textOf('target', 'esm/index.js'), textOf('target', 'esm/notes.txt')]).toEqual(['second', 'esm/notes.txt']);
});

test('a file that no build wrote is not overwritten, and nothing else is touched', () => {
  const target = directory('target', ['esm/index.js'], 'mine');
  const made = directory('made', ['cjs/index.js', 'esm/index.js']);
  expect(() => replaceOutputs(made, target)).toThrow(/esm\/index\.js is there, and no build wrote it/);
  expect([filesOf('target'), textOf('target', 'esm/index.js')]).toEqual([['esm/index.js'], 'mine']);
});

test.each(['../thesis.txt', 'esm/../../thesis.txt', 'thesis.txt'])('a list that names %s deletes nothing', (line) => {
  const target = directory('target', ['thesis.txt']);
  directory('', ['thesis.txt']);
  writeFileSync(join(target, 'built-files.txt'), `${line}\n`);
  replaceOutputs(directory('made', ['esm/index.js']), target);
  expect([existsSync(join(target, 'thesis.txt')), existsSync(join(folder, 'thesis.txt'))]).toEqual([true, true]);
});

test.each([
  { args: ['--help'], status: 0, says: /npm run build:client \[-- DIRECTORY\]/ },
  { args: ['--minify'], status: 2, says: /--minify.*see --help/ },
  { args: ['a', 'b'], status: 2, says: /b is not understood/ },
])('the command takes $args for no directory', ({ args, status, says }) => {
  const build = join(import.meta.dirname, '../../client/build.ts');
  const told = spawnSync(process.execPath, [build, ...args], { cwd: folder, encoding: 'utf8' });
  expect([told.status, globSync('*', { cwd: folder })]).toEqual([status, []]);
  expect(told.stdout + told.stderr).toMatch(says);
});
