// Tells every restaurant that lunch has begun. Lambda's Node has the SDK.
import { createHash, randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient();

/** @param event what the rule says: its `id` is the same when Lambda tries again, so lunch begins once */
export const handler = async ({ id = randomUUID() }) => {
  const body = JSON.stringify({ v: 1, type: 'lunch.began', id, data: { until: '14:00' } });
  const Entries = process.env.RESTAURANTS.split(',').map((restaurantId, nth) => ({
    Id: String(nth),
    MessageGroupId: restaurantId,
    MessageDeduplicationId: createHash('sha256').update(`${restaurantId}\n${body}`).digest('hex'),
    MessageBody: body,
  }));
  // Ten a call; this shop has fewer.
  const { Failed = [] } = await sqs.send(
    new SendMessageBatchCommand({ QueueUrl: process.env.EVENT_QUEUE_URL, Entries }),
  );
  if (Failed.length > 0) throw new Error(`The queue did not take ${Failed.map(({ Code }) => Code)}`);
};
