'use client';
/** The client in React 17 or later: a provider that holds one connection, and hooks below it. */
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { MaitredClient } from './client.ts';
import type { RestaurantEvent } from './events.ts';
import { type HeldOptions, holdConnection, type HeldConnection, type MaitredView } from './react-connection.ts';

export type { HeldOptions, MaitredView } from './react-connection.ts';

/**
 * The options of `connect`, and handlers that hear everything from the first moment on. Another `url`, `restaurantId` or
 * `connectionType` is another connection; another user is another `key`. Functions may change at any time; the other options
 * are those of the moment when the connection was made.
 */
export type MaitredProviderProps = HeldOptions & Readonly<{ children?: ReactNode }>;

const Connection = createContext<HeldConnection | undefined>(undefined);

/** Connects while it is mounted. Rendering on a server connects nothing. */
export const MaitredProvider = (props: MaitredProviderProps): ReactElement => {
  const { children, ...options } = props;
  const latest = useLatest<HeldOptions>(options);
  const place = JSON.stringify([options.url, options.restaurantId, options.connectionType]);
  const hold = () => ({ place, connection: holdConnection(options, () => latest.current) });
  const [held, setHeld] = useState(hold);
  if (held.place !== place) setHeld(hold);
  useEffect(() => held.connection.mount(), [held]);
  return createElement(Connection.Provider, { value: held.connection }, children);
};

/** What the client is doing, and the client itself, which there is from the provider's first effect on. Renders at every change. */
export const useMaitred = (): MaitredView => {
  const connection = useConnection();
  const [, seen] = useState(connection.view);
  useEffect(() => {
    const look = () => seen(connection.view());
    // It may have changed between this render and its effect.
    look();
    return connection.onView(look);
  }, [connection]);
  return connection.view();
};

/** Calls the handler of the last render for each event, in order; it needs no `useCallback`. `'*'` is every type. */
export const useRestaurantEvent: {
  (type: '*', handler: (event: RestaurantEvent) => unknown): void;
  <Type extends string>(type: Type, handler: (event: RestaurantEvent<Type>) => unknown): void;
} = (type: string, handler: (event: RestaurantEvent) => unknown): void => {
  const connection = useConnection();
  const latest = useLatest(handler);
  useEffect(
    () => connection.attach((client) => client.on(type, (event) => latest.current(event))),
    [connection, type, latest],
  );
};

/** The client's `publish`, the same function in every render. For handlers and effects, not for rendering. */
export const usePublish = (): MaitredClient['publish'] => useConnection().publish;

const useConnection = (): HeldConnection => {
  const connection = useContext(Connection);
  if (connection === undefined) throw new Error('The hooks of @maitred/client/react work below a MaitredProvider.');
  return connection;
};

/** The value of the last render that stands: one that React gave up is never seen. */
const useLatest = <Value>(value: Value): { readonly current: Value } => {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
};
