/** The console's page: three files, built when the gateway starts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export type PageFile = Readonly<{ contentType: string; body: string }>;

const folder = join(import.meta.dirname, '..', '..', 'console');

/** The files by their path. */
export const buildPage = async (): Promise<ReadonlyMap<string, PageFile>> => {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'silent',
  });
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  return new Map([
    ['/', { contentType: 'text/html; charset=utf-8', body: text('index.html') }],
    ['/console.css', { contentType: 'text/css; charset=utf-8', body: text('console.css') }],
    ['/console.js', { contentType: 'text/javascript; charset=utf-8', body: outputFiles[0]?.text ?? '' }],
  ]);
};
