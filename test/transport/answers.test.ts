/** What callers see of an answer: its values, an error's name and class, `$metadata`, how often was asked. As the SDK has it. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { requests } from './requests.ts';
import { type Answer, type ScriptedService, scriptedService } from './scripted-service.ts';
import { sdk, type Transport, thin, transports } from './transports.ts';

let service: ScriptedService;
beforeAll(async () => {
  service = await scriptedService();
});
afterAll(() => service.close());
// No pause before a retry.
beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const settings = () => ({
  endpoint: service.endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 3,
});
const documents = (t: Transport) =>
  t.DynamoDBDocumentClient.from(new t.DynamoDBClient(settings()), {
    unmarshallOptions: { wrapNumbers: (text: string) => Number(text) },
  });
const read = (t: Transport) => documents(t).send(new t.GetCommand({ TableName: 't', Key: { pk: 'a' } }));
const hide = (t: Transport) =>
  new t.SQSClient(settings()).send(new t.ChangeMessageVisibilityBatchCommand({ QueueUrl: 'q', Entries: [] }));
const post = (t: Transport) =>
  new t.ApiGatewayManagementApiClient(settings()).send(new t.PostToConnectionCommand({ ConnectionId: 'c', Data: 'd' }));

/** What a caller can tell of the outcome. */
const outcomeOf = async (call: Promise<unknown>) => {
  try {
    return { answered: await call, asked: service.asked.length };
  } catch (error) {
    const { name, message, $fault, $metadata, Item } = Object(error);
    return { name, message, $fault, $metadata, Item, asked: service.asked.length };
  }
};

/** The outcome by both, which must be one. */
const bothOutcomes = async (send: (t: Transport) => Promise<unknown>, answers: readonly Answer[]) => {
  service.answers(...answers);
  const theirs = await outcomeOf(send(sdk));
  service.answers(...answers);
  const ours = await outcomeOf(send(thin));
  return { theirs, ours };
};

const refused = (type: string, status = 400, more = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'R1' },
  body: { __type: type, message: 'no', ...more },
});
const v = 'com.amazonaws.dynamodb.v20120810#';
const coral = 'com.amazon.coral.service#';

describe('a refusal of a table', () => {
  test.each([
    { why: 'a condition', answer: refused(`${v}ConditionalCheckFailedException`) },
    {
      why: 'a condition, with what stood in the way',
      answer: refused(`${v}ConditionalCheckFailedException`, 400, {
        Item: { a: { N: '1.50' }, b: { M: { c: { S: 'd' } } } },
      }),
    },
    { why: 'no such table', answer: refused(`${v}ResourceNotFoundException`) },
    { why: 'a wrong request', answer: refused(`${coral}ValidationException`) },
    { why: 'no right', answer: refused(`${coral}AccessDeniedException`) },
    { why: 'a wrong token', answer: refused(`${coral}UnrecognizedClientException`) },
    { why: 'an expired token', answer: refused(`${coral}ExpiredTokenException`) },
    { why: 'throttled', answer: refused(`${v}ProvisionedThroughputExceededException`) },
    { why: 'throttled by the account', answer: refused(`${v}RequestLimitExceeded`) },
    { why: 'throttled by a key', answer: refused(`${coral}ThrottlingException`) },
    { why: 'throttled by status alone', answer: refused('Whatever', 429) },
    { why: 'broken', answer: refused(`${v}InternalServerError`, 500) },
    { why: 'a gateway', answer: refused('Nobody', 502) },
    { why: 'overloaded', answer: refused(`${coral}ServiceUnavailableException`, 503) },
    { why: 'another error of the server', answer: refused('NotImplemented', 501) },
    {
      why: 'a signature of yesterday',
      answer: refused(`${coral}InvalidSignatureException`, 400, { message: 'Signature expired: …' }),
    },
    { why: 'a wrong signature', answer: refused(`${coral}InvalidSignatureException`) },
    { why: 'a message in capitals', answer: { status: 400, body: { __type: 'A#B', Message: 'so' } } },
    { why: 'no name', answer: { status: 400, body: {} } },
    { why: 'no body', answer: { status: 400, body: '' } },
    { why: 'a name with a place', answer: { status: 400, headers: { 'x-amzn-errortype': 'Foo:http://internal' } } },
    { why: 'a redirect', answer: { status: 307, headers: { location: 'http://127.0.0.1:1/' } } },
  ])('is told as the SDK tells it: $why', async ({ answer }) => {
    const { theirs, ours } = await bothOutcomes(read, [answer, answer, answer]);
    expect(theirs).not.toHaveProperty('answered');
    expect(ours).toEqual(theirs);
  });

  test.each(transports)('has the classes that callers ask for: $transport', async (t) => {
    service.answers(refused(`${v}ConditionalCheckFailedException`));
    const condition = await read(t).catch((error: unknown) => error);
    expect(condition).toBeInstanceOf(t.ConditionalCheckFailedException);
    expect(condition).toBeInstanceOf(t.DynamoDBServiceException);
    service.answers(refused(`${v}ResourceNotFoundException`));
    const other = await read(t).catch((error: unknown) => error);
    expect(other).not.toBeInstanceOf(t.ConditionalCheckFailedException);
    expect(other).toBeInstanceOf(t.DynamoDBServiceException);
  });

  test('that is no JSON, such as the page of a proxy, is told by its status and tried again', async () => {
    const page = { status: 503, body: '<html>busy</html>' };
    service.answers(page, page, page);
    await expect(read(thin)).rejects.toMatchObject({
      name: 'Unknown',
      $metadata: { httpStatusCode: 503, attempts: 3 },
    });
  });
});

