import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { parseStageFile, stageFileName } from '../config-schema/stage-file.ts';
import { environment } from '../lambdas/env.ts';
import { readCdkApp } from '../lib/cdk-app.ts';
import { madeAssembly } from '../lib/run-app.ts';
import { type Resource, readAssembly, type Stack } from '../local/assembly.ts';
import { variablesIn } from '../local/door-reach.ts';
import { appFolder } from './app-folder.ts';
import { FailedError, UsageError } from './command.ts';

/**
 * The configuration of a gateway of the app in this folder, as the app was synthesized last: what lies beside its functions is what is
 * deployed with them. Throws `FailedError`, `AppError` and `StartError` where it is not there, and `UsageError` where several are.
 *
 * @param names the stacks that it stands in, where the app has several gateways
 * @param folder the app's
 */
export const synthesizedConfig = (names: readonly string[] | undefined, folder = appFolder()): FunctionConfig => {
  const dir = assemblyFolder(folder);
  const stacks = readAssembly(dir);
  const missing = names?.find((name) => !stacks.some((stack) => stack.name === name));
  if (missing !== undefined)
    throw new FailedError(`${dir} has no stack ${missing}: it has ${stacks.map(({ name }) => name).join(', ')}.`);
  const files = stacks
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap((stack) => stageFilesOf(stack).map((text) => ({ stack: stack.name, text })));
  const [first, ...others] = new Set(files.map(({ text }) => text));
  if (first === undefined)
    throw new FailedError(`${dir} has no gateway${names === undefined ? '' : ` in ${names.join(', ')}`}.`);
  if (others.length > 0) {
    const those = [...new Set(files.map(({ stack }) => stack))].join(', ');
    throw new UsageError(
      `${dir} has several gateways, in ${those}: ${names === undefined ? 'say which with --stack' : 'commands are for stacks with one.'}`,
    );
  }
  return parseStageFile(first);
};

/** Where the app's `cdk.json` has its assembly written, or says that it lies. Throws `AppError`. */
const assemblyFolder = (folder: string): string => {
  const app = readCdkApp(folder);
  return madeAssembly(app) ?? resolve(folder, app.output);
};

/** What every gateway has a function with, and no function of the app's own that has a file of the same name. */
const variablesOfGateway = [environment.stage, environment.connectionsTable];

const isOfGateway = ({ Type, Properties }: Resource): boolean => {
  const variables = variablesIn(Properties, []);
  return Type === 'AWS::Lambda::Function' && variablesOfGateway.every((name) => Object.hasOwn(variables, name));
};

const stageFilesOf = ({ resources, assets }: Stack): readonly string[] =>
  Object.values(resources)
    .filter(isOfGateway)
    .map(({ Properties: { Code } }) => join(assets.get(keyIn(Code)) ?? '', stageFileName))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));

/** By which an asset is found. Code that is written into a template has none. */
const keyIn = (code: unknown): string =>
  typeof code === 'object' && code !== null && 'S3Key' in code && typeof code.S3Key === 'string' ? code.S3Key : '';
