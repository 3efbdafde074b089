/** Hints from the platform, each a shape that React Native or a browser already has. */
import type { Signal } from './state.ts';

/** A browser's `window`. */
export type OnlineSource = Readonly<{
  addEventListener(type: 'online' | 'offline', listener: () => void): void;
  removeEventListener(type: 'online' | 'offline', listener: () => void): void;
}>;

/** A browser's `document`. A hidden page is in the background only for hints: it keeps its connection and its retries. */
export type VisibilitySource = Readonly<{
  readonly visibilityState: string;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}>;

/** React Native's `AppState`. In the background no new connection is made. */
export type AppStateSource = Readonly<{
  addEventListener(type: 'change', listener: (state: string) => void): Readonly<{ remove(): void }>;
}>;

/** `@react-native-community/netinfo`. */
export type NetInfoSource = Readonly<{
  addEventListener(listener: (state: NetInfo) => void): () => void;
}>;
type NetInfo = Readonly<{ type?: string; isConnected: boolean | null }>;

/** Where hints come from: that the network is back, that somebody looks. The client does without as well, more slowly. */
export type SignalSources = Readonly<{
  online?: OnlineSource;
  visibility?: VisibilitySource;
  appState?: AppStateSource;
  netInfo?: NetInfoSource;
}>;

/** Listens to all of them until the returned function is called. */
export const listen = (
  sources: SignalSources,
  signal: (signal: Signal) => void,
  network: (name: string) => void,
): (() => void) => {
  const stops = [
    sources.online && listenOnline(sources.online, signal),
    sources.visibility && listenVisibility(sources.visibility, signal),
    sources.appState && listenAppState(sources.appState, signal),
    sources.netInfo && listenNetInfo(sources.netInfo, signal, network),
  ];
  return () => {
    for (const stop of stops) stop?.();
  };
};

const listenOnline = (source: OnlineSource, signal: (signal: Signal) => void) => {
  const online = () => signal('online');
  const offline = () => signal('offline');
  source.addEventListener('online', online);
  source.addEventListener('offline', offline);
  return () => {
    source.removeEventListener('online', online);
    source.removeEventListener('offline', offline);
  };
};

const listenVisibility = (source: VisibilitySource, signal: (signal: Signal) => void) => {
  const changed = () => {
    if (source.visibilityState === 'visible') signal('foreground');
  };
  source.addEventListener('visibilitychange', changed);
  return () => source.removeEventListener('visibilitychange', changed);
};

const listenAppState = (source: AppStateSource, signal: (signal: Signal) => void) => {
  const subscription = source.addEventListener('change', (state) => {
    if (state === 'active') signal('foreground');
    // iOS is `inactive` while a call comes in or the user switches apps: that is not the background yet.
    if (state === 'background') signal('background');
  });
  return () => subscription.remove();
};

/** NetInfo tells its state at once and at every change, also of the kind of network: a socket does not survive that. */
const listenNetInfo = (source: NetInfoSource, signal: (signal: Signal) => void, network: (name: string) => void) => {
  let known: NetInfo | undefined;
  return source.addEventListener((state) => {
    const before = known;
    known = state;
    if (state.isConnected === false) return signal('offline');
    network(state.type ?? '');
    if (before?.isConnected === false) return signal('online');
    if (before !== undefined && before.type !== state.type) signal('network_changed');
  });
};
