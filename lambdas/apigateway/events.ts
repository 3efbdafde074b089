/**
 * The part of API Gateway's WebSocket events that the routes read. The published types lack `identity` and the fields
 * of a disconnect, and promise headers on messages, which have none.
 */
type Context = Readonly<{
  connectionId: string;
  /** When the connection began, epoch milliseconds by API Gateway's clock. */
  connectedAt: number;
  /** When this event arrived, by the same clock. */
  requestTimeEpoch: number;
  requestId: string;
  domainName: string;
  identity: Readonly<{ sourceIp: string; userAgent?: string | null }>;
}>;

export type ConnectEvent = Readonly<{
  requestContext: Context;
  /** Of a header that came in several lines the last one. */
  headers?: Readonly<Record<string, string | undefined>> | null;
  multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
}>;

export type MessageEvent = Readonly<{ requestContext: Context; body?: string | null }>;

export type DisconnectEvent = Readonly<{
  /** The close code, where the platform tells one: its own, or what the client's close frame said. */
  requestContext: Context & Readonly<{ disconnectStatusCode?: number | null }>;
}>;

/** What a handshake or message handler returns. Without `body` nothing is sent. */
export type Reply = Readonly<{ statusCode: number; headers?: Readonly<Record<string, string>>; body?: string }>;

export const noReply: Reply = { statusCode: 200 };
export const reply = (body: string): Reply => ({ statusCode: 200, body });

/** One message of a connection: which, whose decision (`ownerId` is the request's id), and when it arrived. */
export type Arrival = Readonly<{
  key: { connectionId: string; connectedAtMs: number };
  ownerId: string;
  arrivedAtMs: number;
}>;

export const arrivalOf = ({ requestContext }: MessageEvent): Arrival => ({
  key: { connectionId: requestContext.connectionId, connectedAtMs: requestContext.connectedAt },
  ownerId: requestContext.requestId,
  arrivedAtMs: requestContext.requestTimeEpoch,
});
