/** What keeps a red check from hanging the run: hooks that close before they judge, and a net for what stays open. */
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openedSince, openResources } from './open-resources.ts';

const root = join(import.meta.dirname, '..', '..');

/** What hooks and `finally` blocks run in this text, one piece each. */
const hooksIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bafter(?:Each|All)\(|\bfinally \{/g)].map(({ 0: begin, index }) => {
    const end = closingOf(text, index + begin.length);
    return text.slice(index + begin.length, end);
  });

/** Where the bracket that was opened before `from` is closed. Brackets in texts come in pairs, or Biome's format would be odd. */
const closingOf = (text: string, from: number): number => {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if ('({'.includes(text[at] ?? '')) depth += 1;
    if (')}'.includes(text[at] ?? '')) depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
};

const judging = /\b(expect|assert)\b/;
const closing = /\b(close|destroy|disconnect|end|kill|remove|rmSync|stop|terminate)\w*\(/g;

/** Whether something is closed after something was judged, which may throw. */
const judgesFirst = (hook: string): boolean => {
  const judged = hook.search(judging);
  const closed = [...hook.matchAll(closing)].at(-1)?.index ?? -1;
  return judged >= 0 && closed > judged;
};

const thisFile = 'test/harness/hooks.test.ts';
const files = globSync('test/**/*.ts', { cwd: root }).filter((file) => file !== thisFile);

describe('a hook closes what there is to close before it judges', () => {
  test('in every file of the tests', () => {
    expect(files.length).toBeGreaterThan(200);
    const wrong = files.filter((file) => hooksIn(readFileSync(join(root, file), 'utf8')).some(judgesFirst));
    expect(wrong).toEqual([]);
  });

  test.each([
    {
      why: 'an expectation first',
      text: 'afterEach(async () => { expect(a()).toBe(1); await b.close(); });',
      is: true,
    },
    { why: 'closing first', text: 'afterEach(async () => { await b.close(); expect(a()).toBe(1); });', is: false },
    { why: 'nothing to close', text: 'afterAll(() => { expect(a).toBe(1); });\nb.close();', is: false },
    { why: 'a finally block', text: 'try { a(); } finally { expect(b).toBe(1); rmSync(dir); }', is: true },
  ])('and one with $why is told from the others', ({ text, is }) => {
    expect(hooksIn(text).some(judgesFirst)).toBe(is);
  });
});

describe('what a test file leaves open', () => {
  const listening = async (): Promise<Server> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };

  test('is waited for when it is about to go', async () => {
    const before = openResources();
    const server = await listening();
    setTimeout(() => server.close(), 50);
    const left = await openedSince(before);
    const isClosed = !server.listening;
    server.close();
    expect({ left, isClosed }).toEqual({ left: [], isClosed: true });
  });

  test('is named', async () => {
    // Taken within the test: jest's own timer for it is running by then.
    const before = openResources();
    const server = await listening();
    const left = await openedSince(before, 0);
    server.close();
    await once(server, 'close');
    expect(left).toContain('TCPServerWrap');
  });
});
