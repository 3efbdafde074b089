import type { ClientState } from './client-state.ts';
import type { Cursor, DataOf, Gap, RestaurantEvent } from './events.ts';
import type { End } from './state.ts';

/** Stops the handler it was returned for. */
export type Off = () => void;

/** What a publication brings: the id it went by, and the id the gateway gave the event. */
export type Published = Readonly<{ id: string; eventId: string }>;

export type PublishOptions = Readonly<{
  /** The idempotency key, at most 128 of `A-Z a-z 0-9 _ . : -`. @default a random one */
  id?: string;
  /** @default that of the client */
  timeoutMs?: number;
}>;

/** A connection to one restaurant that keeps itself alive until it is closed or nothing can help any more. */
export type MaitredClient = Readonly<{
  readonly state: ClientState;
  /** Everything up to here was delivered, its handlers have returned. Keep it to `connect` again where this client stops. */
  readonly cursor: Cursor | undefined;
  /** Called at every change. */
  onState: (handler: (state: ClientState) => void) => Off;
  /** Events in order, each once in the life of this client; `'*'` is every type, also those without a name here. */
  on: {
    (type: '*', handler: (event: RestaurantEvent) => unknown): Off;
    <Type extends string>(type: Type, handler: (event: RestaurantEvent<Type>) => unknown): Off;
  };
  /** Events are missing: take a snapshot. Those after the gap's cursor are delivered, before or after the snapshot is there. */
  onGap: (handler: (gap: Gap) => unknown) => Off;
  onCursor: (handler: (cursor: Cursor) => void) => Off;
  /** The client stopped for good, and why. A handler that comes too late is called nevertheless. */
  onEnd: (handler: (end: End) => void) => Off;
  /** Publishes once connected, in order, under the same id however often it takes. Rejects with `PublishError`. */
  publish: <Type extends string>(type: Type, data: DataOf<Type>, options?: PublishOptions) => Promise<Published>;
  close: () => void;
}>;
