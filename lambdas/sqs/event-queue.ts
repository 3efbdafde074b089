import { createHash } from 'node:crypto';
import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { asciiJson } from '../../protocol/json/ascii.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import type { DevicePublication } from '../events/publication.ts';
import type { DeadLetter, HideMessages, Publish } from '../ports.ts';

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

/** Puts a message aside under its own id, with the word that says what is wrong with it. */
export const deadLetterTo =
  (client: SQSClient, queueUrl: string): DeadLetter =>
  async ({ messageId, body }, why) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: why,
        MessageDeduplicationId: messageId,
        MessageBody: body,
        MessageAttributes: { reason: { DataType: 'String', StringValue: why } },
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
