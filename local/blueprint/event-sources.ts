import * as v from 'valibot';
import { count, type Template } from '../template.ts';

export type EventSourceBlueprint = {
  readonly queueArn: string;
  /** Name or ARN, as the template has it. */
  readonly functionName: string;
  readonly batchSize: number;
  readonly reportsItemFailures: boolean;
  /** Batches in flight at most. */
  readonly concurrency: number;
};

/** Lambda starts with five pollers a queue. */
const pollersOfAQueue = 5;

const mappingProperties = v.object({
  EventSourceArn: v.pipe(v.string(), v.regex(/^arn:aws:sqs:/, 'only SQS queues are event sources locally')),
  FunctionName: v.string(),
  BatchSize: v.optional(v.pipe(count, v.maxValue(10, 'is more than one receive call can give')), 10),
  Enabled: v.optional(v.boolean(), true),
  FunctionResponseTypes: v.optional(v.array(v.string()), []),
  MaximumBatchingWindowInSeconds: v.optional(v.pipe(count, v.maxValue(0, 'is not supported locally')), 0),
  FilterCriteria: v.optional(v.undefined('is not supported locally')),
  ScalingConfig: v.optional(v.object({ MaximumConcurrency: v.optional(count) }), {}),
});

/** The queues that call functions. */
export const readEventSources = (template: Template): readonly EventSourceBlueprint[] =>
  template
    .find(['AWS::Lambda::EventSourceMapping'], mappingProperties)
    .filter(({ properties }) => properties.Enabled)
    .map(({ properties }) => ({
      queueArn: properties.EventSourceArn,
      functionName: properties.FunctionName,
      batchSize: properties.BatchSize,
      reportsItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      concurrency: Math.min(properties.ScalingConfig.MaximumConcurrency ?? pollersOfAQueue, pollersOfAQueue),
    }));
