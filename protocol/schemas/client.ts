/**
 * What a client should send. `parseClientMessage` reads more than this: odd mixtures of shapes that only shipped apps
 * make. Whatever is valid here, it reads. Unknown fields are ignored, so that no schema forbids any.
 */
import * as v from 'valibot';
import { type AuthenticateFields, Replay } from '../client-messages.ts';
import { defaultConnectionType } from '../identifiers.ts';
import { limits } from '../limits.ts';
import { publicationFields } from '../publication.ts';
import { type DeviceEventType, deviceEvents, legacyEventTypes, legacyObjects } from '../restaurant-events.ts';
import * as field from './fields.ts';

const token = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(limits.maxTokenBytes),
  v.description('The access token, as it is, without `Bearer`.'),
);

/** What stands beside the token, at top level or in `data`. */
const claims = {
  restaurant_id: v.pipe(
    v.nullish(field.restaurantId),
    v.description('Required here or as a hint in the address, but for a renewal.'),
  ),
  user_id: v.pipe(
    v.nullish(v.union([field.userId, v.pipe(v.number(), v.safeInteger(), v.minValue(1))])),
    v.description(
      'Best left out: the token says who you are, and if you say it, it must be the same. A number is written in digits alone.',
    ),
  ),
  connection_type: v.pipe(
    v.nullish(field.connectionType),
    v.description(`What the device is to the restaurant; left out: ${defaultConnectionType}.`),
  ),
  batch: v.pipe(v.nullish(v.boolean()), v.description('This client understands several events in one frame.')),
} satisfies Record<Exclude<keyof typeof AuthenticateFields.entries, 'token'>, v.GenericSchema>;

const authenticateType = v.pipe(
  v.picklist(['authenticate', 'reauth']),
  v.description('Older apps renew with `reauth`.'),
);

const authenticate = v.pipe(
  v.union([
    v.pipe(
      v.looseObject({ type: authenticateType, token, ...claims, data: v.nullish(v.looseObject(claims)) }),
      v.title('the token at top level'),
      v.description('The other fields stand beside it or, as older apps have it, in `data`.'),
    ),
    v.pipe(
      v.looseObject({
        type: authenticateType,
        token: v.optional(v.null()),
        ...claims,
        data: v.looseObject({ token, ...claims }),
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
  v.description('After 60 seconds of silence, no more often.'),
);

const replay = v.pipe(
  v.looseObject({
    type: v.literal('replay'),
    id: v.nullish(field.messageId),
    after: field.after,
    limit: v.pipe(Replay.entries.limit, v.description('So many events at most.')),
    data: v.optional(v.null()),
  }),
  v.title('Events from before'),
  v.description('After a hole or a reconnect.'),
);

const legacyTypeOf = (event: DeviceEventType): string =>
  Object.entries(legacyEventTypes).find(([, type]) => type === event)?.[0] ?? event;

/** The places in which the fields of an event may stand. */
const placesOf = (event: DeviceEventType) => {
  const fields = publicationFields[event];
  const legacy = legacyObjects[event];
  const envelope = {
    type: v.pipe(v.picklist([event, legacyTypeOf(event)]), v.description('The second is what older apps say.')),
    id: v.pipe(
      v.nullish(field.messageId),
      v.description('The idempotency key: the same message with the same id is published once.'),
    ),
    restaurant_id: v.pipe(v.nullish(v.string()), v.description("The session's own, if any.")),
  };
  const absent = v.optional(v.null());
  const inData = v.pipe(v.looseObject({ ...envelope, data: fields }), v.title('fields in data'));
  if (legacy === undefined)
    return [
      inData,
      v.pipe(v.looseObject({ ...envelope, data: absent, ...fields.entries }), v.title('fields at top level')),
    ];
  const { order_id } = fields.entries;
  return [
    inData,
    v.pipe(
      v.looseObject({ ...envelope, data: absent, [legacy]: absent, ...fields.entries }),
      v.title('fields at top level'),
    ),
    v.pipe(
      v.looseObject({ ...envelope, data: absent, [legacy]: fields }),
      v.title(`fields in ${legacy}, as older apps have them`),
    ),
    v.pipe(
      v.looseObject({
        ...envelope,
        data: absent,
        order_id,
        [legacy]: v.looseObject({ order_id: absent, [legacy]: absent }),
      }),
      v.title(`fields in ${legacy} with the order_id beside it, as older apps have them`),
    ),
  ];
};

const publication = (event: DeviceEventType, title: string) =>
  v.pipe(
    v.union(placesOf(event)),
    v.title(title),
    v.description(
      `Published by ${deviceEvents[event].from.join(', ')}; delivered to ${deviceEvents[event].audience.join(', ')}. Nested ${limits.maxEventDataDepth} levels at most.`,
    ),
  );

export const clientMessages = {
  authenticate,
  ping,
  replay,
  publish_order_created: publication('order.created', 'An order was taken'),
  publish_order_status_changed: publication('order.status_changed', 'An order has another status'),
  publish_order_preparation_time: publication('order.preparation_time', 'An order will take so many minutes'),
  publish_payment_completed: publication('payment.completed', 'An order is paid'),
} as const satisfies Record<'authenticate' | 'ping' | 'replay' | PublishName<DeviceEventType>, v.GenericSchema>;

/** `publish_` and the type of the event, its dots as underscores: one for each kind there is. */
type PublishName<E extends string> = E extends `${infer A}.${infer B}` ? `publish_${A}_${B}` : never;
