/** What a build leaves in a directory that may hold other things: it replaces what the build before wrote, and nothing else. */
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { UsageError } from '../bin/command.ts';

/** In it, the paths of what was written. */
const listName = 'built-files.txt';

/** Puts the files of `made` into `target`. Throws a `UsageError`, and touches nothing, when one is there that no build wrote. */
export const replaceOutputs = (made: string, target: string): void => {
  const files = filesIn(made);
  const before = listedIn(target);
  const foreign = files.find((file) => existsSync(join(target, file)) && !before.includes(file));
  if (foreign !== undefined)
    throw new UsageError(`${join(target, foreign)} is there, and no build wrote it: name another directory`);
  for (const file of before) rmSync(join(target, file), { force: true });
  mkdirSync(target, { recursive: true });
  // First: what is there after an interrupted build is known as a build's.
  writeFileSync(join(target, listName), files.map((file) => `${file}\n`).join(''));
  for (const file of files) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    copyFileSync(join(made, file), join(target, file));
  }
};

const filesIn = (directory: string): readonly string[] =>
  globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)));

/** Paths that lead out of the directory are nobody's: the list is a file that anybody can write. */
const listedIn = (target: string): readonly string[] => {
  const path = join(target, listName);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.filter((line) => /^(cjs|esm)\//.test(line) && !line.split('/').includes('..'));
};
