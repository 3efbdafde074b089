/** What the console's endpoints answer. */
import type { ConnectionType } from '../protocol/identifiers.ts';

export type Demo = Readonly<{
  url: string;
  /** The demo's own first. */
  restaurants: readonly string[];
  users: readonly DemoUser[];
  connectionTypes: readonly DemoConnectionType[];
  /** In the order of the stage's configuration. */
  events: readonly DemoEvent[];
  /** Whose first message `npm start` printed, to paste into `wscat`. */
  printed: Member;
}>;

export type DemoUser = Readonly<{
  name: string;
  /** Where they are a member; nothing for who is a member of nothing. */
  restaurant?: string | undefined;
  /** As what their role may connect there. */
  connectionTypes: readonly ConnectionType[];
}>;

export type DemoConnectionType = Readonly<{
  name: ConnectionType;
  title: string;
  /** May ask who is there. */
  asksWho: boolean;
}>;

/** An event that devices may publish. */
export type DemoEvent = Readonly<{
  type: `${string}.${string}`;
  title: string;
  from: readonly ConnectionType[];
  audience: readonly ConnectionType[];
  /** Data of one such event. */
  example: Readonly<Record<string, unknown>>;
}>;

/** A user by the demo's name, and where. */
export type Member = Readonly<{ user: string; restaurant: string }>;

export type ConnectionRow = Readonly<{
  connectionId: string;
  restaurantId: string;
  userId: string;
  role: string;
  connectionType: string;
  connectedAtMs: number;
  expiresAtMs: number;
}>;

/** How many rows of the audit trail are shown at most. */
export const maxAuditRows = 100;

export type AuditRow = Readonly<{
  id: string;
  time: string;
  severity: string;
  event: string;
  detail: string;
  connectionId: string;
  userId?: string | undefined;
  restaurantId?: string | undefined;
  connectionType?: string | undefined;
  /** What the other side said of itself, and nobody has verified. */
  claims: Readonly<Record<string, string | undefined>>;
}>;

export type Revoked = Readonly<{ closed: number }>;

/** One record that left for the backend, or was to. */
export type OutboxRow = Readonly<{
  at: string;
  source: string;
  'detail-type': string;
  detail: unknown;
  target: string;
  /** What the webhook made of it, where there is one. Without a status it did not answer. */
  webhook?: Readonly<{ status?: number; ms: number; attempts: number }> | undefined;
}>;

export type Outbox = Readonly<{ records: readonly OutboxRow[] }>;
