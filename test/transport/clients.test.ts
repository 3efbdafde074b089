/** What a client does by itself between calls: retries that it may still pay for, a clock that is wrong, credentials that are others. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Answer, type ScriptedService, scriptedService } from './scripted-service.ts';
import { sdk, type Transport, thin, transports } from './transports.ts';

let service: ScriptedService;
const before = { ...process.env };
beforeAll(async () => {
  service = await scriptedService();
});
afterAll(() => service.close());
beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

const settings = () => ({
  endpoint: service.endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 3,
});
const reader = (t: Transport, more: object = {}) => {
  const documents = t.DynamoDBDocumentClient.from(new t.DynamoDBClient({ ...settings(), ...more }));
  return () => documents.send(new t.GetCommand({ TableName: 't', Key: { pk: 'a' } }));
};
const failed = (call: () => Promise<unknown>) =>
  call().then(
    () => 'answered',
    (error: Error) => error.name,
  );

describe.each(transports)('a client: $transport', (t) => {
  test('stops trying again when nothing was answered for long, and begins again with answers', async () => {
    const read = reader(t);
    const busy: Answer = { status: 500 };
    let asked = 0;
    for (let calls = 0; calls < 20; calls += 1) {
      service.answers(busy, busy, busy);
      await failed(read);
      asked += service.asked.length;
    }
    // Each call once, and 500 tokens of 14 each for more.
    expect(asked).toBe(20 + Math.floor(500 / 14));
    for (let calls = 0; calls < 14; calls += 1) {
      service.answers();
      await read();
    }
    service.answers(busy, busy, busy);
    await failed(read);
    expect(service.asked).toHaveLength(2);
  });

  test('by default tries a table four times and a queue three times', async () => {
    const busy = Array.from({ length: 9 }, () => ({ status: 500 }));
    service.answers(...busy);
    await failed(reader(t, { maxAttempts: undefined }));
    expect(service.asked).toHaveLength(4);
    service.answers(...busy);
    const queues = new t.SQSClient(Object.assign(settings(), { maxAttempts: undefined }));
    await failed(() => queues.send(new t.SendMessageCommand({ QueueUrl: 'q', MessageBody: 'm' })));
    expect(service.asked).toHaveLength(3);
  });
});

describe.each(transports)('a clock that is wrong: $transport', (t) => {
  const dateOf = (nth: number) => String(service.asked[nth]?.headers['x-amz-date']);
  const ahead = (ms: number) => ({ date: new Date(Date.now() + ms).toUTCString() });
  const secondsAhead = (nth: number) =>
    (Date.parse(dateOf(nth).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')) - Date.now()) / 1_000;
  const skewed = (headers: Record<string, string>): Answer => ({
    status: 400,
    headers,
    body: { __type: 'com.amazon.coral.service#InvalidSignatureException', message: 'Signature not yet current' },
  });
  const hourMs = 60 * 60 * 1000;

  test.each([hourMs, -hourMs])('is put right by what the service says, and the call tried again: %i ms', async (ms) => {
    const read = reader(t);
    service.answers(skewed(ahead(ms)), { headers: ahead(ms) });
    await read();
    expect(Math.abs(secondsAhead(0))).toBeLessThan(60);
    expect(Math.abs(secondsAhead(1) - ms / 1_000)).toBeLessThan(60);
    await read();
    expect(Math.abs(secondsAhead(2) - ms / 1_000)).toBeLessThan(60);
  });

  // Of a clock that is right again the SDK learns, too; its call of that moment fails.
  test(t === thin ? 'is put right back' : 'is put right back, after a call that failed', async () => {
    const read = reader(t);
    service.answers(skewed(ahead(hourMs)), { headers: ahead(hourMs) }, skewed(ahead(0)), { headers: ahead(0) });
    await read();
    expect(await failed(read)).toBe(t === thin ? 'answered' : 'InvalidSignatureException');
    if (t !== thin) await read();
    expect(Math.abs(secondsAhead(3))).toBeLessThan(60);
  });

  test('is not blamed where it is right: a wrong signature is tried once', async () => {
    service.answers(skewed(ahead(0)));
    expect(await failed(reader(t))).toBe('InvalidSignatureException');
    expect(service.asked).toHaveLength(1);
  });

  test('is not put wrong by an answer out of a cache, or by no date', async () => {
    for (const headers of [{ ...ahead(hourMs), age: '3600' }, { date: 'yesterday' }]) {
      service.answers(skewed(headers));
      expect(await failed(reader(t))).toBe('InvalidSignatureException');
      expect(service.asked).toHaveLength(1);
    }
  });
});

describe('the credentials of the environment', () => {
  const keyOf = (nth: number) => /Credential=(\w+)\//.exec(String(service.asked[nth]?.headers.authorization))?.[1];
  const tokenOf = (nth: number) => service.asked[nth]?.headers['x-amz-security-token'];
  const become = (key: string, token?: string) => {
    process.env['AWS_ACCESS_KEY_ID'] = key;
    process.env['AWS_SECRET_ACCESS_KEY'] = `secret of ${key}`;
    if (token === undefined) delete process.env['AWS_SESSION_TOKEN'];
    else process.env['AWS_SESSION_TOKEN'] = token;
  };

  test('sign each try as they are then, with their session token or without one', async () => {
    const read = reader(thin, { credentials: undefined });
    become('FIRST', 'token 1');
    service.answers(
      {
        by: (response) => {
          become('SECOND', 'token 2');
          response.writeHead(500).end();
        },
      },
      {},
      {},
    );
    await read();
    become('THIRD');
    await read();
    expect([0, 1, 2].map(keyOf)).toEqual(['FIRST', 'SECOND', 'THIRD']);
    expect([0, 1, 2].map(tokenOf)).toEqual(['token 1', 'token 2', undefined]);
  });

  test.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'are missed by name, and nothing is sent: %s',
    async (name) => {
      become('KEY');
      delete process.env[name];
      service.answers();
      await expect(reader(thin, { credentials: undefined })()).rejects.toMatchObject({
        name: 'CredentialsProviderError',
      });
      expect(service.asked).toEqual([]);
    },
  );
});

test('Lambda’s trace is handed on, by which it ends functions that call each other in a circle', async () => {
  process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'f';
  process.env['_X_AMZN_TRACE_ID'] = 'Root=1-2;Lineage=a:1';
  for (const t of [sdk, thin]) {
    service.answers();
    await reader(t)();
    expect(service.asked[0]?.headers['x-amzn-trace-id']).toBe('Root=1-2;Lineage=a:1');
  }
});
