/**
 * What a client should send. `parseClientMessage` reads more than this: odd mixtures of shapes that only shipped apps
 * make. Whatever is valid here, it reads. Unknown fields are ignored, so that no schema forbids any.
 */
import * as v from 'valibot';
import { type AuthenticateFields, Replay, Who } from '../client-messages.ts';
import type { Domain } from '../domain.ts';
import type { DomainEvent } from '../domain-event.ts';
import { limits } from '../limits.ts';
import { eventData } from './event-data.ts';
import * as field from './fields.ts';

const token = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(limits.maxTokenBytes),
  v.description('The access token, as it is, without `Bearer`.'),
);

/** A restaurant as messages name it: old apps say empty text for none, and the number that their backend gave them. */
const restaurantNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What stands beside the token, at top level or in `data`. */
const claimsIn = (domain: Domain) =>
  ({
    restaurant_id: v.pipe(
      v.nullish(v.union([field.restaurantId, v.literal(''), restaurantNumber])),
      v.description(
        'Required here or as a hint in the address, but for a renewal. Empty text counts as left out, and a number, which is written in digits alone, as its text.',
      ),
    ),
    user_id: v.pipe(
      v.nullish(v.union([field.userId, v.pipe(v.number(), v.safeInteger(), v.minValue(1))])),
      v.description(
        'Best left out: the token says who you are, and if you say it, it must be the same. A number is written in digits alone.',
      ),
    ),
    connection_type: v.pipe(
      v.nullish(field.connectionType(domain)),
      v.description(`What the device is to the restaurant; left out: ${domain.defaultConnectionType}.`),
    ),
    batch: v.pipe(v.nullish(v.boolean()), v.description('This client understands several events in one frame.')),
  }) satisfies Record<Exclude<keyof typeof AuthenticateFields.entries, 'token'>, v.GenericSchema>;

/** What may stand in either place. */
const saidIn = (domain: Domain) => ({
  ...claimsIn(domain),
  device_id: v.pipe(
    v.nullish(field.deviceId),
    v.description('What the device calls itself, in the first message. What has not this form counts as left out.'),
  ),
});

const authenticateType = v.pipe(
  v.picklist(['authenticate', 'reauth']),
  v.description('Older apps renew with `reauth`.'),
);

const authenticate = (said: ReturnType<typeof saidIn>) =>
  v.pipe(
    v.union([
      v.pipe(
        v.looseObject({ type: authenticateType, token, ...said, data: v.nullish(v.looseObject(said)) }),
        v.title('the token at top level'),
        v.description('The other fields stand beside it or, as older apps have it, in `data`.'),
      ),
      v.pipe(
        v.looseObject({
          type: authenticateType,
          token: v.optional(v.null()),
          ...said,
          data: v.looseObject({ token, ...said }),
        }),
        v.title('the token in data'),
        v.description('As older apps have it.'),
      ),
    ]),
    v.title('Who the client is'),
    v.description(
      'The first message, which must arrive within 5 seconds of connecting, and later with a new token to renew the session. A field that is null counts as left out.',
    ),
  );

const ping = v.pipe(
  v.looseObject({ type: v.literal('ping') }),
  v.title('Is the connection alive?'),
  v.description(
    'After `ping_interval_ms` of silence, 120 seconds unless the stage says otherwise, and sooner where the connection is in doubt.',
  ),
);

const replay = v.pipe(
  v.looseObject({
    type: v.literal('replay'),
    id: v.nullish(field.messageId),
    after: field.after,
    limit: v.pipe(Replay.entries.limit, v.description('So many events at most.')),
    data: v.optional(v.null()),
  }),
  v.title('Ask for events from before'),
  v.description('After a hole or a reconnect.'),
);

const who = v.pipe(
  v.looseObject({
    type: v.literal('who'),
    id: v.nullish(field.messageId),
    after: v.pipe(Who.entries.after, v.description('The `next` of the page before.')),
    limit: v.pipe(Who.entries.limit, v.description('So many sessions at most.')),
    data: v.optional(v.null()),
  }),
  v.title('Ask who is there'),
  v.description('At the own restaurant; for the connection types that may.'),
);

/** The places in which the fields of an event may stand. */
const placesOf = (event: DomainEvent) => {
  const { type, legacy } = event;
  const { whole: data, fields } = eventData(event);
  const envelope = {
    type:
      legacy === undefined
        ? v.literal(type)
        : v.pipe(v.picklist([type, legacy.type]), v.description('The second is what older apps say.')),
    id: v.pipe(
      v.nullish(field.messageId),
      v.description('The idempotency key: the same message with the same id is published once.'),
    ),
    restaurant_id: v.pipe(
      v.nullish(v.union([v.string(), restaurantNumber])),
      v.description("The session's own, if any."),
    ),
  };
  const absent = v.optional(v.null());
  const place = (where: string, fields: v.ObjectEntries) =>
    v.pipe(v.looseObject({ ...envelope, ...fields }), v.title(`${type}: fields ${where}`));
  const inData = place('in data', { data });
  const { object, beside } = legacy ?? {};
  const atTopLevel = (others: v.ObjectEntries) =>
    fields === undefined ? [] : [place('at top level', { data: absent, ...others, ...fields })];
  if (object === undefined) return [inData, ...atTopLevel({})];
  const asObject = [
    inData,
    ...atTopLevel({ [object]: absent }),
    place(`in ${object}, as older apps have them`, { data: absent, [object]: data }),
  ];
  const stands = beside === undefined ? undefined : fields?.[beside];
  if (beside === undefined || stands === undefined) return asObject;
  return [
    ...asObject,
    place(`in ${object} with the ${beside} beside it, as older apps have them`, {
      data: absent,
      [beside]: stands,
      [object]: v.looseObject({ ...fields, [beside]: absent, [object]: absent }),
    }),
  ];
};

const publication = (event: DomainEvent) =>
  v.pipe(
    v.union(placesOf(event)),
    v.title(event.title),
    v.description(
      `Published by ${event.from.join(', ')}; delivered to ${event.audience.join(', ')}. Nested ${limits.maxEventDataDepth} levels at most.`,
    ),
  );

type PublicationName = `publish_${string}`;

/** What the message that publishes an event is called in the document. */
export const publicationName = (type: string): PublicationName => `publish_${type.replaceAll('.', '_')}`;

/** What clients may say; of publications, one for each kind of event there is. */
export const clientMessages = (
  domain: Domain,
): Readonly<Record<'authenticate' | 'ping' | 'replay' | 'who' | PublicationName, v.GenericSchema>> => ({
  authenticate: authenticate(saidIn(domain)),
  ping,
  replay,
  who,
  ...Object.fromEntries(domain.events.map((event) => [publicationName(event.type), publication(event)])),
});
