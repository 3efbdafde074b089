/** The connection of one provider: components attach their handlers whether or not there is a client yet. It knows no React. */
import type { MaitredClient, Off } from './client.ts';
import type { ClientState } from './client-state.ts';
import type { Cursor, Gap } from './events.ts';
import { connect } from './index.ts';
import type { ConnectOptions } from './options.ts';
import type { End } from './state.ts';

/** What `MaitredProvider` takes: the options of `connect`, and handlers that hear everything from the first moment on. */
export type HeldOptions = ConnectOptions &
  Readonly<{
    onGap?: (gap: Gap) => unknown;
    onCursor?: (cursor: Cursor) => void;
    onEnd?: (end: End) => void;
  }>;

/** What a component sees of its provider's connection. */
export type MaitredView = Readonly<{ state: ClientState; client: MaitredClient | undefined }>;

type Attach = (client: MaitredClient) => Off;

export type HeldConnection = Readonly<{
  /** The same object until something changes. */
  view: () => MaitredView;
  onView: (listener: () => void) => Off;
  /** Attaches to this client, and to the one after it. */
  attach: (attach: Attach) => Off;
  publish: MaitredClient['publish'];
  mount: () => Off;
}>;

const beforeTheFirst: MaitredView = { state: { status: 'connecting', step: 'token' }, client: undefined };

/** Of another kind than before it is another provider's, which is about to take over. */
const urlNow = ({ url }: HeldOptions) => (typeof url === 'function' ? url() : url);

/** `options` are those to connect with; of `latest` the functions are called. */
export const holdConnection = (options: HeldOptions, latest: () => HeldOptions): HeldConnection => {
  let client: MaitredClient | undefined;
  let view = beforeTheFirst;
  let mounts = 0;
  const listeners = new Set<() => void>();
  const attached = new Map<Attach, Off | undefined>();

  const show = (next: MaitredView): void => {
    view = next;
    for (const listener of [...listeners]) listener();
  };

  const open = (): MaitredClient => {
    // Where the client before stopped, for React may unmount and mount again; a word instead of a place stays that word.
    const cursor = typeof options.cursor === 'string' ? options.cursor : (client?.cursor ?? options.cursor);
    const opened = connect({
      ...options,
      ...(cursor === undefined ? {} : { cursor }),
      ...(typeof options.url === 'function' && { url: async () => urlNow(latest()) }),
      getToken: (why) => latest().getToken(why),
      ...(options.onError && { onError: (error) => latest().onError?.(error) }),
      ...(options.trace && { trace: (entry) => latest().trace?.(entry) }),
    });
    client = opened;
    opened.onState((state) => show({ state, client: opened }));
    for (const attach of attached.keys()) attached.set(attach, attach(opened));
    show({ state: opened.state, client: opened });
    return opened;
  };

  const attach = (one: Attach): Off => {
    attached.set(one, client && one(client));
    return () => {
      attached.get(one)?.();
      attached.delete(one);
    };
  };
  attach((one) => one.onGap((gap) => latest().onGap?.(gap)));
  attach((one) => one.onCursor((cursor) => latest().onCursor?.(cursor)));
  attach((one) => one.onEnd((end) => latest().onEnd?.(end)));

  let isClosed = false;
  const closeUnlessMounted = (): void => {
    if (mounts > 0 || isClosed) return;
    isClosed = true;
    client?.close();
  };

  return {
    view: () => view,
    onView: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    attach,
    // A child's effects run before its provider's.
    publish: (type, data, publication) => (client ?? open()).publish(type, data, publication),
    mount: () => {
      mounts += 1;
      if (client === undefined || isClosed) open();
      isClosed = false;
      return () => {
        mounts -= 1;
        // Later: StrictMode mounts again at once, and that is no reason for another socket.
        void Promise.resolve().then(closeUnlessMounted);
      };
    },
  };
};
