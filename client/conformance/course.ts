/** How a course is written: by inputs alone. When they come, and on which socket, is said only where it is not the obvious. */
import type { Cursor } from '../src/events.ts';
import type { Signal, Silences } from '../src/state.ts';
import type { VectorInput, VectorPublication, VectorSettings, VectorUser } from './vector.ts';

/** What an input may be made of: the present, and the socket, the token request, the replay and the question that came last. */
export type Present = Readonly<{
  now: number;
  socket: number;
  request: number;
  replay: string;
  who: string;
  kept: readonly Readonly<{ id: string; sent_at?: number }>[];
}>;

export type Act = Readonly<{
  /** Milliseconds after the one before, or when the client's timer is due. */
  after: number | 'due';
  random: number;
  input: (present: Present) => VectorInput;
}>;

export type Course = Readonly<{
  name: string;
  settings?: VectorSettings;
  cursor?: Cursor;
  acts: readonly (Act | readonly Act[])[];
}>;

type Fields = Readonly<Record<string, unknown>>;

const act = (input: Act['input']): Act => ({ after: 10, random: 0.5, input });

export const start = act(() => ({ kind: 'start' }));
export const close = act(() => ({ kind: 'close' }));
/** The client's own timer. */
export const due: Act = { ...act(() => ({ kind: 'time' })), after: 'due' };
export const after = (ms: number, one: Act): Act => ({ ...one, after: ms });
export const drawing = (random: number, one: Act): Act => ({ ...one, random });
/** On an earlier socket than the last. */
export const on = (socket: number, one: Act): Act => ({
  ...one,
  input: (present) => one.input({ ...present, socket }),
});

export const token = (text: string, to?: number) =>
  act(({ request }) => ({ kind: 'token', request: to ?? request, text }));
export const noToken = (problem: string) => act(({ request }) => ({ kind: 'token', request, problem }));
export const open = act(({ socket }) => ({ kind: 'open', socket }));
export const closed = (code = 1006) => act(({ socket }) => ({ kind: 'closed', socket, code }));
export const says = (message: Fields | ((present: Present) => Fields)) =>
  act((present) => ({
    kind: 'frame',
    socket: present.socket,
    message: typeof message === 'function' ? message(present) : message,
  }));
export const saysText = (text: string) => act(({ socket }) => ({ kind: 'frame', socket, text }));
/** There is no address to open a socket at. */
export const noAddress = (problem: string) => act(({ socket }) => ({ kind: 'closed', socket, problem }));
export const signal = (one: Signal) => act(() => ({ kind: 'signal', signal: one }));
/** Which network it is. */
export const network = (name: string) => act(() => ({ kind: 'network', name }));
/** The application asks who is there. */
export const who = act(() => ({ kind: 'who' }));
export const discard = (id: string) => act(() => ({ kind: 'discard', id }));

export const textOf = (id: string, data: Fields = { order_id: id }) =>
  JSON.stringify({ type: 'order.created', id, data });
export const publish = (id: string, { forMs = 300_000, data }: { forMs?: number; data?: Fields } = {}) =>
  act(({ now }) => ({
    kind: 'publish',
    id,
    text: textOf(id, data),
    ...(Number.isFinite(forMs) && { expires_at: now + forMs }),
  }));

/** The storage has all that it should have. */
export const stored = act(({ kept }) => ({ kind: 'stored', publications: kept }));
export const restored = (
  publications: readonly VectorPublication[],
  cursor?: Cursor & Readonly<{ user?: VectorUser }>,
  silences?: Silences,
) => act(() => ({ kind: 'restored', publications, ...(cursor && { cursor }), ...(silences && { silences }) }));

const stamp = (now: number) => new Date(now).toISOString();

/** `auth_success` of a session that lives as long as a connection may, unless it is said how long. */
export const success = ({ livesMs = 7_200_000, ...fields }: { livesMs?: number } & Fields = {}) =>
  says(({ now, socket }) => ({
    type: 'auth_success',
    user_id: 'u-1',
    issuer: 'login',
    restaurant_id: 'r-17',
    connection_id: `c-${socket}`,
    connection_type: 'kitchen',
    role: 'employee',
    session_expires_at: stamp(now + livesMs),
    epoch: 'e-1',
    head_seq: 10,
    protocol: 1,
    retention_ms: 86_400_000,
    timestamp: stamp(now),
    ...fields,
  }));
export const pong = (head: Fields = { epoch: 'e-1', head_seq: 10 }) => says({ type: 'pong', ...head });

/** Late for a heartbeat, which is answered: nothing but the time has passed. */
export const awake = (ms: number): readonly Act[] => [{ ...due, after: ms - 10 }, pong()];

/** From nothing to a session. */
export const enter = (fields: { livesMs?: number } & Fields = {}): readonly Act[] => [
  start,
  token('token-1'),
  open,
  success(fields),
];
/** The same with the token there is. */
export const enterAgain = (fields: { livesMs?: number } & Fields = {}): readonly Act[] => [open, success(fields)];

type Numbered = Readonly<{ prev?: number; epoch?: string }>;
export const event = (seq: number, { prev = seq - 1, epoch = 'e-1' }: Numbered = {}): Fields => ({
  type: 'menu.updated',
  id: `evt-${epoch}-${seq}`,
  seq,
  prev_seq: prev,
  epoch,
  restaurant_id: 'r-17',
  data: { version: seq },
  timestamp: stamp(1_000_000),
});
/** Numbered so long before it is heard. */
type Heard = Numbered & Readonly<{ agoMs?: number }>;
export const hears = (seq: number, { agoMs = 0, ...how }: Heard = {}) =>
  says(({ now }) => ({ ...event(seq, how), timestamp: stamp(now - agoMs) }));
export const page = (events: readonly Fields[], fields: Fields = {}) =>
  says(({ replay }) => {
    const last = events.at(-1)?.['seq'] ?? 10;
    const places = { epoch: 'e-1', next_after: last, head_seq: last, more: false, gap: false };
    return { type: 'replayed', id: replay, events, ...places, ...fields };
  });

/** A page of who is there: a session for each name. */
export const present = (deviceIds: readonly string[], fields: Fields = {}) =>
  says((present) => ({
    type: 'present',
    sessions: deviceIds.map((device_id) => ({
      user_id: 'u-1',
      role: 'employee',
      connection_type: 'kitchen',
      since: '1970-01-01T00:16:40.000Z',
      device_id,
    })),
    more: false,
    id: present.who,
    ...fields,
  }));

export const accepted = (id: string) => says({ type: 'accepted', id, event_id: `evt-of-${id}` });
export const error = (reason: string, fields: Fields = {}) =>
  says({ type: 'error', error: 'Not served', reason, ...fields });
/** The last message of an attempt, or of a session. */
export const final = (type: 'auth_error' | 'closing', reason: string, fields: Fields = {}) =>
  says({
    type,
    error: `Because of ${reason}`,
    code: 4003,
    reason,
    reconnect: true,
    reauthenticate: false,
    retry_after_ms: null,
    ...fields,
  });
