/** What the restaurant's devices, roles and events are called is the preset's to say, and nobody else's. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import restaurant from '../../presets/restaurant/domain.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const names = new Set(
  [restaurant.connectionTypes, restaurant.roles, restaurant.events, restaurant.demoUsers].flatMap(Object.keys),
);
const legacy = Object.values(restaurant.events).map((event) => event.legacy.type);

/** Words that are something else there. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // A kind of audit record, which is stored: the access of somebody whose role is of every restaurant.
  'lambdas/security/audit-record.ts': ['platform_owner'],
  'lambdas/security/audit-records.ts': ['platform_owner'],
};

/** The texts in a source, comments and templates with something in them apart. */
const literalsIn = (source: string): readonly string[] =>
  [...source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)].map(
    ([, , text = '']) => text,
  );

const saidIn = (path: string): readonly string[] => [
  ...new Set(
    literalsIn(readFileSync(join(root, path), 'utf8')).filter((text) => names.has(text) || legacy.includes(text)),
  ),
];

test('no name of the restaurant preset stands in the code, but where it is something else', () => {
  const sources = globSync(['{protocol,lambdas,lib,config-schema,local,bin,console}/**/*.ts', 'client/src/**/*.ts'], {
    cwd: root,
  });
  expect(sources.length).toBeGreaterThan(300);
  const said = sources.map((path) => [path, saidIn(path)] as const).filter(([, words]) => words.length > 0);
  expect(Object.fromEntries(said)).toEqual(exceptions);
});

test('a name in any quotes is found, and one in a comment is not', () => {
  expect(literalsIn(`a('kitchen', "pos", \`chef\`); // 'manager'\n/* 'owner' */`)).toEqual(['kitchen', 'pos', 'chef']);
});
