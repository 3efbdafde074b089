import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { whole } from '../../config-schema/sections.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { decidedPaths, extremeConfig, extremes } from './extreme-configs.ts';
import { entriesOf } from './schema-parts.ts';

const parsed = (extreme: (typeof extremes)[number]) =>
  parseConfig(StageConfig, `${extreme}.json`, JSON.stringify(extremeConfig(extreme)));

test.each(extremes)('the configuration "%s" is a valid one', (extreme) => {
  expect(parsed(extreme)).toBeDefined();
});

test.each(['everything', 'longest'] as const)('"%s" has every key of the first level', (extreme) => {
  // The preset is resolved.
  const keys = Object.keys(entriesOf(StageConfig) ?? {}).filter((key) => key !== 'extends');
  expect(Object.keys(parsed(extreme)).sort()).toEqual(keys.sort());
});

test('they are at the ends: the smallest has users of its own, the longest most of all', () => {
  expect(parsed('smallest')).toMatchObject({ issuers: [], authTimeoutSeconds: 1, alarmEmails: [] });
  expect(parsed('smallest')).not.toHaveProperty('domain');
  expect(parsed('everything')).toMatchObject({
    authTimeoutSeconds: 30,
    accountLogRole: 'create',
    reservedConcurrency: 1000,
  });
  const { issuers, domain } = parsed('longest');
  expect(issuers).toHaveLength(20);
  expect(issuers[0]?.audience).toHaveLength(20);
  expect(domain?.name).toHaveLength(253);
});

test('nothing is decided for a key that is no longer there', () => {
  const paths = JSON.stringify(decidedPaths.map((path) => path.replaceAll('[]', '').split('.').at(-1)));
  const text = JSON.stringify(extremeConfig('everything'));
  for (const key of JSON.parse(paths)) expect(text).toContain(`"${key}":`);
});

test.each([
  { why: 'a text', key: v.string() },
  { why: 'a list without an end', key: v.array(v.picklist(['a', 'b'])) },
  { why: 'a list of texts', key: v.pipe(v.array(v.string()), v.maxLength(3)) },
])('$why that is new has to be decided', ({ key }) => {
  expect(() => extremeConfig('everything', v.object({ motto: key }))).toThrow(/^decide in .* what motto(\[\])? is/);
});

test('a number, a choice and a word of yes or no that are new are read from the schema', () => {
  const schema = v.object({
    seats: whole(4, 90),
    colour: v.picklist(['red', 'blue']),
    isOpen: v.boolean(),
    table: v.object({ legs: whole(3, 4) }),
  });
  expect(extremeConfig('smallest', schema)).toEqual({ seats: 4, colour: 'red', isOpen: false, table: { legs: 3 } });
  expect(extremeConfig('longest', schema)).toEqual({ seats: 90, colour: 'blue', isOpen: true, table: { legs: 4 } });
});
