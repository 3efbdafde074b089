/** What the functions do only when something goes wrong, each with calls that no other conversation makes. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connect, HandshakeRefused } from '../../bin/smoke/client.ts';
import { hello } from '../../bin/smoke/messages.ts';
import type { House } from './house.ts';
import { type AuditView, granted, leftSession, refusedAs, refusedUnheard, verifiedRecord } from './leaves.ts';
import type { Left } from './row.ts';
import { lookAt } from './row.ts';
import { until } from './until.ts';
import type { SeenCall } from './witness.ts';

/** Plays a conversation; yields what is left of it in the end. */
export type SeldomPath = Readonly<{
  why: string;
  plays: (house: House) => Promise<Left>;
  leaves: readonly AuditView[];
}>;

/** Lets the audit table take nothing about a connection while `during` goes on. */
const withoutAudit = async (house: House, connectionId: string, during: () => Promise<unknown>): Promise<void> => {
  const end = house.witness.interfere((call) =>
    call.connectionId === connectionId && call.action === 'PutItem' ? 'unavailable' : undefined,
  );
  await during();
  end();
};

/** The queue gives a record its second try after 5 s. */
const leftWith = (house: House, connectionId: string, recordCount: number): Promise<Left> =>
  until(
    () => lookAt(house, connectionId),
    (left) => left.row === undefined && left.records.length >= recordCount,
    15_000,
  );

const isSent = (connectionId: string, functionName: string) => (call: SeenCall) =>
  call.functionName === functionName && call.action === 'SendMessage' && call.connectionId === connectionId;

const tell = async (house: House, message: object): Promise<void> => {
  const operator = new SQSClient({
    endpoint: house.gateway.sqsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'people', secretAccessKey: 'people' },
  });
  const QueueUrl = house.gateway.queues['AuthTimerQueue'];
  await operator.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ v: 1, ...message }) }));
  operator.destroy();
};

export const seldomPaths: readonly SeldomPath[] = [
  {
    why: 'a refused origin is recorded at the handshake',
    plays: async (house) => {
      const { name, ...options } = house.introduce({ headers: { origin: 'https://elsewhere.example.com' } });
      const refused = await connect(house.gateway.url, options).catch((error: unknown) => error);
      if (!(refused instanceof HandshakeRefused)) throw new Error('the handshake was not refused', { cause: refused });
      return leftWith(house, house.connectionOf(name), 1);
    },
    leaves: [
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
    plays: async (house) => {
      const guest = await house.connect();
      const visitor = await house.visitor();
      await withoutAudit(house, guest.connectionId, async () => {
        guest.send(hello(visitor, { token: 'open sesame' }));
        await guest.closed();
      });
      return leftWith(house, guest.connectionId, 1);
    },
    leaves: refusedAs('access_denied', 'CRITICAL', 'token_malformed').records,
  },
  {
    why: 'so does that of a ping before authentication',
    plays: async (house) => {
      const guest = await house.connect();
      await withoutAudit(house, guest.connectionId, async () => {
        guest.send({ type: 'ping' });
        await guest.closed();
      });
      return leftWith(house, guest.connectionId, 1);
    },
    leaves: refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate').records,
  },
  {
    why: 'so does that of the end of a session',
    plays: async (house) => {
      const guest = await house.connect();
      guest.send(hello(await house.visitor()));
      await guest.next();
      const queued = house.witness.seen(isSent(guest.connectionId, 'DisconnectFunction'));
      await withoutAudit(house, guest.connectionId, async () => {
        await guest.leave();
        await queued;
      });
      return leftWith(house, guest.connectionId, 2);
    },
    leaves: [granted(), leftSession()],
  },
  {
    why: 'a client that leaves while it is let in is recorded as never activated',
    plays: async (house) => {
      const guest = await house.connect();
      const recording = house.witness.hold(
        (call) => call.connectionId === guest.connectionId && call.action === 'PutItem',
      );
      guest.send(hello(await house.visitor()));
      await recording.reached;
      const abandoned = house.witness.seen(
        (call) => call.connectionId === guest.connectionId && call.toStatus === 'unseated',
      );
      await guest.leave();
      await abandoned;
      recording.release();
      return leftWith(house, guest.connectionId, 2);
    },
    leaves: [granted(), verifiedRecord('end', 'session_ended', 'INFO', 'never_seated')],
  },
  {
    why: 'a timer that comes too early is sent again, and changes nothing',
    plays: async (house) => {
      const guest = await house.connect();
      const rearmed = house.witness.seen(isSent(guest.connectionId, 'AuthTimeoutFunction'));
      const connectedAtMs = Number((await house.row(guest.connectionId))?.['connected_at_ms']);
      await tell(house, { kind: 'deadline', connectionId: guest.connectionId, connectedAtMs });
      await rearmed;
      if (!guest.isOpen()) throw new Error('the early timer closed the connection');
      await guest.leave();
      return leftWith(house, guest.connectionId, 0);
    },
    leaves: [],
  },
  {
    why: 'the report of a minute without a flood reads its counter, and records nothing',
    plays: async (house) => {
      const read = house.witness.seen(
        (call) => call.functionName === 'AuthTimeoutFunction' && call.text.includes('IP#192.0.2.1'),
      );
      const windowStartMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
      await tell(house, { kind: 'aggregate', address: '192.0.2.1', windowStartMs });
      await read;
      return leftWith(house, 'flood:192.0.2.1', 0);
    },
    leaves: [],
  },
];
