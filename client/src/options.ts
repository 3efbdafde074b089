import { isDeviceId, isRestaurantId, mayBeConnectionType } from '../../protocol/identifiers.ts';
import type { ConnectionType } from './domain.ts';
import type { Cursor } from './events.ts';
import type { User } from './outbox-state.ts';
import {
  dayMs,
  defaultTiming,
  leastPingIntervalMs,
  mostPingIntervalMs,
  type Settings,
  type Timing,
} from './settings.ts';
import type { Storage } from './storage.ts';
import type { SignalSources } from './signals.ts';
import type { SocketConstructor } from './socket.ts';
import type { TokenReason } from './state.ts';
import type { Timers } from './timers.ts';
import type { TraceEntry } from './trace.ts';

/** What `connect` takes. Times are milliseconds. */
export type ConnectOptions = Readonly<{
  /**
   * `wss://<host>/<stage>`; `ws:` is for a gateway on the own machine. Never with a token. A function is asked at each connect, and may
   * throw: it is asked again, later. Together with the handshake it has `openTimeoutMs`.
   */
  url: string | (() => Promise<string> | string);
  /** The restaurant, as the gateway's memberships name it. */
  restaurantId: string;
  /** What this device is there. */
  connectionType: ConnectionType;
  /**
   * What this device calls itself, for `who`: 1 to 64 letters, digits, `_`, `.`, `:` and `-`. A name that no other device of its user
   * has and that it keeps, and never who it is. @default - none
   */
  deviceId?: string;
  /** The access token. For every reason but `first` one from a cache will not do. May throw: it is asked again, later. */
  getToken: (why: TokenReason) => Promise<string> | string;
  /** What connections are made with. @default the global one */
  WebSocket?: SocketConstructor;
  /** Whether the gateway may put several events into one frame. @default true */
  batch?: boolean;
  /**
   * Where to go on; without one the first `onGap` says where delivery starts. `stored`: the client keeps it in the storage, for its
   * user, and goes on there.
   */
  cursor?: Cursor | 'stored';
  /**
   * When the cursor moves: once the handlers were called, or once what they returned has settled. One that rejects has settled.
   * @default 'called'
   */
  cursorAfter?: 'called' | 'settled';
  /**
   * Who is signed in, as `auth_success` will say it. With it what is published before the first connection is known to be theirs, also
   * after a restart.
   */
  user?: User;
  /** Publications that may wait. @default 100 */
  maxQueued?: number;
  /** Characters that they may have together. @default 524288 */
  maxQueuedChars?: number;
  /** How long a publication is tried; `Infinity`: as long as it takes. @default 300000 */
  publishTimeoutMs?: number;
  /**
   * After how much silence to ping: an event that was lost is noticed so much later at most, and ten seconds. Above 120000 costs less, and
   * mobile networks forget a silent connection after 30000 to 300000; where one did, 45000 counts for a day. 45000 to 300000.
   * @default what the gateway tells, which is 120000 unless its operator chose another
   */
  heartbeatMs?: number;
  /** The other times, each from 1 to 86400000. Those of the gateway's own limits should stay. */
  timing?: Partial<Timing>;
  /**
   * Keeps the publications that wait, the cursor if that is asked for, and the re-entry pass across restarts: what
   * `@maitred/client/storage` makes of the platform's. @default in memory
   */
  storage?: Storage;
  /** What tells of the network and of who looks. @default - none */
  signals?: SignalSources;
  /** What an application's handler threw. @default written to the console */
  onError?: (error: unknown) => void;
  /** Every frame and every connection, for people to look at; tokens are blanked. */
  trace?: (entry: TraceEntry) => void;
  /** Epoch milliseconds. @default Date.now */
  now?: () => number;
  /** In [0, 1). @default Math.random */
  random?: () => number;
  /** What waits. @default the global ones */
  timers?: Timers;
}>;

/** Throws a `TypeError` for what is a mistake in the program and no trying can heal. */
export const settingsOf = (options: ConnectOptions): Settings => {
  const { url, restaurantId, connectionType, batch = true, heartbeatMs, timing, storage, cursor, deviceId } = options;
  const { maxQueued = 100, maxQueuedChars = 512 * 1024, publishTimeoutMs = 0, user } = options;
  if (typeof url !== 'function') urlOf(url);
  expect(isRestaurantId(restaurantId), 'restaurantId', restaurantId);
  expect(mayBeConnectionType(connectionType), 'connectionType', connectionType);
  expect(deviceId === undefined || (typeof deviceId === 'string' && isDeviceId(deviceId)), 'deviceId', deviceId);
  expect(storage ? storage.keep : cursor !== 'stored', 'storage (@maitred/client/storage makes one)', storage);
  const times = { ...defaultTiming, ...timing };
  // What each number may be. Another would stop the client's one clock, or have it race. Tests want short times.
  expectNumbers({ heartbeatMs: heartbeatMs ?? leastPingIntervalMs }, leastPingIntervalMs, mostPingIntervalMs);
  expectNumbers(times, 1, dayMs);
  expectNumbers({ maxQueued, maxQueuedChars, publishTimeoutMs }, 0, Number.POSITIVE_INFINITY);
  return {
    restaurantId,
    connectionType,
    batch,
    deviceId,
    maxQueued,
    maxQueuedChars,
    keeps: storage !== undefined,
    user,
    timing: { ...times, heartbeatMs: heartbeatMs ?? times.heartbeatMs },
  };
};

/** The url, or a `TypeError`. */
export const urlOf = (url: string): string => {
  // Addresses end up in logs.
  expect(!/[?&](access_)?token=|^wss?:\/\/[^/?#]*@/i.test(url), 'url without secrets', '…');
  // No URL class: React Native's has gaps. A WebSocket takes no address with a fragment.
  expect(/^wss?:\/\/[^\s/?#][^#]*$/i.test(url), 'url', url);
  return url;
};

const expectNumbers = (numbers: Readonly<Record<string, unknown>>, least: number, most: number): void => {
  for (const [name, got] of Object.entries(numbers))
    expect(typeof got === 'number' && got >= least && got <= most, `${name}, ${least} to ${most}`, got);
};

const expect = (isMet: unknown, what: string, got: unknown): void => {
  if (!isMet) throw new TypeError(`Expected a valid ${what}, got ${got}`);
};
