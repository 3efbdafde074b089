/** The synthesized app for the tests, with changes of their own. */
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptAssembly } from '../../lib/kept-assembly.ts';

/** A copy of the assembly in `dir` whose functions get other values for variables that they have. */
export const assemblyWith = (dir: string, environment: Readonly<Record<string, string>>): Promise<string> =>
  changedAssembly(dir, ({ Type, Properties }) => {
    if (Type !== 'AWS::Lambda::Function') return;
    const variables = Properties.Environment.Variables;
    for (const name of Object.keys(variables))
      if (Object.hasOwn(environment, name)) variables[name] = environment[name];
  });

// biome-ignore lint/suspicious/noExplicitAny: a template's resource is whatever its type says
export type TemplateResource = { Type: string; Properties: any };

/** A copy of the assembly in `dir`, each resource of its templates changed by `change`. */
export const changedAssembly = async (
  dir: string,
  change: (resource: TemplateResource, logicalId: string) => void,
): Promise<string> => {
  // The stage `test` is for sockets that all come from one address.
  cpSync(await keptAssembly('test'), dir, { recursive: true });
  for (const file of globSync('*.template.json', { cwd: dir })) {
    const template = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    for (const [logicalId, resource] of Object.entries<TemplateResource>(template.Resources))
      change(resource, logicalId);
    writeFileSync(join(dir, file), JSON.stringify(template));
  }
  return dir;
};
