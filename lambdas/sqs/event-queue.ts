import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { asciiJson } from '../../protocol/json/ascii.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import type { DevicePublication } from '../events/publication.ts';
import type { DeadLetter, Publish } from '../ports.ts';

/** The same for the same restaurant, publisher and key, and for no others. */
export const eventIdOf = ({ restaurantId, publisher: { issuer, userId }, key }: DevicePublication): string =>
  `evt_${createHash('sha256')
    .update(JSON.stringify([restaurantId, issuer, userId, key]))
    .digest('base64url')
    .slice(0, 22)}`;

/** The event queue: one group a restaurant, so that its events stay in order; the id keeps a second try out. */
export const publishTo =
  (client: SQSClient, queueUrl: string): Publish =>
  async (publication) => {
    const { restaurantId, type, data, audience, publisher } = publication;
    const id = eventIdOf(publication);
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: restaurantId,
        MessageDeduplicationId: id,
        // In ASCII, so that every character arrives: SQS takes no U+FFFE and no U+FFFF, and other queues take no emoji.
        MessageBody: asciiJson(
          scannedBefore(
            JSON.stringify({
              v: 1,
              type,
              data,
              id,
              audience,
              from: { user_id: publisher.userId, connection_type: publisher.connectionType },
            }),
          ),
        ),
      }),
    );
    return id;
  };

/** Puts a message aside, still of its restaurant, with what says whose it was and what is wrong with it. */
export const deadLetterTo =
  (client: SQSClient, queueUrl: string): DeadLetter =>
  async ({ messageId, body, restaurant, publisher }, why) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: restaurant,
        MessageDeduplicationId: messageId,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries({ reason: why, restaurant, publisher, message_id: messageId }).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      }),
    );
  };
