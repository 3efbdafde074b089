/**
 * `npm run build:client`: the package's files, twice: as ES modules and as CommonJS, each with its own declarations.
 * Nothing is minified, because every application minifies what it ships, and a stack trace should have names and lines.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Format, type Plugin } from 'esbuild';
import { readArguments, run, UsageError } from '../bin/command.ts';
import { replaceOutputs } from './outputs.ts';

const help = `Builds the client package.

  npm run build:client [-- DIRECTORY]

  DIRECTORY   where to (default: client/dist). What an earlier build wrote there is replaced; anything else stays
`;

const here = import.meta.dirname;
const entries = ['index', 'react', 'storage'];

/** What an application that minifies pays for the core. */
const largestCoreBytes = 12 * 1024;

/** One core for both entries: a second copy would have a PublishError of its own. */
const oneCore: Plugin = {
  name: 'one core',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/index\.ts$/ }, () => ({ path: './index.js', external: true })),
};

const buildModules = async (outdir: string, format: Format, type: string): Promise<void> => {
  await build({
    entryPoints: entries.map((entry) => join(here, 'src', `${entry}.ts`)),
    outdir,
    format,
    bundle: true,
    platform: 'neutral',
    target: 'es2020',
    external: ['react'],
    plugins: [oneCore],
    logLevel: 'warning',
  });
  // The nearest package.json says what a `.js` file is; `.cjs` is an extension that Metro did not know for years.
  writeFileSync(join(outdir, 'package.json'), `${JSON.stringify({ type, sideEffects: false })}\n`);
};

const buildTypes = (outDir: string): void => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '--project', join(here, 'tsconfig.json'), '--outDir', outDir], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The declarations could not be made.');
};

const minifiedCoreBytes = async (core: string): Promise<number> => {
  const { outputFiles } = await build({ entryPoints: [core], bundle: true, minify: true, format: 'esm', write: false });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
};

await run(async () => {
  const { positionals } = readArguments(help, {});
  if (positionals.length > 1) throw new UsageError(`${positionals.slice(1).join(' ')} is not understood; see --help`);
  const target = resolve(positionals[0] ?? join(here, 'dist'));
  const made = mkdtempSync(join(tmpdir(), 'maitred-client-build-'));
  try {
    await buildModules(join(made, 'esm'), 'esm', 'module');
    await buildModules(join(made, 'cjs'), 'cjs', 'commonjs');
    buildTypes(join(made, 'esm/types'));
    cpSync(join(made, 'esm/types'), join(made, 'cjs/types'), { recursive: true });
    const bytes = await minifiedCoreBytes(join(made, 'esm/index.js'));
    if (bytes > largestCoreBytes)
      throw new Error(`The core may be ${largestCoreBytes} bytes, minified and gzipped; it is ${bytes}.`);
    replaceOutputs(made, target);
    const lines = readFileSync(join(target, 'esm/index.js'), 'utf8').split('\n').length;
    process.stdout.write(
      `${relative('', target) || '.'}: the core is ${lines.toLocaleString('en-US')} lines, ${bytes.toLocaleString('en-US')} bytes minified and gzipped\n`,
    );
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
});
