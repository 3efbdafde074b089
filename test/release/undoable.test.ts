/** A release that comes to nothing leaves every file as it was, and what somebody wrote meanwhile as they wrote it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { undoable } from '../../release/undoable.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-undoable-'));
  for (const path of ['page.md', 'other.md']) put(path, 'before');
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (path: string, text: string): void => writeFileSync(join(folder, path), text);
const texts = () => ['page.md', 'other.md'].map((path) => readFileSync(join(folder, path), 'utf8'));

test('what is written stays where the work is done', async () => {
  await undoable(folder, ({ write, change }) => {
    write('page.md', 'after');
    change('other.md', () => put('other.md', 'after, too'));
  });
  expect(texts()).toEqual(['after', 'after, too']);
});

test.each([
  { why: 'as they were', meanwhile: () => {}, are: ['before', 'before'] },
  { why: 'as somebody wrote them meanwhile', meanwhile: () => put('page.md', 'edited'), are: ['edited', 'before'] },
  { why: 'gone if somebody deleted them', meanwhile: () => rmSync(join(folder, 'page.md')), are: undefined },
])('where it fails, files are $why', async ({ meanwhile, are }) => {
  const failing = undoable(folder, ({ write, change }) => {
    write('page.md', 'halfway');
    write('page.md', 'after');
    change('other.md', () => put('other.md', 'after'));
    meanwhile();
    throw new Error('no build today');
  });
  await expect(failing).rejects.toThrow('no build today');
  if (are === undefined) expect(texts).toThrow('page.md');
  else expect(texts()).toEqual(are);
});

test('a file that something else wrote in part has its old text again', async () => {
  const failing = undoable(folder, ({ change }) =>
    change('page.md', () => {
      put('page.md', 'aft');
      throw new Error('no room');
    }),
  );
  await expect(failing).rejects.toThrow('no room');
  expect(texts()).toEqual(['before', 'before']);
});

test.each([
  { why: 'a terminal interrupts all that runs', group: true },
  { why: 'one process alone is told to end', group: false },
])('where $why, files are as they were', async ({ group }) => {
  const script = `
    import { execFileSync } from 'node:child_process';
    import { undoable } from ${JSON.stringify(join(import.meta.dirname, '../../release/undoable.ts'))};
    await undoable(${JSON.stringify(folder)}, ({ write }) => {
      write('page.md', 'after');
      const waits = ${group} ? "setTimeout(() => {}, 20000)" : "process.kill(process.ppid, 'SIGTERM')";
      // It is there when it says so: what is signalled before would meet its parent alone.
      execFileSync(process.execPath, ['-e', "process.stdout.write('written');" + waits], { stdio: 'inherit' });
    });
    process.stdout.write(' to the end');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true });
  let told = '';
  child.stdout.on('data', (data) => {
    told += data;
    if (group && told === 'written' && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  });
  const [code] = await once(child, 'close');
  expect(told).toBe('written');
  expect(code).not.toBe(0);
  expect(texts()).toEqual(['before', 'before']);
});
