import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openDynamodb } from '../../../local/engines/dynamodb.ts';
import { mustCall } from '../../../local/engines/engine.ts';
import type { Item } from '../../../local/streams/item.ts';
import { reader, readStreams, streamedTable } from './streamed-table.ts';

/** How often a process is killed; more where there is time. */
const kills = Number(process.env['KILLS'] ?? 10);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stream-kills-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs `stream-process.ts`, kills it after so many lines and yields all that it said. */
const killedAfter = async (lines: number, firstNumber: number): Promise<readonly string[]> => {
  const program = join(import.meta.dirname, 'stream-process.ts');
  const child = spawn(process.execPath, [program, dir, String(firstNumber)], { stdio: ['ignore', 'pipe', 'inherit'] });
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

const numberOf = ({ n }: Item): number => (n !== undefined && 'N' in n ? Number(n.N) : Number.NaN);

/** What the folder has after a kill: the items, and the records that nobody has passed. */
const kept = async () => {
  const engine = await openDynamodb(dir, readStreams);
  const { Items } = await mustCall(engine, 'Scan', { TableName: streamedTable.name });
  const records = (await engine.streams.get(streamedTable.stream.arn)?.read(reader, 100_000)) ?? [];
  await engine.close();
  return {
    items: new Set((Items as Item[]).map(numberOf)),
    records: records.map(({ dynamodb }) => numberOf(dynamodb.Keys)),
  };
};

test(`whatever the moment of ${kills} kills, an item that is there has its record until that is passed, and none is told without its item`, async () => {
  const moments = fc.sample(fc.integer({ min: 1, max: 400 }), { numRuns: kills, seed: 17 });
  let next = 0;
  let passedThrough = -1;
  for (const lines of moments) {
    const said = await killedAfter(lines, next);
    const { items, records } = await kept();
    const accepted = numbers(said, 'accepted');
    passedThrough = Math.max(passedThrough, ...numbers(said, 'passed'));
    // What it had begun to pass when it was killed is passed or not.
    const passingThrough = Math.max(passedThrough, ...numbers(said, 'passing'));

    expect(accepted.filter((n) => !items.has(n))).toEqual([]);
    expect(records).toEqual(records.toSorted((a, b) => a - b));
    expect(records.filter((n) => !items.has(n) || n <= passedThrough)).toEqual([]);
    expect([...items].filter((n) => n > passingThrough && !records.includes(n))).toEqual([]);
    if (!records.includes(passingThrough)) passedThrough = passingThrough;
    next = Math.max(next, ...items) + 1;
  }
  expect(next).toBeGreaterThan(kills * 20);
}, 600_000);
