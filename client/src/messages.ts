/** What the gateway sends, read once. A frame that is none of these is `ignored`; nothing here throws. */
import { beforeFirst, type Cursor, type RestaurantEvent } from './events.ts';
import { memberText, pieces } from './raw.ts';
import type { Present } from './who-state.ts';

/** The last message of a connection: why it ends, and whether another try can succeed. */
export type FinalMessage = Readonly<{
  reason: string;
  error: string;
  reconnect: boolean;
  reauthenticate: boolean;
  retryAfterMs: number;
}>;

/** Who the gateway verified us to be. */
export type SessionIdentity = Readonly<{
  userId: string;
  /** The gateway's name of who issued the token; nothing on earlier gateways. */
  issuer: string | undefined;
  restaurantId: string;
  connectionId: string;
  connectionType: string;
  role: string;
}>;

/** One page of missed events. Events are those after the asked number, in order; `nextAfter` continues from there. */
export type ReplayPage = Readonly<{
  events: readonly RestaurantEvent[];
  head: Cursor;
  nextAfter: number;
  more: boolean;
  gap: boolean;
  /** The gateway answered with what it had read so far: not before this is more to be had. 0: at once. */
  retryAfterMs: number;
}>;

export type ServerMessage =
  | Readonly<{
      kind: 'auth_success';
      identity: SessionIdentity;
      pass: string | undefined;
      remainingMs: number | undefined;
      /** The gateway's clock. */
      at: number | undefined;
      retentionMs: number | undefined;
      pingIntervalMs: number | undefined;
      head: Cursor | undefined;
    }>
  | Readonly<{ kind: 'final_message'; final: FinalMessage }>
  | Readonly<{ kind: 'pong'; head: Cursor | undefined }>
  | Readonly<{ kind: 'events'; events: readonly RestaurantEvent[] }>
  | Readonly<{ kind: 'replayed'; page: ReplayPage }>
  | Readonly<{
      kind: 'present';
      id: string;
      sessions: readonly Present[];
      next: string | undefined;
      more: boolean;
      retryAfterMs: number;
    }>
  | Readonly<{ kind: 'accepted'; id: string; eventId: string }>
  | Readonly<{ kind: 'error'; id: string | undefined; reason: string; field: string | undefined }>
  /** The platform's own: whether the message it answers had an effect is unknown. */
  | Readonly<{ kind: 'platform_error' }>
  | Readonly<{ kind: 'ignored' }>;

type Fields = Readonly<Record<string, unknown>>;

/** A gateway that asks for more patience than this is not believed. */
const maxRetryAfterMs = 15 * 60 * 1000;

/** Reads the payload of one frame, whatever it is. */
export const parseServerMessage = (payload: unknown): ServerMessage => {
  if (typeof payload !== 'string') return ignored;
  const message = fieldsOf(payload);
  if (message === undefined) return ignored;
  const type = message['type'];
  switch (type) {
    case 'auth_success':
      return {
        kind: 'auth_success',
        identity: {
          userId: text(message['user_id']),
          issuer: optionalText(message['issuer']),
          restaurantId: text(message['restaurant_id']),
          connectionId: text(message['connection_id']),
          connectionType: text(message['connection_type']),
          role: text(message['role']),
        },
        pass: optionalText(message['reentry_pass']),
        remainingMs: remainingMs(message),
        at: finite(Date.parse(text(message['timestamp']))),
        retentionMs: optionalCount(message['retention_ms']),
        pingIntervalMs: optionalCount(message['ping_interval_ms']),
        head: headOf(message),
      };
    case 'auth_error':
    case 'closing':
      return { kind: 'final_message', final: finalMessage(message) };
    case 'pong':
      return { kind: 'pong', head: headOf(message) };
    case 'events':
      return { kind: 'events', events: eventsOf(message['events'], payload) };
    case 'replayed':
      return replayed(message, payload);
    case 'present':
      return {
        kind: 'present',
        id: text(message['id']),
        sessions: presentIn(message['sessions']),
        next: optionalText(message['next']),
        more: message['more'] === true,
        retryAfterMs: retryAfterMs(message),
      };
    case 'accepted':
      return { kind: 'accepted', id: text(message['id']), eventId: text(message['event_id']) };
    case 'error':
      return {
        kind: 'error',
        id: optionalText(message['id']),
        reason: text(message['reason']),
        field: optionalText(message['field']),
      };
    case undefined:
      return typeof message['message'] === 'string' && ('requestId' in message || 'connectionId' in message)
        ? { kind: 'platform_error' }
        : ignored;
    default: {
      const events = eventOf(message, payload);
      return events.length > 0 ? { kind: 'events', events } : ignored;
    }
  }
};

