/** The declarations of what is packed: those that the entry leads to, and no package that whoever installs it lacks. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** The packages that an app has, by the peer dependencies. */
const known = /^(?:aws-cdk-lib|constructs)(?:\/|$)/;

/** Writes them into a folder, from the entry `lib/index.d.ts` on; `made` is for what is made on the way. */
export const writeDeclarations = (projectDir: string, made: string, target: string): void => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const project = join(projectDir, 'package', 'tsconfig.json');
  const { status } = spawnSync(process.execPath, [tsc, '--project', project, '--outDir', made], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The declarations could not be made.');
  const reached = new Set<string>();
  const reach = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, from = ''] of text.matchAll(/(?:from|import\() ?['"]([^'"]+)['"]/g)) {
      if (from.startsWith('.')) reach(join(dirname(file), from.replace(/\.ts$/, '.d.ts')));
      else if (!known.test(from)) throw new Error(`${relative(made, file)} is of ${from}, which no app has.`);
    }
  };
  reach(join(made, 'lib', 'index.d.ts'));
  for (const file of reached) {
    const path = join(target, relative(made, file));
    mkdirSync(dirname(path), { recursive: true });
    // The compiler leaves the sources' names, which some settings of an app refuse.
    writeFileSync(path, readFileSync(file, 'utf8').replace(/(['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
};
