/** Where the outbox sets aside what the backend does not get. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SetAside } from '../ports.ts';
import { textAttributes } from './message-attributes.ts';
import { noRestaurant } from './outbox-queue.ts';

/** A group a restaurant, so that they are received in the order in which they were set aside. */
export const setAsideTo =
  (client: SQSClient, queueUrl: string): SetAside =>
  async ({ messageId, body, restaurantId, publisher }, why) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageGroupId: restaurantId ?? noRestaurant,
        MessageDeduplicationId: messageId,
        MessageBody: body,
        MessageAttributes: textAttributes({ reason: why, restaurant: restaurantId, publisher, message_id: messageId }),
      }),
    );
  };
