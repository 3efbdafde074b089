/** Sources over the thin transport, by the alias that their deployed bundles have. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { standInsOf } from '../../lib/stand-ins.ts';

const projectDir = join(import.meta.dirname, '..', '..');

/** A module of this project with everything that it imports. @param path from the root */
export const thinModule = async <M>(path: string): Promise<M> => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-thin-'));
  try {
    const outfile = join(dir, 'index.mjs');
    buildSync({
      absWorkingDir: projectDir,
      entryPoints: [path],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      alias: standInsOf(projectDir, 'thin'),
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(dir, { recursive: true });
  }
};
