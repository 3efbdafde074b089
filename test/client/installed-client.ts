/** A project of its own with the client built and installed, as its users have it, and the examples of its README. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const clientDir = join(import.meta.dirname, '../../client');
const readme = readFileSync(join(clientDir, 'README.md'), 'utf8');

/** The code under a heading of the README, as it stands there. */
export const exampleOf = (heading: string): string => {
  const code = new RegExp(`^## ${heading}\\n[\\s\\S]*?\`\`\`ts\\n([\\s\\S]*?)\`\`\``, 'm').exec(readme)?.[1];
  if (code === undefined) throw new Error(`README has no example for ${heading}`);
  return code;
};

export type InstalledClient = Readonly<{
  project: string;
  /** The package's folder in it. */
  installed: string;
  remove: () => void;
}>;

export const installClient = (): InstalledClient => {
  const project = mkdtempSync(join(tmpdir(), 'maitred-client-'));
  const installed = join(project, 'node_modules/@maitred/client');
  mkdirSync(installed, { recursive: true });
  const built = spawnSync(process.execPath, [join(clientDir, 'build.ts'), join(installed, 'dist')], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  for (const part of ['package.json', 'react', 'storage'])
    cpSync(join(clientDir, part), join(installed, part), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  return { project, installed, remove: () => rmSync(project, { recursive: true, force: true }) };
};
