import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { parseStageFile, stageFileName } from '../config-schema/stage-file.ts';
import { readAssembly, type Stack } from '../local/assembly.ts';
import { appFile, appFolder } from './app-folder.ts';
import { FailedError, UsageError } from './command.ts';

/**
 * The configuration of a gateway of the app in this folder, as the app was synthesized last: what lies beside its functions is what is
 * deployed with them. Throws `FailedError` and `StartError` where it is not there, and `UsageError` where several are.
 *
 * @param names the stacks that it stands in, where the app has several gateways
 * @param folder the app's
 */
export const synthesizedConfig = (names: readonly string[] | undefined, folder = appFolder()): FunctionConfig => {
  const dir = outputFolder(folder);
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
    throw new UsageError(`${dir} has several gateways, in ${those}: say which with --stack`);
  }
  return parseStageFile(first);
};

/** Where the app's `cdk.json` has its assembly written. */
const outputFolder = (folder: string): string => {
  const { output }: { output?: string } = JSON.parse(readFileSync(join(folder, appFile), 'utf8'));
  return join(folder, output ?? 'cdk.out');
};

const stageFilesOf = ({ resources, assets }: Stack): readonly string[] =>
  Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties: { Code } }) => join(assets.get(keyIn(Code)) ?? '', stageFileName))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));

/** By which an asset is found. Code that is written into a template has none. */
const keyIn = (code: unknown): string =>
  typeof code === 'object' && code !== null && 'S3Key' in code && typeof code.S3Key === 'string' ? code.S3Key : '';
