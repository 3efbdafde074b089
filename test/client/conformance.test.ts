/** The vectors of client/conformance are what the machine of the SDK does. That of examples/python-client is held to them in `.ci/run python`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { recordings } from '../../client/conformance/recordings.ts';
import type { VectorInput } from '../../client/conformance/vector.ts';
import type { ClientState } from '../../client/src/index.ts';
import type { Effect } from '../../client/src/state.ts';
import { keysOf } from '../keys-of.ts';

const folder = join(import.meta.dirname, '../../client/conformance');
const recorded = recordings();

test('there is no other file of vectors', () => {
  expect(readdirSync(folder).filter((file) => file.endsWith('.json'))).toEqual([...recorded.keys()].sort());
});

test.each([...recorded])(
  '%s is what the machine does; if that has changed on purpose: node client/conformance/record.ts',
  (file, text) => {
    expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
  },
);

test('a course has a name of its own', () => {
  const names = [...recorded.values()].flatMap((text) =>
    [...text.matchAll(/^ {4}"name": (.*),$/gm)].map(([, name]) => name),
  );
  expect(names.length).toBeGreaterThan(100);
  expect(new Set(names).size).toBe(names.length);
});

const inputs = keysOf<VectorInput['kind']>({
  start: true,
  time: true,
  token: true,
  open: true,
  frame: true,
  closed: true,
  publish: true,
  restored: true,
  stored: true,
  who: true,
  discard: true,
  signal: true,
  network: true,
  close: true,
});
const effects = keysOf<Effect['kind']>({
  ask_token: true,
  open: true,
  send: true,
  close: true,
  deliver: true,
  cursor: true,
  gap: true,
  settle: true,
  returned: true,
  present: true,
  end: true,
});
const statuses = keysOf<ClientState['status']>({ waiting: true, connecting: true, connected: true, ended: true });

test.each([
  ...[...inputs, ...effects].map((kind) => ({ what: 'kind', value: kind })),
  ...statuses.map((status) => ({ what: 'status', value: status })),
])('some course has a $what that is $value', ({ what, value }) => {
  expect([...recorded.values()].join('')).toContain(`"${what}":"${value}"`);
});
