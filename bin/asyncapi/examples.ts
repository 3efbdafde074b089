/** One example of each message. The server's are built by the code that builds the frames. */
import type { Domain } from '../../protocol/domain.ts';
import { eventFrame, eventsFrame, replayed } from '../../protocol/event-messages.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import { present } from '../../protocol/presence.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
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
const epoch = '5f0c7a92-3d1e-4b86-9a57-c2e84d6f10b3';
const restaurantId = 'r-17';
const token = 'eyJhbGciOi…';
const id = '0b9f5c1e-52a4-4d0e-9d3c-1f7b8a6e2c40';

const payloadOf = (frame: Frame): unknown => JSON.parse(frame);

/** Of the first of its events, as it is heard by a device that could not have published it. */
export const examples = (domain: Domain): Readonly<Record<MessageName, unknown>> => {
  const [event] = domain.events;
  const connectionType =
    event?.audience.find((type) => !event.from.includes(type)) ?? event?.audience[0] ?? domain.defaultConnectionType;
  const client = {
    connectionId: 'L0SM9cOFvHcCIhw=',
    userId: 'u-1',
    issuer: 'login',
    restaurantId,
    connectionType,
    role: domain.roles.findLast((role) => domain.mayConnectAs(role, connectionType)) ?? '',
    sessionExpiresAtMs: Date.UTC(2026, 10, 23, 20, 30, 5),
  };
  const head = { epoch, headSeq: 4713, headSeqOf: { [connectionType]: 4713 } };
  const stream = { restaurantId, epoch, connectionType, seesPublishers: domain.seesPublishers(connectionType) };
  const ofBackend: RestaurantEvent = {
    id: 'a4d0c2f7-19be-4e2b-b6c3-5f8e7d6a9b10',
    seq: 4713,
    type: 'menu.updated',
    data: scannedBefore('{"dish":"soup"}'),
    audience: domain.defaultAudience,
    prevSeqOf: { [connectionType]: 4712 },
    occurredAtMs: nowMs + 8,
  };
  const ofDevice: RestaurantEvent = {
    ...ofBackend,
    id: 'evt_EVtTkl5Za3FwSS7Kg0Pm1S',
    seq: 4712,
    prevSeqOf: { [connectionType]: 4710 },
    occurredAtMs: nowMs,
    ...(event && {
      type: event.type,
      data: scannedBefore(JSON.stringify(event.example)),
      audience: event.audience,
      publisher: { userId: 'u-2', connectionType: event.from[0] ?? connectionType },
    }),
  };
  const frames = [ofDevice, ofBackend].map((one) => eventFrame(one, stream));
  const type = domain.connectionTypes.find(domain.asksWho) ?? connectionType;
  const asking = { type, role: domain.roles.findLast((role) => domain.mayConnectAs(role, type)) ?? '' };
  const [field] = Object.keys(event?.example ?? {});

  return {
    authenticate: { type: 'authenticate', token, restaurant_id: restaurantId, connection_type: connectionType },
    ping: { type: 'ping' },
    replay: { type: 'replay', id: 'pull-8f14e45f', after: 4710, limit: 100 },
    who: { type: 'who', id: 'who-1' },
    ...Object.fromEntries(
      domain.events.map(({ type, example }) => [publicationName(type), { type, id, data: example }]),
    ),
    auth_success: payloadOf(
      authSuccess(
        client,
        head,
        { retentionMs: 86_400_000, pingIntervalMs: 120_000 },
        nowMs,
        'mrp_ArQHn71mdy6r0RB-fuJSMkVAugT94ymBt2Ze10iNdMUWEPaymznHtG5J',
      ),
    ),
    auth_error: payloadOf(authError('token_expired', nowMs)),
    pong: payloadOf(pong(client, head, nowMs)),
    accepted: payloadOf(accepted(ofDevice.id, nowMs, id)),
    error: payloadOf(errorReply('malformed_message', nowMs, '7c9e6679-7425-40de-944b-e07fc1f90ae7', field)),
    restaurant_event: payloadOf(eventFrame(ofDevice, stream)),
    events: payloadOf(eventsFrame(frames)),
    replayed: payloadOf(
      replayed(
        { events: frames, nextAfter: 4713, more: false, gap: false, oldestSeq: 4711 },
        head,
        connectionType,
        nowMs,
        'pull-8f14e45f',
      ),
    ),
    present: payloadOf(
      present(
        {
          sessions: [
            { userId: 'u-1', role: client.role, connectionType, sinceMs: nowMs, deviceId: 'kitchen-2' },
            { userId: 'u-2', role: asking.role, connectionType: asking.type, sinceMs: nowMs + 60_000 },
          ],
          next: `u-2 login ${asking.type}  1795459025007 L0SNAGHDvHcFqVw=`,
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
};
