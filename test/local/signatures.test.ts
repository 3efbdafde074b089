/** Who calls is known by a signature, as on AWS: refused with the same names and statuses where it is none, another's, late or for another place. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCallers } from '../../local/callers.ts';
import { signatureOf } from '../../local/signatures.ts';
import type { WireRequest } from '../../local/wire.ts';
import type { Asked as Seen } from '../transport/scripted-service.ts';
import { expectedSignature } from '../transport/sigv4.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';
import { type SignOptions, signed } from './signed.ts';

const callers = createCallers(['app-Connect'], ['us-east-1', 'eu-west-1']);
const ofTheFunction = callers.credentialsOf('app-Connect');

const path = '/local/@connections/AAAAAAAAAAAAAAA%3D';
const request: WireRequest = {
  method: 'POST',
  path,
  headers: { host: '127.0.0.1:9000', 'content-type': 'application/octet-stream' },
  body: '{"a":"ü (*)"}',
};
const identified = async (options: SignOptions, change = (one: WireRequest): WireRequest => one) =>
  callers.callerOf(change(await signed(request, { service: 'execute-api', ...options })), 'execute-api');

const invalid = { kind: 'refused', code: 'InvalidSignatureException' };
const unrecognized = { kind: 'refused', code: 'UnrecognizedClientException' };
const minutes = 60_000;

describe('the caller of a request', () => {
  test.each([
    {
      why: 'a function',
      options: { credentials: ofTheFunction },
      caller: { kind: 'function', functionName: 'app-Connect' },
    },
    { why: 'the operator', options: { credentials: callers.operator }, caller: { kind: 'operator' } },
    {
      why: 'the operator in another region of the app',
      options: { credentials: callers.operator, region: 'eu-west-1' },
      caller: { kind: 'operator' },
    },
    {
      why: 'somebody whose clock is 14 minutes slow',
      options: { credentials: callers.operator, atMs: Date.now() - 14 * minutes },
      caller: { kind: 'operator' },
    },
  ])('is $why', async ({ options, caller }) => {
    expect(await identified(options)).toEqual(caller);
  });

  test.each([
    {
      why: 'with a secret of its own',
      options: { credentials: { ...callers.operator, secretAccessKey: 'x' } },
      refused: { ...invalid, message: expect.stringContaining('does not match') },
    },
    {
      why: 'with a key that is nobody’s',
      options: { credentials: { ...callers.operator, accessKeyId: 'AKIAX' } },
      refused: unrecognized,
    },
    {
      why: 'by a function without its session’s token',
      options: { credentials: { ...ofTheFunction, sessionToken: undefined } },
      refused: unrecognized,
    },
    {
      why: 'by a function with another session’s token',
      options: { credentials: { ...ofTheFunction, sessionToken: 'x' } },
      refused: unrecognized,
    },
    {
      why: 'by the operator with a token of some session',
      options: { credentials: { ...callers.operator, sessionToken: 'x' } },
      refused: unrecognized,
    },
    {
      why: '16 minutes ago',
      options: { credentials: callers.operator, atMs: Date.now() - 16 * minutes },
      refused: { ...invalid, message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z is now earlier than/) },
    },
    {
      why: 'in 16 minutes',
      options: { credentials: callers.operator, atMs: Date.now() + 16 * minutes },
      refused: { ...invalid, message: expect.stringMatching(/^Signature not yet current: /) },
    },
    {
      why: 'for another region',
      options: { credentials: callers.operator, region: 'eu-central-1' },
      refused: { ...invalid, message: "Credential should be scoped to a valid region, not 'eu-central-1'." },
    },
    {
      why: 'for another service',
      options: { credentials: callers.operator, service: 'dynamodb' },
      refused: { ...invalid, message: "Credential should be scoped to correct service: 'execute-api'." },
    },
  ])('is nobody where it is signed $why', async ({ options, refused }) => {
    expect(await identified(options)).toMatchObject(refused);
  });

  const changed = (headers: Record<string, string>) => (one: WireRequest) => ({
    ...one,
    headers: { ...one.headers, ...headers },
  });
  const withAuthorization = (change: (header: string) => string) => (one: WireRequest) =>
    changed({ authorization: change(one.headers['authorization'] ?? '') })(one);

  test.each([
    { why: 'its method', change: (one: WireRequest) => ({ ...one, method: 'DELETE' }) },
    { why: 'its path', change: (one: WireRequest) => ({ ...one, path: path.replace('AAA', 'AAB') }) },
    { why: 'its query', change: (one: WireRequest) => ({ ...one, path: `${path}?a=b` }) },
    { why: 'its body', change: (one: WireRequest) => ({ ...one, body: '{}' }) },
    { why: 'its host', change: changed({ host: '127.0.0.1:9001' }) },
    { why: 'the day in its scope', change: withAuthorization((one) => one.replace(/\/\d{8}\//, '/20200101/')) },
    {
      why: 'its time, within the day',
      change: changed({ 'x-amz-date': new Date(Date.now() + 60_000).toISOString().replace(/[-:]|\.\d+/g, '') }),
    },
    { why: 'its list of headers', change: withAuthorization((one) => one.replace('host;', '')) },
    { why: 'an action that was not signed', change: changed({ 'x-amz-target': 'DynamoDB_20120810.DeleteItem' }) },
  ])('is nobody where $why was changed afterwards', async ({ change }) => {
    expect(await identified({ credentials: callers.operator }, change)).toMatchObject(invalid);
  });

  test.each([
    { why: 'no signature', change: withAuthorization(() => ''), code: 'MissingAuthenticationTokenException' },
    { why: 'a token', change: withAuthorization(() => 'Bearer x'), code: 'MissingAuthenticationTokenException' },
    {
      why: 'half a signature',
      change: withAuthorization((one) => one.replace(/Signature=.*/, '')),
      code: 'IncompleteSignatureException',
    },
  ])('is nobody where there is $why', async ({ change, code }) => {
    expect(await identified({ credentials: callers.operator }, change)).toMatchObject({ kind: 'refused', code });
  });

  test.each(['', '/a b//c/../d/', '/%E2%82%AC', '/!*()'])(
    'is known by what stands in AWS’s documents, for a path that ends in %j',
    async (end) => {
      const one = await signed(
        { ...request, path: path + end },
        { service: 'execute-api', credentials: callers.operator },
      );
      const seen: Seen = { method: one.method, url: one.path, headers: one.headers, body: Buffer.from(one.body) };
      expect(one.headers['authorization']).toContain(expectedSignature(seen, callers.operator.secretAccessKey));
      expect(callers.callerOf(one, 'execute-api')).toEqual({ kind: 'operator' });
    },
  );
});

