import { type ConnectionType, isConnectionType, isRestaurantId } from '../../protocol/identifiers.ts';
import type { Cursor } from './events.ts';
import { defaultTiming, type Settings, type Timing } from './settings.ts';
import type { Storage } from './storage.ts';
import type { SignalSources } from './signals.ts';
import type { SocketConstructor } from './socket.ts';
import type { TokenReason } from './state.ts';
import type { TraceEntry } from './trace.ts';

export type ConnectOptions = Readonly<{
  /** `wss://<host>/<stage>`; `ws:` is for a gateway on the own machine. Never with a token. */
  url: string;
  restaurantId: string;
  connectionType: ConnectionType;
  /** The access token. For every reason but `first` one from a cache will not do. May throw: it is asked again, later. */
  getToken: (why: TokenReason) => Promise<string> | string;
  /** @default the global one */
  WebSocket?: SocketConstructor;
  /** Whether the gateway may put several events into one frame. @default true */
  batch?: boolean;
  /** Where to go on; without one the first `onGap` says where delivery starts. */
  cursor?: Cursor;
  /** Publications that may wait. @default 100 */
  maxQueued?: number;
  /** How long a publication is tried. @default 300000 */
  publishTimeoutMs?: number;
  /** After how much silence to ping. @default 60000 */
  heartbeatMs?: number;
  /** The other times. Those of the gateway's own limits should stay. */
  timing?: Partial<Timing>;
  /** Keeps the re-entry pass across restarts, so that a flooded network does not keep this device out. @default in memory */
  storage?: Storage;
  signals?: SignalSources;
  /** What an application's handler threw. @default written to the console */
  onError?: (error: unknown) => void;
  /** Every frame and every connection, for people to look at; tokens are blanked. */
  trace?: (entry: TraceEntry) => void;
  /** Epoch milliseconds. @default Date.now */
  now?: () => number;
  /** In [0, 1). @default Math.random */
  random?: () => number;
  /** @default the global ones */
  timers?: Timers;
}>;

export type Timers = Readonly<{
  setTimeout: (run: () => void, afterMs: number) => unknown;
  clearTimeout: (timer: unknown) => void;
}>;

/** Throws a `TypeError` for what is a mistake in the program and no trying can heal. */
export const settingsOf = (options: ConnectOptions): Settings => {
  const { url, restaurantId, connectionType, batch = true, maxQueued = 100, heartbeatMs, timing } = options;
  // No URL class: React Native's has gaps.
  expect(/^wss?:\/\/[^\s/?#]/i.test(url), 'url', url);
  // Addresses end up in logs.
  expect(!/[?&](access_)?token=/i.test(url), 'url without a token', '…');
  expect(isRestaurantId(restaurantId), 'restaurantId', restaurantId);
  expect(isConnectionType(connectionType), 'connectionType', connectionType);
  return {
    restaurantId,
    connectionType,
    batch,
    maxQueued,
    timing: { ...defaultTiming, ...timing, ...(heartbeatMs === undefined ? {} : { heartbeatMs }) },
  };
};

const expect = (isMet: boolean, what: string, got: unknown): void => {
  if (!isMet) throw new TypeError(`Expected a valid ${what}, got ${got}`);
};
