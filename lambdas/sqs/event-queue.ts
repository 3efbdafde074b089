import { createHash } from 'node:crypto';
import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DevicePublication, deviceBody } from '../events/publication.ts';
import type { DeadLetter, HideMessages, Publish } from '../ports.ts';
import { contentHash } from './content-hash.ts';
import { textAttributes } from './message-attributes.ts';

/** The same for the same restaurant, publisher, key, type and content, and for no others. */
export const eventIdOf = (publication: DevicePublication): string => {
  const { restaurantId, publisher, key, type, data } = publication;
  const identity = [restaurantId, publisher.issuer, publisher.userId, key, type, contentHash(data)];
  return `evt_${createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 22)}`;
};

/** The event queue: one group a restaurant, so that its events stay in order; the id, which has the content in it, keeps a second try out. */
export const publishTo =
  (client: SQSClient, queueUrl: string): Publish =>
  async (publication) => {
    const id = eventIdOf(publication);
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: publication.restaurantId,
        MessageDeduplicationId: id,
        MessageBody: deviceBody(publication, id),
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
        MessageAttributes: textAttributes({ reason: why, restaurant, publisher, message_id: messageId }),
      }),
    );
  };

/** One request: a run has ten messages at most, and so has a batch. */
export const hideIn =
  (client: SQSClient, queueUrl: string): HideMessages =>
  async (messages, seconds) => {
    const { Failed: [failed] = [] } = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ receiptHandle }, nth) => ({
          Id: String(nth),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        })),
      }),
    );
    if (failed !== undefined) throw new Error(`a message could not be hidden: ${failed.Code}`);
  };
