import * as v from 'valibot';
import { count, type Template } from '../template.ts';
import { shortNames } from './short-names.ts';

export type QueueBlueprint = {
  /** For people; see `shortNames`. */
  readonly name: string;
  readonly queueName: string;
  readonly url: string;
  readonly arn: string;
  /** As `CreateQueue` takes them. */
  readonly attributes: Readonly<Record<string, string>>;
};

const flag = v.optional(v.boolean());

const queueProperties = v.object({
  VisibilityTimeout: v.optional(count),
  DelaySeconds: v.optional(count),
  MaximumMessageSize: v.optional(count),
  MessageRetentionPeriod: v.optional(count),
  ReceiveMessageWaitTimeSeconds: v.optional(count),
  FifoQueue: flag,
  ContentBasedDeduplication: flag,
  DeduplicationScope: v.optional(v.string()),
  FifoThroughputLimit: v.optional(v.string()),
  RedrivePolicy: v.optional(v.object({ deadLetterTargetArn: v.string(), maxReceiveCount: count })),
});

/** All queues of the app with delay, visibility, FIFO and dead-letter settings. */
export const readQueues = (template: Template): readonly QueueBlueprint[] => {
  const queues = template.find(['AWS::SQS::Queue'], queueProperties);
  const names = shortNames(
    queues.map(({ logicalId }) => logicalId),
    template.gatewayPath,
  );
  return queues.map(({ logicalId, ref, attribute, properties }) => ({
    name: names.get(logicalId) ?? logicalId,
    queueName: attribute('QueueName'),
    url: ref,
    arn: attribute('Arn'),
    attributes: Object.fromEntries(
      Object.entries(properties)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
    ),
  }));
};
