/** A row in each of its states, as today's functions write it, and whatever event finds it next. */
import { strict as assert } from 'node:assert';
import type { Handshake, Session, Status } from '../../lambdas/connection/connection.ts';
import { connections } from '../../lambdas/dynamodb/connections.ts';
import type { Connections, Moved } from '../../lambdas/ports.ts';
import { areRecorded, type HandOff, isGone, newConnectionId, newName } from './hand-off.ts';
import type { FunctionName, RollingGateway } from './rolling-gateway.ts';

const owner = 'req-owner';
const settler = 'req-settler';

const handshakeOf = (connectedAtMs: number): Handshake => ({
  connectionId: newConnectionId(),
  connectedAtMs,
  authDeadlineMs: connectedAtMs + 2_000,
  sourceIp: '203.0.113.200',
  userAgent: newName('row-of'),
  hints: { userId: 'u-chef', restaurantId: 'r-17', connectionType: 'kitchen' },
});

const sessionOf = ({ connectedAtMs }: Handshake): Session => ({
  issuer: 'demo',
  userId: 'u-chef',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs: connectedAtMs + 3_600_000,
  tokenIssuedAtMs: connectedAtMs - 1_000,
  grantedAtMs: connectedAtMs + 1_000,
  batch: false,
});

/** A minute after the connection began, everything that waits for somebody is overdue. */
const agoMs = 60_000;

type Step = (port: Connections, row: Handshake) => Promise<Moved<Status> | 'ended' | 'changed'>;
const lease: Step = (port, row) =>
  port.acquireLease(row, {
    ownerId: owner,
    arrivedAtMs: row.connectedAtMs + 500,
    leaseExpiresAtMs: row.connectedAtMs + 4_500,
  });
const grant: Step = (port, row) => port.grant(row, owner, sessionOf(row));
const activate: Step = (port, row) => port.activate(row, owner, sessionOf(row));
const later = (row: Handshake) => ({ ownerId: settler, atMs: row.connectedAtMs + 30_000 });

/** How a row gets into each state, and what is recorded of it once its deadline was settled and its socket has ended. */
const states: Readonly<Record<Status, Readonly<{ steps: readonly Step[]; recorded: readonly string[] }>>> = {
  pending: { steps: [], recorded: ['auth_timeout'] },
  verifying: { steps: [lease], recorded: ['verification_unavailable'] },
  granting: { steps: [lease, grant], recorded: ['access_granted', 'session_ended'] },
  authenticated: { steps: [lease, grant, activate], recorded: ['session_ended'] },
  refused: { steps: [lease, (port, row) => port.refuse(row, owner, 'token_invalid')], recorded: [] },
  timed_out: { steps: [(port, row) => port.timeOut(row, later(row))], recorded: ['auth_timeout'] },
  lapsed: { steps: [lease, (port, row) => port.lapse(row, later(row))], recorded: ['verification_unavailable'] },
  unseated: {
    steps: [lease, grant, (port, row) => port.abandon(row, later(row), 'lease_lapsed')],
    recorded: ['access_granted', 'session_ended'],
  },
  closing: {
    steps: [lease, grant, activate, (port, row) => port.close(row, settler, 'session_expired')],
    recorded: ['session_expired'],
  },
  ended: {
    steps: [(port, row) => port.end(row, 'pending', { endedBy: 'disconnect', atMs: row.connectedAtMs + 1_000 })],
    recorded: [],
  },
};

/** Of a user who is in no table. */
const grantByToken: Step = (port, row) =>
  port.grant(row, owner, { ...sessionOf(row), userId: 'u-claimed', membershipSource: 'token' });

const write = async ({ target }: RollingGateway, steps: readonly Step[]): Promise<Handshake> => {
  const port = connections(target.connections);
  const row = handshakeOf(Date.now() - agoMs);
  await port.open(row);
  for (const step of steps) {
    const outcome = await step(port, row);
    assert.ok(typeof outcome === 'string' ? outcome === 'ended' : outcome.moved);
  }
  return row;
};

const eventOf = ({ connectionId, connectedAtMs, sourceIp }: Handshake, body?: string) => ({
  requestContext: {
    eventType: body === undefined ? 'DISCONNECT' : 'MESSAGE',
    connectionId,
    connectedAt: connectedAtMs,
    requestTimeEpoch: Date.now(),
    requestId: newName('request'),
    domainName: 'gateway.example',
    identity: { sourceIp },
  },
  ...(body === undefined ? {} : { body }),
});

const deadlineOf = ({ connectionId, connectedAtMs }: Handshake) => ({
  Records: [
    { messageId: newName('message'), body: JSON.stringify({ v: 1, kind: 'deadline', connectionId, connectedAtMs }) },
  ],
});

/** Closed for a reason that came later. */
const laterClosing: (typeof states)[Status] = {
  steps: [lease, grant, activate, (port, row) => port.close(row, settler, 'too_many_sessions')],
  recorded: ['session_ended'],
};

const byToken: HandOff = {
  name: 'a session whose membership came by its token, to a message',
  onlyFromNow: true,
  run: async (rolling, _, second) => {
    const row = await write(rolling, [lease, grantByToken, activate]);
    const answer = await rolling.invoke('Message', second, eventOf(row, '{"type":"ping"}'));
    await rolling.invoke('Disconnect', second, eventOf(row));
    assert.match(String(Object(answer).body), /"type":"pong"/);
  },
};

const inEachState: readonly HandOff[] = Object.entries({
  ...states,
  'closing for too many sessions': laterClosing,
}).flatMap(([status, { steps, recorded }]): HandOff[] => [
  {
    name: `a row that is ${status}, to its deadline and the end of its socket`,
    onlyFromNow: true,
    run: async (rolling, _, second) => {
      const row = await write(rolling, steps);
      assert.deepEqual(await rolling.invoke('AuthTimeout', second, deadlineOf(row)), { batchItemFailures: [] });
      await rolling.invoke('Disconnect', second, eventOf(row));
      await isGone(rolling, row.userAgent ?? '');
      await areRecorded(rolling, row.userAgent ?? '', recorded);
    },
  },
  {
    name: `a row that is ${status}, to a message`,
    onlyFromNow: true,
    run: async (rolling, _, second) => {
      const found: readonly (readonly [FunctionName, string])[] = [
        ['Message', '{"type":"ping"}'],
        ['Authenticate', '{"type":"authenticate"}'],
      ];
      for (const [name, body] of found) {
        const row = await write(rolling, steps);
        const answer = await rolling.invoke(name, second, eventOf(row, body));
        assert.equal(Object(answer).statusCode, 200);
        await rolling.invoke('Disconnect', second, eventOf(row));
      }
    },
  },
]);

export const rows: readonly HandOff[] = [...inEachState, byToken];
