import type { ClientState } from './client-state.ts';
import type { DataOf, DeviceEventData } from './domain.ts';
import type { Cursor, Gap, RestaurantEvent } from './events.ts';
import type { Pending } from './pending.ts';
import type { End } from './state.ts';
import type { Present } from './who-state.ts';

/** Stops the handler it was returned for. */
export type Off = () => void;

/** What a publication brings: the id it went by, and the id the gateway gave the event. */
export type Published = Readonly<{ id: string; eventId: string }>;

/** A publication on its way. It resolves when the gateway has accepted it, and rejects with `PublishError`. */
export type Publishing = Promise<Published> &
  Readonly<{
    id: string;
    /**
     * Resolves when the publication is safe: the storage has it, also if it should lose its last write, or the gateway has. From
     * then on it is accepted or given back, if need be by a later client. Rejects where it failed before that.
     */
    kept: Promise<void>;
  }>;

/** How one event is published. */
export type PublishOptions = Readonly<{
  /** The idempotency key, at most 128 of `A-Z a-z 0-9 _ . : -`. @default a random one */
  id?: string;
  /** `Infinity`: it waits as long as it takes. @default that of the client */
  timeoutMs?: number;
}>;

/** A connection to one restaurant that keeps itself alive until it is closed or nothing can help any more. */
export type MaitredClient = Readonly<{
  /** What it is doing now. */
  readonly state: ClientState;
  /** Everything up to here was delivered, its handlers have returned, or settled with `cursorAfter`. Keep it to `connect` again where this client stops. */
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
  /** Called whenever the cursor has moved. */
  onCursor: (handler: (cursor: Cursor) => void) => Off;
  /** The client stopped for good, and why. A handler that comes too late is called nevertheless. */
  onEnd: (handler: (end: End) => void) => Off;
  /** Publishes once connected, in order, under the same id and in the same words however often it takes. */
  publish: <Type extends keyof DeviceEventData>(type: Type, data: DataOf<Type>, options?: PublishOptions) => Publishing;
  /**
   * Who is connected to the restaurant now, this device among them; only some connection types may ask. A device that died without a
   * word may be among them for ten minutes, and at the very worst for two hours. Rejects with `WhoError`, at once where this client is
   * not connected: nothing is asked later.
   */
  who: () => Promise<readonly Present[]>;
  /** What is not accepted yet, in order; what an earlier client left in the storage is part of it. The same list until it changes. */
  readonly pending: readonly Pending[];
  /** Called at every change of `pending`. */
  onPending: (handler: (pending: readonly Pending[]) => unknown) => Off;
  /**
   * Called for each publication that is given back, also those there are already. It stays in `pending`, also across restarts, until
   * it is published again under its id or discarded.
   */
  onReturned: (handler: (publication: Pending) => unknown) => Off;
  /** Forgets a publication. One that was sent may be accepted all the same. */
  discard: (id: string) => void;
  /** Ends it for good. What waits in a storage is sent by a later client. */
  close: () => void;
}>;
