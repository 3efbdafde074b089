import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../local/engines/event-bus.ts';
import { type ListeningServer, listen } from '../../local/loopback.ts';
import type { Posting } from '../../local/outbox-trail.ts';
import { createWebhook, verdictOf, type Webhook, type WebhookEvent } from '../../local/webhook.ts';

const eventOf = (n: number): BusEvent => ({
  version: '0',
  id: String(n),
  'detail-type': 'order.created',
  source: 'maitred.events',
  account: '000000000000',
  time: '2026-12-01T12:30:05Z',
  region: 'us-east-1',
  resources: [],
  detail: { n },
});

let server: ListeningServer;
let answers: (number | 'reset' | 'hang')[];
let received: { body: unknown; headers: IncomingMessage['headers']; method: string | undefined }[];
let told: WebhookEvent[];
let webhook: Webhook | undefined;
beforeEach(async () => {
  answers = [];
  received = [];
  told = [];
  server = await listen(0, async (request, response) => {
    const body: unknown = JSON.parse(await text(request));
    received.push({ body, headers: request.headers, method: request.method });
    const answer = answers.shift() ?? 200;
    if (answer === 'reset') request.socket.destroy();
    else if (answer !== 'hang') response.writeHead(answer, answer === 301 ? { location: '/elsewhere' } : {}).end('{}');
  });
});
afterEach(async () => {
  webhook?.close();
  await server.close();
});

const opened = (port = server.port): Webhook => {
  webhook = createWebhook({
    url: `http://127.0.0.1:${port}/hook`,
    onEvent: (event) => told.push(event),
    pauseMs: () => 1,
  });
  return webhook;
};

/** Posts one event and yields what was told of it, up to an answer that ends it. */
const posted = (to: Webhook, event = eventOf(1)): Promise<Posting[]> =>
  new Promise((resolve) => {
    const postings: Posting[] = [];
    to.deliver(event, (posting) => {
      postings.push(posting);
      if (posting.status !== undefined && verdictOf(posting.status) !== 'again') resolve(postings);
    });
  });

test.each([
  { statuses: [200, 201, 204, 299], verdict: 'delivered' },
  { statuses: [401, 407, 409, 429, 500, 502, 503, 599], verdict: 'again' },
  { statuses: [301, 302, 400, 403, 404, 410, 413, 422], verdict: 'dropped' },
])('with an answer of $statuses an event is $verdict', ({ statuses, verdict }) => {
  expect(statuses.map(verdictOf)).toEqual(statuses.map(() => verdict));
});

test('an event is posted whole, as JSON', async () => {
  const [posting] = await posted(opened());
  expect(posting).toEqual({ status: 200, ms: expect.any(Number), attempts: 1 });
  expect(received).toEqual([
    {
      method: 'POST',
      body: eventOf(1),
      headers: expect.objectContaining({
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Amazon/EventBridge/ApiDestinations',
      }),
    },
  ]);
  expect(told).toEqual([]);
});

describe('a receiver that does not take an event', () => {
  test('because it is not well gets it again until it does', async () => {
    answers = [503, 'reset', 429];
    const postings = await posted(opened());
    expect(postings.map(({ status, attempts }) => [attempts, status])).toEqual([
      [1, 503],
      [2, undefined],
      [3, 429],
      [4, 200],
    ]);
    expect(received.map(({ body }) => body)).toEqual(Array(4).fill(eventOf(1)));
    expect(told).toEqual([{ state: 'unreachable', error: expect.any(String) }, { state: 'reachable' }]);
  });

  test.each([400, 404, 301])('because of what it is (%d) does not get it again, and that is told', async (status) => {
    answers = [status];
    const hook = opened();
    await posted(hook);
    await posted(hook, eventOf(2));
    expect(received.map(({ body }) => body)).toEqual([eventOf(1), eventOf(2)]);
    expect(told).toEqual([{ state: 'dropped', detailType: 'order.created', why: { status } }]);
  });

  test('because it is not there gets it when it is, and that is told once', async () => {
    const { port } = server;
    await server.close();
    const hook = opened(port);
    const first = posted(hook);
    const second = posted(hook, eventOf(2));
    while (told.length === 0) await new Promise(setImmediate);
    server = await listen(port, (request, response) => {
      request.resume();
      response.writeHead(204).end();
    });
    expect((await first).at(-1)?.status).toBe(204);
    expect((await second).at(-1)?.status).toBe(204);
    expect(told.map(({ state }) => state)).toEqual(['unreachable', 'reachable']);
  });
});

test('one that hangs is not waited for by the next three, and no more than four are posted at once', async () => {
  answers = ['hang', 'hang', 'hang'];
  const hook = opened();
  const hanging: Posting[] = [];
  for (const n of [1, 2, 3]) hook.deliver(eventOf(n), (posting) => hanging.push(posting));
  expect(await posted(hook, eventOf(4))).toHaveLength(1);
  expect(await posted(hook, eventOf(5))).toHaveLength(1);
  expect(hanging).toEqual([]);
  expect(received).toHaveLength(5);
});

test('for a receiver that is down a thousand events are kept, and the oldest goes first', async () => {
  const { port } = server;
  await server.close();
  const hook = createWebhook({
    url: `http://127.0.0.1:${port}/`,
    onEvent: (event) => told.push(event),
    pauseMs: () => 60_000,
  });
  webhook = hook;
  for (let n = 0; n < 1_010; n += 1) hook.deliver(eventOf(n), () => {});
  while (told.filter(({ state }) => state === 'dropped').length < 6) await new Promise(setImmediate);
  expect(told.find(({ state }) => state === 'dropped')).toMatchObject({ why: 'crowded' });
  server = await listen(0, () => {});
});

test('an event that nobody takes is tried 185 times', async () => {
  answers = Array(200).fill(500);
  const hook = opened();
  let last = 0;
  hook.deliver(eventOf(1), ({ attempts }) => {
    last = attempts;
  });
  while (told.length === 0) await new Promise(setImmediate);
  expect(told).toEqual([{ state: 'dropped', detailType: 'order.created', why: 'tries' }]);
  expect(last).toBe(185);
});
