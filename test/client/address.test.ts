/** The option `url` as a function: asked at each connect, and as little trusted as the one for tokens. */
import { describe, expect, test } from '@jest/globals';
import { type ConnectOptions, connect } from '../../client/src/index.ts';
import { forbidden } from '../forbidden.ts';
import { hour, minute } from './client-fixture.ts';
import { createClock } from './clock.ts';
import { createFakeGateway } from './fake-gateway.ts';

const first = 'wss://one.example/prod';
const second = 'wss://two.example/prod';

/** A client whose sockets write down where they were opened. */
const fixtureWith = (url: ConnectOptions['url'], options: Partial<ConnectOptions> = {}) => {
  const clock = createClock();
  const opened: string[] = [];
  const gateway = createFakeGateway(clock);
  class Socket extends gateway.WebSocket {
    constructor(address: string, protocols?: string[]) {
      super(address, protocols);
      opened.push(address);
    }
  }
  const errors: unknown[] = [];
  const client = connect({
    url,
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    getToken: () => `t@${clock.now() + 24 * hour}`,
    WebSocket: Socket,
    now: clock.now,
    timers: clock.timers,
    random: () => 0.5,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { clock, gateway, client, opened, errors };
};

describe('a function for the address', () => {
  test.each([
    { how: 'an answer', answer: (address: string) => address },
    { how: 'a promise', answer: (address: string) => Promise.resolve(address) },
  ])('is asked at each connect, with $how', async ({ answer }) => {
    const cells = [first, first, second];
    const { clock, gateway, client, opened } = fixtureWith(() => answer(cells.shift() ?? 'none'));
    await clock.pass(500);
    gateway.restart();
    await clock.pass(2_000);
    gateway.restart();
    await clock.pass(2_000);
    expect(opened).toEqual([first, first, second]);
    expect(client.state.status).toBe('connected');
    client.close();
  });

  test('is asked again at once when the gateway goes away, and the old connection stays meanwhile', async () => {
    let cell = first;
    const { clock, gateway, client, opened } = fixtureWith(() => cell);
    const statuses: string[] = [];
    client.onState(({ status }) => statuses.push(status));
    await clock.pass(20_000);
    cell = second;
    gateway.caller().send({ type: 'closing', reason: 'going_away', error: 'Going away', reconnect: true });
    await clock.pass(1_000);
    expect(opened).toEqual([first, second]);
    expect(statuses.slice(statuses.indexOf('connected'))).not.toContain('waiting');
    expect(gateway.callers.map(({ status }) => status)).toEqual(['authenticated', 'authenticated']);
    await clock.pass(5_000);
    expect(gateway.callers.map(({ status }) => status)).toEqual(['closed', 'authenticated']);
    client.close();
  });

  test.each<{ why: string; url: () => never; says: string }>([
    {
      why: 'throws',
      url: () => {
        throw new Error('no such cell');
      },
      says: 'no such cell',
    },
    { why: 'rejects', url: () => forbidden(Promise.reject(new Error('no network'))), says: 'no network' },
    { why: 'rejects with a text', url: () => forbidden(Promise.reject('nothing')), says: 'nothing' },
    { why: 'gives nothing', url: () => forbidden(undefined), says: 'Expected a valid url, got undefined' },
    { why: 'gives a number', url: () => forbidden(7), says: 'Expected a valid url, got 7' },
    {
      why: 'gives a page',
      url: () => forbidden('https://one.example/'),
      says: 'Expected a valid url, got https://one.example/',
    },
    {
      why: 'gives a token with it',
      url: () => forbidden('wss://one.example/prod?token=t'),
      says: 'Expected a valid url without secrets, got …',
    },
    {
      why: 'gives a password with it',
      url: () => forbidden('wss://till:secret@one.example/prod'),
      says: 'Expected a valid url without secrets, got …',
    },
    {
      why: 'gives an address with a fragment',
      url: () => forbidden(`${first}#kitchen`),
      says: `Expected a valid url, got ${first}#kitchen`,
    },
  ])('that $why is asked again, later each time, and the application can read why', async ({ url, says }) => {
    let isBroken = true;
    let asked = 0;
    const { clock, client, opened, errors } = fixtureWith(() => {
      asked += 1;
      return isBroken ? url() : first;
    });
    await clock.pass(5 * minute);
    expect(client.state).toMatchObject({ status: 'waiting', why: 'backoff', cause: { kind: 'url', message: says } });
    expect(opened).toEqual([]);
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(40);
    isBroken = false;
    await clock.pass(minute);
    expect(client.state.status).toBe('connected');
    expect(errors).toEqual([]);
    client.close();
  });

  test('that does not answer is given up after ten seconds, and its late answer opens nothing', async () => {
    const late: ((address: string) => void)[] = [];
    const { clock, client, opened } = fixtureWith(() => new Promise<string>((resolve) => late.push(resolve)));
    await clock.pass(9_000);
    expect([late.length, client.state.status]).toEqual([1, 'connecting']);
    await clock.pass(3_000);
    expect(late).toHaveLength(2);
    late[0]?.(second);
    await clock.pass(1_000);
    expect(opened).toEqual([]);
    late[1]?.(first);
    await clock.pass(1_000);
    expect(opened).toEqual([first]);
    expect(client.state.status).toBe('connected');
    client.close();
  });

  test.each(['answers', 'rejects'])('that %s after the client was closed opens nothing', async (how) => {
    let settle = () => {};
    const { clock, client, opened, errors } = fixtureWith(
      () =>
        new Promise<string>((resolve, reject) => {
          settle = () => (how === 'answers' ? resolve(first) : reject(new Error('late')));
        }),
    );
    await clock.pass(1_000);
    client.close();
    settle();
    await clock.pass(minute);
    expect([opened, errors, client.state]).toEqual([[], [], { status: 'ended', end: { why: 'closed' } }]);
  });
});

test('a text is the address of every connection', async () => {
  const { clock, gateway, client, opened } = fixtureWith(first);
  await clock.pass(500);
  gateway.restart();
  await clock.pass(2_000);
  expect(opened).toEqual([first, first]);
  client.close();
});
