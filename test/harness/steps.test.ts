/** The steps of `.ci/run`: each can be run by its name, and CONTRIBUTING says what it holds. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const said = spawnSync('.ci/run', ['nothing'], { encoding: 'utf8' });
const steps = /^there is no step nothing; the steps are: (.+)\n$/.exec(said.stderr)?.[1]?.split(' ') ?? [];

test('a step that is not there is refused before anything runs, with those that are', () => {
  expect(said).toMatchObject({ status: 1, stdout: '' });
  expect(steps).not.toEqual([]);
});

test('the first is the test command of the README', () => {
  expect(steps[0]).toBe('test');
});

test('each is something to run', () => {
  const written = readFileSync('.ci/run', 'utf8').matchAll(/^step_(\w+)\(\)/gm);
  expect([...written].map(([, name]) => name)).toEqual(steps);
});

test('each is in the table of CONTRIBUTING, in its order', () => {
  const rows = readFileSync('CONTRIBUTING.md', 'utf8').matchAll(/^\| `(\w+)` \|/gm);
  expect([...rows].map(([, name]) => name)).toEqual(steps);
});

test('what they want beside the project is handed to them by the workflow', () => {
  const wanted = readFileSync('.ci/run', 'utf8').matchAll(/\$\{(\w+):-\.\.\/shared/g);
  const given = readFileSync('.github/workflows/ci.yml', 'utf8').matchAll(/^ +(\w+): \$\{\{ vars\.\1 \}\}$/gm);
  expect([...given].map(([, name]) => name)).toEqual([...wanted].map(([, name]) => name));
});
