/** The console's HTTP side over a real port, with a state that only remembers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Console, createConsole } from '../../bin/console/endpoints.ts';
import { consolePage } from '../../bin/console/page.ts';
import { type ListeningServer, listen } from '../../local/loopback.ts';
import type { OutboxRecord } from '../../local/outbox-trail.ts';

let server: ListeningServer;
let url: string;
let revoked: string[] = [];
let errors: unknown[] = [];
let fails = false;
const records: OutboxRecord[] = [];

beforeAll(async () => {
  let answer: Console = () => false;
  server = await listen(0, (request, response) => {
    if (!answer(request, response)) response.writeHead(426).end();
  });
  url = `http://127.0.0.1:${server.port}`;
  answer = createConsole({
    page: await consolePage(),
    demo: {
      url: 'ws://127.0.0.1:1/local',
      users: [],
      restaurants: ['r-17'],
      connectionTypes: [],
      events: [],
      printed: { user: 'chef', restaurant: 'r-17' },
    },
    port: server.port,
    onError: (error) => errors.push(error),
    outbox: { records: () => records },
    state: {
      connections: async () => {
        if (fails) throw new Error('no table');
        return [];
      },
      audit: async () => [],
      revoke: async (restaurant, user) => {
        revoked.push(`${restaurant} ${user}`);
        return user === 'u-chef' ? 2 : 'not_a_member';
      },
    },
  });
});
afterAll(() => server?.close());
beforeEach(() => {
  revoked = [];
  errors = [];
  fails = false;
});

const post = (path: string, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(url + path, { method: 'POST', headers, body });

describe('the console', () => {
  test.each([
    { path: '/', type: 'text/html', says: '<title>maitred console</title>' },
    { path: '/console.css', type: 'text/css', says: 'prefers-color-scheme: dark' },
    { path: '/console.js', type: 'text/javascript', says: 'authenticate' },
  ])('serves $path, which may load and reach nothing from elsewhere', async ({ path, type, says }) => {
    const response = await fetch(url + path);
    const body = await response.text();
    expect(response.headers.get('content-type')).toMatch(type);
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self';.*ws:\/\/127\.0\.0\.1:\*/,
    );
    expect(body).toContain(says);
    // The name of a namespace is no address.
    expect(body.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
  });

  test('revokes whom it is told to', async () => {
    const response = await post('/console/revoke', '{"restaurant":"r-17","user":"u-chef"}');
    expect([response.status, await response.json(), revoked]).toEqual([200, { closed: 2 }, ['r-17 u-chef']]);
  });

  test.each([
    { why: 'who is no member', body: '{"restaurant":"r-17","user":"u-x"}', status: 404, asked: 1 },
    { why: 'of every restaurant', body: '{"restaurant":"*","user":"u-chef"}', status: 400, asked: 0 },
    { why: 'who is nobody', body: '{"restaurant":"r-17","user":"0"}', status: 400, asked: 0 },
    { why: 'in half a JSON text', body: '{"restaurant":', status: 400, asked: 0 },
    {
      why: 'at length',
      body: JSON.stringify({ restaurant: 'r-17', user: 'u-chef', more: 'x'.repeat(2000) }),
      status: 400,
      asked: 0,
    },
  ])('does not revoke one $why', async ({ body, status, asked }) => {
    expect((await post('/console/revoke', body)).status).toBe(status);
    expect(revoked).toHaveLength(asked);
  });

  test('does nothing for a page from elsewhere', async () => {
    const headers = { 'content-type': 'application/json', origin: 'http://evil.test' };
    const refused = await post('/console/revoke', '{"restaurant":"r-17","user":"u-chef"}', headers);
    expect([refused.status, revoked]).toEqual([403, []]);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    expect((await post('/issuer/token', '{"user":"chef"}', headers)).status).toBe(403);
  });

  test('leaves to others what is theirs', async () => {
    expect((await post('/issuer/token', '{"user":"chef"}')).status).toBe(426);
    expect((await fetch(`${url}/other`)).status).toBe(426);
    expect((await fetch(`${url}/console/other`)).status).toBe(404);
  });

  test('says that it failed, and why to its owner alone', async () => {
    fails = true;
    const response = await fetch(`${url}/console/connections`);
    expect([response.status, await response.json()]).toEqual([500, { error: 'failed' }]);
    expect(errors).toEqual([new Error('no table')]);
  });
});
