// `npm run build:client [-- directory]`, from the gateway's folder: index.js, one module without dependencies, storage.js, what keeps texts on a platform, and their types beside them; into dist if no other is named.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = import.meta.dirname;
const target = resolve(process.argv[2] ?? join(here, 'dist'));
const require = createRequire(import.meta.url);

rmSync(target, { recursive: true, force: true });
await build({
  entryPoints: [join(here, 'src/index.ts'), join(here, 'src/storage.ts')],
  outdir: target,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
});
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
const types = spawnSync(
  process.execPath,
  [tsc, '--project', join(here, 'tsconfig.json'), '--outDir', join(target, 'types')],
  { stdio: 'inherit' },
);
process.exitCode = types.status ?? 1;
if (process.exitCode === 0) {
  const bytes = gzipSync(readFileSync(join(target, 'index.js'))).length;
  process.stdout.write(
    `${join(relative('', target), 'index.js')}: ${bytes.toLocaleString('en-US')} bytes gzipped, and its types\n`,
  );
}
