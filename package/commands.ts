/** The commands and the local gateway as the package has them: JavaScript in one folder, everything in it but Node. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { buildPage, pageFiles } from '../bin/console/page.ts';
import { bundledDynalite } from './bundled-dynalite.ts';
import { briefManifest } from './manifest.ts';

/** What `bin/called.ts` asks for. */
const define = { MAITRED_IS_PACKAGED: 'true' };

/** Those of LevelDB that people develop on, for `start --data`: the others are a third of its binaries. */
const platforms = ['darwin-x64+arm64', 'linux-arm64', 'linux-x64', 'win32-x64'];

/** What was bundled, for its licences. */
export const buildCommands = async (projectDir: string, target: string): Promise<readonly Metafile[]> => {
  const options = {
    absWorkingDir: projectDir,
    outdir: target,
    bundle: true,
    platform: 'node',
    // An old Node has to read as far as the sentence that says so.
    target: 'node20',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'],
    // What an unhandled error says stays readable.
    minifyWhitespace: true,
    minifySyntax: true,
    define,
    metafile: true,
    logLevel: 'warning',
  } as const satisfies BuildOptions;
  const [commands, worker] = await Promise.all([
    build({
      ...options,
      entryPoints: ['bin/maitred.ts'],
      splitting: true,
      // What this checkout bundles when it is asked to, the console's page and the functions, is bundled here.
      external: ['esbuild'],
      // For packages in CommonJS, and for the one that looks for its binary beside itself.
      banner: {
        js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url),__dirname=import.meta.dirname;",
      },
      plugins: [bundledDynalite(projectDir), briefManifest],
    }),
    // A thread's own file, which the gateway looks for beside itself.
    build({ ...options, entryPoints: ['local/sandbox/worker.mjs'] }),
  ]);
  chmodSync(join(target, 'maitred.mjs'), 0o755);
  const page = await buildPage(define);
  mkdirSync(join(target, 'console'), { recursive: true });
  for (const name of pageFiles) writeFileSync(join(target, 'console', name), page(name));
  for (const platform of platforms)
    cpSync(join(projectDir, 'node_modules/classic-level/prebuilds', platform), join(target, 'prebuilds', platform), {
      recursive: true,
    });
  return [commands.metafile, worker.metafile];
};
