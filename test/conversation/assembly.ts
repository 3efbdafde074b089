/** The synthesized app for the tests, with changes of their own. */
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { parseStageFile, stageFileName, stageFileOf } from '../../config-schema/stage-file.ts';
import { testAssembly } from './test-assembly.ts';

/** A copy of the assembly in `dir` whose functions have another configuration beside their code. */
export const assemblyWith = async (
  dir: string,
  change: (config: FunctionConfig) => FunctionConfig,
): Promise<string> => {
  cpSync(await testAssembly(), dir, { recursive: true });
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
  // The stage `test` is for sockets that all come from one address.
  cpSync(await testAssembly(), dir, { recursive: true });
  for (const file of globSync('*.template.json', { cwd: dir })) {
    const template = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    for (const [logicalId, resource] of Object.entries<TemplateResource>(template.Resources))
      change(resource, logicalId);
    writeFileSync(join(dir, file), JSON.stringify(template));
  }
  return dir;
};
