import { expect, test } from '@jest/globals';
import type { GatewayEvent } from '../../local/gateway-event.ts';
import { createNarrator } from '../../local/narrator.ts';

const narrated = (event: GatewayEvent): string[] => {
  const lines: string[] = [];
  createNarrator(
    (line) => lines.push(line),
    () => new Date(2026, 0, 1, 12, 30, 5),
  )(event);
  return lines;
};

const connectionId = '250L/iLuiNLPWd4=';
const log = (line: object | string): GatewayEvent => ({
  type: 'log',
  functionName: 'AuthenticateFunction',
  stream: 'stdout',
  requestId: undefined,
  line: typeof line === 'string' ? line : JSON.stringify(line),
});

test.each<{ event: GatewayEvent; line: string }>([
  { event: { type: 'connected', connectionId, sourceIp: '127.0.0.1' }, line: 'connected from 127.0.0.1' },
  {
    event: { type: 'refused', connectionId, sourceIp: '127.0.0.1', status: 403 },
    line: 'refused at the handshake with 403',
  },
  {
    event: { type: 'closed', connectionId, code: 1000, reason: '', openMs: 6065 },
    line: 'closed with 1000 after 6.1 s',
  },
  {
    event: { type: 'failed', connectionId, functionName: 'MessageFunction', outcome: { kind: 'timed_out' } },
    line: 'MessageFunction timed out',
  },
  {
    event: {
      type: 'failed',
      connectionId,
      functionName: 'MessageFunction',
      outcome: { kind: 'threw', errorType: 'TypeError', errorMessage: 'token eyJhbGciOi' },
    },
    line: 'MessageFunction threw TypeError',
  },
  {
    event: log({
      level: 'INFO',
      event: 'access_granted',
      reason: 'verified',
      connection_id: connectionId,
      user_id: 'u-chef',
      restaurant_id: 'r-17',
      connection_type: 'kitchen',
    }),
    line: 'access_granted: verified, user u-chef, restaurant r-17, kitchen',
  },
  {
    event: log({ event: 'token_expired', reason: 'expired', connection_id: connectionId }),
    line: 'token_expired: expired',
  },
  {
    event: log({ failure: 'connect', error: 'TimeoutError', connection_id: connectionId }),
    line: 'AuthenticateFunction could not connect: TimeoutError',
  },
])('$line', ({ event, line }) => {
  expect(narrated(event)).toEqual([`12:30:05  250L/iLu  ${line}`]);
});

test.each([
  { why: 'metrics', line: { _aws: {}, event: 'access_granted' } },
  {
    why: 'what was told before',
    line: { event: 'session_revoked', audit: 'already_written', reason: 'membership_revoked' },
  },
  { why: 'what is no outcome', line: { level: 'DEBUG', message: 'eyJhbGciOi' } },
  { why: 'text', line: 'eyJhbGciOi' },
  { why: 'a list', line: '[]' },
])('$why of the functions is not repeated', ({ line }) => {
  expect(narrated(log(line))).toEqual([]);
});

test.each([
  {
    logged: { message: 'events_delivered', restaurant_id: 'r-17', numbered: 2, posted: 9, failed: 0, lag_ms: 80 },
    line: 'r-17: events 2, posts 9, 80 ms',
  },
  {
    logged: { message: 'events_delivered', restaurant_id: 'r-17', numbered: 1, posted: 4, failed: 1, lag_ms: 400 },
    line: 'r-17: events 1, posts 4, failed 1, 400 ms',
  },
  { logged: { message: 'publication_invalid', reason: 'not_json' }, line: 'put aside: not_json' },
  {
    logged: { message: 'publication_refused', restaurant_id: 'r-17' },
    line: 'refused: r-17 has had its publications of this minute',
  },
])('$line', ({ logged, line }) => {
  expect(narrated(log(logged))).toEqual([`12:30:05            ${line}`]);
});

test.each<{ event: GatewayEvent; line: string }>([
  {
    event: { type: 'journal', state: 'cut', bytes: 37 },
    line: "the queues' journal: its last 37 bytes were an unfinished entry and are left out",
  },
  {
    event: { type: 'journal', state: 'unwritable', error: 'ENOSPC' },
    line: "the queues' journal: cannot be written (ENOSPC); nothing new is accepted until it can",
  },
  {
    event: { type: 'left', detailType: 'order.created', target: 'bus', restaurantId: 'r-17' },
    line: 'left for the backend by the bus: order.created of r-17',
  },
  {
    event: { type: 'left', detailType: 'a\u001b[2J', target: 'queue', restaurantId: undefined },
    line: 'left for the backend by the queue: a?[2J',
  },
  {
    event: { type: 'webhook', state: 'unreachable', error: 'connect ECONNREFUSED 127.0.0.1:8000' },
    line: 'webhook: nobody answers (connect ECONNREFUSED 127.0.0.1:8000); events are posted again until somebody does',
  },
  { event: { type: 'webhook', state: 'reachable' }, line: 'webhook: somebody answers again' },
  {
    event: { type: 'webhook', state: 'dropped', detailType: 'order.created', why: { status: 422 } },
    line: 'webhook: order.created is dropped: the answer was 422',
  },
  {
    event: { type: 'webhook', state: 'dropped', detailType: 'order.created', why: 'tries' },
    line: 'webhook: order.created is dropped: tried too often',
  },
  {
    event: { type: 'webhook', state: 'dropped', detailType: 'order.created', why: 'crowded' },
    line: 'webhook: order.created is dropped: too many wait, and it was the oldest',
  },
  { event: { type: 'journal', state: 'writable' }, line: "the queues' journal: can be written again" },
  {
    event: { type: 'misdirected', status: 403, stagePath: '/local' },
    line: 'refused at the handshake with 403: no stage in the path, or another one; here it is /local',
  },
  {
    event: { type: 'misdirected', status: 414, maxUrlBytes: 4096 },
    line: 'refused at the handshake with 414: a URL of more than 4096 characters',
  },
])('$line', ({ event, line }) => {
  expect(narrated(event)).toEqual([`12:30:05            ${line}`]);
});

test('what a client chose cannot speak to the terminal, nor at length', () => {
  const [line = ''] = narrated(log({ event: 'token_expired', reason: `\u001b[2J\n${'x'.repeat(500)}` }));
  expect(line).toMatch(/^[\x20-\x7e]{1,110}$/);
});
