/** Clients of both transports against services that do not answer. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { stageFileName, stageFileOf } from '../../config-schema/stage-file.ts';
import { environment } from '../../lambdas/env.ts';
import { openCircuitTimeoutMs } from '../../lambdas/call-policy/call-policy.ts';
import { awsClient, callPolicies } from '../../lambdas/wiring/aws-ports.ts';
import { type Deadline, invocationDeadline } from '../../lambdas/wiring/deadline.ts';
import { entryNames } from '../../lib/entries.ts';
import { generousLimits } from '../memory/world.ts';
import { type Transport, transports } from '../transport/transports.ts';

let server: Server;
let endpoint = '';
/** How the next requests are answered, in their order; those beyond are not. */
let answers: number[] = [];
let asked = 0;
/** What each try was given, in its order. */
let givenMs: (number | undefined)[] = [];
let nowMs = 0;

beforeAll(async () => {
  server = createServer((_, response) => {
    asked += 1;
    const status = answers.shift();
    if (status !== undefined) response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/test`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = [];
  asked = 0;
  givenMs = [];
  nowMs = 0;
});

const settings = () => ({
  ...awsClient,
  // So long that it is the deadline that ends what ends.
  requestHandler: { ...awsClient.requestHandler, connectionTimeout: 9_000, requestTimeout: 9_000 },
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/**
 * Writes down what each try is given. One that is answered has all the time it wants, since how soon an answer comes is this
 * machine's business; one that is not is over soon.
 */
const watched = <C extends Parameters<Deadline['bind']>[0]>(client: C): C => {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) => {
    givenMs.push(options.requestTimeout);
    return handle(request, { ...options, requestTimeout: answers.length > 0 ? 9_000 : 20 });
  };
  return client;
};

type Open = (t: Transport, deadline: Deadline) => () => Promise<unknown>;

const openTables: Open = (t, deadline) => {
  const client = deadline.bind(watched(new t.DynamoDBClient(settings())), callPolicies.tables);
  const documents = t.DynamoDBDocumentClient.from(client);
  return () => documents.send(new t.GetCommand({ TableName: 't', Key: { pk: 'a' } }));
};

const openQueues: Open = (t, deadline) => {
  const client = deadline.bind(watched(new t.SQSClient(settings())), callPolicies.queues);
  return () => client.send(new t.ChangeMessageVisibilityBatchCommand({ QueueUrl: 'q', Entries: [] }));
};

const openSockets: Open = (t, deadline) => {
  const client = deadline.bind(watched(new t.ApiGatewayManagementApiClient(settings())), callPolicies.sockets);
  return () => client.send(new t.PostToConnectionCommand({ ConnectionId: 'c-1=', Data: '{}' }));
};

const services = [
  { service: 'tables', open: openTables },
  { service: 'queues', open: openQueues },
  { service: 'sockets', open: openSockets },
] as const;

/** An invocation with so much time left, on a clock that stands still. */
const begin = (t: Transport, leftMs: number, open = openTables) => {
  const deadline = invocationDeadline(() => nowMs);
  const call = open(t, deadline);
  const invoke = (ms: number): void =>
    void deadline.wrap(() => undefined)(undefined, { getRemainingTimeInMillis: () => ms });
  invoke(leftMs);
  return { call, invoke };
};

const failureOf = (call: () => Promise<unknown>): Promise<string> =>
  call().then(
    () => 'answered',
    (error: Error) => error.name,
  );

describe.each<Transport>(transports)('a call that has no answer, over $transport', (t) => {
  test.each(services)('to the $service is tried three times', async ({ open }) => {
    const { call } = begin(t, 100_000, open);
    expect(await failureOf(call)).not.toBe('answered');
    expect(givenMs).toEqual([400, 400, 400]);
  });

  test('makes the next calls short, until one is answered or another invocation begins', async () => {
    const { call, invoke } = begin(t, 100_000);
    await failureOf(call);
    givenMs = [];
    expect(await failureOf(call)).toBe('OutOfTime');
    expect(givenMs).toEqual([openCircuitTimeoutMs]);
    answers = [200];
    expect(await failureOf(call)).toBe('answered');
    givenMs = [];
    await failureOf(call);
    expect(givenMs).toEqual([400, 400, 400]);
    givenMs = [];
    invoke(100_000);
    await failureOf(call);
    expect(givenMs).toEqual([400, 400, 400]);
  });

  test.each(services)('to the $service ends with its invocation', async ({ service, open }) => {
    const { reserveMs, maxShare } = callPolicies[service];
    const { call } = begin(t, reserveMs + 200, open);
    expect(await failureOf(call)).toBe('OutOfTime');
    expect(givenMs).toEqual([200 * maxShare]);
  });

  test.each(services)('to the $service is not even made once the time is over', async ({ service, open }) => {
    const { call } = begin(t, 2_000, open);
    nowMs = 2_000 - callPolicies[service].reserveMs;
    answers = [200];
    expect(await failureOf(call)).toBe('OutOfTime');
    expect(asked).toBe(0);
  });
});

test.each(transports)(
  'a refusal is an answer, and what is refused for a moment is tried again, over $transport',
  async (t) => {
    const { call } = begin(t, 100_000);
    answers = [500, 500, 200];
    expect(await failureOf(call)).toBe('answered');
    expect(asked).toBe(3);
  },
);

test.each(transports)('what no invocation waits for has the time of its tries, over $transport', async (t) => {
  const call = openTables(t, invocationDeadline());
  answers = [200];
  expect(await failureOf(call)).toBe('answered');
  expect(givenMs).toEqual([400]);
});

describe('the end of an invocation', () => {
  test('is told with how long it ran, of the first one with how long the sandbox took to start', async () => {
    nowMs = 200;
    const told: unknown[] = [];
    const deadline = invocationDeadline(() => nowMs);
    deadline.atEnd((run) => void told.push(run));
    const handler = deadline.wrap(async (tookMs: number) => {
      nowMs += tookMs;
      if (tookMs > 10) throw new Error('it failed');
    });
    nowMs = 1_000;
    const context = { getRemainingTimeInMillis: () => 3_000 };
    await handler(7, context);
    await expect(handler(11, context)).rejects.toThrow('it failed');
    expect(told).toEqual([{ ranMs: 7, startedInMs: 200 }, { ranMs: 11 }]);
  });

  test('is told once before, without that, where Lambda is about to end it', async () => {
    const told: unknown[] = [];
    const before = Promise.withResolvers<void>();
    const deadline = invocationDeadline();
    deadline.atEnd((run) => {
      told.push(run === undefined ? 'before' : 'after');
      before.resolve();
    });
    await deadline.wrap(() => before.promise)(undefined, { getRemainingTimeInMillis: () => 100 });
    expect(told).toEqual(['before', 'after']);
  });
});

describe('a deployed function', () => {
  const before = { ...process.env };
  const codeDir = mkdtempSync(join(tmpdir(), 'maitred-code-'));
  const issuers = [{ alias: 'demo', issuer: 'https://issuer.example', audience: 'demo', idTokens: 'other_audience' }];
  beforeAll(() => {
    const config = parseConfig(StageConfig, 'config', JSON.stringify({ issuers, budgets: generousLimits }));
    writeFileSync(join(codeDir, stageFileName), stageFileOf(config));
    Object.assign(process.env, Object.fromEntries(Object.values(environment).map((name) => [name, 'some'])), {
      LAMBDA_TASK_ROOT: codeDir,
      [environment.timerQueueUrl]: `${endpoint}/queue`,
      [environment.eventQueueUrl]: `${endpoint}/queue`,
      [environment.eventDeadLettersUrl]: `${endpoint}/queue`,
      [environment.callbackUrl]: endpoint,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
    });
  });
  afterAll(() => {
    process.env = before;
    rmSync(codeDir, { recursive: true });
  });

  const requestContext = { connectionId: 'c', connectedAt: 1, requestTimeEpoch: 1, requestId: 'r', domainName: 'd' };
  const event = {
    requestContext: { ...requestContext, identity: { sourceIp: '203.0.113.7' } },
    body: '{"type":"ping"}',
    Records: [
      {
        messageId: 'm',
        eventSource: 'aws:sqs',
        body: '{"v":1,"kind":"deadline","connectionId":"c","connectedAtMs":1,"type":"order.created","data":{}}',
        attributes: { MessageGroupId: 'r-17', SentTimestamp: '1' },
      },
    ],
  };

  test.each([
    { entry: 'connect', eventTypes: ['MESSAGE', 'DISCONNECT'] },
    { entry: 'disconnect', eventTypes: ['MESSAGE', 'CONNECT'] },
    { entry: 'authenticate', eventTypes: ['CONNECT', 'DISCONNECT'] },
    { entry: 'message', eventTypes: ['CONNECT', 'DISCONNECT'] },
  ])('refuses events that are not its own: $entry asks nobody about $eventTypes', async ({ entry, eventTypes }) => {
    const { handler } = await import(`../../lambdas/${entry}.lambda.ts`);
    for (const eventType of eventTypes) {
      const other = { ...event, requestContext: { ...event.requestContext, eventType } };
      expect(await handler(other, { getRemainingTimeInMillis: () => 3_000 })).toEqual({ statusCode: 403 });
    }
  });

  test.each(entryNames)('keeps the deadline of its invocation: %s calls nobody when no time is left', async (entry) => {
    const { handler } = await import(`../../lambdas/${entry}.lambda.ts`);
    const eventType = { connect: 'CONNECT', disconnect: 'DISCONNECT' }[entry as string] ?? 'MESSAGE';
    let told = 0;
    const getRemainingTimeInMillis = () => {
      told += 1;
      return 0;
    };
    const own = { ...event, requestContext: { ...event.requestContext, eventType } };
    await handler(own, { getRemainingTimeInMillis }).catch(() => {});
    expect({ told, asked }).toEqual({ told: 1, asked: 0 });
  });
});
