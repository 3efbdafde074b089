/** The functions' code: every deployed entry as one ESM file with everything it needs in it, and its stage's configuration beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildFailure, type BuildOptions, buildSync } from 'esbuild';
import type { Transport } from '../config-schema/stage-config.ts';
import { stageFileName } from '../config-schema/stage-file.ts';
import { standInsOf } from './stand-ins.ts';

/** A deployed entry is `lambdas/<name>.lambda.ts`. */
export const entryNames = [
  'connect',
  'authenticate',
  'message',
  'disconnect',
  'auth-timeout',
  'fan-out',
  'redeliver',
  'outbox',
] as const;
export type EntryName = (typeof entryNames)[number];
/** Those that are deployed only where the configuration asks for them. */
export const optionalEntries = ['outbox'] as const satisfies readonly EntryName[];
export type OptionalEntry = (typeof optionalEntries)[number];

/** The code of an entry. */
export type CodeOf = (entry: EntryName) => Code;

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
 * The code knows no stage: `stageFile` is copied beside it. An asset's hash is that of its files, on every machine.
 */
export const bundledCode = (projectDir: string, stageFile: string, transport: Transport): CodeOf => {
  let files: readonly BundledFile[] | undefined;
  return (entry) =>
    Code.fromAsset(join(projectDir, 'lambdas'), {
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        image: DockerImage.fromRegistry('never-used'),
        // The CDK tells one bundling from another by its data alone, and `local` is none: without this all share one asset.
        command: [entry, stageFile, transport],
        local: {
          tryBundle: (outputDir) => {
            files ??= bundle(projectDir, transport);
            for (const { path, contents } of files) {
              if (dirname(path) !== entry) continue;
              const target = join(outputDir, relative(entry, path));
              mkdirSync(dirname(target), { recursive: true });
              writeFileSync(target, contents);
            }
            writeFileSync(join(outputDir, stageFileName), stageFile);
            return true;
          },
        },
      },
    });
};

type BundledFile = Readonly<{ path: string; contents: Uint8Array }>;

/** `<entry>/index.mjs` and `<entry>/index.mjs.map` for every entry. */
const bundle = (projectDir: string, transport: Transport): readonly BundledFile[] => {
  const options = bundleOptions(projectDir, transport);
  try {
    const { outputFiles } = buildSync(options);
    return outputFiles.map(({ path, contents }) => ({ path: relative(options.outdir, path), contents }));
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
    sourcemap: 'linked',
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
