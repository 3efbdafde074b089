import { expect, test } from '@jest/globals';
import { nearestTo } from '../../bin/nearest.ts';
import { isOlder } from '../../bin/node-version.ts';

test.each([
  { version: '20.19.4', least: '22.18', older: true },
  { version: '22.17.9', least: '22.18', older: true },
  { version: '22.18.0', least: '22.18', older: false },
  { version: '24.0.0', least: '22.18', older: false },
  { version: '24.0.0-nightly', least: '24.0.0', older: false },
])('Node $version is older than $least: $older', ({ version, least, older }) => {
  expect(isOlder(version, least)).toBe(older);
});

test.each([
  { said: 'tokens', meant: 'token' },
  { said: 'member', meant: 'members' },
  { said: 'dead-letters', meant: 'deadletters' },
  { said: 'deploy', meant: undefined },
  { said: 'x', meant: undefined },
])('$said is probably $meant', ({ said, meant }) => {
  expect(nearestTo(said, ['start', 'token', 'members', 'deadletters', 'outbox', 'types'])).toBe(meant);
});
