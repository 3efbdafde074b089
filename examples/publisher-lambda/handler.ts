/** The function: the stream of the orders' table in, events of the restaurants out. */
import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { publishInBatches, type SendBatch } from './batches.ts';
import { publicationOf } from './publications.ts';

const sqs = new SQSClient();

const send: SendBatch = async (batch) => {
  const { Failed = [] } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: process.env['EVENT_QUEUE_URL'],
      Entries: batch.map(({ restaurantId, body }, nth) => ({
        Id: String(nth),
        MessageGroupId: restaurantId,
        MessageDeduplicationId: createHash('sha256').update(`${restaurantId}\n${body}`).digest('hex'),
        MessageBody: body,
      })),
    }),
  );
  return Failed;
};

/** Lambda tries again from the change that is named, and forgets those before it. */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const { retryFrom, refused } = await publishInBatches(
    send,
    Records.flatMap((record) => publicationOf(record) ?? []),
  );
  for (const { publication, code } of refused)
    console.error(JSON.stringify({ outcome: 'refused', code, sequence_number: publication.sequenceNumber }));
  return { batchItemFailures: retryFrom === undefined ? [] : [{ itemIdentifier: retryFrom.sequenceNumber }] };
};
