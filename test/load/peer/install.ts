/** The peer's packages, in a folder of their own under the system's temporary one, where the next run finds them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** serverless-offline runs in osls, the free Serverless Framework. */
export const packages = { osls: '4.3.1', 'serverless-offline': '14.8.2' };

/** Yields the folder. Nothing of a package is run while it is installed, and nothing comes into this project. */
export const installPeer = (): string => {
  const named = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const folder = join(tmpdir(), `maitred-peer-${named.join('-')}`);
  if (existsSync(join(folder, 'complete'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "peer", "private": true }');
  const settings = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...settings, ...named], { cwd: folder, stdio: 'inherit' });
  writeFileSync(join(folder, 'complete'), named.join(' '));
  return folder;
};
