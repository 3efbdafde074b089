/** An import among everything that comes in between: a table that throttles, people who change what it reads, an end half-way. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  batchSize,
  type Exception,
  importMembers,
  type ImportPorts,
  nothingImported,
} from '../../bin/members/import.ts';
import type { FileRow } from '../../bin/members/member-file.ts';
import type { Membership } from '../../lambdas/access/membership.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

class Throttled extends Error {}

let table: Map<string, Membership>;
let calls: string[];
let pausesMs: number[];
let underWay: { now: number; most: number };
beforeEach(() => {
  table = new Map();
  calls = [];
  pausesMs = [];
  underWay = { now: 0, most: 0 };
});

type Conduct = (call: string, nth: number) => void;

const portsOf = (conduct: Conduct = () => {}): ImportPorts => {
  const called = async <T>(call: string, act: () => T): Promise<T> => {
    calls.push(call);
    const nth = calls.filter((one) => one === call).length;
    underWay.now += 1;
    underWay.most = Math.max(underWay.most, underWay.now);
    await new Promise(setImmediate);
    underWay.now -= 1;
    conduct(call, nth);
    return act();
  };
  return {
    readMembers: (members) => called('read', () => members.map(({ userId }) => table.get(userId))),
    replaceMembership: (before, after) =>
      called('write', () => {
        if (JSON.stringify(table.get(after.userId)) !== JSON.stringify(before)) return 'moved';
        table.set(after.userId, after);
        return 'written';
      }),
    isThrottled: (error) => error instanceof Throttled,
    pause: async (ms) => void pausesMs.push(ms),
    random: () => 1,
  };
};

async function* rowsOf(...all: readonly object[]): AsyncGenerator<FileRow> {
  for (const [nth, fields] of all.entries())
    yield { line: nth + 1, fields: { restaurant_id: 'r-17', role: 'employee', ...fields } };
}
const users = (count: number) => Array.from({ length: count }, (_, nth) => ({ user_id: `u-${nth + 1}` }));

const issuers = { aliases: ['demo'], byDefault: 'demo' };
const run = async (rows: readonly object[], { ports = portsOf(), isDry = false } = {}) => {
  const counts = nothingImported();
  const told: Exception[] = [];
  const failure = await importMembers(ports, { domain: restaurantDomain, issuers, isDry })(
    rowsOf(...rows),
    counts,
    (one) => told.push(one),
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { counts, told, failure };
};

test('reads in batches, and has a bounded number of calls under way', async () => {
  const { counts } = await run(users(3 * batchSize + 1));
  expect(counts).toMatchObject({ rows: 301, created: 301, bad: 0 });
  expect(calls.filter((call) => call === 'read')).toHaveLength(4);
  expect(underWay.most).toBe(25);
});

test('a second time there is nothing to write', async () => {
  await run(users(120));
  calls = [];
  expect((await run(users(120))).counts).toMatchObject({ created: 0, unchanged: 120 });
  expect(calls).toEqual(['read', 'read']);
});

test('of two lines about one member the first counts, and the other is named', async () => {
  const rows = [{ user_id: 'u-1' }, { user_id: 'u-2' }, { user_id: 'u-1', role: 'manager' }];
  const { counts, told } = await run(rows);
  expect(counts).toMatchObject({ created: 2, bad: 1 });
  expect(told).toEqual([{ line: 3, outcome: 'bad', why: 'it is about the member of line 1, which counts' }]);
  expect(table.get('u-1')).toMatchObject({ role: 'employee' });
});

test('a dry run says what would become of each, and writes nothing', async () => {
  await run([{ user_id: 'u-1' }, { user_id: 'u-2' }]);
  calls = [];
  const rows = [{ user_id: 'u-1', role: 'manager' }, { user_id: 'u-2' }, { user_id: 'u-3' }, { user_id: '' }];
  expect((await run(rows, { isDry: true })).counts).toMatchObject({ created: 1, changed: 1, unchanged: 1, bad: 1 });
  expect(calls).toEqual(['read']);
});

describe('a table that throttles', () => {
  test.each(['read', 'write'])('is asked again for the %s, each time later', async (what) => {
    const ports = portsOf((call, nth) => {
      if (call === what && nth <= 3) throw new Throttled();
    });
    expect((await run(users(1), { ports })).counts).toMatchObject({ created: 1 });
    expect(pausesMs).toEqual([200, 400, 800]);
  });

  test('for good ends it, after somewhat more than a minute and with what was done', async () => {
    const ports = portsOf((call, nth) => {
      if (call === 'write' && nth > 30) throw new Throttled();
    });
    const { counts, failure } = await run(users(40), { ports });
    expect(failure).toBeInstanceOf(Throttled);
    expect(counts.created).toBe(table.size);
    expect(Math.max(...pausesMs)).toBe(10_000);
  });
});

describe('somebody who changes a member meanwhile', () => {
  const suspendedBy =
    (atWrite: number): Conduct =>
    (call, nth) => {
      if (call !== 'write' || nth !== atWrite) return;
      const { restaurantId, issuer, userId, role } = {
        restaurantId: 'r-17',
        issuer: 'demo',
        userId: 'u-1',
        role: 'employee',
      };
      table.set('u-1', { restaurantId, issuer, userId, role, suspendedAtMs: 5 });
    };

  test('wins: who was suspended between read and write stays suspended', async () => {
    const { counts, told } = await run([{ user_id: 'u-1', role: 'manager' }], { ports: portsOf(suspendedBy(1)) });
    expect(counts).toMatchObject({ created: 0, left_alone: 1 });
    expect(told).toMatchObject([{ line: 1, outcome: 'left_alone', why: 'suspended' }]);
    expect(table.get('u-1')).toMatchObject({ role: 'employee', suspendedAtMs: 5 });
  });

  test('again and again is left alone in the end', async () => {
    let role = 0;
    const ports = portsOf((call) => {
      if (call === 'write')
        table.set('u-1', {
          restaurantId: 'r-17',
          issuer: 'demo',
          userId: 'u-1',
          role: 'manager',
          revokedBeforeMs: ++role,
        });
    });
    const { told } = await run([{ user_id: 'u-1' }], { ports });
    expect(told).toMatchObject([{ outcome: 'left_alone', why: 'changing' }]);
  });
});

test('what fails half-way is told with what was done, begins nothing more, and goes on when it is run again', async () => {
  const ports = portsOf((call, nth) => {
    if (call === 'write' && nth > 150) throw new Error('no route');
  });
  const broken = await run(users(500), { ports });
  expect(broken.failure).toMatchObject({ message: 'no route' });
  expect(broken.counts.created).toBe(table.size);
  expect(table.size).toBe(150);
  expect(calls.length).toBeLessThan(200);
  expect((await run(users(500))).counts).toMatchObject({ unchanged: 150, created: 350 });
  expect(table.size).toBe(500);
});
