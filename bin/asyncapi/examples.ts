/** One example of each message. The server's are built by the code that builds the frames. */
import { eventFrame, eventsFrame, replayed } from '../../protocol/event-messages.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import type { clientMessages } from '../../protocol/schemas/client.ts';
import type { platformMessages, serverMessages } from '../../protocol/schemas/server.ts';
import {
  accepted,
  authError,
  authSuccess,
  closing,
  errorReply,
  type Frame,
  pong,
} from '../../protocol/server-messages.ts';

const nowMs = Date.UTC(2026, 10, 23, 18, 30, 5, 7);
const client = {
  connectionId: 'L0SM9cOFvHcCIhw=',
  userId: 'u-1',
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
  data: { order_id: 'o-42', items: ['soup'] },
  audience: ['pos', 'kitchen', 'management'],
  prevSeqOf: { kitchen: 4710 },
  publisher: { userId: 'u-2', connectionType: 'pos' },
  occurredAtMs: nowMs,
};
const menu: RestaurantEvent = {
  id: 'menu-9',
  seq: 4713,
  type: 'menu.updated',
  data: { dish: 'soup' },
  audience: ['pos', 'kitchen', 'management'],
  prevSeqOf: { kitchen: 4712 },
  occurredAtMs: nowMs + 8,
};
const frames = [order, menu].map((event) => eventFrame(event, stream));

const payloadOf = (frame: Frame): unknown => JSON.parse(frame);

const token = 'eyJhbGciOi…';
const order_id = 'o-42';

export const examples: Readonly<
  Record<keyof typeof clientMessages | keyof typeof serverMessages | keyof typeof platformMessages, unknown>
> = {
  authenticate: { type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' },
  ping: { type: 'ping' },
  replay: { type: 'replay', id: 'm-7', after: 4710, limit: 100 },
  publish_order_created: { type: 'order.created', id: 'till-3-000117', data: { order_id, items: ['soup'] } },
  publish_order_status_changed: { type: 'order.status_changed', id: 's-1', data: { order_id, status: 'ready' } },
  publish_order_preparation_time: { type: 'order.preparation_time', id: 's-2', data: { order_id, estimated_time: 12 } },
  publish_payment_completed: { type: 'payment.completed', id: 'till-3-000118', data: { order_id, cents: 990 } },
  auth_success: payloadOf(authSuccess(client, head, nowMs)),
  auth_error: payloadOf(authError('token_expired', nowMs)),
  pong: payloadOf(pong(client, head, nowMs)),
  accepted: payloadOf(accepted(order.id, nowMs, 'till-3-000117')),
  error: payloadOf(errorReply('unknown_type', nowMs, 'm-42')),
  restaurant_event: payloadOf(eventFrame(order, stream)),
  events: payloadOf(eventsFrame(frames)),
  replayed: payloadOf(
    replayed(
      { events: frames, nextAfter: 4713, more: false, gap: false, oldestSeq: 4711 },
      head,
      'kitchen',
      nowMs,
      'm-7',
    ),
  ),
  closing: payloadOf(closing('session_expired', nowMs)),
  platform_error: {
    message: 'Internal server error',
    connectionId: client.connectionId,
    requestId: 'L0SNAGHDvHcFqVw=',
  },
};
