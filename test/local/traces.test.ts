/** Stack traces of a bundle that was really made, thrown by it, in the forms in which they reach a person. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { buildNameIn, keepMap, keptMaps, namedBuilds } from '../../lib/build-name.ts';
import { stageFileName as writtenStageFile } from '../../config-schema/stage-file.ts';
import { stageFileName } from '../../local/sandbox/code-folders.ts';
import { buildsIn, mapsFolder, mapsIn, resolvedLine } from '../../local/traces.ts';

const source = `
export const handler = (): never => {
  throw new RangeError('too far');
};
`;
let dir: string;
let buildName: string;
let stack: readonly string[];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'maitred-traces-'));
  mkdirSync(join(dir, 'lambdas'));
  writeFileSync(join(dir, 'lambdas', 'connect.lambda.ts'), source);
  const { outputFiles } = buildSync({
    absWorkingDir: dir,
    entryPoints: [{ in: 'lambdas/connect.lambda.ts', out: 'connect/index' }],
    outdir: join(dir, 'cdk.out'),
    outExtension: { '.js': '.mjs' },
    ...{ write: false, bundle: true, format: 'esm', minify: true, sourcemap: 'external', sourcesContent: false },
  });
  const build = namedBuilds(outputFiles).get('connect');
  if (build === undefined) throw new Error('nothing was built');
  buildName = build.name;
  const file = join(dir, 'index.mjs');
  writeFileSync(file, build.code);
  keepMap(join(dir, 'asset'), build.name, build.map);
  const throws = `import { handler } from '${pathToFileURL(file)}'; try { handler() } catch (error) { console.log(error.stack) }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', throws], { encoding: 'utf8' });
  stack = stdout.trimEnd().split('\n').slice(0, 2);
});
afterAll(() => rmSync(dir, { recursive: true }));

const inSource = 'lambdas/connect.lambda.ts:3:9';
const resolved = (line: string): string => resolvedLine(line, mapsIn([join(dir, keptMaps)]));

test('each line of a trace says its entry and its build, in every process', () => {
  expect(stack[0]).toBe('RangeError: too far');
  expect(stack[1]).toContain(`${buildName}:1:`);
  expect(buildName).toMatch(/^maitred-connect-[0-9a-f]{12}\.mjs$/);
  expect([...buildsIn(stack.join('\n'))]).toEqual([buildName]);
});

test.each([
  { why: 'a line of it', line: () => stack[1] ?? '', is: [/^ {4}at \S+ \(lambdas\/connect\.lambda\.ts:3:9\)$/] },
  {
    why: 'what Lambda logs of an invocation that threw, as JSON',
    line: () =>
      JSON.stringify({
        timestamp: '2026-11-27T18:00:00.000Z',
        level: 'ERROR',
        message: { errorType: 'RangeError', errorMessage: 'too far', stackTrace: stack },
      }),
    is: [/^RangeError: too far$/, inSource],
  },
  {
    why: 'the same as text, with what a command printed before it',
    line: () =>
      `2026-11-27T18:00:00Z\t4e9f\tERROR\tInvoke Error \t${JSON.stringify({ errorType: 'RangeError', stack })}`,
    is: [/^2026-11-27T18:00:00Z\t4e9f\tERROR\tInvoke Error$/, /^RangeError: too far$/, inSource],
  },
  {
    why: 'a stack in one text',
    line: () => JSON.stringify({ stack: stack.join('\n') }),
    is: [/^RangeError/, inSource],
  },
])('$why is shown with its place in the source', ({ line, is }) => {
  const lines = resolved(line()).split('\n');
  expect(lines).toHaveLength(is.length);
  for (const [nth, part] of is.entries())
    if (typeof part === 'string') expect(lines[nth]).toContain(part);
    else expect(lines[nth]).toMatch(part);
});

test.each([
  { why: 'JSON without a stack', line: '{"level":"INFO","message":"at last"}' },
  { why: 'what is no JSON', line: '{"level' },
  { why: 'a trace of another build', line: '    at a (maitred-connect-000000000000.mjs:1:2)' },
  { why: 'a place of another file', line: '    at a (file:///var/task/index.mjs:1:2)' },
])('$why stays as it is', ({ line }) => {
  expect(resolved(line)).toBe(line);
});

test('a map that lies under the name of another build is not used', () => {
  const other = 'maitred-connect-111111111111.mjs';
  keepMap(
    join(dir, 'asset'),
    other,
    '{"version":3,"file":"maitred-connect-222222222222.mjs","sources":[],"mappings":""}',
  );
  const line = `    at a (${other}:1:2)`;
  expect(resolved(line)).toBe(line);
});

test('a bundle without a name has none', () => {
  expect(buildNameIn(Buffer.from('export const a = 1;\n'))).toBeUndefined();
});

// The gateway on this machine takes nothing of the constructs: what both name stands twice.
describe('the gateway on this machine names as the constructs do', () => {
  test('the folder of the maps and the file of the stage', () => {
    expect({ mapsFolder, stageFileName }).toEqual({ mapsFolder: keptMaps, stageFileName: writtenStageFile });
  });

  test.each([
    { name: 'maitred-connect-0f3a5c7e9b1d.mjs', isBuild: true },
    { name: 'maitred-deliver-event-0123456789ab.mjs', isBuild: true },
    { name: 'maitred-connect-0f3a5c7e9b1.mjs', isBuild: false },
    { name: 'maitred-connect-0f3a5c7e9b1dd.mjs', isBuild: false },
    { name: 'maitred-connect-0f3a5c7e9b1g.mjs', isBuild: false },
    { name: 'maitred-connect-0F3A5C7E9B1D.mjs', isBuild: false },
    { name: 'maitred-Connect-0f3a5c7e9b1d.mjs', isBuild: false },
    { name: 'maitred-connect2-0f3a5c7e9b1d.mjs', isBuild: false },
    { name: 'maitred-connect-0f3a5c7e9b1d.js', isBuild: false },
    { name: 'connect-0f3a5c7e9b1d.mjs', isBuild: false },
  ])('a build: $name is one: $isBuild', ({ name, isBuild }) => {
    const builds = isBuild ? [name] : [];
    expect([...buildsIn(`at ${name}:1:2`)]).toEqual(builds);
    expect([buildNameIn(Buffer.from(`//# sourceURL=${name}\n`)) ?? []].flat()).toEqual(builds);
  });
});
