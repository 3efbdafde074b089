/** Every kind of frame the gateway's builders make: each reason, role and connection type, each field there and not. */
import { eventData } from '../../protocol/schemas/event-data.ts';
import { eventFrame, eventsFrame, packed, replayed } from '../../protocol/event-messages.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { type Present, present } from '../../protocol/presence.ts';
import { publishedData } from '../../protocol/publication.ts';
import {
  type ClosingReason,
  closings,
  type ErrorReason,
  errors,
  type RefusalReason,
  refusals,
} from '../../protocol/reasons.ts';
import type { JsonText } from '../../protocol/json/json-text.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import {
  accepted,
  authError,
  authSuccess,
  closing,
  errorReply,
  type Frame,
  type HeadFound,
  pong,
} from '../../protocol/server-messages.ts';
import { keysOf } from '../keys-of.ts';
import { objectsOf } from './schema-values.ts';
import { jsonText, membersOf } from './json/json-text.ts';
import { connectionTypes, deviceEventEntries, judgeData, roles, streamOf } from '../restaurant-domain.ts';

export type Sent = Readonly<{ name: string; frame: Frame }>;

const nowMs = Date.UTC(2026, 10, 23, 18, 30, 5, 7);
const ids = [undefined, 'm-1'] as const;

const heads: readonly HeadFound[] = [
  'none',
  'unknown',
  { epoch: 'e-1', headSeq: 7, headSeqOf: {} },
  { epoch: 'e-1', headSeq: 7, headSeqOf: { pos: 7, kitchen: 6, management: 7, platform: 7 } },
];

const event = (seq: number, type: string, data: JsonText, publisher?: RestaurantEvent['publisher']) => ({
  id: `evt_${seq}`,
  seq,
  type,
  data,
  audience: connectionTypes,
  prevSeqOf: seq === 1 ? {} : { pos: seq - 1 },
  ...(publisher === undefined ? {} : { publisher }),
  occurredAtMs: nowMs,
});

/** As devices may say them: read out of their messages, by every connection type that may publish them. */
const devicesEvents = deviceEventEntries.flatMap(([type, event]) =>
  [event.example, ...objectsOf(eventData(event).whole)].flatMap((said) => {
    const published = publishedData(membersOf({ type, data: said }), event, judgeData);
    if ('field' in published) throw new Error(`the gateway does not publish ${JSON.stringify(said)} as ${type}`);
    return event.from.map((connectionType) => ({ type, data: published.data, connectionType }));
  }),
);

const stream = streamOf('pos', 'e-1');
const eventFrames = [
  // A backend says what it likes, whatever devices mean by the type.
  eventFrame(event(1, 'order.status_changed', jsonText({ order: 42, status: 'burnt' })), stream),
  ...devicesEvents.map(({ type, data, connectionType }, index) =>
    eventFrame(event(index + 2, type, data, { userId: 'u-1', connectionType }), stream),
  ),
];

const presentOf = (connectionType: ConnectionType, role: string): Present => ({
  userId: 'u-1',
  role,
  connectionType,
  sinceMs: nowMs,
  ...(connectionType === 'pos' ? { deviceId: 'till-3' } : {}),
});

export const sentFrames = (): readonly Sent[] => {
  const sent: Sent[] = [];
  const add = (name: string, ...frames: readonly Frame[]) => sent.push(...frames.map((frame) => ({ name, frame })));
  for (const head of heads)
    for (const connectionType of connectionTypes) {
      const client = {
        connectionId: 'L0SM9cOFvHcCIhw=',
        userId: 'u-1',
        issuer: 'demo',
        restaurantId: 'r-17',
        connectionType,
      };
      const sessionExpiresAtMs = nowMs + 1;
      const times = { retentionMs: 86_400_000, pingIntervalMs: 120_000 };
      for (const role of roles)
        for (const pass of [undefined, `mrp_${'Zm9v'.repeat(14)}`])
          add('auth_success', authSuccess({ ...client, role, sessionExpiresAtMs }, head, times, nowMs, pass));
      add('pong', pong({ connectionType, sessionExpiresAtMs }, head, nowMs));
      for (const [moreAndGap, events] of [
        [false, []],
        [true, eventFrames],
      ] as const)
        for (const id of ids)
          add(
            'replayed',
            replayed(
              {
                events,
                nextAfter: 7,
                more: moreAndGap,
                gap: moreAndGap,
                oldestSeq: events.length === 0 ? null : 1,
                ...(moreAndGap ? { retryAfterMs: 5_000 } : {}),
              },
              head,
              connectionType,
              nowMs,
              id,
            ),
          );
    }
  for (const reason of keysOf<RefusalReason>(refusals)) add('auth_error', authError(reason, nowMs));
  // The one reason whose wait the gateway counts (`weighHostility`).
  add('auth_error', authError('rate_limited', nowMs, 1), authError('rate_limited', nowMs, 900_000));
  for (const reason of keysOf<ClosingReason>(closings)) {
    add('closing', closing(reason, nowMs));
    add('auth_error', closing(reason, nowMs, 'auth_error'));
  }
  for (const id of ids) {
    for (const reason of keysOf<ErrorReason>(errors)) add('error', errorReply(reason, nowMs, id));
    for (const reason of ['malformed_message', 'forbidden'] as const)
      add('error', errorReply(reason, nowMs, id, 'data'));
    add('accepted', accepted('evt_1', nowMs, id));
  }
  for (const id of ids)
    for (const sessions of [[], connectionTypes.flatMap((type) => roles.map((role) => presentOf(type, role)))])
      for (const more of [{}, { retryAfterMs: 5_000 }])
        for (const next of [undefined, 'u-1 demo pos till-3'])
          add('present', present({ sessions, next, more: true, ...more }, nowMs, id));
  add('restaurant_event', ...eventFrames);
  add('events', eventsFrame(eventFrames), ...packed(eventFrames));
  return sent;
};
