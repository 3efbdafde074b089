/** A restaurant of its own for one test of events: nobody else's sockets hear what is published there. */
import { strict as assert } from 'node:assert';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { accepted, differenceFrom } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import type { DemoUser } from '../../local/demo.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { roleOf } from './cast.ts';
import type { GatewayFixture, NamedClient } from './gateway-fixture.ts';

export type Frame = Readonly<Record<string, unknown>>;

export type Device = NamedClient &
  Readonly<{
    /** The next frame, read. */
    hears: () => Promise<Frame>;
    /** The next frames, until one is of that type; yields them all. */
    hearsUntil: (type: string) => Promise<readonly Frame[]>;
    /** What it may show at the next handshake. */
    pass: string;
    /** Says something that is published; yields the event's id. Frames before the answer stay to be heard. */
    publishes: (message: Readonly<{ id: string }> & Frame) => Promise<string>;
  }>;

export type RestaurantFixture = Readonly<{
  restaurantId: string;
  /** Makes the user a member, unless told that they are one. */
  enter: (
    user: DemoUser,
    connectionType: ConnectionType,
    fields?: Frame,
    as?: Readonly<{ claims?: Frame; isMember?: boolean; pass?: unknown }>,
  ) => Promise<Device>;
  /** Puts a body into the event queue, as a backend does. */
  backendSays: (body: string, deduplicationId?: string) => Promise<void>;
}>;

/** A client of the gateway's queues; whoever asks for one destroys it. */
export const queueClient = (fixture: GatewayFixture): SQSClient =>
  new SQSClient({
    endpoint: fixture.gateway.sqsEndpoint,
    region: 'us-east-1',
    credentials: fixture.gateway.operator,
  });

export const openRestaurantFixture = (fixture: GatewayFixture, restaurantId: string): RestaurantFixture => {
  let bodies = 0;
  return {
    restaurantId,
    enter: async (user, connectionType, fields = {}, { claims = {}, isMember = false, pass } = {}) => {
      if (!isMember)
        await putMembership(fixture.memberships)({
          restaurantId,
          issuer: 'demo',
          userId: `u-${user}`,
          role: roleOf(user),
        });
      const protocols = pass === undefined ? [] : ['maitred.v1', `maitred.pass.${pass}`];
      const client = await fixture.connect({ protocols });
      const token = await fixture.token(user, claims);
      const visitor = { url: fixture.gateway.url, token, restaurantId, connectionType };
      client.send(hello(visitor, fields));
      const device = deviceOf(client);
      const answer = await device.isAnswered();
      assert.equal(answer['type'], 'auth_success', JSON.stringify(answer));
      return { ...device, pass: String(answer['reentry_pass']) };
    },
    backendSays: async (body, deduplicationId = `${restaurantId}-${++bodies}`) => {
      const client = queueClient(fixture);
      await client.send(
        new SendMessageCommand({
          QueueUrl: fixture.gateway.queues['EventQueue'],
          MessageGroupId: restaurantId,
          MessageDeduplicationId: deduplicationId,
          MessageBody: body,
        }),
      );
      client.destroy();
    },
  };
};

/** What was put aside, and why; taken out of the dead-letter queue. */
export const deadLettered = async (
  fixture: GatewayFixture,
): Promise<readonly Readonly<{ body: string; why: string; restaurant: string; publisher: string }>[]> => {
  const client = queueClient(fixture);
  const QueueUrl = fixture.gateway.queues['EventQueueDeadLetters'];
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 2,
      MessageAttributeNames: ['All'],
    }),
  );
  // Those of a restaurant come in their order, the next ones when these are gone.
  for (const { ReceiptHandle } of Messages) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  client.destroy();
  return Messages.map(({ Body = '', MessageAttributes = {} }) => ({
    body: Body,
    why: MessageAttributes['reason']?.StringValue ?? '',
    restaurant: MessageAttributes['restaurant']?.StringValue ?? '',
    publisher: MessageAttributes['publisher']?.StringValue ?? '',
  }));
};

const deviceOf = (client: NamedClient) => {
  const early: Frame[] = [];
  const next = async (): Promise<Frame> => JSON.parse(await client.next());
  const hears = async (): Promise<Frame> => early.shift() ?? next();
  return {
    ...client,
    hears,
    /** A session begins before its answer is there: an event that comes first stays to be heard. */
    isAnswered: async (): Promise<Frame> => {
      for (;;) {
        const frame = await next();
        if (frame['seq'] === undefined && frame['type'] !== 'events') return frame;
        early.push(frame);
      }
    },
    hearsUntil: async (type: string): Promise<readonly Frame[]> => {
      const heard: Frame[] = [];
      do heard.push(await hears());
      while (heard.at(-1)?.['type'] !== type);
      return heard;
    },
    publishes: async (message: Readonly<{ id: string }> & Frame): Promise<string> => {
      client.send(message);
      for (;;) {
        const frame = await next();
        if (frame['type'] === 'accepted' && frame['id'] === message.id) {
          assert.equal(differenceFrom(accepted(message.id), JSON.stringify(frame)), undefined);
          return String(frame['event_id']);
        }
        early.push(frame);
      }
    },
  };
};
