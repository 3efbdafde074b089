/** What an app is made from, as a digest: the same app has the same one on every machine. */
import { createHash, type Hash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
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
  (sources === undefined
    ? filesIn(folder, output)
    : globSync([...sources], { cwd: folder }).filter(
        (path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true,
      )
  ).toSorted();

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
  hash.update(`${path}\0`);
  const found = readable(() => statSync(file, { throwIfNoEntry: false }));
  if (found === undefined) return;
  const { size, mtimeMs } = found;
  const content = size > readWhole ? undefined : readable(() => readFileSync(file));
  hash.update(content ?? `${size} ${mtimeMs}`);
};

/** What this user may not read, the app that this user runs is not made from. */
const readable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
};

const isToolsFolder = (name: string): boolean =>
  name.startsWith('.') || name.startsWith('cdk.out') || name === 'node_modules' || name === '__pycache__';

/** Each folder once, and those that only links lead to after the others: none is gone round in. */
const filesIn = (folder: string, output: string): readonly string[] => {
  const files: string[] = [];
  const links: string[] = [];
  const seen = new Set<string>();
  const visit = (below: string): void => {
    const here = realpathSync(join(folder, below));
    if (seen.has(here) || (below !== '' && [here, join(root, below)].includes(outputFolder))) return;
    seen.add(here);
    const entries = readable(() => readdirSync(here, { withFileTypes: true })) ?? [];
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const kind = entry.isSymbolicLink()
        ? readable(() => statSync(join(here, entry.name), { throwIfNoEntry: false }))
        : entry;
      if (kind?.isFile() === true) files.push(path);
      else if (kind?.isDirectory() !== true || isToolsFolder(entry.name)) continue;
      else if (entry.isSymbolicLink()) links.push(path);
      else visit(path);
    }
  };
  const root = realpathSync(folder);
  const outputFolder = resolve(root, output);
  visit('');
  // It grows while it is gone through: what a link leads to may have links of its own.
  for (const link of links) if (leadsFurther(root, realpathSync(join(folder, link)))) visit(link);
  return files;
};

/** Not to what the app lies in, which is all of a monorepo, nor to what tools put into it. */
const leadsFurther = (root: string, target: string): boolean => {
  const isIn = (inner: string, outer: string): boolean =>
    `${inner}${sep}`.startsWith(outer.endsWith(sep) ? outer : outer + sep);
  return !isIn(root, target) && !(isIn(target, root) && relative(root, target).split(sep).some(isToolsFolder));
};
