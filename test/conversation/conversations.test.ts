import { afterAll, describe, expect, test } from '@jest/globals';
import { atOnce } from '../../bin/smoke/at-once.ts';
import { restaurantTrail, unverifiedTrail } from '../../lambdas/dynamodb/audit-trail.ts';
import { allOf } from '../harness/all-of.ts';
import { badInput } from './bad-input.ts';
import { badTokenConversations, temptingPath } from './bad-tokens.ts';
import { claimPaths } from './claim-paths.ts';
import { connectionTypeOfVisitor, userIdOfVisitor } from './demo-visitor.ts';
import { eventPaths } from './event-paths.ts';
import { openGatewayFixture } from './gateway-fixture.ts';
import { outsideRows } from './outside-rows.ts';
import { admitMore, insideConversations } from './refusals.ts';
import { closeCodeOf, leftAtLast, type PlayedRow, playRow, type Row } from './row.ts';
import { seldomPaths } from './seldom-paths.ts';
import { sessionConversations } from './sessions.ts';

const table: readonly Row[] = [
  ...outsideRows,
  ...insideConversations,
  ...badTokenConversations,
  ...sessionConversations,
  ...badInput,
];

const startedMs = Date.now();
// One of the rows waits for the deadline; all the others are to be in time on a loaded machine, too.
const fixture = await openGatewayFixture({}, { authTimeoutSeconds: 15 });
await fixture.orClose(admitMore(fixture));
const inFixture = playRow(fixture, {
  fresh: await fixture.orClose(fixture.visitor()),
  expired: await fixture.orClose(fixture.visitor(undefined, { exp: Math.floor(Date.now() / 1000) - 1 })),
});

// All rows are played side by side before the tests look at them; those that wait for a deadline do not hold up the others.
const playing = new Map([
  ...atOnce(
    table.length,
    table.filter((row) => row.isSlow),
    inFixture,
  ),
  ...atOnce(
    8,
    table.filter((row) => !row.isSlow),
    inFixture,
  ),
]);
const seldom = atOnce(4, seldomPaths, ({ plays }) => plays(fixture));
const paths = [...eventPaths, ...claimPaths];
const restaurant = atOnce(4, paths, ({ plays }) => plays(fixture));
for (const meal of restaurant.values()) meal.catch(() => {});
const played = (row: Row): Promise<PlayedRow> => {
  const result = playing.get(row);
  if (result === undefined) throw new Error(`nobody plays "${row.why}"`);
  return result;
};

afterAll(() => fixture.close());

describe('a conversation is as it should be, frame by frame, and so is what it leaves behind', () => {
  test.each(table)('$why', async (row) => {
    const { problems, closeCode, atEnd, atLast } = await played(row);
    expect({ problems, closeCode, atEnd, atLast }).toEqual({
      problems: [],
      closeCode: closeCodeOf(row),
      atEnd: row.traces,
      atLast: leftAtLast(row),
    });
  });
});

describe('what seldom happens', () => {
  test.each(seldomPaths)('$why', async (path) => {
    expect(await seldom.get(path)).toEqual({ row: undefined, records: path.traces });
  });
});

describe('restaurant events', () => {
  test.each(paths)('$why', async (path) => {
    await restaurant.get(path);
  });
});

