/**
 * The transports at a service of somebody else's that checks signatures and policies (`.ci/signatures`). Its verifier is botocore's
 * signer, which has nothing in common with the thin transport's and the local gateway's.
 */
import { describe, expect, test } from '@jest/globals';
import { unusual } from './requests.ts';
import { sdk, type Transport, thin } from './transports.ts';

type Service = Readonly<{
  endpoint: string;
  region: string;
  queueUrl: string;
  busArn: string;
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }>;
}>;

const said = process.env['SIGNING_SERVICE'];
const { endpoint, region, queueUrl, busArn, credentials }: Service =
  said === undefined ? { endpoint: '', region: '', queueUrl: '', busArn: '', credentials: {} } : JSON.parse(said);

const TableName = 'ours';
// It keeps no control characters.
const text = unusual.replace('\u0000\u001f', '');

const using = (t: Transport, changed: Partial<Service['credentials']> = {}) => {
  const settings = { endpoint, region, credentials: { ...credentials, ...changed }, maxAttempts: 1 };
  const documents = t.DynamoDBDocumentClient.from(new t.DynamoDBClient(settings));
  return { t, documents, queues: new t.SQSClient(settings), buses: new t.EventBridgeClient(settings) };
};

(said === undefined ? describe.skip : describe).each([sdk, thin])('over $transport', (transport) => {
  test('an item is put, changed, found, read and deleted, whatever is in its key', async () => {
    const { t, documents } = using(transport);
    const Key = { pk: text, sk: -1.5 };
    const item = { ...Key, text, bytes: Uint8Array.of(0, 255), list: [1, null, { a: true }] };
    await documents.send(new t.PutCommand({ TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }));
    await documents.send(
      new t.UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #n = :n',
        ExpressionAttributeNames: { '#n': 'n ü' },
        ExpressionAttributeValues: { ':n': 2 },
      }),
    );
    const read = { ...item, 'n ü': 2 };
    expect((await documents.send(new t.GetCommand({ TableName, Key, ConsistentRead: true }))).Item).toEqual(read);
    const asked = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': text } };
    expect((await documents.send(new t.QueryCommand({ TableName, ...asked }))).Items).toEqual([read]);
    const batch = await documents.send(new t.BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key] } } }));
    expect(batch.Responses?.[TableName]).toEqual([read]);
    const put = new t.PutCommand({ TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' });
    await expect(documents.send(put)).rejects.toThrow(t.ConditionalCheckFailedException);
    await documents.send(new t.DeleteCommand({ TableName, Key }));
    await documents.send(new t.BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: item } }] } }));
    await documents.send(new t.BatchWriteCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } }));
    expect((await documents.send(new t.GetCommand({ TableName, Key }))).Item).toBeUndefined();
  });

  test('messages and events are taken', async () => {
    const { t, queues, buses } = using(transport);
    const MessageAttributes = { text: { DataType: 'String', StringValue: text } };
    const sent = await queues.send(
      new t.SendMessageCommand({ QueueUrl: queueUrl, MessageBody: text, MessageAttributes }),
    );
    expect(sent.MessageId).toEqual(expect.any(String));
    const Entries = [{ Id: '0', MessageBody: text }];
    const batch = await queues.send(new t.SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    expect(batch.Successful).toHaveLength(1);
    const event = { EventBusName: busArn, Source: 's', DetailType: text, Detail: JSON.stringify({ text }) };
    expect(await buses.send(new t.PutEventsCommand({ Entries: [event] }))).toMatchObject({ FailedEntryCount: 0 });
  });
});

/** It answers in XML, whatever it was asked in: its own code, with the status. */
const refusalOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'let in';
  } catch (error) {
    const { $metadata, $response } = error as { $metadata: { httpStatusCode: number }; $response: { body: Buffer } };
    return `${$metadata.httpStatusCode} ${/<Code>(\w+)/.exec($response.body.toString())?.[1]}`;
  }
};

(said === undefined ? describe.skip : describe)('a thin transport', () => {
  test.each([
    { why: 'another secret', changed: { secretAccessKey: 'x' }, refusal: '403 SignatureDoesNotMatch' },
    { why: 'another session’s token', changed: { sessionToken: 'x' }, refusal: '403 InvalidClientTokenId' },
    { why: 'a key that is nobody’s', changed: { accessKeyId: 'ASIAX' }, refusal: '403 InvalidClientTokenId' },
  ])('with $why is refused', async ({ changed, refusal }) => {
    const { t, documents, queues } = using(thin, changed);
    const get = documents.send(new t.GetCommand({ TableName, Key: { pk: 'a', sk: 1 } }));
    expect(await refusalOf(get)).toBe(refusal);
    const send = queues.send(new t.SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'x' }));
    expect(await refusalOf(send)).toBe(refusal);
  });

  test('is refused what its role does not allow', async () => {
    const { t, documents } = using(thin);
    expect(await refusalOf(documents.send(new t.ScanCommand({ TableName })))).toMatch(/^403 AccessDenied/);
  });
});

(said === undefined ? test : test.skip)('no service was named: see .ci/signatures', () => {});
