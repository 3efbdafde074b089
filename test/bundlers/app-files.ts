/** Puts the files of an application into a project, in the module format that its tools read. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';

const apps = join(import.meta.dirname, 'apps');

/** The folder they are in. `cjs` is for what runs them as they are; bundlers get them as they stand here. */
export const layApp = async (project: string, format: 'esm' | 'cjs', names: readonly string[]): Promise<string> => {
  const folder = join(project, `app-${format}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), format === 'cjs' ? '{"type":"commonjs"}' : '{"type":"module"}');
  for (const name of names) {
    const text = readFileSync(join(apps, name), 'utf8');
    const isModule = name.endsWith('.js') && format === 'cjs';
    writeFileSync(join(folder, name), isModule ? (await transform(text, { format: 'cjs' })).code : text);
  }
  return folder;
};
