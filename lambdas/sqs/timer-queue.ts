import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Timer } from '../ports.ts';

/** The timer queue: a delayed message, at least once. */
export const timerQueue = (client: SQSClient, queueUrl: string): Timer => ({
  send: async (message, delaySeconds) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        DelaySeconds: delaySeconds,
        MessageBody: JSON.stringify({ v: 1, ...message }),
      }),
    );
  },
});
