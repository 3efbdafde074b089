import { afterAll, describe, expect, test } from '@jest/globals';
import { restaurantTrail, unverifiedTrail } from '../../lambdas/dynamodb/audit-trail.ts';
import { atOnce } from './at-once.ts';
import { type Conversation, endedCode, play, type Visitor } from './conversation.ts';
import { openHouse } from './house.ts';
import { type Leaves, leftSession } from './leaves.ts';
import { outsideConversations } from './outside-view.ts';
import { admitMore, insideConversations, temptingPath } from './refusals.ts';
import { until } from './until.ts';

type Row = Conversation<never> & Readonly<{ leaves: Leaves; needsExpiredToken?: true; isSlow?: true }>;

const table: readonly Row[] = [...outsideConversations, ...insideConversations];
const quick = table.filter((row) => !row.isSlow);

const startedMs = Date.now();
const house = await openHouse({ faults: { disconnects: 'never' } });
await admitMore(house);
const visitor = await house.visitor();
const lateVisitor = await house.visitor('chef', { exp: Math.floor(Date.now() / 1000) - 1 });

/** Plays a row and looks at what it leaves, at the moment it ends. */
const playRow = async (row: Row) => {
  const guest: Visitor = { ...(row.needsExpiredToken ? lateVisitor : visitor), ...{ house } };
  const { name, ...options } = house.introduce();
  const look = async () => {
    const connectionId = house.connectionOf(name);
    return { row: (await house.row(connectionId))?.['status'], records: await house.records(connectionId) };
  };
  let left: Awaited<ReturnType<typeof look>> | undefined;
  const played = await play<never>(row, guest as never, options, async () => {
    left = await look();
  });
  return { ...played, connectionId: house.connectionOf(name), left: left ?? (await look()) };
};

const result = async (from: ReturnType<typeof playAll>, row: Row) => {
  const playing = from.get(row);
  if (playing === undefined) throw new Error(`nobody plays "${row.why}"`);
  return playing;
};
const playAll = (rows: readonly Row[]) => atOnce(12, rows, playRow);

// The whole table is played twice, everything side by side, while the slow rows wait for their deadline.
const slow = playAll(table.filter((row) => row.isSlow));
const withoutDisconnect = playAll(quick);
const withDisconnect = Promise.allSettled(withoutDisconnect.values()).then(() => {
  house.gateway.faults.disconnects = 'once';
  return new Map([...slow, ...playAll(quick)]);
});

const closeCodeOf = ({ end }: Row): number | undefined => {
  if (end === 'open') return undefined;
  return end === 'ended' ? endedCode : end;
};

afterAll(() => house.close());

describe('what is said, heard and left behind while $disconnect has not come', () => {
  test.each(quick)('$why', async (row) => {
    const { problems, closeCode, left } = await result(withoutDisconnect, row);
    expect({ problems, closeCode, left }).toEqual({ problems: [], closeCode: closeCodeOf(row), left: row.leaves });
  });
});

describe('once $disconnect has come there is no row, and each session has an end', () => {
  test.each(table)('$why', async (row) => {
    const { problems, closeCode, connectionId } = await result(await withDisconnect, row);
    const [first] = row.leaves.records;
    const isSeated = row.leaves.row === 'authenticated';
    const records = [
      ...row.leaves.records,
      ...(isSeated ? [leftSession({ user: first?.user, connectionType: first?.connectionType })] : []),
    ];
    const look = async () => ({ row: await house.row(connectionId), records: await house.records(connectionId) });
    const left = await until(look, (now) => now.row === undefined && now.records.length >= records.length);
    expect({ problems, closeCode, left }).toEqual({
      problems: [],
      closeCode: closeCodeOf(row),
      left: { row: undefined, records },
    });
  });
});

describe('over the whole table', () => {
  test('the security event is really in the audit table, where its readers look', async () => {
    const period = { fromMs: startedMs, toMs: Date.now() };
    const granted = await result(withoutDisconnect, rowOf('the first message authenticates'));
    const refused = await result(withoutDisconnect, rowOf('user_id 0 is refused though the token is good'));
    const isOf =
      ({ connectionId }: { connectionId: string }) =>
      (entry: { connection_id: string }) =>
        entry.connection_id === connectionId;
    const trail = await restaurantTrail(house.audit)('r-17', period);
    expect(trail.filter(isOf(granted))).toEqual([
      {
        event: 'access_granted',
        severity: 'INFO',
        detail: 'verified',
        time: expect.stringMatching(/Z$/),
        connection_id: granted.connectionId,
        source_ip: '127.0.0.1',
        user_agent: expect.stringMatching(/^guest-\d+$/),
        issuer: 'demo',
        user_id: 'u-chef',
        restaurant_id: 'r-17',
        connection_type: 'kitchen',
      },
    ]);
    expect((await unverifiedTrail(house.audit)(period)).filter(isOf(refused))).toEqual([
      {
        event: 'invalid_user_id',
        severity: 'ERROR',
        detail: 'user_id_not_canonical',
        time: expect.stringMatching(/Z$/),
        connection_id: refused.connectionId,
        source_ip: '127.0.0.1',
        user_agent: expect.stringMatching(/^guest-\d+$/),
        issuer: 'demo',
        user_id: 'u-chef',
        unmapped: { claimed_user_id: '0', claimed_restaurant_id: 'r-17', claimed_connection_type: 'kitchen' },
      },
    ]);
  });

  test('refusals of one reason are the same bytes but for the time', async () => {
    const framesByReason = new Map<string, Set<string>>();
    for (const row of quick) {
      const { heard } = await result(withoutDisconnect, row);
      for (const frame of heard) {
        const { type, reason, timestamp } = JSON.parse(frame);
        if (type !== 'auth_error') continue;
        const frames = framesByReason.get(reason) ?? new Set();
        framesByReason.set(reason, frames.add(frame.replace(timestamp, '')));
      }
    }
    expect([...framesByReason].map(([reason, frames]) => [reason, frames.size]).sort()).toEqual([
      ['access_denied', 1],
      ['expected_authentication', 1],
      ['malformed_message', 1],
      ['token_expired', 1],
      ['token_invalid', 1],
      ['unavailable', 1],
    ]);
  });

  test('what a row left behind was not added to afterwards', async () => {
    const records = await house.allRecords();
    for (const row of quick) {
      const { connectionId } = await result(withoutDisconnect, row);
      expect([row.why, records.get(connectionId) ?? []]).toEqual([row.why, row.leaves.records]);
    }
  });

  test('no address in the header of a token is ever asked', () => {
    expect(house.issuers.requests.get('/pool/keys')).toBeGreaterThan(0);
    expect(house.issuers.requests.get(temptingPath)).toBe(undefined);
  });

  test('no token and no part of one is in a log line, a metric, a table or a queue', () => {
    expect(house.logLines().length).toBeGreaterThan(table.length);
    expect(house.leaks()).toEqual([]);
  });

  test('no function fails, and no log line holds a stack trace', () => {
    expect(house.failures()).toEqual([]);
    expect(house.logLines().filter((line) => /\bat .*:\d+:\d+|"stack"/.test(line))).toEqual([]);
  });
});

function rowOf(why: string): Row {
  const row = table.find((one) => one.why === why);
  if (row === undefined) throw new Error(`there is no row "${why}"`);
  return row;
}
