/** What an application does by the SDK, and what comes of it: each row of the table in docs/compatibility.md, as the words in a cell. */
import type { connect, ConnectOptions, MaitredClient } from '../../client/src/index.ts';
import type { storageOf } from '../../client/src/storage.ts';
import { setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import type { Gateway } from '../../local/gateway.ts';
import { localTarget, placesOf } from '../../bin/target.ts';
import { connect as connectSocket } from '../local/client.ts';
import { newName } from './hand-off.ts';

/** An SDK as an application imports it. The first has no storage. */
export type Sdk = Readonly<{ connect: typeof connect; storageOf?: typeof storageOf }>;

type Options = Pick<ConnectOptions, 'connectionType'> & Partial<ConnectOptions>;

/** A restaurant of its own, with an owner, a chef and a cashier, and clients that are closed when the deed is done. */
export type House = Readonly<{
  sdk: Sdk;
  gateway: Gateway;
  restaurantId: string;
  /** A client as its connection type usually is. */
  client: (options: Options) => MaitredClient;
  /** One that is connected. */
  connected: (options: Options) => Promise<MaitredClient>;
}>;

const userOf: Readonly<Record<string, string>> = { kitchen: 'chef', pos: 'cashier', management: 'owner' };

export const openHouse = async (sdk: Sdk, gateway: Gateway): Promise<House & Readonly<{ close: () => void }>> => {
  const restaurantId = newName('restaurant');
  const { memberships } = localTarget(placesOf(gateway));
  for (const [userId, role] of Object.entries({ 'u-owner': 'manager', 'u-chef': 'employee', 'u-cashier': 'employee' }))
    await setMember(memberships)({ restaurantId, issuer: 'demo', userId, role });
  const clients: MaitredClient[] = [];
  const client: House['client'] = (options) => {
    const getToken = () => gateway.token(userOf[options.connectionType] ?? 'stranger');
    const made = sdk.connect({ url: gateway.url, restaurantId, getToken, ...options });
    clients.push(made);
    return made;
  };
  return {
    sdk,
    gateway,
    restaurantId,
    client,
    connected: async (options) => {
      const made = client(options);
      await stateOf(made, ({ status }) => status === 'connected');
      return made;
    },
    close: () => {
      for (const made of clients) made.close();
    },
  };
};

type ClientState = MaitredClient['state'];

/** The first state that is so, this one among them. */
const stateOf = (client: MaitredClient, is: (state: ClientState) => boolean): Promise<ClientState> =>
  new Promise((resolve) => {
    const look = (state: ClientState) => {
      if (is(state)) resolve(state);
    };
    client.onState(look);
    look(client.state);
  });

const connectionIdOf = (state: ClientState): string | undefined =>
  state.status === 'connected' ? state.session.connectionId : undefined;

/** The data of the next events of a type, so many. */
const heard = (client: MaitredClient, count: number): Promise<readonly unknown[]> =>
  new Promise((resolve) => {
    const all: unknown[] = [];
    client.on('order.status_changed', ({ data }) => {
      all.push(data.order_id);
      if (all.length === count) resolve(all);
    });
  });

const ready = (client: MaitredClient, orderId: number) =>
  client.publish('order.status_changed', { order_id: orderId, status: 'ready' });

const yesIf = (isSo: boolean): string => (isSo ? 'yes' : 'no');

/** The browser's `WebSocket`, with what each was asked for. */
const watchedSockets = () => {
  const opened: Readonly<{ protocols: readonly string[]; socket: WebSocket }>[] = [];
  class Watched extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols);
      opened.push({ protocols: protocols ?? [], socket: this });
    }
  }
  return { opened, WebSocket: Watched };
};

