/** A stage of `config/` as it is synthesized with a transport, whatever its configuration says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transport } from '../../config-schema/stage-config.ts';
import { synthesize } from '../../lib/synthesize.ts';

const projectDir = join(import.meta.dirname, '..', '..');

export const stageOver =
  (transport: Transport) =>
  async (stage: string, outdir: string): Promise<void> => {
    const configDir = mkdtempSync(join(tmpdir(), 'maitred-config-'));
    try {
      const config = JSON.parse(readFileSync(join(projectDir, 'config', `${stage}.json`), 'utf8'));
      writeFileSync(join(configDir, `${stage}.json`), JSON.stringify({ ...config, transport }));
      await synthesize({ stage, outdir, configDir, validate: false });
    } finally {
      rmSync(configDir, { recursive: true });
    }
  };
