import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ending, exitCodes } from '../../bin/exit-codes.ts';
import { connect } from '../../bin/smoke/client.ts';
import { isListening } from '../../local/loopback.ts';
import { fullTest } from '../harness/runs.ts';
import { type Checkout, createCheckout, type Ended, type RunningGateway } from './checkout.ts';

const checkouts: Checkout[] = [];
const checkout = (options: Parameters<typeof createCheckout>[0] = {}): Checkout => {
  const made = createCheckout(options);
  checkouts.push(made);
  return made;
};

afterAll(async () => {
  for (const { remove } of checkouts) await remove();
});

/** Ctrl-C, and how it ended. */
const interrupted = (gateway: RunningGateway): Promise<Ended> => {
  gateway.interrupt();
  return gateway.ended;
};

/** One sentence, and no stack. */
const sentenceOf = ({ code, stderr }: Pick<Ended, 'code' | 'stderr'>, ending: Ending = 'failed') => {
  expect(code).toBe(exitCodes[ending]);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr.trim();
};

describe('one of two running gateways', () => {
  let here: Checkout;
  let first: RunningGateway;
  let second: RunningGateway;
  const atR17 = ['--restaurant', 'r-17'];
  beforeAll(async () => {
    here = checkout();
    [first, second] = await Promise.all([here.startGateway(), here.startGateway()]);
  }, 60_000);

  test('tells the other commands its tables, its event queue and where sockets are managed', async () => {
    const { tables, dynamodbEndpoint, sqsEndpoint, eventQueueUrl, managementUrl, operator, url } = first.file;
    const signing = { region: operator.region, credentials: operator };
    const dynamodb = new DynamoDBClient({ ...signing, endpoint: dynamodbEndpoint });
    const sqs = new SQSClient({ ...signing, endpoint: sqsEndpoint });

    const keysOf = async (TableName: string | undefined) =>
      (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table?.KeySchema?.map((key) => key.AttributeName);
    const file = join(here.gatewaysDir, `${first.port}.json`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(tables).sort()).toEqual(['audit', 'budgets', 'connections', 'events', 'memberships']);
    expect(new Set(Object.values(tables)).size).toBe(5);
    expect(await keysOf(tables['connections'])).toEqual(['connection_id']);
    for (const name of ['audit', 'budgets', 'events', 'memberships'])
      expect(await keysOf(tables[name])).toEqual(['pk', 'sk']);
    expect(tables['events']).toMatch(/Events/);
    const asked = new GetQueueAttributesCommand({ QueueUrl: eventQueueUrl, AttributeNames: ['All'] });
    expect((await sqs.send(asked)).Attributes).toMatchObject({
      FifoQueue: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      VisibilityTimeout: '15',
    });
    expect(managementUrl).toBe(url.replace(/^ws:/, 'http:'));

    dynamodb.destroy();
    sqs.destroy();
  });

  test('is asked for by the commands, which do not choose', async () => {
    const [lower, higher] = [first.port, second.port].sort((a, b) => Number(a) - Number(b));
    const lines = [
      ['members', 'list', '--restaurant', 'r-17'],
      ['token', 'chef'],
      ['audit', '--unverified'],
      ['sessions', 'list', '--restaurant', 'r-17'],
      ['publish', '--restaurant', 'r-17', '--type', 'a.b', '--data', '{}'],
    ] as const;
    for (const [command, ...args] of lines) {
      expect(sentenceOf(await here.run(command, ...args), 'usage')).toBe(
        `Local gateways run on ports ${lower} and ${higher}: choose one with --port.`,
      );
      const stderr =
        command === 'members' ? expect.stringMatching(/^Tokens of demo may let others in there: [^\n]+\n$/) : '';
      for (const { port } of [first, second])
        expect(await here.run(command, ...args, '--port', port)).toMatchObject({ code: 0, stderr });
      expect(sentenceOf(await here.run(command, ...args, '--port', '1'))).toBe(
        `Local gateways run on ports ${lower} and ${higher}, and none on 1.`,
      );
    }

    await here.run('members', 'remove', ...atR17, '--user', 'u-chef', '--port', first.port);
    const chefOf = async ({ port }: RunningGateway) =>
      (await here.run('members', 'list', ...atR17, '--port', port)).stdout.includes('u-chef');
    expect([await chefOf(first), await chefOf(second)]).toEqual([false, true]);
  }, 60_000);

  test('is forgotten when it was killed, whoever has its process id or its port now', async () => {
    const [killed, gateway] = [second, first];
    killed.kill();
    await killed.ended;
    expect((await here.run('members', 'list', ...atR17)).stdout).not.toContain('u-chef');
    expect(readdirSync(here.gatewaysDir)).toEqual([`${gateway.port}.json`]);
    expect(sentenceOf(await here.run('token', 'chef', '--port', killed.port))).toBe(
      `A local gateway runs on port ${gateway.port}, and none on ${killed.port}.`,
    );

    const claim = (file: RunningGateway['file']) =>
      writeFileSync(join(here.gatewaysDir, `${new URL(file.url).port}.json`), JSON.stringify(file));
    claim({ ...killed.file, pid: process.pid });
    expect(await here.run('token', 'chef')).toMatchObject({ code: 0 });
    expect(readdirSync(here.gatewaysDir)).toEqual([`${gateway.port}.json`]);

    const other = createServer().listen(Number(killed.port), '127.0.0.1');
    try {
      await once(other, 'listening');
      claim(killed.file);
      expect(await here.run('token', 'chef')).toMatchObject({ code: 0 });
      expect(readdirSync(here.gatewaysDir)).toEqual([`${gateway.port}.json`]);
    } finally {
      other.close();
    }
    await interrupted(gateway);
  }, 60_000);
});

describe('a running gateway', () => {
  test('says how to reach it, one line for what happens, and Ctrl-C ends everything', async () => {
    const here = checkout({ hasStarted: false });
    const gateway = await here.startGateway('--host', '127.0.0.2');
    const phones = gateway.url.replace('127.0.0.1', '127.0.0.2');
    const token = (await here.run('token', 'chef')).stdout.trim();
    const [pending, session] = [await connect(gateway.url), await connect(gateway.url)];
    session.send({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });
    expect(JSON.parse(await session.next())).toMatchObject({ type: 'auth_success' });
    await gateway.says('access_granted: verified, user u-chef, restaurant r-17, kitchen');
    // As React Native does, which sends the address it connects to.
    const phone = await connect(phones, { headers: { origin: phones.replace(/^ws(.*)\/local$/, 'http$1') } });
    phone.send({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });
    expect(JSON.parse(await phone.next())).toMatchObject({ type: 'auth_success' });
    await phone.leave();
    for (const path of ['/', '/console/demo', '/issuer/.well-known/jwks.json'])
      expect((await fetch(new URL(path, phones.replace(/^ws/, 'http')))).status).toBe(426);

    const { code, stdout, stderr } = await interrupted(gateway);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await Promise.all([pending.closed(), session.closed()])).toEqual([1001, 1001]);
    for (const url of [gateway.url, gateway.file.issuerUrl, gateway.file.dynamodbEndpoint])
      expect(await isListening(Number(new URL(url).port))).toBe(false);
    expect(readdirSync(here.gatewaysDir)).toEqual([]);
    // The first start here.
    expect(stdout).toContain('Synthesizing the app');
    expect(stdout).toContain(gateway.url);
    expect(stdout).toContain(`${phones}\n`);
    expect(stdout).toContain('WARNING: sockets are open on 127.0.0.2,');
    expect(stdout).toContain('connected from 127.0.0.1');
    expect(stdout).not.toContain(token);
  });

  test('keeps what it was given a folder for', async () => {
    const here = checkout();
    const data = join(here.dir, 'data');
    const first = await here.startGateway('--data', data);
    const keys = async ({ file }: RunningGateway) => (await fetch(`${file.issuerUrl}/.well-known/jwks.json`)).json();
    const keysBefore = await keys(first);
    await here.run('members', 'add', '--restaurant', 'r-17', '--user', 'u-new', '--role', 'manager');
    const stranger = await connect(first.url);
    stranger.send('hello');
    await stranger.closed();

    const second = here.start('start', '--port', '0', '--data', data);
    expect(sentenceOf(await second.ended)).toMatch(/^The data folder .+ is in use by another gateway\.$/);

    await interrupted(first);
    const third = await here.startGateway('--data', data);
    expect(await keys(third)).toEqual(keysBefore);
    expect((await here.run('members', 'list', '--restaurant', 'r-17')).stdout).toMatch(/^u-new +demo +manager/m);
    expect((await here.run('audit', '--unverified')).stdout).toMatch(/malformed_message +not_json/);

    // Killed, it leaves its address behind, which is nobody's any more.
    third.kill();
    expect((await third.ended).stdout).not.toContain('Synthesizing');
    expect(sentenceOf(await here.run('token', 'chef'))).toMatch(/^No local gateway is running/);

    for (const file of readdirSync(join(data, 'tables'))) writeFileSync(join(data, 'tables', file), 'no table');
    expect(sentenceOf(await here.run('start', '--port', '0', '--data', data))).toMatch(
      /^The data folder .+ is damaged or holds something else\.$/,
    );
  }, 60_000);
});

