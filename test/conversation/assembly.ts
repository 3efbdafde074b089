/** The synthesized app for the tests, with changes of their own. */
import { createHash } from 'node:crypto';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { parseStageFile, stageFileName, stageFileOf } from '../../config-schema/stage-file.ts';
import type { StageConfig } from '../../config-schema/stage-config.ts';
import { readStageConfig } from '../../lib/config.ts';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { synthesize } from '../../lib/synthesize.ts';

/** What a stage is made of beside what its functions read. */
export type StageParts = Partial<Pick<StageConfig, 'outbox' | 'outboxSecurityEvents' | 'transport'>>;

/** What is asked for all tests of a run: `TRANSPORT=thin npm test -- test/conversation`. */
const partsOfRun: StageParts = process.env['TRANSPORT'] === 'thin' ? { transport: 'thin' } : {};

/** The assembly of the stage `test`, or of one that has other parts. */
const keptTest = async (own: StageParts = {}): Promise<string> => {
  const parts = { ...partsOfRun, ...own };
  // Somebody's app with the configuration of the stage `test`: `.ci/package`.
  const given = process.env['ASSEMBLY'];
  if (given !== undefined) return given;
  if (Object.keys(parts).length === 0) return keptAssembly('test');
  // Its functions are told otherwise, and it need not be synthesized for these tests alone.
  if (isOfLocal(parts)) return keptAssembly('local');
  const content = JSON.stringify({ ...JSON.parse(readFileSync('config/test.json', 'utf8')), ...parts });
  const name = `test-${createHash('sha256').update(content).digest('hex').slice(0, 8)}`;
  const make = async (stage: string, outdir: string): Promise<void> => {
    const configDir = mkdtempSync(join(tmpdir(), 'maitred-stage-'));
    try {
      writeFileSync(join(configDir, `${stage}.json`), content);
      await synthesize({ stage, outdir, configDir, validate: false });
    } finally {
      rmSync(configDir, { recursive: true });
    }
  };
  return keptAssembly(name, { make });
};

const isOfLocal = (parts: StageParts): boolean => {
  const local = JSON.parse(readFileSync('config/local.json', 'utf8'));
  const { transport = local.transport } = parts;
  return parts.outbox === local.outbox && parts.outboxSecurityEvents === undefined && transport === local.transport;
};

/** A copy of the assembly in `dir` whose functions have another configuration beside their code. */
export const assemblyWith = async (
  dir: string,
  change: (config: FunctionConfig) => FunctionConfig,
  parts: StageParts = {},
): Promise<string> => {
  cpSync(await keptTest(parts), dir, { recursive: true });
  const changed = stageFileOf(change(parseStageFile(stageFileOf(readStageConfig('config', 'test')))));
  for (const file of globSync(`asset.*/${stageFileName}`, { cwd: dir }).map((name) => join(dir, name)))
    writeFileSync(file, changed);
  return dir;
};

// biome-ignore lint/suspicious/noExplicitAny: a template's resource is whatever its type says
export type TemplateResource = { Type: string; Properties: any };

/** A copy of the assembly in `dir`, each resource of its templates changed by `change`. */
export const changedAssembly = async (
  dir: string,
  change: (resource: TemplateResource, logicalId: string) => void,
): Promise<string> => {
  // The stage `test` is for sockets that all come from one address.
  cpSync(await keptTest(), dir, { recursive: true });
  for (const file of globSync('*.template.json', { cwd: dir })) {
    const template = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    for (const [logicalId, resource] of Object.entries<TemplateResource>(template.Resources))
      change(resource, logicalId);
    writeFileSync(join(dir, file), JSON.stringify(template));
  }
  return dir;
};
