import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { parseStageFile, stageFileOf } from '../../config-schema/stage-file.ts';
import { readStageFile } from '../../lambdas/wiring/stage-file.ts';

const config = parseStageFile(stageFileOf(parseConfig(StageConfig, 'config', '{"authTimeoutSeconds":9}')));

let dir: string;
const before = process.env['LAMBDA_TASK_ROOT'];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'maitred-code-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
  if (before === undefined) delete process.env['LAMBDA_TASK_ROOT'];
  else process.env['LAMBDA_TASK_ROOT'] = before;
});

test('the configuration is read beside the code, wherever Lambda has unpacked it', () => {
  writeFileSync(join(dir, 'stage.json'), stageFileOf(config));
  process.env['LAMBDA_TASK_ROOT'] = dir;
  expect(readStageFile()).toEqual(config);
});

test('a function without the file does not start, and says which file', () => {
  expect(() => readStageFile(dir)).toThrow(ConfigError);
  expect(() => readStageFile(dir)).toThrow('stage.json cannot be read beside the code of the function');
});

test('a function with a file that is none does not start, and says which file', () => {
  writeFileSync(join(dir, 'stage.json'), '');
  expect(() => readStageFile(dir)).toThrow('stage.json is not JSON');
});
