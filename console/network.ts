/** A network whose connections can be cut at once: what the page's clients see when the device notices that its own is gone. */
import type { OnlineSource, Socket, SocketConstructor } from '../client/src/index.ts';

export type Network = Readonly<{
  WebSocket: SocketConstructor;
  online: OnlineSource;
  /** Ends every connection and lets none begin until it is restored. */
  cut: () => void;
  restore: () => void;
}>;

/** What a browser tells of a connection that ended without a closing handshake. */
const lost = { code: 1006 };

export const createNetwork = (Native: SocketConstructor): Network => {
  const signals = new EventTarget();
  const cuts = new Set<() => void>();
  let isUp = true;

  /** A browser's socket until it is cut; then it ends without a word from the other side. */
  class NetworkSocket implements Socket {
    onopen: Socket['onopen'] = null;
    onmessage: Socket['onmessage'] = null;
    onerror: Socket['onerror'] = null;
    onclose: ((event: Readonly<{ code: number }>) => void) | null = null;
    readonly #native: Socket | undefined;

    constructor(url: string) {
      if (!isUp) {
        setTimeout(() => this.onclose?.(lost));
        return;
      }
      const native = new Native(url);
      this.#native = native;
      const cut = () => {
        native.onopen = native.onmessage = native.onerror = native.onclose = null;
        native.close();
        this.onclose?.(lost);
      };
      cuts.add(cut);
      native.onopen = (event) => this.onopen?.(event);
      native.onmessage = (event) => this.onmessage?.(event);
      native.onerror = (event) => this.onerror?.(event);
      native.onclose = (event) => {
        cuts.delete(cut);
        this.onclose?.(event);
      };
    }

    send(data: string): void {
      this.#native?.send(data);
    }

    close(code?: number): void {
      this.#native?.close(code);
    }
  }

  return {
    WebSocket: NetworkSocket,
    online: {
      addEventListener: (type, listener) => signals.addEventListener(type, listener),
      removeEventListener: (type, listener) => signals.removeEventListener(type, listener),
    },
    cut: () => {
      isUp = false;
      for (const cut of cuts) cut();
      cuts.clear();
      signals.dispatchEvent(new Event('offline'));
    },
    restore: () => {
      isUp = true;
      signals.dispatchEvent(new Event('online'));
    },
  };
};
