/** The console's page: three files, built when the gateway starts, or before that when it is packed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPackaged } from '../called.ts';

export type PageFile = Readonly<{ contentType: string; body: string }>;

/** The files by their path, and what they are. */
const types = {
  'index.html': 'text/html; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
} as const;
type Name = keyof typeof types;
export const pageFiles: readonly Name[] = ['index.html', 'console.css', 'console.js'];

const sources = join(import.meta.dirname, '..', '..', 'console');
/** Beside this file, when it is compiled. */
const built = join(import.meta.dirname, 'console');

/** The files by the path that the gateway has them at. */
export const consolePage = async (): Promise<ReadonlyMap<string, PageFile>> => {
  const textOf = isPackaged ? (name: Name) => readFileSync(join(built, name), 'utf8') : await buildPage();
  return new Map(
    pageFiles.map((name) => [
      name === 'index.html' ? '/' : `/${name}`,
      { contentType: types[name], body: textOf(name) },
    ]),
  );
};

/**
 * The texts of the files, bundled now.
 *
 * @param define what names in the sources stand for
 */
export const buildPage = async (define: Readonly<Record<string, string>> = {}): Promise<(name: Name) => string> => {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(sources, 'main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    define: { ...define },
    logLevel: 'silent',
  });
  return (name) => (name === 'console.js' ? (outputFiles[0]?.text ?? '') : readFileSync(join(sources, name), 'utf8'));
};
