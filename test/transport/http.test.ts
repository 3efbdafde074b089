/** Answers that do not come, or come to no end. How long things take is this machine's business: what is awaited here ends by itself. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient } from '../../transport/client-dynamodb.ts';
import { type HandlerOptions, maxBodyBytes, requestHandler } from '../../transport/http.ts';
import { DynamoDBDocumentClient, GetCommand } from '../../transport/lib-dynamodb.ts';
import { type ScriptedService, scriptedService } from './scripted-service.ts';

let service: ScriptedService;
let destroyed: (() => void)[] = [];
beforeAll(async () => {
  service = await scriptedService();
});
afterAll(() => service.close());
afterEach(() => {
  for (const destroy of destroyed) destroy();
  destroyed = [];
});

const readFrom = (endpoint: string, options: HandlerOptions, maxAttempts = 1) => {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: options,
    maxAttempts,
  });
  destroyed.push(() => client.destroy());
  return DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName: 't', Key: { a: 'b' } }));
};
const long = 60_000;
const short = 50;

describe('an answer', () => {
  test.each([
    { why: 'that does not come', by: () => {} },
    {
      why: 'whose body does not come',
      by: (response: ServerResponse) => response.writeHead(200).flushHeaders(),
    },
    {
      why: 'whose body stalls',
      by: (response: ServerResponse) => response.writeHead(200, { 'content-length': '1000' }).write('{"Item":'),
    },
    {
      why: 'that comes byte by byte for ever',
      by: (response: ServerResponse) => {
        const timer = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(timer));
      },
    },
  ])('$why is given up after its time, and its connection with it', async ({ by }) => {
    service.answersAlways({ by: (response) => void by(response) });
    await expect(readFrom(service.endpoint, { requestTimeout: short }, 2)).rejects.toMatchObject({
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
      $metadata: { attempts: 2 },
    });
  });

  test('without an end is given up before it fills the memory, and is not asked for again', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    let written = 0;
    service.answers({
      by: (response) => {
        const more = () => {
          while (!response.destroyed && response.write(megabyte)) written += megabyte.length;
          written += megabyte.length;
        };
        response.on('drain', more);
        more();
      },
    });
    await expect(readFrom(service.endpoint, { requestTimeout: long }, 3)).rejects.toMatchObject({
      name: 'ResponseTooLarge',
    });
    expect(service.asked).toHaveLength(1);
    expect(written).toBeLessThan(4 * maxBodyBytes);
  });

  test('that breaks off is asked for again', async () => {
    const breaksOff = {
      by: (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"Item":');
        setImmediate(() => response.destroy());
      },
    };
    service.answers(breaksOff, { body: { Item: { a: { S: 'b' } } } });
    expect(await readFrom(service.endpoint, { requestTimeout: long }, 2)).toMatchObject({ Item: { a: 'b' } });
  });

  test('that leads elsewhere is not followed', async () => {
    const other = await scriptedService();
    destroyed.push(() => void other.close());
    for (const status of [301, 302, 303, 307, 308]) {
      service.answers({ status, headers: { location: other.endpoint } });
      await expect(readFrom(service.endpoint, {}, 3)).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
    }
    expect(other.asked).toEqual([]);
  });
});

describe('a connection', () => {
  let full: Server;
  let held: Socket[] = [];
  beforeAll(async () => {
    full = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
    await once(full, 'listening');
  });
  afterAll(() => {
    for (const socket of held) socket.destroy();
    held = [];
    full.close();
  });

  test('that is not made has a time of its own, however long the request may take', async () => {
    // A name server that says nothing: as long as it does not, nothing is connected.
    const httpAgent = { lookup: () => {} };
    await expect(
      readFrom('http://table.example', { connectionTimeout: short, requestTimeout: long, httpAgent }, 2),
    ).rejects.toMatchObject({
      name: 'TimeoutError',
      message: expect.stringContaining('the connection was not made'),
      $metadata: { attempts: 2 },
    });
  });

  test('that is made in time has no more to fear of it: the request goes on', async () => {
    service.answers({
      by: (response) => {
        setTimeout(() => response.end('{}'), 4 * short);
      },
    });
    await expect(readFrom(service.endpoint, { connectionTimeout: short, requestTimeout: long })).resolves.toMatchObject(
      { $metadata: { httpStatusCode: 200 } },
    );
  });

  test('that accepts and says nothing ends with the request', async () => {
    const endpoint = `http://127.0.0.1:${(full.address() as AddressInfo).port}`;
    await expect(readFrom(endpoint, { connectionTimeout: long, requestTimeout: short })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('is used again, and as many are made as the agent may', async () => {
    const client = new DynamoDBClient({
      endpoint: service.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: { httpAgent: { maxSockets: 3 } },
    });
    destroyed.push(() => client.destroy());
    const documents = DynamoDBDocumentClient.from(client);
    const before = service.connections();
    service.answers();
    const read = () => documents.send(new GetCommand({ TableName: 't', Key: { a: 'b' } }));
    await Promise.all(Array.from({ length: 20 }, read));
    await read();
    expect(service.asked).toHaveLength(21);
    expect(service.connections() - before).toBeLessThanOrEqual(3);
  });

  test('that nobody accepts is tried again', async () => {
    await expect(readFrom('http://127.0.0.1:9', {}, 2)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      $metadata: { attempts: 2 },
    });
  });
});

test('a handler takes the time of a try from whoever hands it on', async () => {
  const handler = requestHandler({ requestTimeout: long });
  destroyed.push(handler.destroy);
  service.answersAlways({ by: () => {} });
  const { hostname, port } = new URL(service.endpoint);
  const request = { method: 'GET', protocol: 'http:', hostname, port: Number(port), path: '/', headers: {} };
  await expect(handler.handle(request, { requestTimeout: short })).rejects.toMatchObject({ name: 'TimeoutError' });
});
