import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Client, connect } from './client.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

let gateway: RunningGateway;
let client: Client;
beforeAll(async () => {
  gateway = await runGateway();
  client = await connect(gateway.url);
});
afterAll(() => gateway.close());

const errorFrame = (message: string) => ({
  message,
  connectionId: expect.stringMatching(/=$/),
  requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
});

test.each([
  { why: 'throws', message: { do: 'throw' }, frame: 'Internal server error' },
  { why: 'ends its process', message: { do: 'exit' }, frame: 'Internal server error' },
  { why: 'returns something else than a response', message: { do: 'malformed' }, frame: 'Internal server error' },
  { why: 'returns a body that is no text', message: { do: 'number' }, frame: 'Internal server error' },
  { why: 'waits for too long', message: { do: 'hang' }, frame: 'Endpoint request timed out' },
])('a function that $why yields the error frame "$frame" and the socket stays open', async ({ message, frame }) => {
  client.send(message);
  expect(await client.next()).toEqual(errorFrame(frame));
  client.send({ still: 'here' });
  expect(await client.next()).toEqual({ still: 'here' });
});

test('an error frame does not tell what went wrong', async () => {
  client.send({ do: 'throw' });
  expect(JSON.stringify(await client.next())).not.toMatch(/out of bounds|RangeError/);
});

test('the body is sent to the caller only where the route has a response', async () => {
  client.send({ type: 'quiet' });
  await gateway.handled('Quiet');
  client.send({ n: 1 });
  expect(await client.next()).toEqual({ n: 1 });
});

test('the error frame is sent where the route has no response, too', async () => {
  const broken = await runGateway({}, ({ sources }) => {
    sources['Quiet'] = 'export const handler = async () => { throw new Error("quiet"); };';
  });
  const other = await connect(broken.url);
  other.send({ type: 'quiet' });
  expect(await other.next()).toEqual(errorFrame('Internal server error'));
  await broken.close();
});

test('a response without a body sends nothing', async () => {
  client.send({ do: 'nothing' });
  await gateway.handled('Reply', (event) => event.body === '{"do":"nothing"}');
  client.send({ n: 2 });
  expect(await client.next()).toEqual({ n: 2 });
});

test.each([
  { why: 'a type without a route', text: '{"type":"other"}' },
  { why: 'no type', text: '{}' },
  { why: 'a type that is no text', text: '{"type":["quiet"]}' },
  { why: 'a reserved route key', text: '{"type":"$connect"}' },
  { why: 'an inherited property', text: '{"__proto__":{"type":"quiet"}}' },
  { why: 'an array', text: '["quiet"]' },
  { why: 'a text', text: '"quiet"' },
  { why: 'null', text: 'null' },
  { why: 'no JSON', text: '{"type":"quiet"' },
  { why: 'nothing', text: '' },
  { why: 'deep nesting', text: `${'['.repeat(20_000)}` },
])('a message with $why goes to $default', async ({ text }) => {
  gateway.meter.reset();
  client.send(text);
  await gateway.handled('Reply', (event) => event.body === text);
  expect(gateway.meter.invocations).toEqual({ Reply: 1 });
});
