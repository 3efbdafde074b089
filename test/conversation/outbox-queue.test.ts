/** What devices do reaches the backend in order: the real function on the streams of a running gateway, to a FIFO queue. */
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from '@jest/globals';
import { openGatewayFixture } from './gateway-fixture.ts';
import { type Envelope, kindsOf, ofRestaurant, order, seqsOf } from './left-for-backend.ts';
import { openRestaurantFixture, queueClient } from './restaurant-fixture.ts';
import { until } from './until.ts';

const fixture = await openGatewayFixture({}, {}, { outbox: 'queue', outboxSecurityEvents: true });
afterAll(() => fixture.close());

/** Takes what there is out of a queue of the stage. */
const received = async (queue: string, count: number) => {
  const client = queueClient(fixture);
  const QueueUrl = fixture.gateway.queues[queue];
  const found: Readonly<{ body: Envelope; group: string; reason: string }>[] = [];
  while (found.length < count) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 5,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    for (const { Body = '', Attributes = {}, MessageAttributes = {}, ReceiptHandle } of Messages) {
      const reason = MessageAttributes['reason']?.StringValue ?? '';
      found.push({ body: JSON.parse(Body), group: Attributes.MessageGroupId ?? '', reason });
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  client.destroy();
  return found;
};

test('a queue gets each event in the group of its restaurant, in order, and sessions among them', async () => {
  const rooms = ['r-one', 'r-two'].map((restaurantId) => openRestaurantFixture(fixture, restaurantId));
  for (const room of rooms) {
    const till = await room.enter('cashier', 'pos');
    for (const id of ['a', 'b', 'c']) await till.publishes(order(id));
    await till.leave();
  }
  const messages = await received('OutboxQueue', 10);
  for (const { restaurantId } of rooms) {
    const of = messages.filter(({ group }) => group === restaurantId).map(({ body }) => body);
    expect(seqsOf(of)).toEqual([1, 2, 3]);
    expect(of.map(({ detail }) => detail['prev_seq']).filter((seq) => seq !== undefined)).toEqual([0, 1, 2]);
    expect(kindsOf(of).filter((kind) => kind.startsWith('maitred.sessions'))).toEqual([
      'maitred.sessions session.began',
      'maitred.sessions session.ended',
    ]);
  }
});

test('a queue gets everything in order when it is there again; devices hear of it meanwhile', async () => {
  const isSend = ({ functionName, action }: Readonly<{ functionName: string; action: string }>) =>
    functionName === 'OutboxFunction' && action === 'SendMessageBatch';
  const end = fixture.recorder.interfere((call) => (isSend(call) ? 'unavailable' : undefined));
  const tried = fixture.recorder.seen(isSend);
  const room = openRestaurantFixture(fixture, 'r-down');
  const till = await room.enter('cashier', 'pos');
  const ids = Array.from({ length: 12 }, (_, nth) => `o-${nth}`);
  for (const id of ids) await till.publishes(order(id));
  await tried;
  const seqs: unknown[] = [];
  while (seqs.length < ids.length) seqs.push((await till.hears())['seq']);
  expect(seqs).toEqual(ids.map((_, nth) => nth + 1));
  expect(ofRestaurant(fixture, 'r-down')).toEqual([]);
  end();
  const messages = await received('OutboxQueue', ids.length + 1);
  expect(seqsOf(messages.map(({ body }) => body))).toEqual(ids.map((_, nth) => nth + 1));
  await till.leave();
});

test('a backend hears of security events, where the stage asks for them', async () => {
  const client = await fixture.connect();
  client.send({ type: 'authenticate', restaurant_id: 'r-17', connection_type: 'pos', token: 'no.token.this' });
  await client.next();
  const told = await until(
    async () =>
      fixture.gateway.outbox
        .records()
        .filter(
          ({ source, detail }) => source === 'maitred.security' && detail['connection_id'] === client.connectionId,
        ),
    ({ length }) => length > 0,
  );
  expect(kindsOf(told)).toEqual(['maitred.security access_denied']);
  await client.leave();
});
