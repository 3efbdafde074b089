/** What the functions do only when something goes wrong, each with calls that no other conversation makes. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connect, HandshakeRefused } from '../../bin/smoke/client.ts';
import { hello } from '../../bin/smoke/messages.ts';
import type { GatewayFixture } from './gateway-fixture.ts';
import type { SeenCall } from './recorder.ts';
import type { Left } from './row.ts';
import { lookAt } from './row.ts';
import { type AuditView, granted, leftSession, refusedAs, refusedUnheard, verifiedRecord } from './traces.ts';
import { until } from './until.ts';

/** Plays a conversation; yields what is left of it in the end. */
export type SeldomPath = Readonly<{
  why: string;
  plays: (fixture: GatewayFixture) => Promise<Left>;
  traces: readonly AuditView[];
}>;

/** Lets the audit table take nothing about a connection while `during` goes on. */
const withoutAudit = async (
  fixture: GatewayFixture,
  connectionId: string,
  during: () => Promise<unknown>,
): Promise<void> => {
  const end = fixture.recorder.interfere((call) =>
    call.connectionId === connectionId && call.action === 'PutItem' ? 'unavailable' : undefined,
  );
  await during();
  end();
};

/** The queue gives a record its second try after 5 s. */
const leftWith = (fixture: GatewayFixture, connectionId: string, recordCount: number): Promise<Left> =>
  until(
    () => lookAt(fixture, connectionId),
    (left) => left.row === undefined && left.records.length >= recordCount,
    15_000,
  );

const isSent = (connectionId: string, functionName: string) => (call: SeenCall) =>
  call.functionName === functionName && call.action === 'SendMessage' && call.connectionId === connectionId;

const tell = async (fixture: GatewayFixture, message: object): Promise<void> => {
  const operator = new SQSClient({
    endpoint: fixture.gateway.sqsEndpoint,
    region: 'us-east-1',
    credentials: fixture.gateway.operator,
  });
  const QueueUrl = fixture.gateway.queues['AuthTimerQueue'];
  await operator.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ v: 1, ...message }) }));
  operator.destroy();
};

export const seldomPaths: readonly SeldomPath[] = [
  {
    why: 'a refused origin is recorded at the handshake',
    plays: async (fixture) => {
      const { name, ...options } = fixture.introduce({ headers: { origin: 'https://elsewhere.example.com' } });
      const refused = await connect(fixture.gateway.url, options).catch((error: unknown) => error);
      if (!(refused instanceof HandshakeRefused)) throw new Error('the handshake was not refused', { cause: refused });
      return leftWith(fixture, fixture.connectionOf(name), 1);
    },
    traces: [
      {
        trail: 'unverified',
        kind: 'handshake',
        event: 'origin_refused',
        severity: 'ERROR',
        detail: 'origin_not_allowed',
      },
    ],
  },
  {
    why: 'a refused token whose record the table does not take waits in the queue',
    plays: async (fixture) => {
      const client = await fixture.connect();
      const visitor = await fixture.visitor();
      await withoutAudit(fixture, client.connectionId, async () => {
        client.send(hello(visitor, { token: 'open sesame' }));
        await client.closed();
      });
      return leftWith(fixture, client.connectionId, 1);
    },
    traces: refusedAs('access_denied', 'CRITICAL', 'token_malformed').records,
  },
  {
    why: 'so does that of a ping before authentication',
    plays: async (fixture) => {
      const client = await fixture.connect();
      await withoutAudit(fixture, client.connectionId, async () => {
        client.send({ type: 'ping' });
        await client.closed();
      });
      return leftWith(fixture, client.connectionId, 1);
    },
    traces: refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate').records,
  },
  {
    why: 'so does that of the end of a session',
    plays: async (fixture) => {
      const client = await fixture.connect();
      client.send(hello(await fixture.visitor()));
      await client.next();
      const queued = fixture.recorder.seen(isSent(client.connectionId, 'DisconnectFunction'));
      await withoutAudit(fixture, client.connectionId, async () => {
        await client.leave();
        await queued;
      });
      return leftWith(fixture, client.connectionId, 2);
    },
    traces: [granted(), leftSession()],
  },
  {
    why: 'a client that leaves while it is let in is recorded as never activated',
    plays: async (fixture) => {
      const client = await fixture.connect();
      const recording = fixture.recorder.hold(
        (call) => call.connectionId === client.connectionId && call.action === 'PutItem',
      );
      client.send(hello(await fixture.visitor()));
      await recording.reached;
      const abandoned = fixture.recorder.seen(
        (call) => call.connectionId === client.connectionId && call.toStatus === 'unseated',
      );
      await client.leave();
      await abandoned;
      recording.release();
      return leftWith(fixture, client.connectionId, 2);
    },
    traces: [granted(), verifiedRecord('end', 'session_ended', 'INFO', 'never_seated')],
  },
  {
    why: 'a timer that comes too early is sent again, and changes nothing',
    plays: async (fixture) => {
      const client = await fixture.connect();
      const rearmed = fixture.recorder.seen(isSent(client.connectionId, 'AuthTimeoutFunction'));
      const connectedAtMs = Number((await fixture.row(client.connectionId))?.['connected_at_ms']);
      await tell(fixture, { kind: 'deadline', connectionId: client.connectionId, connectedAtMs });
      await rearmed;
      if (!client.isOpen()) throw new Error('the early timer closed the connection');
      await client.leave();
      return leftWith(fixture, client.connectionId, 0);
    },
    traces: [],
  },
  {
    why: 'the report of a minute without a flood reads its counter, and records nothing',
    plays: async (fixture) => {
      const read = fixture.recorder.seen(
        (call) => call.functionName === 'AuthTimeoutFunction' && call.text.includes('IP#192.0.2.1'),
      );
      const windowStartMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
      await tell(fixture, { kind: 'aggregate', address: '192.0.2.1', windowStartMs });
      await read;
      return leftWith(fixture, 'flood:192.0.2.1', 0);
    },
    traces: [],
  },
];
