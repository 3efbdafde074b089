/** What publishers put into the event queue, read once. */
import * as v from 'valibot';
import { type ConnectionType, isRestaurantId, mayBeConnectionType } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import {
  defaultAudience,
  isEventId,
  isEventType,
  isShallow,
  type JsonObject,
} from '../../protocol/restaurant-events.ts';

/** What a device asks to publish; `key` is its idempotency key. */
export type DevicePublication = Readonly<{
  restaurantId: string;
  type: string;
  data: JsonObject;
  audience: readonly ConnectionType[];
  publisher: Readonly<{ issuer: string; userId: string; connectionType: ConnectionType }>;
  key: string;
}>;

/** A message of the event queue that holds an event to be numbered. */
export type Publication = Readonly<{
  restaurantId: string;
  messageId: string;
  /** When it was put into the queue. */
  sentAtMs: number;
  id: string;
  type: string;
  data: JsonObject;
  audience: readonly string[];
  /** As the message says; see `withVerifiedPublisher`. */
  publisher?: Readonly<{ userId: string; connectionType: string }>;
}>;

/** Why a message is no publication, in one fixed word. */
export type InvalidPublication =
  | 'restaurant_invalid'
  | 'not_json'
  | 'version_unknown'
  | 'type_invalid'
  | 'data_invalid'
  | 'data_too_large'
  | 'data_too_deep'
  | 'id_invalid'
  | 'audience_invalid'
  | 'publisher_invalid';

/** A queue message as far as it is read. */
export type EventQueueRecord = Readonly<{
  messageId: string;
  body: string;
  attributes: Readonly<{ MessageGroupId?: string; SentTimestamp?: string; SenderId?: string }>;
}>;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** More than there are connection types, and few enough for one item. */
const maxAudience = 16;

/** A type that only another version knows is kept: whoever has it there hears the event. */
const ConnectionTypeName = (word: InvalidPublication) => v.pipe(v.string(word), v.check(mayBeConnectionType, word));

/** Each field carries the word that says what is wrong with it. */
const Body = v.object(
  {
    v: v.literal(1, 'version_unknown'),
    type: v.pipe(v.string('type_invalid'), v.check(isEventType, 'type_invalid')),
    data: v.custom<JsonObject>(isObject, 'data_invalid'),
    id: v.nullish(v.pipe(v.string('id_invalid'), v.check(isEventId, 'id_invalid'))),
    audience: v.nullish(
      v.pipe(
        v.array(ConnectionTypeName('audience_invalid'), 'audience_invalid'),
        v.nonEmpty('audience_invalid'),
        v.maxLength(maxAudience, 'audience_invalid'),
      ),
    ),
    from: v.nullish(
      v.object(
        {
          user_id: v.string('publisher_invalid'),
          connection_type: ConnectionTypeName('publisher_invalid'),
        },
        'publisher_invalid',
      ),
    ),
  },
  (issue) => wordFor(issue.path?.[0]?.key),
);

const wordFor = (key: unknown): InvalidPublication => {
  switch (key) {
    case 'v':
      return 'version_unknown';
    case 'type':
      return 'type_invalid';
    case 'data':
      return 'data_invalid';
    default:
      return 'not_json';
  }
};

/** Reads one message, or says why it is none. A publisher without an id of its own gets the message's. */
export const publicationOf = ({ messageId, body, attributes }: EventQueueRecord): Publication | InvalidPublication => {
  const restaurantId = attributes.MessageGroupId ?? '';
  if (!isRestaurantId(restaurantId)) return 'restaurant_invalid';
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'not_json';
  }
  const parsed = v.safeParse(Body, value, { abortEarly: true });
  // Every issue of the schema has one of the words as its message.
  if (!parsed.success) return parsed.issues[0].message as InvalidPublication;
  const { type, data, id, audience, from } = parsed.output;
  if (!isShallow(data)) return 'data_too_deep';
  if (new TextEncoder().encode(JSON.stringify(data)).length > limits.maxEventDataBytes) return 'data_too_large';
  return {
    restaurantId,
    messageId,
    sentAtMs: Number(attributes.SentTimestamp ?? 0),
    id: id ?? `evt_${messageId}`,
    type,
    data,
    audience: [...new Set(audience ?? defaultAudience)],
    ...(from ? { publisher: { userId: from.user_id, connectionType: from.connection_type } } : {}),
  };
};
