/** The shell on real sockets: Node's own WebSocket and the `ws` package, against a server that misbehaves. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket as Ws } from 'ws';
import { type ClientState, type ConnectOptions, connect, type MaitredClient } from '../../client/src/index.ts';
import { event, startScriptedServer, type Visit, welcome } from './scripted-server.ts';

/** Ends what a test opened, whatever became of it. */
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const quick = { backoffBaseMs: 4, backoffCapMs: 20, pongTimeoutMs: 100 };

const connectTo = (url: string, options: Partial<ConnectOptions> = {}): MaitredClient => {
  const client = connect({
    url,
    restaurantId: 'r-17',
    connectionType: 'pos',
    getToken: () => 'a.b.c',
    timing: quick,
    ...options,
  });
  open.push(client.close);
  return client;
};

const reached = (client: MaitredClient, status: ClientState['status']): Promise<ClientState> =>
  new Promise((resolve) => {
    if (client.state.status === status) resolve(client.state);
    client.onState((state) => {
      if (state.status === status) resolve(state);
    });
  });

const serve = async (...args: Parameters<typeof startScriptedServer>) => {
  const server = await startScriptedServer(...args);
  open.push(server.close);
  return server;
};

const authenticated = async ({ hears, say }: Visit) => {
  const message = await hears();
  say(welcome);
  return message;
};

const constructors: readonly { by: string; options: Partial<ConnectOptions> }[] = [
  { by: "Node's own WebSocket", options: {} },
  { by: 'the ws package', options: { WebSocket: Ws } },
];

describe.each(constructors)('by $by', ({ options }) => {
  test('a whole conversation', async () => {
    const heard: unknown[] = [];
    const server = await serve(async (visit) => {
      heard.push(await authenticated(visit));
      visit.say({ type: 'events', events: [event(1), event(2)] });
      const publication = await visit.hears();
      heard.push(publication);
      visit.say({ type: 'accepted', id: publication['id'], event_id: 'stored' });
      heard.push(await visit.closed);
    });
    const client = connectTo(server.url, options);
    const seqs: number[] = [];
    client.on('order.created', ({ seq }) => void seqs.push(seq));
    await expect(client.publish('payment.completed', { order_id: 1 }, { id: 'p' })).resolves.toEqual({
      id: 'p',
      eventId: 'stored',
    });
    expect(seqs).toEqual([1, 2]);
    client.close();
    await reached(client, 'ended');
    expect(heard.slice(0, 2)).toEqual([
      { type: 'authenticate', token: 'a.b.c', restaurant_id: 'r-17', connection_type: 'pos', batch: true },
      { type: 'payment.completed', id: 'p', data: { order_id: 1 } },
    ]);
    expect(server.failures).toEqual([]);
  });

  test.each([
    { how: 'refused with 403', refuse: 403, timing: quick },
    { how: 'refused with 429', refuse: 429, timing: quick },
    { how: 'refused with 502', refuse: 502, timing: quick },
    // The third, which is answered, has the same time.
    { how: 'never answered', refuse: 'hang' as const, timing: { ...quick, openTimeoutMs: 1_000 } },
  ])('a handshake that is $how is tried again', async ({ refuse, timing }) => {
    const server = await serve(
      (visit) => authenticated(visit).then(() => {}),
      (number) => (number <= 2 ? refuse : undefined),
    );
    const client = connectTo(server.url, { ...options, timing });
    await reached(client, 'connected');
    expect(server.visits()).toBe(3);
  });

  const ends: readonly { how: string; end: (visit: Visit) => void }[] = [
    { how: 'closes with 1000 and no message', end: ({ socket }) => socket.close(1000) },
    { how: 'closes with 1001', end: ({ socket }) => socket.close(1001) },
    { how: 'drops the line', end: ({ wire }) => wire.destroy() },
    {
      how: 'cuts a frame in the middle',
      end: ({ wire }) => {
        // A text frame that announces 100 bytes.
        wire.write(Buffer.concat([Buffer.from([0x81, 100]), Buffer.from('{"type":"closing","reconn')]));
        setTimeout(() => wire.destroy(), 10);
      },
    },
    { how: 'sends half a JSON text and closes', end: ({ say, socket }) => [say('{"type":"closi'), socket.close()] },
    { how: 'breaks the protocol', end: ({ wire }) => wire.write(Buffer.from([0xff, 0xff, 0xff])) },
  ];
  test.each(ends)('a server that $how is connected to again, and events go on', async ({ end }) => {
    const server = await serve(async (visit) => {
      const { number, hears, say } = visit;
      await hears();
      say({ ...welcome, head_seq: number === 1 ? 0 : 2 });
      if (number === 1) {
        say(event(1));
        end(visit);
        return;
      }
      expect(await hears()).toMatchObject({ type: 'replay', after: 1 });
      say({ type: 'replayed', events: [event(2)], epoch: 'e', head_seq: 2, next_after: 2, more: false, gap: false });
    });
    const client = connectTo(server.url, options);
    const seqs: number[] = [];
    await new Promise<void>((resolve) => {
      client.on('*', ({ seq }) => {
        seqs.push(seq);
        if (seq === 2) resolve();
      });
    });
    expect(seqs).toEqual([1, 2]);
    expect(server.failures).toEqual([]);
  });

  test('a server that falls silent is left', async () => {
    const server = await serve(async (visit) => {
      await authenticated(visit);
    });
    const client = connectTo(server.url, { ...options, timing: { ...quick, heartbeatMs: 50 } });
    await reached(client, 'connected');
    await reached(client, 'waiting');
    expect(client.state).toMatchObject({ cause: { kind: 'silence' } });
    await reached(client, 'connected');
    expect(server.visits()).toBe(2);
  });

  test('a last message is heeded although the line is dropped right after it', async () => {
    const server = await serve(async ({ hears, say, wire }) => {
      await hears();
      say({ type: 'auth_error', reason: 'access_denied', error: 'Authentication failed', reconnect: false });
      setTimeout(() => wire.destroy(), 10);
    });
    const client = connectTo(server.url, options);
    await expect(reached(client, 'ended')).resolves.toEqual({
      status: 'ended',
      end: { why: 'refused', reason: 'access_denied', error: 'Authentication failed' },
    });
    expect(server.visits()).toBe(1);
  });

  test('nobody there at all is tried again', async () => {
    const server = await startScriptedServer(() => {});
    await server.close();
    const client = connectTo(server.url, options);
    await reached(client, 'waiting');
    expect(client.state).toMatchObject({ cause: { kind: 'handshake' } });
  });

  test('closed while it opens is closed', async () => {
    const server = await serve(
      () => {},
      () => 'hang',
    );
    const client = connectTo(server.url, options);
    await reached(client, 'connecting');
    client.close();
    expect(client.state).toEqual({ status: 'ended', end: { why: 'closed' } });
  });
});

test('the trace shows every frame of a connection, and no token', async () => {
  const server = await serve(async (visit) => {
    await authenticated(visit);
    visit.socket.close(1000);
  });
  const trace: unknown[] = [];
  const client = connectTo(server.url, { trace: ({ at: _at, ...entry }) => trace.push(entry) });
  await reached(client, 'connected');
  await reached(client, 'waiting');
  expect(trace).toEqual([
    { connection: 2, kind: 'opening' },
    { connection: 2, kind: 'open' },
    {
      connection: 2,
      kind: 'sent',
      text: '{"type":"authenticate","token":"…","restaurant_id":"r-17","connection_type":"pos","batch":true}',
    },
    { connection: 2, kind: 'received', text: JSON.stringify(welcome) },
    { connection: 2, kind: 'closed', code: 1000 },
  ]);
});
