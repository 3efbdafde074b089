import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOwnHost } from './loopback.ts';

/** A request as far as the gateway's services look at it, whichever way it came. */
export type WireRequest = {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A service that answers requests. Never rejects. */
export type Exchange = (request: WireRequest) => Promise<WireAnswer>;

/**
 * Answers one HTTP request through a service, and 403 to one that was sent to another name than this machine's. A client that
 * went away before the end of its request gets nothing.
 */
export const serve = (exchange: Exchange, request: IncomingMessage, response: ServerResponse): void => {
  if (!isOwnHost(request.headers.host, request.socket.localPort)) {
    response.writeHead(403).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => void answer(exchange, request, Buffer.concat(chunks).toString(), response));
};

const answer = async (
  exchange: Exchange,
  { method = '', url = '', headers }: IncomingMessage,
  requestBody: string,
  response: ServerResponse,
): Promise<void> => {
  const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const answered = await exchange({ method, path: url, headers: texts, body: requestBody });
  response.writeHead(answered.status, answered.headers);
  response.end(answered.body);
};
