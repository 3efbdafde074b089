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
  /** From now on each request the same, until `answers`. */
  answersAlways: (answer: Answer) => void;
  connections: () => number;
  close: () => Promise<void>;
}>;

export const scriptedService = async (): Promise<ScriptedService> => {
  const asked: Asked[] = [];
  let waiting: Answer[] = [];
  let always: Answer | undefined;
  let connections = 0;
  const server = createServer(async (request, response) => {
    // When it comes and not when it has been read: who asks may be gone by then.
    const { status = 200, headers = {}, body: said = {}, by } = always ?? waiting.shift() ?? {};
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(request, 'end').catch(() => {});
    if (!request.complete) return;
    asked.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
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
      always = undefined;
      asked.length = 0;
    },
    answersAlways: (answer) => {
      always = answer;
    },
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
