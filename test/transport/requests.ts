/** Every kind of request that a function makes, with characters in it that somebody may get wrong. */
import type { Transport } from './transports.ts';

export type Settings = Readonly<{
  endpoint: string;
  region: string;
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
  maxAttempts: number;
}>;

/** Characters that JSON, UTF-8, paths and signatures each write in their own way. */
export const unusual = 'ä寿司🍣 "quoted" \\ / \u0000\u001f\u2028 %2F +~!\'()* \ud83c\udf63';
const bytes = Uint8Array.from({ length: 256 }, (_, nth) => nth);

/** An item with every type of attribute. */
export const item = {
  text: unusual,
  [unusual]: 'a name',
  empty: '',
  number: -1.5e-7,
  zero: 0,
  large: Number.MAX_SAFE_INTEGER,
  bigint: 12345678901234567890n,
  yes: true,
  no: false,
  nothing: null,
  left: undefined,
  list: [1, 'two', null, [undefined, { three: 3 }], undefined],
  map: { a: { b: { c: [] } }, left: undefined, empty: {} },
  bytes,
  someBytes: bytes.subarray(3, 9),
  noBytes: new Uint8Array(),
  texts: new Set(['a', unusual]),
  numbers: new Set([1, -0.5]),
  allBytes: new Set([bytes, new Uint8Array([1])]),
};
const key = { pk: unusual, sk: 17 };
const condition = { ConditionExpression: 'attribute_not_exists(#a)', ExpressionAttributeNames: { '#a': unusual } };

const documents = (t: Transport, settings: Settings) =>
  t.DynamoDBDocumentClient.from(new t.DynamoDBClient(settings), { marshallOptions: { removeUndefinedValues: true } });

type Send = (t: Transport, settings: Settings) => Promise<unknown>;

export const requests: readonly Readonly<{ kind: string; send: Send }>[] = [
  {
    kind: 'GetItem',
    send: (t, s) => documents(t, s).send(new t.GetCommand({ TableName: 't', Key: key, ConsistentRead: true })),
  },
  {
    kind: 'PutItem',
    send: (t, s) => documents(t, s).send(new t.PutCommand({ TableName: 't', Item: item, ...condition })),
  },
  {
    kind: 'UpdateItem',
    send: (t, s) =>
      documents(t, s).send(
        new t.UpdateCommand({
          TableName: 't',
          Key: key,
          UpdateExpression: 'SET a = :a REMOVE b',
          ExpressionAttributeValues: { ':a': item, ':b': unusual },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ...condition,
        }),
      ),
  },
  {
    kind: 'DeleteItem',
    send: (t, s) => documents(t, s).send(new t.DeleteCommand({ TableName: 't', Key: key, ...condition })),
  },
  {
    kind: 'Query',
    send: (t, s) =>
      documents(t, s).send(
        new t.QueryCommand({
          TableName: 't',
          IndexName: 'i',
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': unusual },
          ExclusiveStartKey: key,
          Limit: 5,
          ScanIndexForward: false,
        }),
      ),
  },
  {
    kind: 'Scan',
    send: (t, s) => documents(t, s).send(new t.ScanCommand({ TableName: 't', ExclusiveStartKey: key })),
  },
  {
    kind: 'BatchGetItem',
    send: (t, s) =>
      documents(t, s).send(
        new t.BatchGetCommand({
          RequestItems: { t: { Keys: [key, { pk: bytes }], ConsistentRead: true }, u: { Keys: [key] } },
        }),
      ),
  },
  {
    kind: 'BatchWriteItem',
    send: (t, s) =>
      documents(t, s).send(
        new t.BatchWriteCommand({
          RequestItems: { t: [{ DeleteRequest: { Key: key } }, { PutRequest: { Item: item } }] },
        }),
      ),
  },
  {
    kind: 'SendMessage',
    send: (t, s) =>
      new t.SQSClient(s).send(
        new t.SendMessageCommand({
          QueueUrl: 'http://127.0.0.1:9/1/queue.fifo',
          MessageBody: unusual,
          MessageGroupId: 'r-17',
          MessageDeduplicationId: 'd',
          DelaySeconds: 5,
          MessageAttributes: {
            text: { DataType: 'String', StringValue: unusual },
            bytes: { DataType: 'Binary', BinaryValue: bytes },
          },
        }),
      ),
  },
  {
    kind: 'SendMessageBatch',
    send: (t, s) =>
      new t.SQSClient(s).send(
        new t.SendMessageBatchCommand({
          QueueUrl: 'http://127.0.0.1:9/1/queue',
          Entries: [
            { Id: '0', MessageBody: unusual },
            { Id: '1', MessageBody: 'b', DelaySeconds: 1 },
          ],
        }),
      ),
  },
  {
    kind: 'ChangeMessageVisibilityBatch',
    send: (t, s) =>
      new t.SQSClient(s).send(
        new t.ChangeMessageVisibilityBatchCommand({
          QueueUrl: 'http://127.0.0.1:9/1/queue',
          Entries: [{ Id: '0', ReceiptHandle: unusual, VisibilityTimeout: 0 }],
        }),
      ),
  },
  {
    kind: 'PutEvents',
    send: (t, s) =>
      new t.EventBridgeClient(s).send(
        new t.PutEventsCommand({
          Entries: [
            { EventBusName: 'arn:aws:events:eu-central-1:1:event-bus/b', Source: 'maitred.events', DetailType: 'a' },
            { Detail: JSON.stringify({ unusual }), Time: new Date(1795797394321), Resources: [unusual] },
          ],
        }),
      ),
  },
  ...['Zm9v/YmFy+A=', "a!'()*~-._ b", 'ä寿司', 'a/../b', '.', '%2F?#'].flatMap((ConnectionId) => [
    {
      kind: `PostToConnection ${ConnectionId}`,
      send: (t: Transport, s: Settings) =>
        new t.ApiGatewayManagementApiClient(s).send(new t.PostToConnectionCommand({ ConnectionId, Data: unusual })),
    },
    {
      kind: `DeleteConnection ${ConnectionId}`,
      send: (t: Transport, s: Settings) =>
        new t.ApiGatewayManagementApiClient(s).send(new t.DeleteConnectionCommand({ ConnectionId })),
    },
  ]),
];