describe('a gateway that is configured by another file', () => {
  test('has its domain, and so have the commands that find it', async () => {
    const here = checkout({ hasStarted: false });
    const config = join(import.meta.dirname, '../../examples/fleet/config.json');
    const gateway = await here.startGateway('--config', config);
    const [line, published, refused] = [
      await here.run('token', 'driver', '--line'),
      await here.run(
        'publish',
        '--restaurant',
        'r-17',
        '--type',
        'depot.closed',
        '--data',
        '{}',
        '--audience',
        'wallboard',
      ),
      await here.run('publish', '--restaurant', 'r-17', '--type', 'depot.closed', '--data', '{}', '--audience', 'pos'),
    ];
    const client = await connect(gateway.url);
    client.send(line.stdout.trim());
    const answer = JSON.parse(await client.next());
    client.drop();
    await interrupted(gateway);
    expect(answer).toMatchObject({ type: 'auth_success', connection_type: 'vehicle', role: 'driver' });
    expect([published.code, refused.code]).toEqual([exitCodes.done, exitCodes.usage]);
    expect(refused.stderr).toBe('--audience is of vehicle, dispatcher, workshop, wallboard\n');
  }, 60_000);
});

describe('a gateway that cannot start says why in one sentence', () => {
  test('the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const ended = await checkout().run('start', '--port', String(port));
    other.close();
    expect(sentenceOf(ended)).toBe(`Port ${port} is taken: choose another one, as in --port 9000.`);
    expect(ended.stdout).toBe('');
  });

  test('the data folder cannot be written to', async () => {
    const here = checkout();
    const file = join(here.dir, 'a-file');
    // With the rights of a folder, so that they alone do not say that it is none.
    writeFileSync(file, '', { mode: 0o755 });
    // Folders of /proc take no new ones and say that they are not there.
    const unwritable = [
      file,
      join(file, 'data'),
      ...(existsSync('/proc/self') ? ['/proc/nope', '/proc/nope/data'] : []),
    ];
    for (const path of unwritable) {
      const ended = await here.run('start', '--port', '0', '--data', path);
      expect(sentenceOf(ended)).toBe(`The data folder ${path} cannot be written to.`);
      expect(ended.stdout).toBe('');
    }
  });

  // Synthesizes the app once more; what follows is the quick form of an app that does not do.
  fullTest('the queue for events has another name', async () => {
    const here = checkout();
    const file = join(here.dir, 'lib', 'maitred-gateway.ts');
    const text = readFileSync(file, 'utf8');
    const renamed = text.replace("new EventQueue(this, 'EventQueue'", "new EventQueue(this, 'Renamed'");
    expect(renamed).not.toBe(text);
    writeFileSync(file, renamed);
    expect(sentenceOf(await here.start('start', '--port', '0').ended)).toMatch(
      /^The app has no queue EventQueue, where events are published; it has .*AuthTimerQueue.*\.$/,
    );
  });

  test('it is configured wrongly', async () => {
    const here = checkout();
    writeFileSync(join(here.dir, 'config', 'local.json'), '{ "issuers": [{ "alias": "demo" }] }');
    expect(sentenceOf(await here.start('start', '--port', '0').ended)).toMatch(/^config\/local\.json: issuers/);
  });

  test('Ctrl-C while it starts ends it', async () => {
    const command = checkout().start('start', '--port', '0');
    await command.says('Synthesizing');
    command.interrupt();
    const { code, stdout } = await command.ended;
    expect(code).not.toBe(0);
    expect(stdout).not.toContain('Ctrl-C ends it.');
  });
});
