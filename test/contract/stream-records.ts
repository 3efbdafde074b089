/** The records of a table's stream, wherever it is: of the local gateway's engine, and of an engine that has streams itself. */
import { setTimeout as delay } from 'node:timers/promises';
import { createTables, openDynamodb } from '../../local/engines/dynamodb.ts';
import { type Input, mustCall } from '../../local/engines/engine.ts';
import type { StreamBlueprint } from '../../local/streams/record.ts';

export type ViewType = StreamBlueprint['viewType'];

/** Makes a table, does the writes to it, and yields the records of its stream in their order. */
export type RecordsOf = (
  viewType: ViewType,
  writes: readonly (readonly [string, Input])[],
  count: number,
) => Promise<readonly object[]>;

const AttributeDefinitions = [
  { AttributeName: 'pk', AttributeType: 'S' as const },
  { AttributeName: 'sk', AttributeType: 'N' as const },
];
const KeySchema = [
  { AttributeName: 'pk', KeyType: 'HASH' as const },
  { AttributeName: 'sk', KeyType: 'RANGE' as const },
];

const keyNames = ['pk', 'sk'];

/** The local gateway's. */
export const localRecords: RecordsOf = async (viewType, writes) => {
  const name = 'Table';
  const stream = { arn: 'stream', region: 'us-east-1', viewType, keyNames };
  const engine = await openDynamodb(undefined, [{ tableName: name, stream, readers: ['reader'] }]);
  await createTables(engine, [{ name, AttributeDefinitions, KeySchema }]);
  for (const [action, input] of writes) await engine.call(action, { TableName: name, ...input });
  const records = await engine.streams.get(stream.arn)?.read('reader', 1_000);
  await engine.close();
  return records ?? [];
};

/** Those of an engine at an address, through its API. */
export const recordsAt = (endpoint: string): RecordsOf => {
  const call = async (api: string, action: string, input: object) => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${api}.${action}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=streams/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00',
      },
    });
    return { status: answer.status, body: Object(await answer.json()) };
  };
  const tables = {
    call: (action: string, input: Input) => call('DynamoDB_20120810', action, input),
    close: async () => {},
  };
  const streams = {
    call: (action: string, input: Input) => call('DynamoDBStreams_20120810', action, input),
    close: async () => {},
  };

  return async (StreamViewType, writes, count) => {
    const TableName = `streams-${crypto.randomUUID()}`;
    await mustCall(tables, 'CreateTable', {
      TableName,
      AttributeDefinitions,
      KeySchema,
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType },
    });
    for (const [action, input] of writes) await tables.call(action, { TableName, ...input });
    const { Table } = Object(await mustCall(tables, 'DescribeTable', { TableName }));
    const { StreamDescription } = Object(
      await mustCall(streams, 'DescribeStream', { StreamArn: Table.LatestStreamArn }),
    );
    const records: object[] = [];
    // What comes too many would be there soon after the last that is expected.
    for (let quiet = 0; quiet < 3; quiet += records.length < count ? 0 : 1) {
      records.length = 0;
      for (const { ShardId } of StreamDescription.Shards) {
        const { ShardIterator } = await mustCall(streams, 'GetShardIterator', {
          StreamArn: Table.LatestStreamArn,
          ShardId,
          ShardIteratorType: 'TRIM_HORIZON',
        });
        records.push(...Object(await mustCall(streams, 'GetRecords', { ShardIterator })).Records);
      }
      await delay(100);
    }
    await mustCall(tables, 'DeleteTable', { TableName });
    return records;
  };
};
