/** The synthesized app for the tests: made once for one state of the sources, however many suites ask for it. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { parseStageFile, stageFileName, stageFileOf } from '../../config-schema/stage-file.ts';
import { synthesize } from '../../lib/synthesize.ts';

const projectDir = join(import.meta.dirname, '..', '..');
const cacheDir = join(projectDir, '.maitred', 'test-cdk.out');
const sources = [
  'lambdas/**/*.ts',
  'protocol/**/*.ts',
  'config-schema/**/*.ts',
  'lib/**/*.ts',
  'bin/app.ts',
  'config/test.json',
];
const settings = ['cdk.json', 'tsconfig.json', 'package-lock.json'];
const keptForMs = 60 * 60 * 1000;

/** The folder of the cloud assembly of a stage for sockets that all come from one address. Nobody may write to it. */
export const localAssembly = async (): Promise<string> => {
  const outdir = join(cacheDir, stateOfSources());
  if (existsSync(join(outdir, 'manifest.json'))) return outdir;
  mkdirSync(cacheDir, { recursive: true });
  forgetOldOnes();
  const scratch = await mkdtemp(join(cacheDir, 'unfinished-'));
  await synthesize({ stage: 'test', outdir: scratch, validate: false });
  try {
    await rename(scratch, outdir);
  } catch (error) {
    // Another process was first; its result is the same.
    if (!existsSync(join(outdir, 'manifest.json'))) throw error;
    rmSync(scratch, { recursive: true });
  }
  return outdir;
};

/** A copy of the assembly in `dir` whose functions have another configuration beside their code. */
export const assemblyWith = async (
  dir: string,
  change: (config: FunctionConfig) => FunctionConfig,
): Promise<string> => {
  cpSync(await localAssembly(), dir, { recursive: true });
  for (const file of globSync(`asset.*/${stageFileName}`, { cwd: dir }).map((name) => join(dir, name)))
    writeFileSync(file, stageFileOf(change(parseStageFile(readFileSync(file, 'utf8')))));
  return dir;
};

// biome-ignore lint/suspicious/noExplicitAny: a template's resource is whatever its type says
export type TemplateResource = { Type: string; Properties: any };

/** A copy of the assembly in `dir`, each resource of its templates changed by `change`. */
export const changedAssembly = async (
  dir: string,
  change: (resource: TemplateResource, logicalId: string) => void,
): Promise<string> => {
  cpSync(await localAssembly(), dir, { recursive: true });
  for (const file of globSync('*.template.json', { cwd: dir })) {
    const template = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    for (const [logicalId, resource] of Object.entries<TemplateResource>(template.Resources))
      change(resource, logicalId);
    writeFileSync(join(dir, file), JSON.stringify(template));
  }
  return dir;
};

const stateOfSources = (): string => {
  const hash = createHash('sha256');
  for (const path of [...globSync(sources, { cwd: projectDir }).sort(), ...settings])
    hash.update(`${path}\0`).update(readFileSync(join(projectDir, path)));
  return hash.digest('hex').slice(0, 16);
};

const forgetOldOnes = (): void => {
  for (const name of readdirSync(cacheDir)) {
    const path = join(cacheDir, name);
    if (statSync(path).mtimeMs < Date.now() - keptForMs) rmSync(path, { recursive: true, force: true });
  }
};
