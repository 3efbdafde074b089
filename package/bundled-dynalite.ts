/**
 * dynalite in the commands' bundle. The local gateway takes its parts out of the package by `createRequire`, past what a bundler follows:
 * here each part that there is, and the store below it, can be had by its name.
 */
import { globSync, readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const loader = 'createRequire(import.meta.url)';

export const bundledDynalite = (projectDir: string): Plugin => ({
  name: 'dynalite',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/local\/engines\/dynalite[\w-]*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes(loader)) return undefined;
      const parts = globSync('dynalite/{db,actions,validations}/*.js', { cwd: `${projectDir}/node_modules` })
        .map((file) => file.replace(/(?:\/index)?\.js$/, ''))
        .concat('memory-level')
        .map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)})`);
      return { loader: 'ts', contents: source.replace(loader, `(name => ({ ${parts.join(', ')} })[name]())`) };
    });
  },
});
