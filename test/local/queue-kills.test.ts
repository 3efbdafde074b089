import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openJournal } from '../../local/engines/queue-journal.ts';

/** How often a process is killed; more where there is time. */
const kills = Number(process.env['KILLS'] ?? 10);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kills-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs `queue-process.ts`, kills it after so many lines and yields all that it said. */
const killedAfter = async (lines: number, firstId: number): Promise<readonly string[]> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'queue-process.ts'), dir, String(firstId)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  return said;
};

const numbers = (lines: readonly string[], word: string): readonly number[] =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.slice(word.length + 1)));

test(`whatever the moment of ${kills} kills, nothing that was answered is lost, doubled or out of its order`, async () => {
  const moments = fc.sample(fc.integer({ min: 1, max: 600 }), { numRuns: kills, seed: 11 });
  const waiting = new Set<number>();
  let next = 0;
  for (const lines of moments) {
    const said = await killedAfter(lines, next);
    const accepted = numbers(said, 'accepted');
    // What it had begun when it was killed, nobody was answered for: it may have been done or not.
    const unsure = new Set([(accepted.at(-1) ?? next - 1) + 1, ...numbers(said, 'deleting').slice(-1)]);
    for (const one of accepted) waiting.add(one);
    for (const one of numbers(said, 'deleting')) waiting.delete(one);

    const journal = openJournal(join(dir, 'queues.journal'), () => {});
    const kept = [...journal.messages.values()].map(({ message }) => Number.parseInt(message.body, 10));
    journal.close();
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
    expect([...waiting].filter((one) => !kept.includes(one))).toEqual([]);
    expect(kept.filter((one) => !waiting.has(one) && !unsure.has(one))).toEqual([]);
    for (const one of kept) waiting.add(one);
    next = Math.max(next, ...accepted, ...kept) + 2;
  }
  expect(next).toBeGreaterThan(kills * 20);
}, 600_000);
