/** The folder outside the checkout: a project for each consumer, with the client as `npm pack` makes it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { Consumer } from './consumers.ts';

const root = join(import.meta.dirname, '../..');

/** Builds and packs the client; the path of the packed file. */
export const packClient = async (folder: string): Promise<string> => {
  await runCommand(process.execPath, ['client/build.ts'], { cwd: root });
  mkdirSync(folder, { recursive: true });
  return pack(join(root, 'client'), folder);
};

/** Builds and packs the constructs; the path of the packed file. */
export const packConstructs = async (folder: string): Promise<string> => {
  const built = join(folder, 'constructs');
  await runCommand(process.execPath, ['package/build.ts', built], { cwd: root });
  return pack(built, folder);
};

const pack = async (of: string, folder: string): Promise<string> => {
  const told = await runCommand('npm', ['pack', '--json', '--pack-destination', folder], { cwd: of });
  const [{ filename }] = JSON.parse(told.slice(told.indexOf('['))) as [{ filename: string }];
  return join(folder, filename);
};

/** A project with its packages, kept by their versions, and with this very client. */
export const projectOf = async (folder: string, { name, packages }: Consumer, packed: string): Promise<string> => {
  const versions = JSON.stringify(packages);
  const project = join(folder, `${name}-${createHash('sha256').update(versions).digest('hex').slice(0, 12)}`);
  const complete = join(project, 'complete');
  if (!existsSync(complete)) {
    rmSync(project, { recursive: true, force: true });
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'package.json'), `{"name":"${name}","private":true,"dependencies":${versions}}`);
    const frugal = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    await runCommand('npm', ['install', ...frugal], { cwd: project });
    writeFileSync(complete, '');
  }
  // As npm would lay it, without asking what all the others need once more.
  const installed = join(project, 'node_modules/@maitred/client');
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  await runCommand('tar', ['-xzf', packed, '--strip-components=1', '-C', installed], { cwd: project });
  return project;
};
