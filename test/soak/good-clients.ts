/** Devices that do everything as they should: the SDK, and bare sockets beside it. */
import { WebSocket } from 'ws';
import { type ConnectionType, connect, type DeviceEventData, type MaitredClient } from '../../client/src/index.ts';
import type { GatewayLives } from './gateway-lives.ts';
import type { Accepted, Heard, Listener, Session } from './oracle.ts';

export type Place = Readonly<{ name: string; restaurantId: string; connectionType: ConnectionType; sub: string }>;

export type GoodClient = Listener &
  Readonly<{
    sessions: readonly Session[];
    isConnected: () => boolean;
    /** Resolves when it is accepted; rejects when it was not, or nobody can know. */
    publish: (type: keyof DeviceEventData, mark: string) => Promise<Accepted>;
    /** Cuts the line under it. */
    cut: () => void;
    /** What is open now is cut by a kill of the gateway: nobody will hear of its end. */
    killed: () => void;
    close: () => void;
  }>;

/** Short, so that sessions are renewed while a soak runs. */
const tokenLifetimeSeconds = 60;

type Noted = { heard: Heard[]; complaints: string[]; sessions: { connectionId: string; wasCutByKill: boolean }[] };

export const sdkClient = (gateway: GatewayLives, place: Place): GoodClient => {
  const { name, restaurantId, connectionType, sub } = place;
  const noted: Noted = { heard: [], complaints: [], sessions: [] };
  let socket: WebSocket | undefined;
  class NamedSocket extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { 'user-agent': name } });
      socket = this;
    }
  }
  const client: MaitredClient = connect({
    url: gateway.places().url,
    restaurantId,
    connectionType,
    getToken: () => gateway.token(sub, tokenLifetimeSeconds),
    WebSocket: NamedSocket,
    timing: { backoffCapMs: 2_000 },
    onError: (error) => noted.complaints.push(String(error)),
    trace: (entry) => {
      if (entry.kind === 'received') note(noted, entry.text);
    },
  });
  client.on('*', ({ seq, type, data, restaurantId: from }) => {
    noted.heard.push({ mark: markIn(data), seq, type, restaurantId: from });
  });
  client.onGap(({ reason }) => {
    if (reason !== 'start') noted.complaints.push(`gap: ${reason}`);
  });
  client.onEnd((end) => {
    if (end.why !== 'closed') noted.complaints.push(`ended: ${JSON.stringify(end)}`);
  });
  return {
    ...place,
    ...noted,
    kind: 'whole',
    isConnected: () => client.state.status === 'connected',
    publish: async (type, mark) => {
      await client.publish(type, { order_id: mark, status: 'ready' }, { id: mark });
      return { mark, restaurantId, type };
    },
    cut: () => socket?.terminate(),
    killed: () => cutByKill(noted),
    close: client.close,
  };
};

/** Comes back a second after its socket has closed, for ever, and heals nothing. */
export const bareClient = (gateway: GatewayLives, place: Place): GoodClient => {
  const { name, restaurantId, connectionType, sub } = place;
  const noted: Noted = { heard: [], complaints: [], sessions: [] };
  let socket: WebSocket | undefined;
  let isClosed = false;
  let isConnected = false;

  const open = async (): Promise<void> => {
    const token = await gateway.token(sub, tokenLifetimeSeconds).catch(() => undefined);
    if (isClosed) return;
    if (token === undefined) return again();
    const opened = new WebSocket(gateway.places().url, { headers: { 'user-agent': name } });
    socket = opened;
    opened.on('error', () => {});
    opened.on('open', () => {
      opened.send(
        JSON.stringify({ type: 'authenticate', token, restaurant_id: restaurantId, connection_type: connectionType }),
      );
    });
    opened.on('message', (data) => {
      const frame = note(noted, data.toString());
      if (frame['type'] === 'auth_success') isConnected = true;
      if (typeof frame['seq'] !== 'number' || !('data' in frame)) return;
      const { seq, type, restaurant_id: from } = frame;
      noted.heard.push({ mark: markIn(frame['data']), seq, type: String(type), restaurantId: String(from) });
    });
    opened.on('close', () => {
      isConnected = false;
      again();
    });
  };
  const again = (): void => {
    if (!isClosed) setTimeout(() => void open(), 1_000);
  };
  void open();
  return {
    ...place,
    ...noted,
    kind: 'bare',
    isConnected: () => isConnected,
    publish: () => Promise.reject(new Error('a bare client publishes nothing')),
    cut: () => socket?.terminate(),
    killed: () => cutByKill(noted),
    close: () => {
      isClosed = true;
      socket?.close();
    },
  };
};

/** Sessions that have begun, and what no honest client should hear. */
const note = (noted: Noted, text: string): Readonly<Record<string, unknown>> => {
  const frame: Readonly<Record<string, unknown>> = JSON.parse(text);
  if (frame['type'] === 'auth_success')
    noted.sessions.push({ connectionId: String(frame['connection_id']), wasCutByKill: false });
  const { type, reason } = frame;
  if (type === 'auth_error' && reason !== 'unavailable' && reason !== 'token_expired')
    noted.complaints.push(`auth_error: ${reason}`);
  return frame;
};

/** Its last session may have ended before the kill and be one of those that did not hear of it; no other can be. */
const cutByKill = ({ sessions }: Noted): void => {
  const last = sessions.at(-1);
  if (last !== undefined) last.wasCutByKill = true;
};

const markIn = (data: unknown): string =>
  typeof data === 'object' && data !== null && 'order_id' in data ? String(data.order_id) : '';
