import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, Callers } from './callers.ts';
import type { Connections } from './connections.ts';
import type { Faults } from './faults.ts';
import { maxMessageBytes } from './frame-limit.ts';
import type { Recorder } from './meter.ts';

type Parts = {
  readonly connections: Connections;
  readonly callers: Callers;
  readonly recorder: Recorder;
  readonly faults: Faults;
  /** Whether this caller may manage connections. */
  readonly mayManage: (caller: Caller) => boolean;
};

type Reply = { readonly status: number; readonly body?: object; readonly errorType?: string };

/** A client that lets more than this pile up is refused further messages. */
const fullBufferBytes = 1024 * 1024;

const path = /^\/[^/]+\/@connections\/([^/?]+)/;

/** `POST`, `GET` and `DELETE /{stage}/@connections/{id}`. False when the request is for something else. */
export const createManagement =
  ({ connections, callers, recorder, faults, mayManage }: Parts) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    const [, encodedId] = path.exec(request.url ?? '') ?? [];
    if (encodedId === undefined) return false;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const caller = callers.callerOf(request.headers.authorization);
      if (caller?.kind === 'function') recorder.calledManagement(request.method ?? '');
      send(response, caller !== undefined && mayManage(caller) ? answer(encodedId, Buffer.concat(chunks)) : forbidden);
    });
    return true;

    function answer(encoded: string, body: Buffer): Reply {
      const id = decoded(encoded);
      if (id === undefined)
        return { status: 400, body: { message: 'Invalid connectionId' }, errorType: 'BadRequestException' };
      const connection = connections.get(id);
      switch (request.method) {
        case 'POST':
          if (faults.throttledPosts > 0) {
            faults.throttledPosts -= 1;
            return limited;
          }
          if (body.length > maxMessageBytes) return tooLarge;
          if (connection === undefined) return gone;
          if (connection.bufferedBytes() > fullBufferBytes) return limited;
          connection.send(body);
          return { status: 200 };
        case 'GET':
          if (connection === undefined) return gone;
          return {
            status: 200,
            body: {
              connectedAt: new Date(connection.handshake.connectedAt).toISOString(),
              identity: { sourceIp: connection.handshake.sourceIp, userAgent: connection.handshake.userAgent ?? '' },
              lastActiveAt: new Date(connection.lastActiveAt()).toISOString(),
            },
          };
        case 'DELETE':
          if (connection === undefined) return gone;
          connection.close({ code: 1000, reason: 'Connection Closed Normally' });
          return { status: 204 };
        default:
          return { status: 405, body: { message: 'Method Not Allowed' } };
      }
    }
  };

const gone: Reply = { status: 410, body: { message: 'Gone' }, errorType: 'GoneException' };
const limited: Reply = { status: 429, body: { message: 'Too Many Requests' }, errorType: 'LimitExceededException' };
const tooLarge: Reply = { status: 413, body: { message: 'Payload Too Large' }, errorType: 'PayloadTooLargeException' };
const forbidden: Reply = { status: 403, body: { message: 'Forbidden' }, errorType: 'ForbiddenException' };

/** The id as API Gateway hands it out: base64 that ends in "=". Undefined for anything else. */
const decoded = (encoded: string): string | undefined => {
  try {
    const id = decodeURIComponent(encoded);
    return /^[A-Za-z0-9+/_-]{7,}=$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
};

/** Without the error type in the header the SDKs cannot tell which exception an answer is. */
const send = (response: ServerResponse, { status, body, errorType }: Reply): void => {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(text) }),
    'x-amzn-requestid': crypto.randomUUID(),
    ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
  });
  response.end(text);
};
