/** The properties of the constructs are everything that a stage's file may say, each with its default in words. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type * as v from 'valibot';
import type { MembershipClaim } from '../../config-schema/membership-claim.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig, type StageKeys } from '../../config-schema/stage-config.ts';
import type { MembershipClaimSettings, OidcIssuerProps } from '../../lib/issuer-settings.ts';
import type { MaitredProps } from '../../lib/maitred.ts';
import type { RateLimitSettings } from '../../lib/rate-limit-settings.ts';

type Keys = v.InferOutput<typeof StageKeys>;
type Entry = NonNullable<Keys['issuers']>[number];
type Unsaid<Keys, Props> = Exclude<keyof Keys, keyof Props>;

test('no key is missing', () => {
  // Each list is empty, or this does not compile.
  const missing: readonly [
    readonly Unsaid<Keys, MaitredProps>[],
    readonly Unsaid<NonNullable<Keys['budgets']>, RateLimitSettings>[],
    readonly Unsaid<NonNullable<Keys['throttle']>, NonNullable<MaitredProps['throttle']>>[],
    readonly Unsaid<NonNullable<Keys['provisionedThroughput']>, NonNullable<MaitredProps['provisionedThroughput']>>[],
    readonly Unsaid<NonNullable<Keys['warmThroughput']>, NonNullable<MaitredProps['warmThroughput']>>[],
    readonly Unsaid<NonNullable<Keys['domain']>, NonNullable<MaitredProps['domain']>>[],
    readonly Unsaid<Entry, OidcIssuerProps>[],
    readonly Unsaid<MembershipClaim, MembershipClaimSettings>[],
  ] extends readonly (readonly never[])[]
    ? true
    : false = true;
  expect(missing).toBe(true);
});

const files = [
  'settings',
  'domain-settings',
  'rate-limit-settings',
  'issuer-settings',
  'maitred-state',
  'maitred-gateway',
];
const members = files.flatMap((file) =>
  [...readFileSync(`lib/${file}.ts`, 'utf8').matchAll(/\n {2}\/\*\*((?:(?!\*\/).)*)\*\/\n {2}readonly (\w+)\?:/gs)].map(
    ([, doc = '', name = '']) => ({ file, name, byDefault: /@default (.+?)\s*$/m.exec(doc)?.[1] }),
  ),
);

test('each that may be left out says what it is then', () => {
  expect(members.length).toBeGreaterThan(60);
  // Of this project's own app alone.
  expect(members.filter(({ byDefault }) => byDefault === undefined).map(({ name }) => name)).toEqual(['code']);
});

describe('the default that is written down is the one that is taken', () => {
  const { budgets, ...stage } = parseConfig(
    StageConfig,
    'config/none.json',
    '{ "provisionedThroughput": { "maxReads": 5, "maxWrites": 5 }, "warmThroughput": {} }',
  );
  const taken: Readonly<Record<string, unknown>> = {
    ...stage,
    ...budgets,
    ...stage.throttle,
    ...stage.provisionedThroughput,
    ...stage.warmThroughput,
  };
  const written = members.filter(
    ({ file, byDefault }) =>
      (file === 'settings' || file === 'rate-limit-settings') && /^(\d+|true|false|[a-z]+)$/.test(byDefault ?? ''),
  );

  test.each(written)('of $name: $byDefault', ({ name, byDefault }) => {
    expect(String(taken[name])).toBe(byDefault);
  });
});
