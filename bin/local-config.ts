/** The configuration of the gateway on this machine: that of the stage `local`, or another file's with the issuer of this machine. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { parseConfig, parseWritten } from '../config-schema/parse-config.ts';
import { StageConfig } from '../config-schema/stage-config.ts';
import { parseStageFile } from '../config-schema/stage-file.ts';
import { UsageError } from './command.ts';

const stage = 'local';
const projectDir = join(import.meta.dirname, '..');
const usual = join(projectDir, 'config', `${stage}.json`);

/**
 * What the gateway would be configured with.
 *
 * @param file a stage's configuration, whole or in part, in place of the usual one. Throws `UsageError` or `ConfigError` where it is none.
 */
export const localConfig = (file?: string): StageConfig =>
  parseConfig(StageConfig, file ?? `config/${stage}.json`, textOf(file));

/** What a running gateway is configured with: its functions' file says it (`stageFile`). */
export const runningConfig = (stageFile: string): FunctionConfig => parseStageFile(readFileSync(stageFile, 'utf8'));

/**
 * What is said to this project's own app so that it is configured so: the stage, and of another file's configuration the folder where
 * it lies, seen from the checkout.
 */
export const localContext = (file?: string): Readonly<Record<string, string>> => {
  if (file === undefined) return { stage };
  const text = textOf(file);
  const config = join('.maitred', 'configs', createHash('sha256').update(text).digest('hex').slice(0, 8));
  const path = join(projectDir, config, `${stage}.json`);
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    const written = `${path}.${process.pid}`;
    writeFileSync(written, text);
    renameSync(written, path);
  }
  return { stage, config };
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
