/** What the one program says without a command, and of an app that was never synthesized. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readAssembly } from '../../local/assembly.ts';

const said = (word: string) => {
  const { status, stdout } = spawnSync(process.execPath, ['bin/maitred.ts', word], { encoding: 'utf8' });
  return { status, stdout };
};

test.each([
  { short: '-v', word: '--version' },
  { short: 'help', word: '--help' },
])('$short is $word', ({ short, word }) => {
  const long = said(word);
  expect(long).toEqual({ status: 0, stdout: expect.stringMatching(/\d+\.\d+\.\d+/) });
  expect(said(short)).toEqual(long);
});

test('an assembly that is not there is not one that cannot be read', () => {
  const dir = join(import.meta.dirname, 'there-is-none');
  expect(() => readAssembly(dir)).toThrow('manifest.json is not there: synthesize the app first.');
});
