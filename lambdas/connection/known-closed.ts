import { lruMap } from '../memory/lru-map.ts';
import type { KnownClosed } from '../ports.ts';
import type { ConnectionKey } from './connection.ts';

/** Connections a sandbox remembers. One that was evicted costs a read again. */
const maxConnections = 10_000;

export const knownClosed = (): KnownClosed => {
  const closed = lruMap<true>(maxConnections);
  return { has: (key) => closed.get(nameOf(key)) === true, add: (key) => closed.set(nameOf(key), true) };
};

const nameOf = ({ connectionId, connectedAtMs }: ConnectionKey): string => `${connectionId} ${connectedAtMs}`;
