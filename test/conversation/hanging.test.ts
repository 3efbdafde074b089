/**
 * DynamoDB or SQS hangs: calls are made and nothing ever comes back. Whoever waits is told by the function itself, before
 * Lambda ends it. Lambda's own end would be `Endpoint request timed out`, and the timer's after 6 s.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { atOnce } from '../../bin/smoke/at-once.ts';
import {
  accepted,
  authError,
  authSuccess,
  differenceFrom,
  type ExpectedFrame,
  errorReply,
  pong,
} from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { rowsOf } from '../harness/runs.ts';
import { cast } from './cast.ts';
import { type NamedClient, openGatewayFixture } from './gateway-fixture.ts';
import type { Interference, SeenCall } from './recorder.ts';

/** Times as long as on AWS: what is measured is how long functions wait, and not how fast this machine is in between. */
const timeScale = 3;
const fixture = await openGatewayFixture({ timeScale });
const fresh = await fixture.orClose(fixture.visitor());

const took: [string, number][] = [];
afterAll(async () => {
  await fixture.close();
  // What the documents say of it is measured here, in the functions' time.
  process.stdout.write(
    `${took.map(([what, ms]) => `  ${String(Math.round(ms / timeScale)).padStart(5)} ms  ${what}`).join('\n')}\n`,
  );
});

const silence = new Promise<never>(() => {});

const isRead = ({ action }: SeenCall): boolean => /Get|Query/.test(action);
const isQueue = ({ action }: SeenCall): boolean => /SendMessage/.test(action);
const everyTable = (call: SeenCall): boolean => !isQueue(call);

/** The function's calls that are meant hang, from the `nth` of all its calls on. */
const hangs = (functionName: string, nth: number, isMeant: (call: SeenCall) => boolean): Interference => {
  let count = 0;
  return (call) => {
    if (call.functionName !== functionName) return undefined;
    count += 1;
    return count >= nth && isMeant(call) ? silence : undefined;
  };
};

const authenticated = async (): Promise<NamedClient> => {
  const client = await fixture.connect();
  client.send(hello(fresh));
  expect(differenceFrom(authSuccess(fresh), await client.next())).toBe(undefined);
  return client;
};

type Case = Readonly<{
  why: string;
  functionName: 'AuthenticateFunction' | 'MessageFunction';
  nth: number;
  isMeant: (call: SeenCall) => boolean;
  from: 'pending' | 'authenticated';
  says: object;
  hears: ExpectedFrame;
  isClosed: boolean;
}>;

const unavailableAndClosed = { hears: authError('unavailable'), isClosed: true };
const unavailable = { hears: errorReply('unavailable'), isClosed: false };

const first = (nth: number, isMeant = everyTable): Case => ({
  why: `an authenticate, everything from call ${nth} on`,
  functionName: 'AuthenticateFunction',
  nth,
  isMeant,
  from: 'pending',
  says: hello(fresh),
  ...unavailableAndClosed,
});

const ofSession = { functionName: 'MessageFunction', from: 'authenticated', isMeant: everyTable } as const;

