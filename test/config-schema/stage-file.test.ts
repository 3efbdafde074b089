/** What synthesis writes beside the code is what the functions read, and nothing else passes. */
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { parseStageFile, stageFileOf } from '../../config-schema/stage-file.ts';

const stage = (config: object) => parseConfig(StageConfig, 'config/test.json', JSON.stringify(config));

const cognito = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123';
const full = {
  authTimeoutSeconds: 9,
  allowedOrigins: ['https://a.example'],
  trustedAddresses: ['203.0.113.0/24'],
  issuers: [
    { alias: 'shop', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' },
    { alias: 'pool', issuer: cognito, audience: ['a', 'b'], maxTokenLifetimeSeconds: 3600 },
  ],
  budgets: { connectsPerMinute: 7 },
  auditRetentionDays: 30,
  eventRetentionHours: 48,
  pingIntervalSeconds: 300,
};
const written: Readonly<Record<string, unknown>> = JSON.parse(stageFileOf(stage(full)));

describe('the file of a stage', () => {
  test.each([
    { why: 'without configuration', config: {} },
    { why: 'with much of it', config: full },
  ])('$why holds what its functions read, every default filled in', ({ config }) => {
    const {
      authTimeoutSeconds,
      allowedOrigins,
      developmentOrigins,
      issuers,
      trustedAddresses,
      budgets,
      auditRetentionDays,
      eventRetentionHours,
      pingIntervalSeconds,
      connectionTypes,
      defaultConnectionType,
      roles,
      events,
      demoUsers,
    } = stage(config);
    expect(parseStageFile(stageFileOf(stage(config)))).toEqual({
      authTimeoutSeconds,
      allowedOrigins,
      developmentOrigins,
      issuers,
      trustedAddresses,
      budgets,
      auditRetentionDays,
      eventRetentionHours,
      pingIntervalSeconds,
      connectionTypes,
      defaultConnectionType,
      roles,
      events,
      demoUsers,
    });
  });

  test('says nothing of what functions do not read', () => {
    const more = stage({ ...full, alarmEmails: ['a@b.example'], throttle: { burst: 7 }, reservedConcurrency: 50 });
    expect(stageFileOf(more)).toBe(stageFileOf(stage(full)));
  });

  test('is the same text in whatever order its configuration is written', () => {
    const backwards = Object.fromEntries(Object.entries(full).reverse());
    expect(stageFileOf(stage(backwards))).toBe(stageFileOf(stage(full)));
  });

  test('cannot be written with what no function would read', () => {
    expect(() => stageFileOf({ ...stage(full), authTimeoutSeconds: 31 })).toThrow(
      'stage.json: authTimeoutSeconds must be a whole number from 1 to 30, got 31',
    );
  });
});

/** Every path to a value that the file holds, lists' items apart. */
const pathsIn = (value: unknown, at: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value !== 'object' || value === null
    ? [at]
    : [
        ...(at.length > 0 ? [at] : []),
        ...Object.entries(value).flatMap(([key, inner]) =>
          Array.isArray(value) && typeof inner !== 'object' ? [] : pathsIn(inner, [...at, key]),
        ),
      ];

const changed = (path: readonly string[], change: (holder: Record<string, unknown>, key: string) => void): string => {
  const copy = structuredClone(written);
  let holder: Record<string, unknown> = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  change(holder, path.at(-1) ?? '');
  return JSON.stringify(copy);
};

const errorOf = (content: string): ConfigError => {
  try {
    parseStageFile(content);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

/** A token use that nobody demands is a key that is not there, as is an entry of the domain, or what it may leave out. */
const maybe = new Set(['tokenUse', 'title', 'unknownFields', 'legacy', 'object', 'beside']);
const isOfDomain = ([section = '']: readonly string[]) => /^(connectionTypes|roles|events|demoUsers)$/.test(section);
/** JSON of the stage's own. */
const isFree = (path: readonly string[]) => path.length > 3 && /^(data|example)$/.test(path[2] ?? '');
const keys = pathsIn(written)
  .filter((path) => !/^\d+$/.test(path.at(-1) ?? '') && !maybe.has(path.at(-1) ?? ''))
  .filter((path) => !isFree(path) && !(isOfDomain(path) && path.length === 2));

test('the file that the tests take apart has keys of every kind', () => {
  const paths = keys.map((path) => path.join('.'));
  expect(paths).toEqual(expect.arrayContaining(['issuers', 'issuers.1.jwksUri', 'budgets', 'budgets.pingBurst']));
  expect(paths.length).toBeGreaterThan(25);
});

test.each(keys.map((path) => ({ path, key: path.join('.') })))('without $key no function starts', ({ path, key }) => {
  const error = errorOf(
    changed(path, (holder, last) => {
      delete holder[last];
    }),
  );
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', file: 'stage.json', key });
  expect(error.message).toMatch(new RegExp(`^stage\\.json: ${key.replaceAll('.', '\\.')} must be .*, got nothing$`));
});

test.each(keys.map((path) => ({ path, key: path.join('.') })))(
  'with a wrong $key no function starts',
  ({ path, key }) => {
    const error = errorOf(
      changed(path, (holder, last) => {
        holder[last] = null;
      }),
    );
    expect(error).toMatchObject({ file: 'stage.json', key });
    expect(error.message).toMatch(/^stage\.json: \S+ must be .*, got null$/);
  },
);

test.each([
  {
    why: 'a key of another version',
    content: JSON.stringify({ ...written, motto: 'x' }),
    says: 'motto is no known key',
  },
  { why: 'half a file', content: '{"authTimeoutSeconds": 5', says: 'stage.json is not JSON' },
  { why: 'an empty file', content: '', says: 'stage.json is not JSON' },
  { why: 'no object', content: '[]', says: 'stage.json must be an object with keys of authTimeoutSeconds' },
])('$why stops a function from starting', ({ content, says }) => {
  expect(errorOf(content).message).toContain(says);
});
