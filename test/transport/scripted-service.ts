/** A service on loopback that answers as it is told, and keeps what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = Readonly<{
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}>;

export type Answer = Readonly<{
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** What is no text goes out as JSON. */
  body?: unknown;
  /** Answers by itself, with all that may go wrong. */
  by?: (response: ServerResponse) => void;
}>;

export type ScriptedService = Readonly<{
  endpoint: string;
  asked: readonly Asked[];
  /** The next answers, in their order; beyond them it says `{}`. Forgets what it was asked. */
  answers: (...next: readonly Answer[]) => void;
  connections: () => number;
  close: () => Promise<void>;
}>;

export const scriptedService = async (): Promise<ScriptedService> => {
  const asked: Asked[] = [];
  let waiting: Answer[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    const { status = 200, headers = {}, body: said = {}, by } = waiting.shift() ?? {};
    if (by !== undefined) return by(response);
    response.writeHead(status, headers).end(typeof said === 'string' ? said : JSON.stringify(said));
  }).listen(0, '127.0.0.1');
  server.on('connection', () => {
    connections += 1;
  });
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers: (...next) => {
      waiting = [...next];
      asked.length = 0;
    },
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
