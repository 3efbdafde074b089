/** The platform's sources of hints, in the shapes that React Native and browsers have. */
import type { SignalSources } from '../../client/src/index.ts';
import type { Signal } from '../../client/src/state.ts';

type Net = { type: string; isConnected: boolean | null };

export const createSignals = () => {
  const listeners = new Map<string, Set<() => void>>();
  const appListeners = new Set<(state: string) => void>();
  const netListeners = new Set<(state: Net) => void>();
  const of = (type: string) => listeners.get(type) ?? listeners.set(type, new Set()).get(type) ?? new Set();
  let net: Net = { type: 'wifi', isConnected: true };
  const page = {
    visibilityState: 'visible',
    addEventListener: (type: string, listener: () => void) => void of(type).add(listener),
    removeEventListener: (type: string, listener: () => void) => void of(type).delete(listener),
  };
  const tell = (state: Net) => {
    net = state;
    for (const listener of netListeners) listener(state);
  };
  const sources: SignalSources = {
    online: page,
    visibility: page,
    appState: {
      addEventListener: (_type, listener) => {
        appListeners.add(listener);
        return { remove: () => void appListeners.delete(listener) };
      },
    },
    netInfo: {
      addEventListener: (listener) => {
        netListeners.add(listener);
        listener(net);
        return () => void netListeners.delete(listener);
      },
    },
  };
  const give = (signal: Signal): void => {
    switch (signal) {
      case 'online':
      case 'offline':
        for (const listener of of(signal)) listener();
        return;
      case 'network_changed':
        tell({ ...net, type: net.type === 'wifi' ? 'cellular' : 'wifi' });
        return;
      case 'foreground':
      case 'background':
        for (const listener of appListeners) listener(signal === 'foreground' ? 'active' : 'background');
        return;
    }
  };
  return {
    sources,
    give,
    tell,
    show: (visibilityState: string) => {
      page.visibilityState = visibilityState;
      for (const listener of of('visibilitychange')) listener();
    },
    listening: () =>
      [...listeners.values()].reduce((sum, { size }) => sum + size, 0) + appListeners.size + netListeners.size,
  };
};
