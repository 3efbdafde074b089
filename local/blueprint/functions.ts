import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { StartError } from '../start-error.ts';
import { roleIdOfArn } from '../names.ts';
import { count, type Found, type Template } from '../template.ts';
import { shortNames } from './short-names.ts';

export type FunctionBlueprint = {
  /** For people; see `shortNames`. */
  readonly name: string;
  readonly functionName: string;
  readonly arn: string;
  readonly codeDir: string;
  /** File of the handler, inside `codeDir`. */
  readonly moduleFile: string;
  readonly exportName: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** By which SQS knows it as the sender of a message; undefined where the template gives it no role. */
  readonly roleId: string | undefined;
  /** In which what Lambda adds to its log is written. */
  readonly logFormat: 'JSON' | 'Text';
  readonly environment: Readonly<Record<string, string>>;
};

const identity = v.object({});

const lambdaProperties = v.object({
  Code: v.object({ S3Key: v.string() }),
  Runtime: v.pipe(v.string(), v.startsWith('nodejs')),
  Handler: v.string(),
  Timeout: v.optional(count, 3),
  MemorySize: v.optional(count, 128),
  Role: v.optional(v.string()),
  Environment: v.optional(v.object({ Variables: v.record(v.string(), v.string()) }), { Variables: {} }),
  LoggingConfig: v.optional(v.object({ LogFormat: v.optional(v.picklist(['JSON', 'Text']), 'Text') }), {
    LogFormat: 'Text',
  }),
  Layers: v.optional(v.pipe(v.array(v.string()), v.maxLength(0, 'layers are not supported locally'))),
});

/**
 * The functions with these names or ARNs. Others, such as those the CDK adds for its own custom resources, have nothing
 * to do locally and are not looked at.
 */
export const readFunctions = (template: Template, called: ReadonlySet<string>): readonly FunctionBlueprint[] => {
  const lambdas = template.find(['AWS::Lambda::Function'], identity);
  const wanted = lambdas.filter(({ ref, attribute }) => called.has(ref) || called.has(attribute('Arn')));
  for (const one of called)
    if (!wanted.some(({ ref, attribute }) => one === ref || one === attribute('Arn')))
      throw new StartError('TEMPLATE_UNRESOLVED', `${one} is called, but the app has no such function.`);
  const names = shortNames(
    wanted.map(({ logicalId }) => logicalId),
    template.gatewayPath,
  );
  return wanted.map((one) => ({ name: names.get(one.logicalId) ?? one.logicalId, ...readFunction(one) }));
};

const readFunction = (lambda: Found<typeof identity>): Omit<FunctionBlueprint, 'name'> => {
  const { ref, properties, assets, attribute, problem } = lambda.read(lambdaProperties);
  const codeDir = assets.get(properties.Code.S3Key);
  if (codeDir === undefined) throw problem('Code.S3Key', 'names no asset of the assembly');
  const [moduleName = '', exportName = ''] = properties.Handler.split('.');
  const moduleFile = ['mjs', 'js', 'cjs']
    .map((extension) => `${moduleName}.${extension}`)
    .find((file) => existsSync(join(codeDir, file)));
  if (moduleFile === undefined) throw problem('Handler', `is ${properties.Handler}, but ${codeDir} has no such module`);
  return {
    functionName: ref,
    arn: attribute('Arn'),
    codeDir,
    moduleFile,
    exportName,
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    roleId: properties.Role === undefined ? undefined : roleIdOfArn(properties.Role),
    logFormat: properties.LoggingConfig.LogFormat,
    environment: properties.Environment.Variables,
  };
};
