/** What a vector is, as README.md here says it. Names are those of the wire: snake_case. */
import type { Cursor } from '../src/events.ts';
import type { Signal, Silences } from '../src/state.ts';

export type VectorUser = Readonly<{ user_id: string; issuer?: string }>;

/** What a storage has of a publication. */
export type VectorPublication = Readonly<{
  id: string;
  text: string;
  since: number;
  expires_at?: number;
  user?: VectorUser;
  sent_at?: number;
  returned?: Readonly<{ code: 'timeout' | 'forbidden' | 'may_have_been_accepted'; reason: string }>;
}>;

/** `socket` and `request` count from 1, each by itself, in the order in which they were opened and asked for. */
export type VectorInput =
  | Readonly<{ kind: 'start' | 'time' | 'who' | 'close' }>
  | Readonly<{ kind: 'token'; request: number; text: string }>
  | Readonly<{ kind: 'token'; request: number; problem: string }>
  | Readonly<{ kind: 'open'; socket: number }>
  | Readonly<{ kind: 'frame'; socket: number; message: Readonly<Record<string, unknown>> }>
  | Readonly<{ kind: 'frame'; socket: number; text: string }>
  | Readonly<{ kind: 'closed'; socket: number; code: number }>
  | Readonly<{ kind: 'closed'; socket: number; problem: string }>
  | Readonly<{ kind: 'publish'; id: string; text: string; expires_at?: number | undefined }>
  | Readonly<{
      kind: 'restored';
      publications: readonly VectorPublication[];
      cursor?: Cursor & Readonly<{ user?: VectorUser }>;
      silences?: Silences;
    }>
  | Readonly<{ kind: 'stored'; publications: readonly Readonly<{ id: string; sent_at?: number }>[] }>
  | Readonly<{ kind: 'discard'; id: string }>
  | Readonly<{ kind: 'signal'; signal: Signal }>
  | Readonly<{ kind: 'network'; name: string }>;

export type VectorStep = Readonly<{
  at: number;
  random: number;
  input: VectorInput;
  effects: readonly unknown[];
  /** What has changed of what an application sees. */
  view: Readonly<Record<string, unknown>>;
}>;

/** Those that differ from settings.json. */
export type VectorSettings = Readonly<{
  connection_type?: string;
  batch?: boolean;
  device_id?: string;
  keeps?: boolean;
  user?: VectorUser;
  max_queued?: number;
  max_queued_chars?: number;
  timing?: Readonly<{ heartbeat_ms: number }>;
}>;

export type Vector = Readonly<{
  name: string;
  settings: VectorSettings;
  cursor: Cursor | null;
  steps: readonly VectorStep[];
}>;
