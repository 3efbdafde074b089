/**
 * `npm run build:package`: what `npm install maitred` brings, as a folder to pack. The constructs are compiled and bundled into one
 * file, the functions are bundled for both transports with their maps, and the commands with the local gateway, so that nobody who
 * installs it needs a bundler.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { readArguments, run, UsageError } from '../bin/command.ts';
import { transports } from '../config-schema/stage-config.ts';
import { namedBuilds } from '../lib/build-name.ts';
import { bundleOptions } from '../lib/build-functions.ts';
import { buildCommands } from './commands.ts';
import { writeDeclarations } from './declarations.ts';
import { manifestOf } from './manifest.ts';
import { noticesOf } from './notices.ts';

const help = `Builds the package: the constructs, the functions and the commands.

  npm run build:package [-- DIRECTORY]

  DIRECTORY   where to (default: dist). What is there is replaced
`;

const projectDir = join(import.meta.dirname, '..');

/** One file, in which everything is but the CDK. */
const buildConstructs = async (target: string): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: projectDir,
    entryPoints: ['lib/index.ts'],
    outfile: join(target, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['aws-cdk-lib', 'constructs'],
    define: { 'import.meta.dirname': '__dirname' },
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
};

/** `functions/<transport>/<entry>/index.mjs` and its map. */
const buildFunctions = async (target: string): Promise<readonly Metafile[]> =>
  Promise.all(
    transports.map(async (transport) => {
      const options = { ...bundleOptions(projectDir, transport), metafile: true } as const;
      const { outputFiles, metafile } = await build(options);
      for (const [entry, { code, map }] of namedBuilds(outputFiles)) {
        const folder = join(target, 'functions', transport, entry);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'index.mjs'), code);
        writeFileSync(join(folder, 'index.mjs.map'), map);
      }
      return metafile;
    }),
  );

await run(async () => {
  const { positionals } = readArguments(help, {});
  if (positionals.length > 1) throw new UsageError(`${positionals.slice(1).join(' ')} is not understood; see --help`);
  const target = resolve(positionals[0] ?? join(projectDir, 'dist'));
  const made = mkdtempSync(join(tmpdir(), 'maitred-package-'));
  try {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(join(target, 'docs'), { recursive: true });
    const bundled = [
      await buildConstructs(target),
      ...(await buildFunctions(target)),
      ...(await buildCommands(projectDir, join(target, 'commands'))),
    ];
    writeDeclarations(projectDir, made, join(target, 'types'));
    writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifestOf(projectDir), null, 2)}\n`);
    writeFileSync(join(target, 'THIRD-PARTY-LICENSES'), `${noticesOf(projectDir, bundled)}\n`);
    for (const page of ['LICENSE', 'CHANGELOG.md']) copyFileSync(join(projectDir, page), join(target, page));
    copyFileSync(join(import.meta.dirname, 'README.md'), join(target, 'README.md'));
    // Alarms name its headings.
    copyFileSync(join(projectDir, 'docs/runbook.md'), join(target, 'docs/runbook.md'));
    process.stdout.write(`${relative('', target) || '.'} is the package, to be packed by npm pack\n`);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
});
