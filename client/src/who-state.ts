/** A question who is there, as the machine keeps it, and its answer. */

/** Somebody who is there, as `client.who` tells it. */
export type Present = Readonly<{
  userId: string;
  role: string;
  connectionType: string;
  /** When the session began, ISO 8601 in UTC. */
  since: string;
  /** What the device calls itself; nobody has verified it. */
  deviceId: string | undefined;
}>;

export type Asking = Readonly<{
  id: string;
  socketId: number;
  after: string | undefined;
  sessions: readonly Present[];
  /** Set while a page is under way. */
  answerBy: number | undefined;
  notBefore: number;
}>;

/** All that were there, or why that is not known. */
export type Told = Readonly<{ sessions: readonly Present[] }> | Readonly<{ code: string }>;
