/** The code that docs/content-identity.md hands to publishers makes the hashes of its vectors. Python, where `PYTHON` names one. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { contentVectors } from '../protocol/json/content-vectors.ts';
import { blocksOf } from './markdown.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/content-identity.md'), 'utf8');
const codeIn = (language: string): string => {
  const [code, ...more] = blocksOf(page).filter((block) => block.language === language);
  if (code === undefined || more.length > 0) throw new Error(`not one block of ${language}`);
  return code.text;
};

/** What a program prints when it is told texts of JSON, a line each: a hash a line. */
const hashesBy = (command: string, args: readonly string[], texts: readonly string[]): readonly string[] => {
  const run = spawnSync(command, args, { input: JSON.stringify(texts), encoding: 'utf8', timeout: 20_000 });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim().split('\n');
};

const node = `${stripTypeScriptTypes(codeIn('ts'))}
import { readFileSync } from 'node:fs';
for (const text of JSON.parse(readFileSync(0, 'utf8'))) console.log(contentHash(JSON.parse(text)));`;

/** With numbers as Python reads them by itself, and as decimals. */
const python = (numbers: 'float' | 'Decimal') => `${codeIn('python')}
import sys
for text in json.load(sys.stdin):
    print(content_hash(json.loads(text, parse_float=${numbers})))`;

const textsAndHashes = (values: typeof contentVectors.values) =>
  values.flatMap(({ texts, sha256 }) => texts.map((text) => ({ text, sha256 })));
const ofDoubles = textsAndHashes(contentVectors.values.filter(({ decimals }) => decimals !== true));
const ofDecimals = textsAndHashes(contentVectors.values);

describe('the code for publishers makes the hashes of the vectors', () => {
  const expectHashes = (command: string, args: readonly string[], all: typeof ofDecimals): void => {
    const hashes = hashesBy(
      command,
      args,
      all.map(({ text }) => text),
    );
    expect(all.map(({ text }, i) => ({ text, sha256: hashes[i] }))).toEqual(all);
  };

  test('in TypeScript, of all that doubles hold', () => {
    expectHashes(process.execPath, ['--input-type=module', '--eval', node], ofDoubles);
  });

  const interpreter = process.env['PYTHON'];
  const testWithPython = interpreter ? test : test.skip;
  testWithPython('in Python, of all that doubles hold', () => {
    expectHashes(interpreter ?? '', ['-c', python('float')], ofDoubles);
  });
  testWithPython('in Python with decimals, of everything', () => {
    expectHashes(interpreter ?? '', ['-c', python('Decimal')], ofDecimals);
  });
});
