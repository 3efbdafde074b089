/** The functions' bundles, with nothing of the CDK: every deployed entry as one ESM file with everything it needs in it. */
import { join } from 'node:path';
import { type BuildFailure, type BuildOptions, buildSync } from 'esbuild';
import type { Transport } from '../config-schema/stage-config.ts';
import { type NamedBuild, namedBuilds } from './build-name.ts';
import { entryNames } from './entries.ts';
import { standInsOf } from './stand-ins.ts';

/** An entry cannot be bundled: what the bundler found first, and where. */
export class BundleError extends Error {
  readonly code = 'BUNDLE_FAILED';

  constructor(problem: string, options?: ErrorOptions) {
    super(`the functions cannot be bundled: ${problem}`, options);
    this.name = 'BundleError';
  }
}

/** The bundle of every entry. */
export const bundle = (projectDir: string, transport: Transport): ReadonlyMap<string, NamedBuild> => {
  try {
    return namedBuilds(buildSync(bundleOptions(projectDir, transport)).outputFiles);
  } catch (cause) {
    throw new BundleError(firstProblem(cause), { cause });
  }
};

/** How the entries of a project are bundled. */
export const bundleOptions = (projectDir: string, transport: Transport) =>
  ({
    absWorkingDir: projectDir,
    entryPoints: entryNames.map((entry) => ({ in: `lambdas/${entry}.lambda.ts`, out: `${entry}/index` })),
    // Source maps hold paths relative to this folder, and asset hashes cover them: it is fixed and never written to.
    outdir: join(projectDir, 'cdk.out'),
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // ESM builds of the dependencies: a third smaller than their CommonJS builds, and no `require` to emulate.
    mainFields: ['module', 'main'],
    alias: standInsOf(projectDir, transport),
    minify: true,
    // Without the sources' text a map is 0.7 MB, with it 2.3 MB; a stack trace needs only names and positions.
    // Beside the code and not named in it: a function would read it at each cold start.
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent',
  }) satisfies BuildOptions;

const isBuildFailure = (error: unknown): error is BuildFailure =>
  typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors);

const firstProblem = (error: unknown): string => {
  const [first] = isBuildFailure(error) ? error.errors : [];
  if (first === undefined) return String(error);
  return first.location === null ? first.text : `${first.text} (${first.location.file}:${first.location.line})`;
};