export const deeds: Readonly<Record<string, (house: House) => Promise<string>>> = {
  'connects, and proves who it is': async ({ connected }) => {
    const { state } = await connected({ connectionType: 'kitchen' });
    return yesIf(state.status === 'connected' && state.session.userId === 'u-chef');
  },

  'publishes; others hear it once, in order': async ({ connected }) => {
    const till = await connected({ connectionType: 'pos' });
    const kitchen = await connected({ connectionType: 'kitchen' });
    const orders = heard(till, 3);
    await Promise.all([1, 2, 3].map((orderId) => ready(kitchen, orderId)));
    return yesIf(String(await orders) === '1,2,3');
  },

  'goes on at its cursor, and fetches what it missed': async ({ client, connected }) => {
    const till = await connected({ connectionType: 'pos' });
    const kitchen = await connected({ connectionType: 'kitchen' });
    const first = heard(till, 1);
    await ready(kitchen, 1);
    await first;
    // It moves when the handlers have returned.
    await new Promise(setImmediate);
    const { cursor } = till;
    till.close();
    await ready(kitchen, 2);
    await ready(kitchen, 3);
    const missed = await heard(client({ connectionType: 'pos', ...(cursor === undefined ? {} : { cursor }) }), 2);
    return yesIf(String(missed) === '2,3');
  },

  'renews its session in place': async ({ gateway, client }) => {
    const soon = Math.floor(Date.now() / 1_000) + 6;
    const kitchen = client({
      connectionType: 'kitchen',
      getToken: (why) => gateway.token('chef', why === 'first' ? { exp: soon } : {}),
    });
    const before = await stateOf(kitchen, ({ status }) => status === 'connected');
    const after = await stateOf(
      kitchen,
      (state) => state.status !== 'connected' || state.session.expiresAt > (soon + 60) * 1_000,
    );
    return yesIf(connectionIdOf(after) === connectionIdOf(before));
  },

  'hands over to a second connection before the first is too old': async ({ client }) => {
    const kitchen = client({
      connectionType: 'kitchen',
      timing: { maxConnectionMs: 6_000, handOverLeadMs: 2_000, steadyMs: 1_000 },
    });
    const before = await stateOf(kitchen, ({ status }) => status === 'connected');
    const after = await stateOf(
      kitchen,
      (state) => state.status !== 'connected' || connectionIdOf(state) !== connectionIdOf(before),
    );
    return yesIf(after.status === 'connected');
  },

  'asks for another token when one is refused': async ({ gateway, client }) => {
    const reasons: string[] = [];
    const kitchen = client({
      connectionType: 'kitchen',
      getToken: (why) => {
        reasons.push(why);
        return gateway.token('chef', why === 'first' ? { exp: Math.floor(Date.now() / 1_000) - 3_600 } : {});
      },
    });
    await stateOf(kitchen, ({ status }) => status === 'connected');
    return yesIf(String(reasons) === 'first,refused');
  },

  'ends, and says why, where no other try can help': async ({ gateway, client }) => {
    const barred = client({ connectionType: 'kitchen', getToken: () => gateway.token('stranger') });
    const end = await new Promise<object>((resolve) => barred.onEnd(resolve));
    return yesIf('reason' in end && end.reason === 'access_denied');
  },

  'is one session too many of its user, a reason that v0.1.0 does not have': async ({
    gateway,
    restaurantId,
    connected,
  }) => {
    const kitchen = await connected({ connectionType: 'kitchen' });
    const till = await connected({ connectionType: 'pos' });
    const token = await gateway.token('chef');
    const sockets = [];
    for (let i = 0; i < 50; i++) {
      // An address has a hundred handshakes a minute, and theirs is not that of the others.
      const socket = await connectSocket(gateway.url, { localAddress: '127.0.0.2' });
      sockets.push(socket);
      socket.send({ type: 'authenticate', token, restaurant_id: restaurantId, connection_type: 'kitchen' });
      await socket.next();
    }
    const wait = stateOf(kitchen, ({ status }) => status !== 'connected');
    const order = heard(kitchen, 1);
    await ready(till, 1);
    const came = await Promise.race([wait, order]);
    for (const { socket } of sockets) socket.terminate();
    if (!('status' in came)) return 'stays connected';
    const waitsMs = came.status === 'waiting' ? (came.retryAt ?? 0) - Date.now() : 0;
    return waitsMs > 50_000 ? 'waits the minute that it is told' : came.status;
  },

  'asks who is there': async ({ connected }) => {
    const office = await connected({ connectionType: 'management' });
    if (!('who' in office)) return 'has no such question';
    return office.who().then(
      (present) => yesIf(present.length === 1),
      ({ code }) => `WhoError, \`${code}\``,
    );
  },

  'hears the text of `data` as its publisher wrote it': async ({ gateway, restaurantId, connected }) => {
    const till = await connected({ connectionType: 'pos' });
    const raw = new Promise<unknown>((resolve) => {
      till.on('order.status_changed', (event) => resolve(event.raw));
    });
    const kitchen = await connectSocket(gateway.url);
    const said = '{ "order_id":17.0, "status":"ready" }';
    const token = await gateway.token('chef');
    kitchen.send({ type: 'authenticate', token, restaurant_id: restaurantId, connection_type: 'kitchen' });
    await kitchen.next();
    kitchen.send(`{"type":"order.status_changed","id":"s-1","data":${said}}`);
    const text = await raw;
    kitchen.socket.terminate();
    if (text === undefined) return 'has no `raw`';
    return text === said ? 'yes' : 'written anew by the gateway';
  },

  'shows a re-entry pass at its next handshake': async ({ connected }) => {
    const { opened, WebSocket } = watchedSockets();
    const kitchen = await connected({ connectionType: 'kitchen', WebSocket });
    opened[0]?.socket.close();
    await stateOf(kitchen, ({ status }) => status !== 'connected');
    await stateOf(kitchen, ({ status }) => status === 'connected');
    return yesIf((opened[1]?.protocols.length ?? 0) > 1);
  },

  'sends what a client before it kept in a storage': async ({ sdk, connected, client }) => {
    if (sdk.storageOf === undefined) return 'has no storage';
    const texts = new Map<string, string>();
    const storage = sdk.storageOf({
      get: async (key) => texts.get(key),
      set: async (key, text) => texts.set(key, text),
      remove: async (key) => texts.delete(key),
    });
    const till = await connected({ connectionType: 'pos' });
    const order = heard(till, 1);
    const user = { userId: 'u-chef', issuer: 'demo' };
    const offline = client({ connectionType: 'kitchen', url: 'ws://127.0.0.1:9/none', storage, user });
    const publishing = ready(offline, 7);
    publishing.catch(() => {});
    await publishing.kept;
    offline.close();
    await connected({ connectionType: 'kitchen', storage, user });
    return yesIf(String(await order) === '7');
  },
};
