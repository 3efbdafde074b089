/** Who is there: the answer to `who`. */
import type { ConnectionType } from './identifiers.ts';
import { type Frame, frame, iso } from './server-messages.ts';

/** A device that is there, as others hear of it. */
export type Present = Readonly<{
  userId: string;
  role: string;
  connectionType: ConnectionType;
  /** When its session began. */
  sinceMs: number;
  deviceId?: string;
}>;

export type PresentPage = Readonly<{
  sessions: readonly Present[];
  /** Where the next page begins; the same `after` again where none was read. */
  next: string | undefined;
  more: boolean;
  /** There is more, and the session has read as much as it may for now. */
  retryAfterMs?: number;
}>;

/** One of the `sessions` of `present`. */
export const presentEntry = ({ userId, role, connectionType, sinceMs, deviceId }: Present) => ({
  user_id: userId,
  role,
  connection_type: connectionType,
  since: iso(sinceMs),
  ...(deviceId === undefined ? {} : { device_id: deviceId }),
});

/** The answer to `who`. */
export const present = ({ sessions, next, more, retryAfterMs }: PresentPage, nowMs: number, id?: string): Frame =>
  frame({
    type: 'present',
    sessions: sessions.map(presentEntry),
    ...(next === undefined ? {} : { next }),
    more,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    ...(id === undefined ? {} : { id }),
    timestamp: iso(nowMs),
  });
