/** What an app is made from, as a digest: the same app has the same one on every machine. */
import { createHash, type Hash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CdkApp } from './cdk-app.ts';

/** What a package manager writes of what is installed, in the app's folder or in one above it. */
const locks = [
  'node_modules/.package-lock.json',
  'node_modules/.yarn-state.yml',
  'node_modules/.modules.yaml',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  '.pnp.cjs',
];

/** What an app is told, beside its own files. */
const told = ['cdk.json', 'cdk.context.json'];

/** A file that is larger is known by its size and its time. */
const readWhole = 8 * 1024 * 1024;

/** The files that an app is made from, seen from its folder: those that it names, or all but what tools put there. */
export const sourcesOf = ({ folder, sources, output }: Pick<CdkApp, 'folder' | 'sources' | 'output'>) =>
  (sources === undefined ? filesIn(folder, output) : globSync([...sources], { cwd: folder })).toSorted();

/**
 * @param context what is said on the command line
 * @param isSource whether a file counts, seen from the app's folder
 */
export const stateOfApp = (
  app: CdkApp,
  context: Readonly<Record<string, unknown>>,
  isSource: (path: string) => boolean = () => true,
): string => {
  const hash = createHash('sha256').update(process.version);
  hash.update(JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1))));
  for (const path of [...told, ...sourcesOf(app).filter(isSource)]) add(hash, path, join(app.folder, path));
  for (let folder = app.folder; ; folder = dirname(folder)) {
    for (const lock of locks) if (existsSync(join(folder, lock))) add(hash, lock, join(folder, lock));
    if (dirname(folder) === folder) return hash.digest('hex').slice(0, 16);
  }
};

const add = (hash: Hash, path: string, file: string): void => {
  const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
  hash.update(`${path}\0`);
  if (size > readWhole) hash.update(`${size} ${mtimeMs}`);
  else if (mtimeMs > 0) hash.update(readFileSync(file));
};

const isToolsFolder = (name: string): boolean =>
  name.startsWith('.') || name.startsWith('cdk.out') || name === 'node_modules' || name === '__pycache__';

const filesIn = (folder: string, output: string, below = ''): readonly string[] =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return isToolsFolder(entry.name) || path === output ? [] : filesIn(folder, output, path);
    return statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true ? [path] : [];
  });
