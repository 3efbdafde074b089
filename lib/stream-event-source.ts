import { Validations } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { type EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { GatewayFunction } from './gateway-function.ts';

/**
 * Hands a table's stream to a function, a shard's records one batch after the other, from the first that the stream has: nothing is
 * left out between the stream's making and this one's. A record that the function fails stands in the way of those behind it, without
 * an end of tries or age but the stream's own, 24 hours: neither is set, which to Lambda means for ever.
 *
 * @param filter which records reach the function at all, as a pattern of EventBridge; others cost no run
 */
export const addStreamEventSource = (
  handler: GatewayFunction,
  id: string,
  table: TableV2,
  filter: object,
): EventSourceMapping => {
  const { tableStreamArn } = table;
  if (tableStreamArn === undefined) throw new Error(`the table ${table.node.id} has no stream`);
  // Lambda asks whether the function may do all four before it makes the mapping. The table's own grant would list all streams.
  Grant.addToPrincipal({
    grantee: handler.lambda,
    actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`),
    resourceArns: [tableStreamArn],
  });
  const mapping = handler.lambda.addEventSourceMapping(id, {
    eventSourceArn: tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    // Two runs at once of one shard would overtake each other.
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    filters: [{ pattern: JSON.stringify(filter) }],
    // The one sign of a stream that nobody reads: while Lambda does, it counts zero as well.
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  });
  Validations.of(mapping).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason:
      'Lambda would send there the positions of records it gave up, and gives up none; the function sets aside records themselves, with the reason.',
  });
  return mapping;
};