const ignored: ServerMessage = { kind: 'ignored' };

const fieldsOf = (frame: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(frame);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const finalMessage = (message: Fields): FinalMessage => {
  return {
    reason: text(message['reason']),
    error: text(message['error']),
    reconnect: message['reconnect'] !== false,
    reauthenticate: message['reauthenticate'] === true,
    retryAfterMs: retryAfterMs(message),
  };
};

const retryAfterMs = ({ retry_after_ms: wait }: Fields): number =>
  typeof wait === 'number' && wait > 0 ? Math.min(wait, maxRetryAfterMs) : 0;

const replayed = (message: Fields, frame: string): ServerMessage => {
  const head = headOf(message);
  const nextAfter = message['next_after'];
  if (!head?.epoch || !isCount(nextAfter)) return ignored;
  return {
    kind: 'replayed',
    page: {
      events: eventsOf(message['events'], frame),
      head,
      nextAfter,
      more: message['more'] === true,
      gap: message['gap'] === true,
      retryAfterMs: retryAfterMs(message),
    },
  };
};

const presentIn = (list: unknown): readonly Present[] =>
  (Array.isArray(list) ? list.filter(isFields) : []).map((one) => ({
    userId: text(one['user_id']),
    role: text(one['role']),
    connectionType: text(one['connection_type']),
    since: text(one['since']),
    deviceId: optionalText(one['device_id']),
  }));

/** By the gateway's own two times: the device's clock may be wrong. */
const remainingMs = (message: Fields): number | undefined =>
  finite(Date.parse(text(message['session_expires_at'])) - Date.parse(text(message['timestamp'])));

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

const headOf = (message: Fields): Cursor | undefined => {
  const { epoch, head_seq: seq } = message;
  if (epoch === null && seq === 0) return beforeFirst;
  return isEpoch(epoch) && isCount(seq) ? { epoch, seq } : undefined;
};

/** The members of a frame's `events` that are events; the others are left out. */
const eventsOf = (list: unknown, frame: string): readonly RestaurantEvent[] => {
  const texts = pieces(memberText(frame, 'events') ?? '');
  return Array.isArray(list) ? list.flatMap((value, nth) => eventOf(value, texts[nth] ?? '')) : [];
};

const eventOf = (value: unknown, written: string): readonly RestaurantEvent[] => {
  if (!isFields(value)) return [];
  const { type, id, epoch, seq, prev_seq: prevSeq } = value;
  if (typeof type !== 'string' || typeof id !== 'string' || !isEpoch(epoch)) return [];
  if (!isCount(seq) || !isCount(prevSeq) || prevSeq >= seq) return [];
  return [
    {
      type,
      id,
      epoch,
      seq,
      prevSeq,
      restaurantId: text(value['restaurant_id']),
      data: value['data'],
      raw: memberText(written, 'data') ?? JSON.stringify(value['data'] ?? null),
      userId: optionalText(value['user_id']),
      connectionType: optionalText(value['connection_type']),
      timestamp: text(value['timestamp']),
    },
  ];
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEpoch = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const optionalCount = (value: unknown): number | undefined => (isCount(value) ? value : undefined);
const optionalText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const text = (value: unknown): string => optionalText(value) ?? '';
