import { afterAll, describe, expect, test } from '@jest/globals';
import { listBlocked, unblock } from '../../lambdas/dynamodb/address-administration.ts';
import { embeddedEngine } from './dynamodb-engine.ts';
import { dynamodbStorage } from './dynamodb-storage.ts';

const storage = await dynamodbStorage(await embeddedEngine());
const table = { client: storage.client, tableName: storage.tables.addressCounters };
const counters = storage.addressCounters;
afterAll(() => storage.close());

const startMs = Date.UTC(2026, 11, 1, 12);
const minuteMs = 60_000;

/** An address with so many failures, blocked for so many minutes. */
const block = async (address: string, failures: number, minutes: number): Promise<void> => {
  for (let nth = 0; nth < failures; nth++) await counters.countHostileFailure(address, startMs);
  await counters.block(address, startMs, startMs + minutes * minuteMs);
};

describe('blocked addresses', () => {
  test('are listed while they are, those that are for longest first', async () => {
    await block('192.0.2.1', 2, 1);
    await block('192.0.2.2', 3, 15);
    await block('2001:db8:1:2::/64', 1, 5);
    await counters.countHostileFailure('192.0.2.3', startMs);
    const listed = async (minute: number) =>
      (await listBlocked(table)(startMs + minute * minuteMs)).map(({ address }) => address);
    expect(await listBlocked(table)(startMs)).toEqual([
      { address: '192.0.2.2', failures: 3, blockedUntilMs: startMs + 15 * minuteMs },
      { address: '2001:db8:1:2::/64', failures: 1, blockedUntilMs: startMs + 5 * minuteMs },
      { address: '192.0.2.1', failures: 2, blockedUntilMs: startMs + minuteMs },
    ]);
    expect(await listed(1)).toEqual(['192.0.2.2', '2001:db8:1:2::/64']);
    expect(await listed(15)).toEqual([]);
  });

  test('are free at once when they are unblocked, and begin anew; others stay', async () => {
    await block('192.0.2.4', 3, 15);
    await block('192.0.2.5', 3, 15);
    const nowMs = startMs + 2 * minuteMs;
    expect(await unblock(table)('192.0.2.4', nowMs)).toBe('unblocked');
    for (let minute = 2; minute < 15; minute++)
      expect(await counters.countConnect('192.0.2.4', startMs + minute * minuteMs)).toMatchObject({
        blockedUntilMs: 0,
      });
    expect(await counters.countConnect('192.0.2.5', nowMs)).toMatchObject({ blockedUntilMs: startMs + 15 * minuteMs });
    expect(await counters.countHostileFailure('192.0.2.4', nowMs)).toEqual({
      failures: 1,
      blockedUntilMs: 0,
      blockedAtMs: 0,
      windowStartMs: nowMs,
    });
    expect(await unblock(table)('192.0.2.4', nowMs)).toBe('not_blocked');
    expect(await unblock(table)('192.0.2.99', nowMs)).toBe('not_blocked');
  });
});
