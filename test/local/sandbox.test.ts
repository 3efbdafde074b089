import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandbox } from '../../local/sandbox/sandbox.ts';
import type { Client } from './client.ts';
import { writeAssembly } from './fixture-assembly.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

let gateway: RunningGateway;
let client: Client;
beforeAll(async () => {
  gateway = await runGateway();
  client = await gateway.open();
});
afterAll(() => gateway.close());

const asked = async (message: object): Promise<Record<string, unknown>> => {
  client.send(message);
  return client.next();
};

test('a function sees the environment of its template and of the Lambda runtime, and nothing else', async () => {
  process.env['OF_THE_GATEWAY'] = 'secret';
  const port = new URL(gateway.url).port;
  const environment = await asked({ do: 'environment' });
  delete process.env['OF_THE_GATEWAY'];
  expect(environment).toEqual({
    CALLBACK_URL: `http://127.0.0.1:${port}/local`,
    ISSUERS: `[{"issuer":"http://127.0.0.1:${port}/issuer"}]`,
    QUEUE: gateway.queues['Timer'],
    TABLE: gateway.tables.connections,
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[0-9A-F]{32}$/),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_DYNAMODB: gateway.dynamodbEndpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: gateway.dynamodbEndpoint,
    AWS_ENDPOINT_URL_SQS: gateway.sqsEndpoint,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_FUNCTION_NAME: 'app-Reply',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'Text',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/app-Reply',
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_REGION: 'us-east-1',
    AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    AWS_SESSION_TOKEN: expect.stringMatching(/^[A-Za-z0-9+/]{128}$/),
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    LAMBDA_TASK_ROOT: expect.stringMatching(/asset\.Reply$/),
    TZ: ':UTC',
    _HANDLER: 'index.handler',
  });
});

test('a function reads what lies beside its code with local addresses, and the assembly stays as it was', async () => {
  const assemblyDir = writeAssembly();
  const settings = join(assemblyDir, 'asset.Reply', 'settings.json');
  const before = readFileSync(settings, 'utf8');
  const other = await runGateway({ assemblyDir });
  let codeDir = '';
  try {
    const asking = await other.open();
    asking.send({ do: 'settings' });
    expect(await asking.next()).toEqual({ issuer: other.issuerUrl });
    asking.send({ do: 'environment' });
    codeDir = String((await asking.next())['LAMBDA_TASK_ROOT']);
    expect(existsSync(join(codeDir, 'index.mjs'))).toBe(true);
  } finally {
    await other.close();
  }
  const after = readFileSync(settings, 'utf8');
  rmSync(assemblyDir, { recursive: true });
  expect(before).toContain('http://issuer.maitred.localhost');
  expect(after).toBe(before);
  expect(existsSync(codeDir)).toBe(false);
});

test('a function gets the context of Lambda', async () => {
  const context = await asked({ do: 'context' });
  expect(context).toMatchObject({
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    functionName: 'app-Reply',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:app-Reply',
    memoryLimitInMB: '256',
  });
  expect(context['remaining']).toBeGreaterThan(0);
  expect(context['remaining']).toBeLessThanOrEqual(1000);
});

test('a function can be run directly, and says how it ended', async () => {
  expect(await gateway.invoke('Reply', { body: '{"do":"nothing"}' })).toEqual({
    kind: 'returned',
    value: { statusCode: 200 },
  });
  expect(await gateway.invoke('app-Reply', { body: '{"do":"throw"}' })).toEqual({
    kind: 'threw',
    errorType: 'RangeError',
    errorMessage: 'out of bounds',
  });
  expect(await gateway.invoke('Reply', { body: '{"do":"exit"}' })).toMatchObject({
    kind: 'crashed',
    errorType: 'Runtime.ExitError',
  });
  await expect(gateway.invoke('Nobody', {})).rejects.toThrow('there is no function Nobody');
});

test('the timeout of the template stops even a function that never waits', async () => {
  expect(await gateway.invoke('Reply', { body: '{"do":"spin"}' })).toEqual({ kind: 'timed_out' });
  const line = await gateway.event((event) => event.type === 'log' && event.line.includes('Task timed out'));
  expect(line).toMatchObject({
    functionName: 'Reply',
    line: expect.stringMatching(/Task timed out after 1\.00 seconds$/),
  });
});

/** A sandbox of a function with this code. */
const sandboxOf = (
  code: string,
  { timeoutMs = 1_000, timeScale = 1, environment = {}, onLine = (_line: string): void => {} } = {},
) => {
  const codeDir = mkdtempSync(join(tmpdir(), 'code-'));
  writeFileSync(join(codeDir, 'index.mjs'), code);
  const lambda = {
    ...{ name: 'Some', functionName: 'Some', arn: 'arn', codeDir, moduleFile: 'index.mjs', exportName: 'handler' },
    ...{ timeoutMs, memoryMb: 128, roleId: undefined, environment: {} },
    logFormat: 'Text' as const,
  };
  const sandbox = startSandbox({ lambda, environment, onLine, shortcuts: [], timeScale });
  const remove = async () => {
    await sandbox.close();
    rmSync(codeDir, { recursive: true });
  };
  return { sandbox, remove };
};

