/** Where requests go: in every partition, by the SDK's own variables. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sdk, type Transport, thin } from './transports.ts';

const before = { ...process.env };
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
});
afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});

/** Of an SDK client and of a thin one. */
type Handled = Readonly<{
  config: {
    requestHandler: {
      // biome-ignore lint/suspicious/noExplicitAny: each client has its own type of it
      handle: (request: any, ...more: any[]) => Promise<any>;
    };
  };
}>;

/** Where a client's request goes; `refused` where it makes none. */
const placeOf = async <C extends Handled>(client: C, send: (client: C) => Promise<unknown>): Promise<string> => {
  let place = 'refused';
  client.config.requestHandler.handle = async ({ protocol, hostname, port, path, headers }) => {
    // The SDK's own handler takes the brackets off an IPv6 address.
    place = `${protocol}//${hostname.replace(/^\[(.*)\]$/, '$1')}${port ? `:${port}` : ''}${path}`;
    const scope = /\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization);
    place += ` ${scope?.[1]} ${scope?.[2]} ${headers.host}`;
    throw new Error('far enough');
  };
  await send(client).catch(() => {});
  return place;
};

type Settings = Readonly<{ endpoint?: string }>;
type Place = (t: Transport, settings?: Settings, queueUrl?: string) => Promise<string>;

const places: Readonly<Record<string, Place>> = {
  tables: (t, settings = {}) =>
    placeOf(new t.DynamoDBClient({ ...settings, maxAttempts: 1 }), (client) =>
      t.DynamoDBDocumentClient.from(client).send(new t.GetCommand({ TableName: 't', Key: { pk: 'a' } })),
    ),
  queues: (t, settings = {}, QueueUrl = undefined) =>
    placeOf(new t.SQSClient({ ...settings, maxAttempts: 1 }), (client) =>
      client.send(new t.ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [] })),
    ),
  buses: (t, settings = {}) =>
    placeOf(new t.EventBridgeClient({ ...settings, maxAttempts: 1 }), (client) =>
      client.send(new t.PutEventsCommand({ Entries: [] })),
    ),
  sockets: (t, settings = {}) =>
    placeOf(new t.ApiGatewayManagementApiClient({ ...settings, maxAttempts: 1 }), (client) =>
      client.send(new t.DeleteConnectionCommand({ ConnectionId: 'c' })),
    ),
};

const regions = [
  ...['us-east-1', 'eu-central-1', 'ap-southeast-7', 'il-central-1', 'mx-central-1', 'sa-west-1'],
  ...['us-gov-west-1', 'us-gov-east-1', 'cn-north-1', 'cn-northwest-1', 'eusc-de-east-1'],
  ...['us-iso-east-1', 'us-isob-west-1', 'eu-isoe-west-1', 'us-isof-south-1'],
  ...['mars-north-1', 'us-east-99', 'local'],
];
const flags = [
  { fips: undefined, dualStack: undefined },
  { fips: 'true', dualStack: 'false' },
  { fips: 'false', dualStack: 'true' },
  { fips: 'true', dualStack: 'true' },
];
const set = (name: string, value: string | undefined) => {
  if (value !== undefined) process.env[name] = value;
};

describe.each(Object.entries(places))('%s', (_, place) => {
  test.each(flags)(
    'are in every region where the SDK has them, with FIPS $fips and dual-stack $dualStack',
    async (one) => {
      set('AWS_USE_FIPS_ENDPOINT', one.fips);
      set('AWS_USE_DUALSTACK_ENDPOINT', one.dualStack);
      for (const region of regions) {
        process.env['AWS_REGION'] = region;
        // The SDK takes this name for a DynamoDB of its own, on a port that nobody asked for.
        if (region === 'local' && place === places['tables']) continue;
        expect([region, await place(thin)]).toEqual([region, await place(sdk)]);
      }
    },
  );

  test.each([
    { why: 'in a client', settings: { endpoint: 'http://127.0.0.1:81/stage' }, env: {} },
    { why: 'in a client, by IPv6', settings: { endpoint: 'http://[::1]:81' }, env: {} },
    { why: 'for all services', env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:82' } },
    {
      why: 'for this service, before that for all',
      env: {
        AWS_ENDPOINT_URL: 'http://127.0.0.1:82',
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:83',
        AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:84',
        AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:86',
        AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'http://127.0.0.1:85',
      },
    },
    {
      why: 'in a client, before all others',
      settings: { endpoint: 'http://127.0.0.1:81' },
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:82' },
    },
    {
      why: 'and to be ignored',
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:82', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    },
    { why: 'with FIPS', env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:82', AWS_USE_FIPS_ENDPOINT: 'true' } },
    { why: 'with dual-stack', env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:82', AWS_USE_DUALSTACK_ENDPOINT: 'true' } },
    { why: 'with a region that is no part of a host name', env: { AWS_REGION: 'x.example.com/' } },
  ])('are where an address says that was configured $why', async ({ settings, env }) => {
    Object.assign(process.env, { AWS_REGION: 'eu-central-1' }, env);
    expect(await place(thin, settings)).toBe(await place(sdk, settings));
  });

  test('are reached the same with a slash at the end of an address', async () => {
    process.env['AWS_REGION'] = 'eu-central-1';
    const address = 'https://api.example/stage';
    expect(await place(thin, { endpoint: `${address}/` })).toBe(await place(thin, { endpoint: address }));
  });

  test('are nowhere with a flag that is neither true nor false: the SDK would take it for false', async () => {
    Object.assign(process.env, { AWS_REGION: 'eu-central-1', AWS_USE_FIPS_ENDPOINT: 'yes' });
    expect(await place(thin)).toBe('refused');
  });

  test('are nowhere without a region', async () => {
    expect(await place(thin)).toBe('refused');
  });
});

describe('a queue', () => {
  beforeEach(() => {
    process.env['AWS_REGION'] = 'eu-central-1';
    // The SDK tells the log of each call that goes where the queue is.
    jest.spyOn(console, 'warn').mockImplementation(() => {});
  });
  const queue = (t: Transport, url: string, settings?: Settings) => places['queues']?.(t, settings, url);

  test.each([
    { why: 'of the region', url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/q' },
    { why: 'of another region', url: 'https://sqs.us-east-1.amazonaws.com/123456789012/q' },
    { why: 'on this machine', url: 'http://127.0.0.1:81/1/q' },
    { why: 'that is named', url: 'q' },
  ])('is asked where its URL says, as the SDK asks it: $why', async ({ url }) => {
    expect(await queue(thin, url)).toBe(await queue(sdk, url));
    const settings = { endpoint: 'http://127.0.0.1:82' };
    expect(await queue(thin, url, settings)).toBe(await queue(sdk, url, settings));
    process.env['AWS_ENDPOINT_URL_SQS'] = 'http://127.0.0.1:83';
    expect(await queue(thin, url)).toBe(await queue(sdk, url));
  });

  test.each([
    { flag: 'AWS_USE_FIPS_ENDPOINT', host: 'sqs-fips.eu-central-1.amazonaws.com' },
    { flag: 'AWS_USE_DUALSTACK_ENDPOINT', host: 'sqs.eu-central-1.api.aws' },
  ])(
    'with $flag is asked at $host, whatever its URL says: there the SDK would give up what it was asked for',
    async ({ flag, host }) => {
      process.env[flag] = 'true';
      const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/q';
      expect(await queue(thin, url)).toBe(`https://${host}/ eu-central-1 sqs ${host}`);
      expect(await queue(sdk, url)).toContain('https://sqs.eu-central-1.amazonaws.com/');
    },
  );
});
