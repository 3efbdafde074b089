/** A restaurant of its own for one test of events: nobody else's sockets hear what is published there. */
import { strict as assert } from 'node:assert';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { accepted, differenceFrom } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import type { Role } from '../../lambdas/access/roles.ts';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import type { DemoUser } from '../../local/demo.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import type { Guest, House } from './house.ts';

export type Frame = Readonly<Record<string, unknown>>;

export type Diner = Guest &
  Readonly<{
    /** The next frame, read. */
    hears: () => Promise<Frame>;
    /** The next frames, until one is of that type; yields them all. */
    hearsUntil: (type: string) => Promise<readonly Frame[]>;
    /** Says something that is published; yields the event's id. Frames before the answer stay to be heard. */
    publishes: (message: Readonly<{ id: string }> & object) => Promise<string>;
  }>;

export type DiningRoom = Readonly<{
  restaurantId: string;
  enter: (user: DemoUser, connectionType: ConnectionType, fields?: Frame) => Promise<Diner>;
  /** Puts a body into the event queue, as a backend does. */
  backendSays: (body: string, deduplicationId?: string) => Promise<void>;
}>;

const queues = (house: House): SQSClient =>
  new SQSClient({
    endpoint: house.gateway.sqsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'people', secretAccessKey: 'people' },
  });

const roles: Readonly<Partial<Record<DemoUser, Role>>> = { owner: 'restaurant_owner', manager: 'manager' };

export const openDiningRoom = (house: House, restaurantId: string): DiningRoom => {
  let bodies = 0;
  return {
    restaurantId,
    enter: async (user, connectionType, fields = {}) => {
      await putMembership(house.memberships)({
        restaurantId,
        issuer: 'demo',
        userId: `u-${user}`,
        role: roles[user] ?? 'employee',
      });
      const guest = await house.connect();
      const visitor = { url: house.gateway.url, token: await house.token(user), restaurantId, connectionType };
      guest.send(hello(visitor, fields));
      const diner = dinerOf(guest);
      assert.equal((await diner.hears())['type'], 'auth_success');
      return diner;
    },
    backendSays: async (body, deduplicationId = `${restaurantId}-${++bodies}`) => {
      const client = queues(house);
      await client.send(
        new SendMessageCommand({
          QueueUrl: house.gateway.queues['EventQueue'],
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
export const putAside = async (house: House): Promise<readonly Readonly<{ body: string; why: string }>[]> => {
  const client = queues(house);
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: house.gateway.queues['EventQueueDeadLetters'],
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 2,
      MessageAttributeNames: ['All'],
    }),
  );
  client.destroy();
  return Messages.map(({ Body = '', MessageAttributes = {} }) => ({
    body: Body,
    why: MessageAttributes['reason']?.StringValue ?? '',
  }));
};

const dinerOf = (guest: Guest): Diner => {
  const early: Frame[] = [];
  const next = async (): Promise<Frame> => JSON.parse(await guest.next());
  const hears = async (): Promise<Frame> => early.shift() ?? next();
  return {
    ...guest,
    hears,
    hearsUntil: async (type) => {
      const heard: Frame[] = [];
      do heard.push(await hears());
      while (heard.at(-1)?.['type'] !== type);
      return heard;
    },
    publishes: async (message) => {
      guest.send(message);
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
