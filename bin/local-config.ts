/** The configuration of the gateway on this machine: that of the stage `local`, or another file's with the issuer of this machine. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { parseConfig, parseWritten } from '../config-schema/parse-config.ts';
import { StageConfig } from '../config-schema/stage-config.ts';
import { parseStageFile } from '../config-schema/stage-file.ts';
import { keptAssembly } from '../lib/kept-assembly.ts';
import { synthesize } from '../lib/synthesize.ts';
import { UsageError } from './command.ts';

const stage = 'local';
const usual = join(import.meta.dirname, '..', 'config', `${stage}.json`);

/**
 * What the gateway would be configured with.
 *
 * @param file a stage's configuration, whole or in part, in place of the usual one. Throws `UsageError` or `ConfigError` where it is none.
 */
export const localConfig = (file?: string): StageConfig =>
  parseConfig(StageConfig, file ?? `config/${stage}.json`, textOf(file));

/** What a running gateway is configured with: its functions' file says it (`stageFile`). */
export const runningConfig = (stageFile: string): FunctionConfig => parseStageFile(readFileSync(stageFile, 'utf8'));

/** The folder of the cloud assembly of that. `onMaking` is called where it has to be made, which takes seconds. */
export const localAssembly = (file: string | undefined, onMaking: () => void): Promise<string> => {
  const text = textOf(file);
  const name = file === undefined ? stage : `${stage}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  return keptAssembly(name, {
    make: async (_, outdir) => {
      onMaking();
      const configDir = mkdtempSync(join(tmpdir(), 'maitred-config-'));
      try {
        writeFileSync(join(configDir, `${stage}.json`), text);
        await synthesize({ stage, outdir, configDir, validate: false });
      } finally {
        rmSync(configDir, { recursive: true });
      }
    },
  });
};

/** Whoever issues tokens elsewhere is not asked here: the issuer of the demo is the one that this machine has. */
const textOf = (file: string | undefined): string => {
  const own = readFileSync(usual, 'utf8');
  if (file === undefined) return own;
  const { issuers, developmentOrigins, ...rest } = objectIn(usual, own);
  return JSON.stringify({ ...rest, ...objectIn(file, contentOf(file)), issuers, developmentOrigins });
};

const contentOf = (file: string): string => {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch {
    throw new UsageError(`--config: ${file} cannot be read`);
  }
};

const objectIn = (file: string, content: string): Readonly<Record<string, unknown>> => {
  const value = parseWritten(file, content);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`--config: ${file} is no configuration, which is an object`);
  return { ...value };
};
