/** What waits in the timer queue: records that the audit table did not take, and what a flood only counted. */
import { strict as assert } from 'node:assert';
import { until } from '../conversation/until.ts';
import { refusalOf } from '../local/client.ts';
import { anAddress, connectFrom } from './addresses.ts';
import { enter, firstMessage, type HandOff, newName, open, withinAMinute } from './hand-off.ts';
import type { RollingGateway, Version } from './rolling-gateway.ts';

type Json = Readonly<Record<string, unknown>>;

/** What functions put on the timer from now on. While `auditIsDown` the audit table takes nothing. */
const watchTimer = ({ onCall, gateway }: RollingGateway) => {
  const sent: Json[] = [];
  const watch = { sent, auditIsDown: false };
  onCall(({ action, input }) => {
    if (action === 'SendMessage' && input['QueueUrl'] === gateway.queues['AuthTimerQueue'])
      sent.push(JSON.parse(String(input['MessageBody'])));
    return watch.auditIsDown && action === 'PutItem' && input['TableName'] === gateway.tables.audit
      ? 'unavailable'
      : 'pass';
  });
  return watch;
};

const settle = async (rolling: RollingGateway, version: Version, message: Json): Promise<void> => {
  const Records = [{ messageId: newName('message'), body: JSON.stringify(message) }];
  assert.deepEqual(await rolling.invoke('AuthTimeout', version, { Records }), { batchItemFailures: [] });
};

/** The first message that is meant, once the audit table is back and this version has taken it from the queue. */
const settledBy = async (
  rolling: RollingGateway,
  version: Version,
  timer: ReturnType<typeof watchTimer>,
  isMeant: (message: Json) => boolean,
): Promise<Json> => {
  const [waiting] = await until(
    async () => timer.sent.filter(isMeant),
    (found) => found.length >= 1,
    10_000,
  );
  timer.auditIsDown = false;
  assert.ok(waiting !== undefined);
  await settle(rolling, version, waiting);
  rolling.onCall(undefined);
  return waiting;
};

/** Every text in a value, but its kind, which is a part of the key, and what has a hand-off of its own. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'kind' || name === 'membershipSource' ? [] : textsIn(inner),
  );
};

export const records: readonly HandOff[] = [
  {
    name: 'a record that waits in the queue, to the table',
    run: async (rolling, first, second) => {
      const { use } = rolling;
      use(first);
      // The queue delivers them, too, after 5 seconds.
      use(second, 'AuthTimeout');
      const timer = watchTimer(rolling);
      const sessions = await Promise.all([enter(rolling), enter(rolling), enter(rolling)]);
      const [leaving, speaking, changing] = sessions;
      timer.auditIsDown = true;
      const forged = await open(rolling);
      forged.send({
        ...(await firstMessage(rolling, { fields: { user_id: 'u-chef' } })),
        token: 'eyJhbGciOiJub25lIn0.e30.',
      });
      const foreign = await open(rolling);
      foreign.send(await firstMessage(rolling, { restaurantId: 'r-99', fields: { user_id: 'u-rival' } }));
      speaking.send({ type: 'order.status_changed', restaurant_id: 'r-99', data: { order_id: 1, status: 'ready' } });
      changing.send(await firstMessage(rolling, { user: 'cashier' }));
      leaving.socket.close();
      const waiting = await until(
        async () => timer.sent.filter(({ kind }) => kind === 'record'),
        (found) => found.length >= 6,
        10_000,
      );
      timer.auditIsDown = false;
      for (const message of waiting) await settle(rolling, second, message);
      rolling.onCall(undefined);

      const items = (await rolling.allRecords()).map((item) => JSON.stringify(item));
      const missing = waiting.filter(
        ({ record }) => !items.some((item) => textsIn(record).every((text) => item.includes(JSON.stringify(text)))),
      );
      assert.deepEqual(missing, []);
      const known = waiting.flatMap(({ record }) => textsIn(record));
      for (const event of ['token_invalid', 'cross_tenant_attempt', 'identity_change_refused', 'session_ended'])
        assert.ok(known.includes(event), `no record of ${event} waited`);
      for (const { socket, closed } of [...sessions, forged, foreign]) {
        socket.close();
        await closed;
      }
    },
  },
  {
    name: 'the origin of a refused handshake whose record waits in the queue, to the table',
    run: async (rolling, first, second) => {
      const { gateway, use } = rolling;
      use(first);
      use(second, 'AuthTimeout');
      const timer = watchTimer(rolling);
      timer.auditIsDown = true;
      const origin = 'https://elsewhere.example';
      assert.equal(await refusalOf(gateway.url, { origin }), 403);
      // Sessions of before may end meanwhile, and have records that wait, too.
      const isMeant = ({ record }: Json): boolean => textsIn(record).includes('origin_refused');
      const waiting = await settledBy(rolling, second, timer, isMeant);
      const items = (await rolling.allRecords()).map((item) => JSON.stringify(item));
      const said = textsIn(waiting['record']);
      assert.ok(items.some((item) => said.every((text) => item.includes(JSON.stringify(text)))));
    },
  },
  {
    name: 'what the membership of a session came from whose record waits in the queue, to the table',
    onlyFromNow: true,
    run: async (rolling, first, second) => {
      rolling.use(first);
      rolling.use(second, 'AuthTimeout');
      const timer = watchTimer(rolling);
      const session = await enter(rolling);
      timer.auditIsDown = true;
      session.socket.close();
      await session.closed;
      const isMeant = ({ record }: Json): boolean => textsIn(record).includes(session.userAgent);
      await settledBy(rolling, second, timer, isMeant);
      const ended = (await rolling.recordsOf(session.userAgent)).find(({ event }) => event === 'session_ended');
      assert.equal(ended?.['membership'], 'table');
    },
  },
  {
    name: 'the refusals of a flood, to the record of how many there were',
    run: async (rolling, first, second) => {
      await withinAMinute();
      rolling.use(first);
      const timer = watchTimer(rolling);
      const sourceIp = anAddress();
      // Twenty are recorded one by one.
      for (let i = 0; i < 25; i++)
        assert.deepEqual(await connectFrom(rolling, first, { sourceIp, origin: 'https://elsewhere.example' }), {
          statusCode: 403,
        });
      const due = timer.sent.filter(({ kind }) => kind === 'aggregate');
      rolling.onCall(undefined);
      assert.ok(due.length > 0, 'nothing will say how many there were');
      for (const message of due) await settle(rolling, second, message);
      const counts = (await rolling.allRecords())
        .filter((item) => item['source_ip'] === sourceIp && item['detail'] === 'flood')
        .map(({ count }) => count);
      assert.deepEqual(counts, [5]);
    },
  },
];
