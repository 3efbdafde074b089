import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { PostAgain } from '../ports.ts';
import { redeliveryTexts } from './redelivery-message.ts';

/** The redelivery queue: delayed messages, each at least once, in no order. */
export const postAgainBy =
  (client: SQSClient, queueUrl: string): PostAgain =>
  async (redelivery, delaySeconds) => {
    for (const MessageBody of redeliveryTexts(redelivery))
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, DelaySeconds: delaySeconds, MessageBody }));
  };
