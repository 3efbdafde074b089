/** The CDK app that a command is about: this project's own in its checkout, somebody's where the package is installed. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FailedError } from './command.ts';

/** By which the CDK knows an app. */
const appFile = 'cdk.json';

/** The nearest folder from a folder upwards that holds an app. Throws `FailedError` where there is none. */
export const appFolder = (from = process.cwd()): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, appFile))) return folder;
    if (dirname(folder) === folder)
      throw new FailedError(`There is no CDK app in ${from}: neither it nor a folder above it has a ${appFile}.`);
  }
};

type Kept = 'assemblies' | 'gateways';

/** Where what this machine keeps of an app lies: gateways that run, assemblies. */
export const keptFolder = (name: Kept, from?: string): string => join(appFolder(from), '.maitred', name);

/** The same, there to be written to. Nothing in it is for the app's repository: a gateway's file lets its operator in. */
export const madeKeptFolder = (name: Kept, from?: string): string => {
  const folder = keptFolder(name, from);
  mkdirSync(folder, { recursive: true });
  const gitIgnore = join(dirname(folder), '.gitignore');
  if (!existsSync(gitIgnore)) writeFileSync(gitIgnore, '*\n');
  return folder;
};
