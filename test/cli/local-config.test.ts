/** What `npm start` is configured with, by config/local.json or by the file of `--config`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { localConfig } from '../../bin/local-config.ts';
import { UsageError } from '../../bin/command.ts';
import { ConfigError } from '../../config-schema/config-error.ts';
import { readStageConfig } from '../../lib/config.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'maitred-local-config-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const written = (text: string): string => {
  const file = join(dir, 'stage.json');
  writeFileSync(file, text);
  return file;
};
const usual = readStageConfig('config', 'local');

test('without a file it is that of the stage local', () => {
  expect(localConfig()).toEqual(usual);
});

test('the fleet of the examples is a domain of its own', () => {
  const { connectionTypes, events, ...config } = localConfig('examples/fleet/config.json');
  expect(Object.keys(connectionTypes)).toEqual(['vehicle', 'dispatcher', 'workshop', 'wallboard']);
  expect(Object.keys(events)).toHaveLength(11);
  const { issuers, developmentOrigins, budgets, outbox } = usual;
  expect(config).toMatchObject({ issuers, developmentOrigins, budgets, outbox, defaultConnectionType: 'vehicle' });
});

test('a file says everything but who issues tokens here and which pages of this machine may connect', () => {
  const issuers = [{ alias: 'prod', issuer: 'https://issuer.example.com', audience: 'app' }];
  const file = written(JSON.stringify({ issuers, eventRetentionHours: 3, outbox: 'none' }));
  expect(localConfig(file)).toEqual({ ...usual, eventRetentionHours: 3, outbox: 'none' });
});

test.each([
  {
    why: 'is not there',
    file: () => join(dir, 'none.json'),
    error: UsageError,
    says: /^--config: .*none\.json cannot be read$/,
  },
  { why: 'is no JSON', file: () => written('{'), error: ConfigError, says: /stage\.json is not JSON/ },
  {
    why: 'has a key twice',
    file: () => written('{"outbox":"bus","outbox":"none"}'),
    error: ConfigError,
    says: /stage\.json must have each key of an object once, got one twice in line 1/,
  },
  { why: 'is a list', file: () => written('[]'), error: UsageError, says: /stage\.json is no configuration/ },
  {
    why: 'has a key that is none',
    file: () => written('{"colour":1}'),
    error: ConfigError,
    says: /stage\.json: colour /,
  },
  {
    why: 'has a domain that is none',
    file: () => written('{"events":{"a.b":null}}'),
    error: ConfigError,
    says: /stage\.json: connectionTypes must be there/,
  },
])('a file that $why is refused by its name', ({ file, error, says }) => {
  const path = file();
  expect(() => localConfig(path)).toThrow(error);
  expect(() => localConfig(path)).toThrow(says);
});