describe('a refusal of a queue or a bus', () => {
  const put = (t: Transport) => new t.EventBridgeClient(settings()).send(new t.PutEventsCommand({ Entries: [] }));
  const ofQueue = (name: string, query: string, status = 400): Answer => ({
    status,
    headers: { 'x-amzn-query-error': `${query};Sender` },
    body: { __type: `com.amazonaws.sqs#${name}`, message: 'no' },
  });
  /** Beside them the SDK tells the codes of the older protocol, which nobody asks for. */
  const told = ({ name, message, $fault, $metadata, asked }: Awaited<ReturnType<typeof outcomeOf>>) => ({
    ...{ name, message, $fault, $metadata, asked },
  });

  test.each([
    { why: 'no such queue', answer: ofQueue('QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue') },
    { why: 'too much', answer: ofQueue('BatchRequestTooLong', 'AWS.SimpleQueueService.BatchRequestTooLong') },
    { why: 'no text', answer: ofQueue('InvalidMessageContents', 'InvalidMessageContents') },
    { why: 'throttled', answer: ofQueue('RequestThrottled', 'RequestThrottled', 403) },
    { why: 'too many in flight', answer: ofQueue('OverLimit', 'OverLimit', 403) },
    { why: 'keys that throttle', answer: ofQueue('KmsThrottled', 'KMS.ThrottlingException') },
    { why: 'broken', answer: refused('com.amazonaws.sqs#InternalError', 500) },
  ])('is told as the SDK tells it: $why', async ({ answer }) => {
    const { theirs, ours } = await bothOutcomes(hide, [answer, answer, answer]);
    expect(told(ours)).toEqual(told(theirs));
  });

  test.each([
    { why: 'too large', answer: refused('RequestEntityTooLargeException', 413) },
    { why: 'wrong', answer: refused('com.amazon.coral.validate#ValidationException') },
    { why: 'no right', answer: refused('com.amazon.coral.service#AccessDeniedException') },
    { why: 'throttled', answer: refused('com.amazon.coral.availability#ThrottlingException') },
    { why: 'broken', answer: refused('com.amazonaws.events#InternalException', 500) },
  ])('is told as the SDK tells it: a bus, $why', async ({ answer }) => {
    const { theirs, ours } = await bothOutcomes(put, [answer, answer, answer]);
    expect(ours).toEqual(theirs);
  });

  test('of a part of a batch is told, in the order of the entries', async () => {
    const Entries = [{ EventId: 'e' }, { ErrorCode: 'MalformedDetail', ErrorMessage: 'no' }];
    const { theirs, ours } = await bothOutcomes(put, [{ body: { FailedEntryCount: 1, Entries } }]);
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({ answered: { Entries } });
  });

  test.each(transports)('has the classes that callers ask for: $transport', async (t) => {
    service.answers(refused('a#ValidationException'), refused('a#ValidationException'));
    expect(await put(t).catch((one: unknown) => one)).toBeInstanceOf(t.EventBridgeServiceException);
    expect(await hide(t).catch((one: unknown) => one)).toBeInstanceOf(t.SQSServiceException);
  });
});