describe('over the whole table', () => {
  test('the security event is really in the audit table, where its readers look', async () => {
    const period = { fromMs: startedMs, toMs: Date.now() };
    const granted = await played(rowOf('the first message authenticates'));
    const refused = await played(rowOf('user_id 0 is refused though the token is good'));
    const common = {
      time: expect.stringMatching(/Z$/),
      source_ip: '127.0.0.1',
      user_agent: expect.stringMatching(/^client-\d+$/),
      issuer: 'demo',
      user_id: userIdOfVisitor,
    };
    const trail = await allOf(restaurantTrail(fixture.audit)('r-17', period));
    expect(trail.filter((entry) => entry.connection_id === granted.connectionId)).toMatchObject([
      {
        ...common,
        event: 'access_granted',
        severity: 'INFO',
        detail: 'verified',
        restaurant_id: 'r-17',
        connection_type: connectionTypeOfVisitor,
      },
      { ...common, event: 'session_ended', detail: 'client_left' },
    ]);
    const unverified = await allOf(unverifiedTrail(fixture.audit)(period));
    expect(unverified.filter((entry) => entry.connection_id === refused.connectionId)).toMatchObject([
      {
        ...common,
        event: 'invalid_user_id',
        severity: 'ERROR',
        detail: 'user_id_not_canonical',
        unmapped: {
          claimed_user_id: '0',
          claimed_restaurant_id: 'r-17',
          claimed_connection_type: connectionTypeOfVisitor,
        },
      },
    ]);
  });

  test('refusals of one reason are the same bytes but for the time', async () => {
    const framesByReason = new Map<string, Set<string>>();
    for (const row of table)
      for (const frame of (await played(row)).heard) {
        const { type, reason, timestamp } = JSON.parse(frame);
        if (type !== 'auth_error') continue;
        const frames = framesByReason.get(reason) ?? new Set();
        // A wait is a time as well: until the key set of an issuer is asked for again.
        const bytes = frame.replace(timestamp, '').replace(/"retry_after_ms":\d+/, '');
        framesByReason.set(reason, frames.add(bytes));
      }
    expect(Object.fromEntries([...framesByReason].map(([reason, frames]) => [reason, frames.size]))).toEqual({
      access_denied: 1,
      auth_timeout: 1,
      expected_authentication: 1,
      malformed_message: 1,
      token_expired: 1,
      token_invalid: 1,
      unavailable: 1,
    });
  });

  test('nothing was added afterwards', async () => {
    await Promise.all(playing.values());
    const records = await fixture.allRecords();
    for (const row of table) {
      const { connectionId, atLast } = await played(row);
      expect([row.why, records.get(connectionId) ?? []]).toEqual([row.why, atLast.records]);
    }
  });

  test('no address in the header of a token is ever asked', () => {
    expect(fixture.issuers.requests.get('/pool/keys')).toBeGreaterThan(0);
    expect(fixture.issuers.requests.get(temptingPath)).toBe(undefined);
  });

  test('no token and no part of one is in a log line, a metric, a table, a queue or a frame', async () => {
    const frames = (await Promise.all(playing.values())).flatMap(({ heard }) => heard);
    expect(fixture.logLines().length).toBeGreaterThan(table.length);
    expect(frames.length).toBeGreaterThan(table.length / 2);
    expect(fixture.leaks([...frames, ...(await fixture.everythingStored())])).toEqual([]);
  });

  test('each right that a function has is one that some conversation needs', async () => {
    await Promise.all([...playing.values(), ...seldom.values(), ...restaurant.values()]);
    expect(fixture.gateway.unusedRights()).toEqual([]);
  });

  test('no function fails, and no log line holds a stack trace', () => {
    expect(fixture.failures()).toEqual([]);
    expect(fixture.logLines().filter((line) => /\bat .*:\d+:\d+|"stack"/.test(line))).toEqual([]);
  });

  test('each log line is one JSON object, and what a client says names none of its metrics', () => {
    const ours = [
      'service',
      'stage',
      'event',
      'reason',
      'SecurityEvent',
      'Failure',
      'TimerLag',
      'EventsNumbered',
      'EventsDelivered',
      'PostsFailed',
      'DeliveryLag',
      'PublicationInvalid',
      'KeySetFailure',
      'issuer',
      'cause',
      'run_ms',
      'cold_start',
      'init_ms',
    ];
    for (const line of fixture.logLines()) {
      const { _aws, ...fields } = JSON.parse(line);
      if (_aws !== undefined) expect(Object.keys(fields).filter((name) => !ours.includes(name))).toEqual([]);
    }
  });
});

function rowOf(why: string): Row {
  const row = table.find((one) => one.why === why);
  if (row === undefined) throw new Error(`there is no row "${why}"`);
  return row;
}
