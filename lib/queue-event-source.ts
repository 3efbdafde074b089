import { Validations } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { GatewayFunction } from './gateway-function.ts';

/** How a queue is read by its function. */
export interface QueueEventSourceProps {
  /** Messages of one run, at most. */
  readonly batchSize: number;

  /** Runs at once, at most. */
  readonly maxConcurrency: number;

  /** What the function does with the queue beside reading it. */
  readonly actions?: readonly string[];

  /** What becomes of a message that fails for good. */
  readonly afterFailures: string;
}

/** Hands a queue's messages to a function, which answers which of them failed. It asks for the rights that AWS demands, and no more. */
export const addQueueEventSource = (
  handler: GatewayFunction,
  id: string,
  queue: IQueue,
  { batchSize, maxConcurrency, actions = [], afterFailures }: QueueEventSourceProps,
): void => {
  queue.grant(handler.lambda, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...actions);
  const mapping = handler.lambda.addEventSourceMapping(id, {
    eventSourceArn: queue.queueArn,
    batchSize,
    maxConcurrency,
    reportBatchItemFailures: true,
  });
  Validations.of(mapping).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason: `Lambda has such destinations for streams only; ${afterFailures}`,
  });
};
