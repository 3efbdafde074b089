/** One example of each message. The server's are built by the code that builds the frames. */
import { deviceEventEntries, deviceEvents } from '../../protocol/device-events.ts';
import { eventFrame, eventsFrame, replayed } from '../../protocol/event-messages.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import { defaultAudience, type RestaurantEvent } from '../../protocol/restaurant-events.ts';
import { present } from '../../protocol/presence.ts';
import { publicationName } from '../../protocol/schemas/client.ts';
import {
  accepted,
  authError,
  authSuccess,
  closing,
  errorReply,
  type Frame,
  pong,
} from '../../protocol/server-messages.ts';
import type { MessageName } from './message-names.ts';

const nowMs = Date.UTC(2026, 10, 23, 18, 30, 5, 7);
const client = {
  connectionId: 'L0SM9cOFvHcCIhw=',
  userId: 'u-1',
  issuer: 'login',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs: Date.UTC(2026, 10, 23, 20, 30, 5),
} as const;
const stream = {
  restaurantId: 'r-17',
  epoch: '5f0c7a92-3d1e-4b86-9a57-c2e84d6f10b3',
  connectionType: 'kitchen',
} as const;
const head = { epoch: '5f0c7a92-3d1e-4b86-9a57-c2e84d6f10b3', headSeq: 4713, headSeqOf: { kitchen: 4713 } };

const order: RestaurantEvent = {
  id: 'evt_EVtTkl5Za3FwSS7Kg0Pm1S',
  seq: 4712,
  type: 'order.created',
  data: scannedBefore(JSON.stringify(deviceEvents['order.created'].example)),
  audience: deviceEvents['order.created'].audience,
  prevSeqOf: { kitchen: 4710 },
  publisher: { userId: 'u-2', connectionType: 'pos' },
  occurredAtMs: nowMs,
};
const menu: RestaurantEvent = {
  id: 'a4d0c2f7-19be-4e2b-b6c3-5f8e7d6a9b10',
  seq: 4713,
  type: 'menu.updated',
  data: scannedBefore('{"dish":"soup"}'),
  audience: defaultAudience,
  prevSeqOf: { kitchen: 4712 },
  occurredAtMs: nowMs + 8,
};
const frames = [order, menu].map((event) => eventFrame(event, stream));

const payloadOf = (frame: Frame): unknown => JSON.parse(frame);

const token = 'eyJhbGciOi…';
const id = '0b9f5c1e-52a4-4d0e-9d3c-1f7b8a6e2c40';

export const examples: Readonly<Record<MessageName, unknown>> = {
  authenticate: { type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' },
  ping: { type: 'ping' },
  replay: { type: 'replay', id: 'pull-8f14e45f', after: 4710, limit: 100 },
  who: { type: 'who', id: 'who-1' },
  ...Object.fromEntries(
    deviceEventEntries.map(([type, { example }]) => [publicationName(type), { type, id, data: example }]),
  ),
  auth_success: payloadOf(
    authSuccess(client, head, 86_400_000, nowMs, 'mrp_ArQHn71mdy6r0RB-fuJSMkVAugT94ymBt2Ze10iNdMUWEPaymznHtG5J'),
  ),
  auth_error: payloadOf(authError('token_expired', nowMs)),
  pong: payloadOf(pong(client, head, nowMs)),
  accepted: payloadOf(accepted(order.id, nowMs, id)),
  error: payloadOf(errorReply('malformed_message', nowMs, '7c9e6679-7425-40de-944b-e07fc1f90ae7', 'order_id')),
  restaurant_event: payloadOf(eventFrame(order, stream)),
  events: payloadOf(eventsFrame(frames)),
  replayed: payloadOf(
    replayed(
      { events: frames, nextAfter: 4713, more: false, gap: false, oldestSeq: 4711 },
      head,
      'kitchen',
      nowMs,
      'pull-8f14e45f',
    ),
  ),
  present: payloadOf(
    present(
      {
        sessions: [
          { userId: 'u-1', role: 'employee', connectionType: 'kitchen', sinceMs: nowMs, deviceId: 'kitchen-2' },
          { userId: 'u-2', role: 'manager', connectionType: 'management', sinceMs: nowMs + 60_000 },
        ],
        next: 'u-2 login management  1795459025007 L0SNAGHDvHcFqVw=',
        more: false,
      },
      nowMs + 120_000,
      'who-1',
    ),
  ),
  closing: payloadOf(closing('session_expired', nowMs)),
  platform_error: {
    message: 'Internal server error',
    connectionId: client.connectionId,
    requestId: 'L0SNAGHDvHcFqVw=',
  },
};