describe('a refusal of a socket', () => {
  const error = (status: number, type?: string, body: unknown = ''): Answer => ({
    status,
    headers: type === undefined ? {} : { 'x-amzn-errortype': type },
    body,
  });

  test.each([
    { why: 'gone', answer: error(410, 'GoneException') },
    { why: 'gone, by status alone', answer: error(410) },
    { why: 'no right', answer: error(403, 'ForbiddenException', { message: 'Forbidden' }) },
    { why: 'no right by a policy', answer: error(403, 'AccessDeniedException', { Message: 'not authorized' }) },
    { why: 'too many', answer: error(429, 'LimitExceededException', { message: 'slow' }) },
    { why: 'a bad id', answer: error(400, 'BadRequestException', { message: 'Invalid connectionId' }) },
    { why: 'broken', answer: error(500, 'InternalServerErrorException') },
  ])('is told as the SDK tells it: $why', async ({ answer }) => {
    const { theirs, ours } = await bothOutcomes(post, [answer, answer, answer]);
    expect(ours).toEqual(theirs);
  });

  test.each(transports)('has the classes that callers ask for: $transport', async (t) => {
    service.answers(error(410, 'GoneException'));
    expect(await post(t).catch((one: unknown) => one)).toBeInstanceOf(t.GoneException);
    service.answers(error(410));
    const nameless = await post(t).catch((one: unknown) => one);
    expect(nameless).not.toBeInstanceOf(t.GoneException);
    expect(nameless).toBeInstanceOf(t.ApiGatewayManagementApiServiceException);
  });
});

describe('what was asked again', () => {
  test.each([
    { why: 'after errors of the server', first: refused(`${v}InternalServerError`, 500) },
    { why: 'after it was throttled', first: refused(`${v}ProvisionedThroughputExceededException`) },
    { why: 'after its connection broke', first: { by: (response) => response.destroy() } satisfies Answer },
  ])('$why is answered, with the tries in its metadata', async ({ first }) => {
    const { theirs, ours } = await bothOutcomes(read, [first, first, { body: { Item: { a: { S: 'b' } } } }]);
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({ answered: { Item: { a: 'b' }, $metadata: { attempts: 3 } }, asked: 3 });
  });
});

test.each(transports)('a service that asks to be left alone for a while is: $transport', async (t) => {
  service.answers({ status: 503, headers: { 'x-amz-retry-after': '30' } }, { body: {} });
  const { $metadata } = await read(t);
  // Of the SDK's it is a time of day, and some of it is over when it is read.
  expect($metadata.totalRetryDelay).toBeGreaterThan(20);
  expect($metadata.totalRetryDelay).toBeLessThanOrEqual(30);
});

describe('a part of a batch', () => {
  test('that the table left is told, as values', async () => {
    const body = {
      Responses: { t: [{ pk: { S: 'a' }, n: { N: '1' } }] },
      UnprocessedKeys: { t: { Keys: [{ pk: { B: 'AAE=' } }], ConsistentRead: true } },
    };
    const Keys = [{ pk: 'a' }];
    const send = (t: Transport) => documents(t).send(new t.BatchGetCommand({ RequestItems: { t: { Keys } } }));
    const { theirs, ours } = await bothOutcomes(send, [{ body }]);
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({
      answered: { UnprocessedKeys: { t: { Keys: [{ pk: new Uint8Array([0, 1]) }], ConsistentRead: true } } },
    });
  });

  test('that the table did not write is told, as values', async () => {
    const body = { UnprocessedItems: { t: [{ DeleteRequest: { Key: { pk: { N: '7' } } } }] } };
    const send = (t: Transport) =>
      documents(t).send(new t.BatchWriteCommand({ RequestItems: { t: [{ DeleteRequest: { Key: { pk: 7 } } }] } }));
    const { theirs, ours } = await bothOutcomes(send, [{ body }]);
    expect(ours).toEqual(theirs);
  });

  test('that the queue did not take is told', async () => {
    const body = { Successful: [], Failed: [{ Id: '0', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }] };
    const { theirs, ours } = await bothOutcomes(hide, [{ body }]);
    expect(ours).toEqual(theirs);
  });

  test('that is not there is not there', async () => {
    const { theirs, ours } = await bothOutcomes(read, [{ body: {} }]);
    expect(ours).toEqual(theirs);
  });
});

describe('a message that was sent', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const one = requests.find(({ kind }) => kind === 'SendMessageBatch');
  const send = (t: Transport) =>
    new t.SQSClient(settings()).send(new t.SendMessageCommand({ QueueUrl: 'q', MessageBody: 'ä' }));

  test('has the checksum of its text', async () => {
    const body = { MD5OfMessageBody: md5('ä'), MessageId: 'm' };
    const { theirs, ours } = await bothOutcomes(send, [{ body }]);
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({ answered: { MessageId: 'm' } });
  });

  test.each(transports)('is no success with another, and not sent again: $transport', async (t) => {
    service.answers({ body: { MD5OfMessageBody: md5('a'), MessageId: 'm' } });
    await expect(send(t)).rejects.toThrow(/checksum/i);
    service.answers({ body: { Successful: [{ Id: '1', MD5OfMessageBody: md5('a'), MessageId: 'm' }] } });
    await expect(one?.send(t, settings())).rejects.toThrow(/checksum/i);
    expect(service.asked).toHaveLength(1);
  });
});
