/** An app in the middle of a release: each function is two versions of itself, and a file says which one answers. */
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionNameIn } from '../function-names.ts';

/** The cloud assemblies of one stage, synthesized by either version. */
export type Assemblies = Readonly<{ before: string; now: string }>;

const prefix = 'BEFORE_';

/** What a function is called in the file. */
const nameOf = (logicalId: string): string => functionNameIn(logicalId) ?? logicalId;

/**
 * Today's assembly in `dir`, whose functions have the code, the environment and the rights of the earlier version beside their
 * own. Tables and queues are today's: that is what a function of the earlier version meets for as long as it is not replaced.
 */
export const rollingAssembly = ({ before, now }: Assemblies, dir: string, versionsFile: string): void => {
  cpSync(now, dir, { recursive: true });
  for (const file of globSync('*.template.json', { cwd: dir }).filter((name) => existsSync(join(before, name)))) {
    const template = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    const earlier = JSON.parse(readFileSync(join(before, file), 'utf8'));
    // What only the earlier functions refer to. Deployed, they have the values already.
    template.Outputs = { ...earlier.Outputs, ...template.Outputs };
    for (const id of Object.keys(template.Resources)) {
      const [own, other] = [template.Resources[id], earlier.Resources[id]];
      if (own.Type !== other?.Type) continue;
      if (own.Type === 'AWS::IAM::Policy')
        own.Properties.PolicyDocument.Statement.push(...other.Properties.PolicyDocument.Statement);
      if (own.Type !== 'AWS::Lambda::Function') continue;
      const codeDir = assetOf(dir, own);
      cpSync(assetOf(before, other), join(codeDir, `before-${id}`), { recursive: true });
      writeFileSync(join(codeDir, `rolling-${id}.mjs`), switchOf({ id, own, other, versionsFile }));
      const variables = own.Properties.Environment.Variables;
      for (const [name, value] of Object.entries(other.Properties.Environment.Variables))
        variables[prefix + name] = value;
      own.Properties.Handler = `rolling-${id}.handler`;
    }
    writeFileSync(join(dir, file), JSON.stringify(template));
  }
};

type Lambda = Readonly<{
  Properties: Readonly<{
    Code: Readonly<{ S3Key: string }>;
    Handler: string;
    Environment: Readonly<{ Variables: Readonly<Record<string, unknown>> }>;
  }>;
}>;

const assetOf = (dir: string, { Properties }: Lambda): string =>
  join(dir, `asset.${Properties.Code.S3Key.replace(/\.zip$/, '')}`);

/** The module that is both: each version is loaded and run in its own environment. */
const switchOf = ({
  id,
  own,
  other,
  versionsFile,
}: Record<'own' | 'other', Lambda> & Record<'id' | 'versionsFile', string>) => {
  const [file, name] = own.Properties.Handler.split('.');
  const [fileBefore, nameBefore] = other.Properties.Handler.split('.');
  const variables = Object.keys(own.Properties.Environment.Variables);
  return `import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const { env } = process;
const named = (names) => Object.fromEntries(names.filter((name) => name in env).map((name) => [name, env[name]]));
const own = ${JSON.stringify(variables)};
const prefixed = Object.keys(env).filter((name) => name.startsWith('${prefix}'));
const runtime = named(Object.keys(env).filter((name) => !own.includes(name) && !prefixed.includes(name)));
const environments = {
  now: { ...runtime, ...named(own) },
  before: {
    ...runtime,
    ...Object.fromEntries(prefixed.map((name) => [name.slice(${prefix.length}), env[name]])),
    // With its own configuration beside its code.
    LAMBDA_TASK_ROOT: join(runtime.LAMBDA_TASK_ROOT ?? '.', 'before-${id}'),
  },
};
const live = (version) => {
  for (const name of Object.keys(env)) delete env[name];
  Object.assign(env, environments[version]);
};
live('before');
const { ${nameBefore}: before } = await import('./before-${id}/${fileBefore}.mjs');
live('now');
const { ${name}: now } = await import('./${file}.mjs');
const handlers = { before, now };
export const handler = (event, context) => {
  const version = JSON.parse(readFileSync(${JSON.stringify(versionsFile)}, 'utf8'))['${nameOf(id)}'] ?? 'now';
  live(version);
  return handlers[version](event, context);
};
`;
};
