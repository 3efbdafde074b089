import * as v from 'valibot';
import { isPatternProblem, type Pattern, patternIn } from '../streams/filter.ts';
import { count, type Found, type Template } from '../template.ts';

export type EventSourceBlueprint = {
  readonly queueArn: string;
  /** Name or ARN, as the template has it. */
  readonly functionName: string;
  readonly batchSize: number;
  readonly reportsItemFailures: boolean;
  /** Batches in flight at most. */
  readonly concurrency: number;
};

export type StreamSourceBlueprint = {
  /** By which the stream knows who has read what, at the next start, too. */
  readonly name: string;
  readonly streamArn: string;
  /** Name or ARN, as the template has it. */
  readonly functionName: string;
  readonly batchSize: number;
  /** How long a batch that is not full waits for more. */
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
  /** A record goes to the function where one of them takes it; all do where there is none. */
  readonly patterns: readonly Pattern[];
};

/** Lambda starts with five pollers a queue. */
const pollersOfAQueue = 5;

const anyMapping = v.object({
  EventSourceArn: v.pipe(
    v.string(),
    v.regex(/^arn:aws:(sqs|dynamodb):/, 'only SQS queues and streams of tables are event sources locally'),
  ),
  Enabled: v.optional(v.boolean(), true),
});

const common = {
  EventSourceArn: v.string(),
  FunctionName: v.string(),
  FunctionResponseTypes: v.optional(v.array(v.string()), []),
};

const unsupported = v.optional(v.undefined('is not supported locally'));

const queueMapping = v.object({
  ...common,
  BatchSize: v.optional(v.pipe(count, v.maxValue(10, 'is more than one receive call can give')), 10),
  MaximumBatchingWindowInSeconds: v.optional(v.pipe(count, v.maxValue(0, 'is not supported locally')), 0),
  FilterCriteria: unsupported,
  ScalingConfig: v.optional(v.object({ MaximumConcurrency: v.optional(count) }), {}),
});

/** For ever, as far as the stream keeps its records: nothing else is known here. */
const forEver = v.optional(v.literal(-1, 'is not supported locally, only -1'));

const streamMapping = v.object({
  ...common,
  // Here a stream is read from its beginning, which is when its table was made.
  StartingPosition: v.picklist(['LATEST', 'TRIM_HORIZON'], 'is not supported locally'),
  BatchSize: v.optional(v.pipe(count, v.minValue(1), v.maxValue(10_000)), 100),
  MaximumBatchingWindowInSeconds: v.optional(v.pipe(count, v.maxValue(300)), 0),
  FilterCriteria: v.optional(v.object({ Filters: v.optional(v.array(v.object({ Pattern: v.string() })), []) }), {}),
  MaximumRetryAttempts: forEver,
  MaximumRecordAgeInSeconds: forEver,
  BisectBatchOnFunctionError: v.optional(v.literal(false, 'is not supported locally')),
  ParallelizationFactor: v.optional(v.literal(1, 'is not supported locally, only 1')),
  TumblingWindowInSeconds: v.optional(v.literal(0, 'is not supported locally')),
  DestinationConfig: unsupported,
});

const enabled = (template: Template, service: string): readonly Found<typeof anyMapping>[] =>
  template
    .find(['AWS::Lambda::EventSourceMapping'], anyMapping)
    .filter(({ properties }) => properties.Enabled && properties.EventSourceArn.startsWith(`arn:aws:${service}:`));

const reportsItemFailures = (types: readonly string[]): boolean => types.includes('ReportBatchItemFailures');

/** The queues that call functions. */
export const readEventSources = (template: Template): readonly EventSourceBlueprint[] =>
  enabled(template, 'sqs')
    .map((mapping) => mapping.read(queueMapping))
    .map(({ properties }) => ({
      queueArn: properties.EventSourceArn,
      functionName: properties.FunctionName,
      batchSize: properties.BatchSize,
      reportsItemFailures: reportsItemFailures(properties.FunctionResponseTypes),
      concurrency: Math.min(properties.ScalingConfig.MaximumConcurrency ?? pollersOfAQueue, pollersOfAQueue),
    }));

/** The streams that call functions. */
export const readStreamSources = (template: Template): readonly StreamSourceBlueprint[] =>
  enabled(template, 'dynamodb')
    .map((mapping) => mapping.read(streamMapping))
    .map(({ logicalId, properties, problem }) => ({
      name: logicalId,
      streamArn: properties.EventSourceArn,
      functionName: properties.FunctionName,
      batchSize: properties.BatchSize,
      windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
      reportsItemFailures: reportsItemFailures(properties.FunctionResponseTypes),
      patterns: (properties.FilterCriteria.Filters ?? []).map(({ Pattern: text }, n) => {
        const pattern = patternIn(text);
        if (isPatternProblem(pattern)) throw problem(`FilterCriteria.Filters.${n}.Pattern`, pattern.problem);
        return pattern;
      }),
    }));
