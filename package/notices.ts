/** The licences of what is bundled, as they ask for: each package's own text, once. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** @param metafiles what the bundler says that it read */
export const noticesOf = (projectDir: string, metafiles: readonly Metafile[]): string => {
  const packages = new Set(
    metafiles
      .flatMap(({ inputs }) => Object.keys(inputs))
      .flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  return [...packages]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(projectDir, folder, 'package.json'), 'utf8'));
      // Of what is compiled into a package's binaries there are licences below it.
      const files = globSync(['LICEN[CS]E*', 'deps/**/{LICENSE,COPYING}'], { cwd: join(projectDir, folder) });
      const texts = files.map((file) => readFileSync(join(projectDir, folder, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
};
