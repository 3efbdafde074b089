/** What publishers put into the event queue, written and read in one place. */
import * as v from 'valibot';
import type { Domain } from '../../protocol/domain.ts';
import { byteLength } from '../../protocol/event-messages.ts';
import { type ConnectionType, isRestaurantId, mayBeConnectionType } from '../../protocol/identifiers.ts';
import { asciiJson, fromAsciiJson } from '../../protocol/json/ascii.ts';
import { type JsonText, scannedBefore } from '../../protocol/json/json-text.ts';
import { type Members, scanObject } from '../../protocol/json/members.ts';
import { limits } from '../../protocol/limits.ts';
import { isEventId, isEventType } from '../../protocol/restaurant-events.ts';
import { type IsOwnSender, verifiedOnly } from './verified-publisher.ts';

/** What a device asks to publish; `key` is its idempotency key. */
export type DevicePublication = Readonly<{
  restaurantId: string;
  type: string;
  data: JsonText;
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
  /** As it will be delivered. */
  data: JsonText;
  audience: readonly string[];
  /** Verified: the gateway's own function names it. */
  publisher?: Readonly<{ userId: string; connectionType: string }>;
}>;

/** Why a message is put aside, in one fixed word: most are no publication. */
export type InvalidPublication =
  | 'restaurant_invalid'
  /** Nobody is a member of it, and nobody was ever let in there. */
  | 'restaurant_unknown'
  /** A backend published more there in a minute than a restaurant may have. */
  | 'restaurant_rate'
  | 'not_json'
  | 'version_unknown'
  | 'type_invalid'
  | 'data_invalid'
  | 'data_too_large'
  | 'data_too_deep'
  | 'id_invalid'
  /** Its `id` was used for an event that says something else. */
  | 'id_conflict'
  | 'audience_invalid'
  | 'publisher_invalid';

/** A queue message as far as it is read. */
export type EventQueueRecord = Readonly<{
  messageId: string;
  body: string;
  attributes: Readonly<{ MessageGroupId?: string; SentTimestamp?: string; SenderId?: string }>;
}>;

/** More than there are connection types, and few enough for one item. */
const maxAudience = 16;

/** A type that only another configuration knows is kept: whoever has it there hears the event. */
const ConnectionTypeName = (word: InvalidPublication) => v.pipe(v.string(word), v.check(mayBeConnectionType, word));

/** Each field carries the word that says what is wrong with it. */
const Body = v.object(
  {
    v: v.literal(1, 'version_unknown'),
    type: v.pipe(v.string('type_invalid'), v.check(isEventType, 'type_invalid')),
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
    data_text: v.nullish(v.string('data_invalid')),
  },
  (issue) => wordFor(issue.path?.[0]?.key),
);

const wordFor = (field: unknown): InvalidPublication => {
  switch (field) {
    case 'v':
      return 'version_unknown';
    case 'type':
      return 'type_invalid';
    case 'data':
    case 'data_text':
      return 'data_invalid';
    case 'id':
      return 'id_invalid';
    case 'audience':
      return 'audience_invalid';
    case 'from':
      return 'publisher_invalid';
    default:
      return 'not_json';
  }
};

/**
 * The body of a device's event. `data` is in ASCII, which every queue takes, and is undone by the reader; `data_text` is there where
 * that would not give the publisher's text, since it has such escapes itself.
 */
export const deviceBody = ({ type, data, audience, publisher }: DevicePublication, id: string): string => {
  const rest = JSON.stringify({
    id,
    audience,
    from: { user_id: publisher.userId, connection_type: publisher.connectionType },
    data_text: fromAsciiJson(asciiJson(data)) === data ? undefined : data,
  });
  return asciiJson(scannedBefore(`{"v":1,"type":${JSON.stringify(type)},"data":${data},${rest.slice(1)}`));
};

/**
 * Reads one message, or says why it is none: nothing of it is looked for in the domain, so that what was accepted under another
 * configuration is an event under this one. Without an audience it is for those whom this one says; where there are none of them
 * it is put aside. A publisher without an id of its own gets the message's. What is read of a device is read
 * of a message of the gateway's own function alone: who the device is, and the text that its data was made of.
 */
export const publicationOf = (
  { messageId, body, attributes }: EventQueueRecord,
  isOwnSender: IsOwnSender,
  { defaultAudience }: Pick<Domain, 'defaultAudience'>,
): Publication | InvalidPublication => {
  const restaurantId = attributes.MessageGroupId ?? '';
  if (!isRestaurantId(restaurantId)) return 'restaurant_invalid';
  const scanned = scanObject(body, Number.POSITIVE_INFINITY);
  if ('refused' in scanned)
    return scanned.refused === 'not_json' || scanned.refused === 'not_an_object' ? 'not_json' : wordFor(scanned.under);
  const { members } = scanned;
  const parsed = v.safeParse(Body, valuesOf(members), { abortEarly: true });
  // Every issue of the schema has one of the words as its message.
  if (!parsed.success) return parsed.issues[0].message as InvalidPublication;
  const { type, id, audience, data_text } = parsed.output;
  const from = verifiedOnly(parsed.output.from, attributes, isOwnSender);
  const said = members.get('data')?.text ?? scannedBefore('null');
  const data = from ? (data_text ?? fromAsciiJson(said)) : said;
  const read = scanObject(data, limits.maxEventDataDepth);
  if ('refused' in read) return read.refused === 'too_deep' ? 'data_too_deep' : 'data_invalid';
  if (byteLength(data) > limits.maxEventDataBytes) return 'data_too_large';
  const hearers = [...new Set(audience ?? defaultAudience)];
  if (hearers.length === 0) return 'audience_invalid';
  return {
    restaurantId,
    messageId,
    sentAtMs: Number(attributes.SentTimestamp ?? 0),
    id: id ?? `evt_${messageId}`,
    type,
    data: scannedBefore(data),
    audience: hearers,
    ...(from ? { publisher: { userId: from.user_id, connectionType: from.connection_type } } : {}),
  };
};

/** All fields of a body that are values to us. `data` is a text. */
const valuesOf = (members: Members): object =>
  Object.fromEntries(
    Object.keys(Body.entries).flatMap((name) => {
      const member = members.get(name);
      return member === undefined ? [] : [[name, JSON.parse(member.text)]];
    }),
  );
