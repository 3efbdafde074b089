/** The stage `test` as synthesized, with the transport that the environment asks for: `TRANSPORT=thin npm test -- test/conversation`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { synthesize } from '../../lib/synthesize.ts';

const projectDir = join(import.meta.dirname, '..', '..');

/** Kept apart from the other: both have the same sources. */
const thinFolder = join(projectDir, '.maitred', 'thin-assemblies');

/** The folder of the assembly, which nobody may write to. */
export const testAssembly = (transport = process.env['TRANSPORT']): Promise<string> =>
  transport === 'thin' ? keptAssembly('test', { folder: thinFolder, make: withThinTransport }) : keptAssembly('test');

const withThinTransport = async (stage: string, outdir: string): Promise<void> => {
  const configDir = mkdtempSync(join(tmpdir(), 'maitred-config-'));
  try {
    const config = JSON.parse(readFileSync(join(projectDir, 'config', `${stage}.json`), 'utf8'));
    writeFileSync(join(configDir, `${stage}.json`), JSON.stringify({ ...config, transport: 'thin' }));
    await synthesize({ stage, outdir, configDir, validate: false });
  } finally {
    rmSync(configDir, { recursive: true });
  }
};