test('the thread of a function that timed out is ended', async () => {
  const { sandbox, remove } = sandboxOf('export const handler = async () => { for (;;); };', { timeoutMs: 50 });
  const started = await sandbox.started;
  const outcome = await sandbox.invoke({});
  await sandbox.ended;
  await remove();
  expect({ started, outcome }).toEqual({ started: undefined, outcome: { kind: 'timed_out' } });
});

describe('where time is stretched', () => {
  const waits = `export const handler = async (_, context) => {
    const [calendar, clock, left] = [Date.now(), performance.now(), context.getRemainingTimeInMillis()];
    await new Promise((resolve) => setTimeout(resolve, 100));
    const aborted = AbortSignal.timeout(100);
    await new Promise((resolve) => aborted.addEventListener('abort', resolve));
    return {
      calendar: Date.now() - calendar,
      clock: performance.now() - clock,
      left,
      gone: left - context.getRemainingTimeInMillis(),
    };
  };`;

  test('a function has as much as on AWS by its own clock, and the calendar goes on', async () => {
    const { sandbox, remove } = sandboxOf(waits, { timeoutMs: 1_000, timeScale: 5 });
    const outcome = await sandbox.invoke({});
    await remove();
    if (outcome.kind !== 'returned') throw new Error(`it ended otherwise: ${JSON.stringify(outcome)}`);
    const { calendar, clock, left, gone } = outcome.value as Readonly<Record<string, number>>;
    expect(left).toBeLessThanOrEqual(1_000);
    // Timers keep whole milliseconds of the machine's.
    for (const spent of [clock, gone]) expect(spent).toBeGreaterThanOrEqual(199);
    expect(calendar).toBeGreaterThanOrEqual(999);
    expect(calendar).toBeGreaterThan(2 * Number(clock));
  });

  test('its timeout is stretched, too', async () => {
    const { sandbox, remove } = sandboxOf(waits, { timeoutMs: 150, timeScale: 5 });
    const beganAtMs = performance.now();
    const outcome = await sandbox.invoke({});
    const tookMs = performance.now() - beganAtMs;
    await remove();
    expect(outcome).toEqual({ kind: 'timed_out' });
    expect(tookMs).toBeGreaterThanOrEqual(749);
  });
});

test('what a function throws is in its log as Lambda writes it', async () => {
  await gateway.invoke('Reply', { body: '{"do":"throw"}' });
  const found = await gateway.event((event) => event.type === 'log' && event.line.includes('Invoke Error'));
  expect(found).toMatchObject({
    type: 'log',
    stream: 'stderr',
    line: expect.stringContaining('"errorType":"RangeError"'),
  });
});

test('and as it writes it where the format of the log is JSON', async () => {
  const lines: string[] = [];
  const { sandbox, remove } = sandboxOf("export const handler = () => { throw new RangeError('too far'); };", {
    timeoutMs: 30_000,
    environment: { AWS_LAMBDA_LOG_FORMAT: 'JSON' },
    onLine: (line) => void lines.push(line),
  });
  await sandbox.invoke({});
  await remove();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      timestamp: expect.any(String),
      level: 'ERROR',
      requestId: expect.any(String),
      message: {
        errorType: 'RangeError',
        errorMessage: 'too far',
        stackTrace: expect.arrayContaining(['RangeError: too far', expect.stringMatching(/^ +at .*index\.mjs/)]),
      },
    },
  ]);
});

test('a sandbox that dies between two events is replaced', async () => {
  await gateway.invoke('Reply', { body: '{"do":"forget"}' });
  await gateway.event((event) => event.type === 'log' && event.line.includes('forgotten'));
  expect(await gateway.invoke('Reply', { body: '{"do":"nothing"}' })).toMatchObject({ kind: 'returned' });
});

test('log lines can be subscribed to, and no longer', async () => {
  const lines: string[] = [];
  const end = gateway.logs.subscribe(({ functionName, line }) => lines.push(`${functionName} ${line.slice(0, 8)}`));
  await gateway.invoke('Reply', { body: '{"do":"nothing"}' });
  end();
  await gateway.invoke('Reply', { body: '{"do":"nothing"}' });
  expect(lines).toEqual(['Reply {"body":']);
});

test('a pool that is at its limit makes events wait, and loses none', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, () => gateway.invoke('Reply', { body: '{"do":"nothing"}' })),
  );
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['returned']));
});

test('a function whose bundle cannot be loaded stops the start', async () => {
  const broken = runGateway({}, ({ sources }) => {
    sources['Quiet'] = 'throw new Error("CONNECTIONS_TABLE must be set");';
  });
  await expect(broken).rejects.toMatchObject({
    name: 'StartError',
    code: 'FUNCTION_UNLOADABLE',
    message: 'Quiet cannot be loaded: Error: CONNECTIONS_TABLE must be set',
  });
});
