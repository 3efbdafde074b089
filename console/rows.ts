/** What the console's endpoints answer. */

export type Demo = Readonly<{
  url: string;
  users: readonly string[];
  restaurants: readonly string[];
  /** Whose first message `npm start` printed, to paste into `wscat`. */
  printed: Member;
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
