import { randomUUID } from 'node:crypto';
import type { Caller, Callers } from './callers.ts';
import type { Connections } from './connections.ts';
import type { Faults } from './faults.ts';
import { maxMessageBytes } from './frame-limit.ts';
import type { Recorder } from './meter.ts';
import type { Exchange, WireRequest } from './wire.ts';

type Parts = {
  readonly connections: Connections;
  readonly callers: Callers;
  readonly recorder: Recorder;
  readonly faults: Faults;
  /** Whether this caller may do this to this connection. */
  readonly mayManage: (caller: Caller, request: WireRequest) => boolean;
};

type Reply = { readonly status: number; readonly body?: object; readonly errorType?: string };

/** A client that lets more than this pile up is refused further messages. */
const fullBufferBytes = 1024 * 1024;

/** Where `@connections` of a stage begins. */
export const managementPath = (stage: string): string => `/${stage}/@connections/`;

/** `POST`, `GET` and `DELETE /{stage}/@connections/{id}`. */
export const createManagement = (parts: Parts): Exchange => {
  const { callers, recorder, faults, mayManage } = parts;
  return async (request) => {
    const caller = callers.callerOf(request, 'execute-api');
    if (caller.kind === 'refused')
      return wired({ status: 403, body: { message: caller.message }, errorType: caller.code });
    if (caller.kind === 'function') recorder.calledManagement(request.method);
    if (!mayManage(caller, request)) return wired(denied);
    const fate = request.method === 'POST' ? await faults.post(connectionIdIn(request.path) ?? '') : 'pass';
    return wired(fate === 'throttled' ? limited : replyTo(parts, request));
  };
};

const replyTo = ({ connections, faults }: Parts, { method, path, body }: WireRequest): Reply => {
  const id = connectionIdIn(path);
  if (id === undefined) return malformed;
  const connection = connections.get(id);
  switch (method) {
    case 'POST':
      if (faults.throttledPosts > 0) {
        faults.throttledPosts -= 1;
        return limited;
      }
      if (Buffer.byteLength(body) > maxMessageBytes) return tooLarge;
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
};

const gone: Reply = { status: 410, body: { message: 'Gone' }, errorType: 'GoneException' };
const limited: Reply = { status: 429, body: { message: 'Too Many Requests' }, errorType: 'LimitExceededException' };
const tooLarge: Reply = { status: 413, body: { message: 'Payload Too Large' }, errorType: 'PayloadTooLargeException' };
const denied: Reply = {
  status: 403,
  body: { message: 'The role does not allow execute-api:ManageConnections here' },
  errorType: 'AccessDeniedException',
};
const malformed: Reply = { status: 400, body: { message: 'Invalid connectionId' }, errorType: 'BadRequestException' };

/** The id as API Gateway hands it out: base64 that ends in "=", URL-encoded. Undefined for anything else. */
const connectionIdIn = (path: string): string | undefined => {
  try {
    const id = decodeURIComponent(/\/@connections\/([^/?]+)/.exec(path)?.[1] ?? '');
    return /^[A-Za-z0-9+/_-]{7,}=$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
};

/** Without the error type in the header the SDKs cannot tell which exception an answer is. */
const wired = ({ status, body, errorType }: Reply): Awaited<ReturnType<Exchange>> => ({
  status,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
  },
  body: body === undefined ? '' : JSON.stringify(body),
});
