/**
 * The packed SDK of the release before and that of today, each with the gateway of either: templates and functions of that release, on
 * today's local gateway. What an application gets of each is a cell of the table in docs/compatibility.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { baselineDir } from '../baseline/fixtures.ts';
import { tableOf } from '../documents/markdown.ts';
import { deeds, openHouse, type Sdk } from './sdk-deeds.ts';

const { BASELINE_ASSEMBLY: before, TODAYS_ASSEMBLY: now, TODAYS_CLIENT: packed } = process.env;
if (before === undefined || now === undefined || packed === undefined)
  throw new Error('run .ci/compatibility, which synthesizes both versions and packs the client');

const page = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');
const table = tableOf(page, 'what an app does');

const dir = mkdtempSync(join(tmpdir(), 'maitred-sdk-'));
/** What an application has under its `node_modules`. */
const unpacked = (file: string, name: string): string => {
  execFileSync('mkdir', ['-p', join(dir, name)]);
  execFileSync('tar', ['-xzf', file, '--strip-components=1', '-C', join(dir, name)]);
  return join(dir, name);
};
const imported = (folder: string, path: string) => import(pathToFileURL(join(folder, path)).href);

let sdks: Readonly<Record<'before' | 'now', Sdk>>;
const gateways = new Map<'before' | 'now', Gateway>();

beforeAll(async () => {
  const [old, today] = [unpacked(join(baselineDir, 'maitred-client-0.1.0.tgz'), 'before'), unpacked(packed, 'now')];
  sdks = {
    before: await imported(old, 'dist/index.js'),
    now: {
      ...(await imported(today, 'dist/esm/index.js')),
      ...(await imported(today, 'dist/esm/storage.js')),
    },
  };
  gateways.set('before', await startGateway({ assemblyDir: before }));
  gateways.set('now', await startGateway({ assemblyDir: now }));
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.close();
  rmSync(dir, { recursive: true });
});

/** In the order of the table's columns. */
const pairs = [
  { sdk: 'before', gateway: 'before', pair: "v0.1.0's SDK, with the gateway of its release" },
  { sdk: 'before', gateway: 'now', pair: "v0.1.0's SDK, with today's gateway" },
  { sdk: 'now', gateway: 'before', pair: "today's SDK, with v0.1.0's gateway" },
  { sdk: 'now', gateway: 'now', pair: "today's SDK, with today's gateway" },
] as const;

test('the table has what is tried, and nothing else', () => {
  expect(table.map(([what]) => what)).toEqual(Object.keys(deeds));
});

describe.each(pairs.map((pair, column) => ({ ...pair, column })))('$pair', ({ sdk, gateway, column }) => {
  test.each(Object.entries(deeds))('%s, as the table says', async (what, run) => {
    const running = gateways.get(gateway);
    if (running === undefined) throw new Error('no gateway');
    const house = await openHouse(sdks[sdk], running);
    const outcome = await run(house).finally(house.close);
    expect(outcome).toBe(table.find(([name]) => name === what)?.[column + 1]);
  });
});
