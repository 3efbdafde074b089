/** The functions' code: every deployed entry as one ESM file with everything it needs in it, and its stage's configuration beside it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildFailure, type BuildOptions, buildSync } from 'esbuild';
import type { Transport } from '../config-schema/stage-config.ts';
import { stageFileName } from '../config-schema/stage-file.ts';
import { keepMap, type NamedBuild, namedBuilds } from './build-name.ts';
import { type CodeOf, entryNames } from './entries.ts';
import { standInsOf } from './stand-ins.ts';

/** An entry cannot be bundled: what the bundler found first, and where. */
export class BundleError extends Error {
  readonly code = 'BUNDLE_FAILED';

  constructor(problem: string, options?: ErrorOptions) {
    super(`the functions cannot be bundled: ${problem}`, options);
    this.name = 'BundleError';
  }
}

/**
 * Bundles the entries of a project when the first of them is asked for, all in one run: 0.7 s for five, where the CDK's
 * `NodejsFunction` starts a process each and takes 4.4 s. Nothing is bundled for stacks that the CDK was not asked for.
 *
 * The code knows no stage: `stageFile` is copied beside it. An asset's hash is that of its files, on every machine. The maps are no part
 * of it: they are kept in the assembly (`keptMaps`).
 */
export const bundledCode = (projectDir: string, stageFile: string, transport: Transport): CodeOf => {
  let builds: ReadonlyMap<string, NamedBuild> | undefined;
  return (entry) =>
    Code.fromAsset(join(projectDir, 'lambdas'), {
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        image: DockerImage.fromRegistry('never-used'),
        // The CDK tells one bundling from another by its data alone, and `local` is none: without this all share one asset.
        command: [entry, stageFile, transport],
        local: {
          tryBundle: (outputDir) => {
            builds ??= bundle(projectDir, transport);
            const build = builds.get(entry);
            if (build === undefined) throw new BundleError(`there is no ${entry} in it`);
            writeFileSync(join(outputDir, 'index.mjs'), build.code);
            writeFileSync(join(outputDir, stageFileName), stageFile);
            keepMap(outputDir, build.name, build.map);
            return true;
          },
        },
      },
    });
};

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