/** Of AWS's published test suite. */
test.each([
  { method: 'GET', path: '/', signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
  { method: 'POST', path: '/', signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' },
  {
    method: 'GET',
    path: '/?Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
])('$method $path has the signature that AWS has published', ({ method, path, signature }) => {
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };
  const scope = { date: '20150830', region: 'us-east-1', service: 'service', signedHeaders: Object.keys(headers) };
  const authorization = { accessKeyId: 'AKIDEXAMPLE', ...scope };
  const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  expect(signatureOf({ method, path, headers, body: '' }, authorization, secret)).toBe(signature);
});

describe('an endpoint', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway();
  });
  afterAll(() => gateway.close());

  test('of AWS refuses with 400, by the name that the SDK knows', async () => {
    const { region, ...credentials } = gateway.operator;
    const settings = { endpoint: gateway.dynamodbEndpoint, region, maxAttempts: 1 };
    const client = new DynamoDBClient({ ...settings, credentials: { ...credentials, secretAccessKey: 'x' } });
    await expect(client.send(new DescribeTableCommand({ TableName: 'app-Connections' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 400 },
    });
    client.destroy();
  });

  test('of connections refuses with 403, by a header', async () => {
    const url = `${gateway.managementUrl}/@connections/${encodeURIComponent('AAAAAAAAAAAAAAA=')}`;
    const { pathname, host } = new URL(url);
    const one = { method: 'POST', path: pathname, headers: { host }, body: 'x' };
    const { headers } = await signed(one, { service: 'sqs', credentials: gateway.operator });
    const answer = await fetch(url, { method: 'POST', body: 'x', headers });
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([403, 'InvalidSignatureException']);
    expect(await answer.json()).toEqual({ message: "Credential should be scoped to correct service: 'execute-api'." });
  });
});