const cases: readonly Case[] = [
  // Row, lease, memberships with the head of the events, grant, record, activation.
  // A grant or an activation that nobody knows of is told at once; the timer settles the row, and closes.
  // `test/routes/hanging.test.ts` has all of them on a clock of its own.
  ...rowsOf([1, 2, 3, 4, 5, 6], [1, 4]).map((nth) => ({ ...first(nth), isClosed: nth !== 4 && nth !== 6 })),
  { ...first(1, isRead), why: 'an authenticate, the reads' },
  { ...first(1, (call) => everyTable(call) && !isRead(call)), why: 'an authenticate, the writes' },
  { ...first(1, () => true), why: 'an authenticate, tables and queues' },
  {
    ...first(1, (call) => everyTable(call) && !isRead(call)),
    why: 'a renewal, the writes',
    from: 'authenticated',
    ...unavailable,
  },
  // Its row can be neither leased nor read: nobody can tell that it is a session.
  { ...first(1, isRead), why: 'a renewal, the reads', from: 'authenticated' },
  { ...ofSession, why: 'a ping, everything', nth: 1, says: { type: 'ping' }, ...unavailable },
  { ...ofSession, why: 'a ping, everything from call 2 on', nth: 2, says: { type: 'ping' }, ...unavailable },
  {
    ...ofSession,
    why: 'a replay, everything from call 2 on',
    nth: 2,
    says: { type: 'replay', id: 'm-1', after: 0 },
    hears: errorReply('unavailable', 'm-1'),
    isClosed: false,
  },
  {
    ...ofSession,
    why: 'an event, the queue',
    nth: 1,
    isMeant: isQueue,
    says: cast.changed('m-2'),
    hears: errorReply('unavailable', 'm-2'),
    isClosed: false,
  },
  {
    ...ofSession,
    why: 'a ping before authenticate, everything',
    nth: 1,
    from: 'pending',
    says: { type: 'ping' },
    ...unavailable,
  },
  ...[2, 3].map(
    (nth): Case => ({
      ...ofSession,
      why: `a ping before authenticate, everything from call ${nth} on`,
      nth,
      from: 'pending',
      says: { type: 'ping' },
      hears: authError(nth === 2 ? 'unavailable' : 'expected_authentication'),
      isClosed: true,
    }),
  ),
];

type Played = Readonly<{ client: NamedClient; frame: string; code: number | undefined }>;

const playIn =
  (clients: ReadonlyMap<Case, NamedClient>) =>
  async (one: Case): Promise<Played> => {
    const client = clients.get(one) ?? (await fixture.connect());
    const end = fixture.recorder.interfere(hangs(one.functionName, one.nth, one.isMeant));
    try {
      const saidAtMs = performance.now();
      client.send(one.says);
      const frame = await client.next();
      const code = one.isClosed ? await client.closed() : undefined;
      took.push([one.why, performance.now() - saidAtMs]);
      return { client, frame, code };
    } finally {
      end();
    }
  };

// Before anything hangs: a call does not always say which connection it is about.
const clients = new Map<Case, NamedClient>();
for (const one of cases) if (one.from === 'authenticated') clients.set(one, await fixture.orClose(authenticated()));
const warm = await fixture.orClose(authenticated());
warm.send({ type: 'ping' });
await fixture.orClose(warm.next());
await fixture.orClose(warm.leave());

// Those of one function one after another, those of two at once.
const lanes = ['AuthenticateFunction', 'MessageFunction'].map((name) =>
  atOnce(
    1,
    cases.filter(({ functionName }) => functionName === name),
    playIn(clients),
  ),
);
const begun = new Map(lanes.flatMap((lane) => [...lane]));
const allEnded = Promise.allSettled(begun.values());

describe('the client is told in time, and closed where it is not in', () => {
  test.each(cases)(
    '$why',
    async (one) => {
      const played = await begun.get(one);
      if (played === undefined) throw new Error(`nobody plays "${one.why}"`);
      const { client, frame, code } = played;
      expect(differenceFrom(one.hears, frame)).toBe(undefined);
      expect(code).toBe(one.isClosed ? 1000 : undefined);
      await allEnded;
      if (one.from === 'authenticated' && !one.isClosed) {
        expect(client.untaken()).toEqual([]);
        client.send({ type: 'ping' });
        expect(differenceFrom(pong, await client.next())).toBe(undefined);
        await client.leave();
      }
    },
    180_000,
  );

  // Then it was in time: Lambda ends a function after 3 s.
  test('no function was ended by Lambda', () => {
    expect(fixture.failures()).toEqual([]);
  });
});

test('an accepted event is accepted again once the queue answers', async () => {
  const client = await authenticated();
  client.send(cast.changed('m-2'));
  expect(differenceFrom(accepted('m-2'), await client.next())).toBe(undefined);
  await client.leave();
});
