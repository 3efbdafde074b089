/** Cloud assemblies that are kept: an app is synthesized again only when something has changed that it is made from. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { stateOfApp } from './app-state.ts';
import { readCdkApp } from './cdk-app.ts';
import { synthesize } from './synthesize.ts';

export type Keeping = Readonly<{
  /** Holds the assemblies, one for each state of what they are made from. Default: a folder of the project. */
  folder?: string;
  /** Makes an assembly that is not kept, in an empty folder. Default: `synthesize`, without validation. */
  make?: (stage: string, outdir: string) => Promise<unknown>;
}>;

const projectDir = join(import.meta.dirname, '..');
const projectFolder = join(projectDir, '.maitred', 'assemblies');

/** Unused for a day, an assembly goes; a gateway that runs longer on old sources has read its functions' code by then. */
const unusedMs = 24 * 60 * 60 * 1000;

/** Written last, with the digest of all the rest: an assembly that was damaged since is not this one. */
const sealFile = 'seal';

const unchecked = (stage: string, outdir: string): Promise<string> => synthesize({ stage, outdir, validate: false });

/** The folder of the assembly of a stage of this project as its sources are now; see `keep`. Rejects as `synthesize` does. */
export const keptAssembly = (
  stage: string,
  { folder = projectFolder, make = unchecked }: Keeping = {},
): Promise<string> =>
  keep(join(folder, `${stage}-${stateOfApp(readCdkApp(projectDir), { stage })}`), (outdir) => make(stage, outdir));

/**
 * A folder whose name says what it is made from, made now if it is not there, which nobody may write to. Processes that ask at once
 * each make one in a folder of their own, and the first that is done is kept.
 *
 * @param fresh whether it is made anew although it is there
 */
export const keep = async (
  outdir: string,
  make: (outdir: string) => Promise<unknown>,
  fresh = false,
): Promise<string> => {
  if (!fresh && isWhole(outdir)) {
    const now = new Date();
    utimesSync(outdir, now, now);
    return outdir;
  }
  const folder = dirname(outdir);
  mkdirSync(folder, { recursive: true });
  removeUnused(folder);
  const scratch = mkdtempSync(join(folder, 'unfinished-'));
  try {
    await make(scratch);
    writeFileSync(join(scratch, sealFile), digestOf(scratch));
    putInPlace(scratch, outdir, fresh);
  } catch (error) {
    if (fresh || !isWhole(outdir)) throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return outdir;
};

/**
 * Unless another process was first: its result is the same. A folder that is in the way is looked at and moved, never deleted
 * where it is: between a look and the deletion another process may have put a whole one there, and run it.
 */
const putInPlace = (scratch: string, outdir: string, fresh: boolean): void => {
  try {
    renameSync(scratch, outdir);
    return;
  } catch (error) {
    if (!fresh && isWhole(outdir)) return;
    if (!existsSync(outdir)) throw error;
  }
  const damaged = `${scratch}-damaged`;
  renameSync(outdir, damaged);
  renameSync(scratch, outdir);
  rmSync(damaged, { recursive: true, force: true });
};

/** Whether an assembly is there as it was made. */
export const isWhole = (dir: string): boolean => {
  const seal = join(dir, sealFile);
  return existsSync(seal) && readFileSync(seal, 'utf8') === digestOf(dir);
};

const digestOf = (dir: string): string => {
  const hash = createHash('sha256');
  for (const path of globSync('**', { cwd: dir }).sort())
    if (path !== sealFile && statSync(join(dir, path)).isFile())
      hash.update(`${path}\0`).update(readFileSync(join(dir, path)));
  return hash.digest('hex');
};

const removeUnused = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < Date.now() - unusedMs) rmSync(path, { recursive: true, force: true });
  }
};
