/** Both packages as npm packs them, in a folder, with what is in them. */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PackedFile } from './contents.ts';

export type Packed = Readonly<{
  /** The file. */
  path: string;
  /** As a lockfile will have it. */
  integrity: string;
  files: readonly PackedFile[];
}>;

/** Packs a folder, runs none of its scripts, and reads the file that came of it. `made` is for what is made on the way. */
export const packFolder = (folder: string, target: string, made: string): Packed => {
  mkdirSync(target, { recursive: true });
  const told = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', target], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [packed]: readonly { filename: string; integrity: string }[] = JSON.parse(told);
  if (packed === undefined) throw new Error(`npm packed nothing of ${folder}`);
  const path = join(target, packed.filename);
  const unpacked = join(made, packed.filename.replace(/\.tgz$/, ''));
  mkdirSync(unpacked, { recursive: true });
  execFileSync('tar', ['-xzf', path, '-C', unpacked]);
  return { path, integrity: packed.integrity, files: filesIn(join(unpacked, 'package')) };
};

const filesIn = (folder: string): readonly PackedFile[] =>
  globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ path: relative(folder, path), text: readFileSync(path, 'utf8') }))
    .toSorted((a, b) => a.path.localeCompare(b.path));
