/**
 * Every frame a client may hear, as strict as the builders are exact; the written document opens the objects, because
 * clients ignore unknown fields. For the document and the tests: the gateway sends what `server-messages.ts` and
 * `event-messages.ts` build and never checks it.
 */
import * as v from 'valibot';
import type { Domain } from '../domain.ts';
import type { DomainEvent } from '../domain-event.ts';
import { limits, pingIntervalSeconds, protocolVersion } from '../limits.ts';
import { type Advice, closings, type ErrorReason, errors, refusals } from '../reasons.ts';
import { eventData } from './event-data.ts';
import * as field from './fields.ts';

const roleOf = ({ roles }: Domain) => v.pipe(v.picklist(roles), v.description("The user's role in the restaurant."));

const authSuccess = (domain: Domain) =>
  v.pipe(
    v.strictObject({
      type: v.literal('auth_success'),
      user_id: field.issuedUserId,
      issuer: v.pipe(
        v.string(),
        v.nonEmpty(),
        v.description(
          "The gateway's name of who issued the token. The same user id of another issuer is another user.",
        ),
      ),
      restaurant_id: field.restaurantId,
      connection_id: v.pipe(v.string(), v.nonEmpty(), v.description('The name of the connection in logs and records.')),
      connection_type: field.connectionType(domain),
      role: roleOf(domain),
      session_expires_at: field.sessionExpiresAt,
      ...field.head,
      protocol: v.pipe(v.literal(protocolVersion), v.description('The version of the protocol.')),
      retention_ms: v.pipe(
        v.number(),
        v.safeInteger(),
        v.minValue(1),
        v.description('How long events are kept, and so how long a publication is known again by its `id`.'),
      ),
      ping_interval_ms: v.pipe(
        v.number(),
        v.safeInteger(),
        v.minValue(1000 * pingIntervalSeconds.least),
        v.maxValue(1000 * pingIntervalSeconds.most),
        v.description('After how much silence to ping.'),
      ),
      reentry_pass: v.exactOptional(field.reentryPass),
      timestamp: field.timestamp,
    }),
    v.title('The client is let in'),
    v.description('The answer to the first message and to a renewal. Its values are verified, not echoed.'),
  );

const retryAfter = 'Wait at least so long before you come back; null: your own backoff decides.';

/** A wait may be longer than its reason's own only where the gateway counts: see `authError`. */
const retryAfterMs = ({ retryAfterMs }: Advice, grows: boolean) => {
  if (retryAfterMs === null) return v.pipe(v.null(), v.description(retryAfter));
  if (!grows) return v.pipe(v.literal(retryAfterMs), v.description(retryAfter));
  return v.pipe(
    v.number(),
    v.safeInteger(),
    v.minValue(1),
    v.description(`${retryAfter} ${retryAfterMs}, or what is left of the wait.`),
  );
};

const advice = (reason: string, advised: Advice, grows = false) => ({
  error: v.pipe(v.literal(advised.error), v.description('For people and for older apps.')),
  code: v.pipe(v.literal(advised.code), v.description('For people and for older apps.')),
  reason: v.literal(reason),
  reconnect: v.pipe(
    v.literal(advised.reconnect),
    v.description('true: open a new connection. false: trying again cannot succeed.'),
  ),
  reauthenticate: v.pipe(v.literal(advised.reauthenticate), v.description('true: get a new token first.')),
  retry_after_ms: retryAfterMs(advised, grows),
});

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>) => Object.keys(record) as K[];

const authErrorOf = (reason: string, advised: Advice & Readonly<{ meaning: string }>, title: string, grows = false) =>
  v.pipe(
    v.strictObject({
      type: v.literal('auth_error'),
      ...advice(reason, advised, grows),
      data: v.pipe(
        v.strictObject({ error: v.literal(advised.error) }),
        v.description('Shipped apps read the error here.'),
      ),
      timestamp: field.timestamp,
    }),
    v.title(title),
    v.description(advised.meaning),
  );

/** Ends of a session that a refusal does not look like already: what an old app hears in place of `closing`. */
const refused: Readonly<Record<string, Advice>> = refusals;
const onlyClosings = keysOf(closings).filter((reason) => refused[reason]?.error !== closings[reason].error);

const authError = v.pipe(
  v.variant('reason', [
    ...keysOf(refusals).map((reason) =>
      authErrorOf(reason, refusals[reason], `auth_error: ${reason}`, reason === 'rate_limited'),
    ),
    ...onlyClosings.map((reason) => authErrorOf(reason, closings[reason], `auth_error to a session: ${reason}`)),
  ]),
  v.title('The client is refused'),
  v.description(
    'The last message of a connection that was not let in, and of a session of an old app, which knows no closing. Decide by reconnect, reauthenticate and retry_after_ms.',
  ),
);

const closing = v.pipe(
  v.variant(
    'reason',
    keysOf(closings).map((reason) =>
      v.pipe(
        v.strictObject({
          type: v.literal('closing'),
          ...advice(reason, closings[reason]),
          timestamp: field.timestamp,
        }),
        v.title(`closing: ${reason}`),
        v.description(closings[reason].meaning),
      ),
    ),
  ),
  v.title('The session ends'),
  v.description('The last message of a session. Decide by reconnect, reauthenticate and retry_after_ms.'),
);

const pong = v.pipe(
  v.strictObject({
    type: v.literal('pong'),
    session_expires_at: field.sessionExpiresAt,
    ...field.head,
    timestamp: field.timestamp,
  }),
  v.title('The connection works'),
  v.description('The answer to `ping`.'),
);

const accepted = v.pipe(
  v.strictObject({
    type: v.literal('accepted'),
    id: v.exactOptional(field.messageId),
    event_id: field.eventId,
    timestamp: field.timestamp,
  }),
  v.title('An event is durably queued'),
  v.description('The answer to an event that the client published.'),
);

const blamed = v.pipe(
  v.string(),
  v.regex(/^\w{1,64}$/),
  v.description('The field of the message, or of the event in it, for which it was refused.'),
);

const errorOf = <Reason extends ErrorReason>(reason: Reason) => ({
  type: v.literal('error'),
  id: v.exactOptional(field.messageId),
  error: v.pipe(v.literal(errors[reason].error), v.description('For people.')),
  reason: v.literal(reason),
});

/** What is refused for good may have one field to blame. */
const isForGood = (reason: ErrorReason): boolean => reason === 'malformed_message' || reason === 'forbidden';

const error = v.pipe(
  v.variant(
    'reason',
    keysOf(errors).map((reason) =>
      v.pipe(
        isForGood(reason)
          ? v.strictObject({ ...errorOf(reason), field: v.exactOptional(blamed), timestamp: field.timestamp })
          : v.strictObject({ ...errorOf(reason), timestamp: field.timestamp }),
        v.title(`error: ${reason}`),
        v.description(errors[reason].meaning),
      ),
    ),
  ),
  v.title('A message could not be served'),
  v.description('The session goes on.'),
);

/** What every numbered event has, whoever published it. */
const numbered = {
  id: field.eventId,
  seq: field.seq,
  prev_seq: field.prevSeq,
  epoch: field.epoch,
  restaurant_id: field.restaurantId,
};

/** For whom there is no user, as words in a sentence. */
const butFor = ({ connectionTypes, seesPublishers }: Domain): string => {
  const those = connectionTypes.filter((type) => !seesPublishers(type)).map((type) => `\`${type}\``);
  return those.length === 0 ? '' : `, but for a ${those.join(' or a ')},`;
};

/** The gateway reads what a device publishes by the schema of its entry, so that it is delivered as that says. */
const deviceEvent = (event: DomainEvent, hidesPublishers: string) => {
  const { type, from } = event;
  return v.pipe(
    v.strictObject({
      type: v.literal(type),
      ...numbered,
      data: v.pipe(
        eventData(event).delivered,
        v.description(`What the device said, at most ${limits.maxEventDataDepth} levels deep.`),
      ),
      user_id: v.optional(field.issuedUserId),
      connection_type: v.pipe(v.picklist(from), v.description('What the device is to the restaurant.')),
      timestamp: field.timestamp,
    }),
    v.title(`${type} of a device`),
    v.description(`It names the verified connection type of the device and${hidesPublishers} its verified user.`),
  );
};

const backendEvent = v.pipe(
  v.strictObject({
    type: field.eventType,
    ...numbered,
    data: v.pipe(
      v.looseObject({}),
      v.description(
        `What the backend said, at most ${limits.maxEventDataBytes} bytes of JSON. Any object, also where the type is one that devices publish.`,
      ),
    ),
    timestamp: field.timestamp,
  }),
  v.title('an event of a backend'),
  v.description(
    'Without `user_id` and `connection_type`. Its `data` is agreed with the backend; the gateway checks nothing of it.',
  ),
);

const restaurantEvent = (domain: Domain) =>
  v.pipe(
    v.union([...domain.events.map((event) => deviceEvent(event, butFor(domain))), backendEvent]),
    v.title('An event of the restaurant'),
    v.description(
      'Delivered at least once: keep a cursor, drop what you have, replay what is missing. Where `connection_type` is there, a device published it, and `type` says what `data` is.',
    ),
  );

const events = (restaurantEvent: v.GenericSchema) =>
  v.pipe(
    v.strictObject({
      type: v.literal('events'),
      events: v.pipe(v.array(restaurantEvent), v.minLength(2)),
    }),
    v.title('Several events in one frame'),
    v.description('For clients that said `batch`. A single event comes as a frame of its own.'),
  );

const replayed = (restaurantEvent: v.GenericSchema) =>
  v.pipe(
    v.strictObject({
      type: v.literal('replayed'),
      events: v.pipe(v.array(restaurantEvent), v.maxLength(limits.maxReplayEvents)),
      ...field.head,
      next_after: field.cursor,
      more: v.pipe(v.boolean(), v.description('There is more: ask again with `next_after`.')),
      gap: v.pipe(
        v.boolean(),
        v.description('What came after `after` for this connection type is gone: load the present state elsewhere.'),
      ),
      oldest_seq: v.pipe(
        v.nullable(field.seq),
        v.description('The first event of this answer; null when there is none.'),
      ),
      retry_after_ms: v.exactOptional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1),
          v.description('With `more`: the session has read its allowance. Ask again so much later.'),
        ),
      ),
      id: v.exactOptional(field.messageId),
      timestamp: field.timestamp,
    }),
    v.title('Events from before'),
    v.description('The answer to `replay`.'),
  );

const present = (domain: Domain) =>
  v.pipe(
    v.strictObject({
      type: v.literal('present'),
      sessions: v.pipe(
        v.array(
          v.strictObject({
            user_id: field.issuedUserId,
            role: roleOf(domain),
            connection_type: field.connectionType(domain),
            since: field.since,
            device_id: v.exactOptional(field.deviceId),
          }),
        ),
        v.maxLength(limits.maxPresentSessions),
      ),
      next: v.exactOptional(v.pipe(v.string(), v.nonEmpty(), v.description('Where the next page begins.'))),
      more: v.pipe(v.boolean(), v.description('There is more: ask again, after `next` where there is one.')),
      retry_after_ms: v.exactOptional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1),
          v.description('With `more`: the session has read its allowance. Ask again so much later.'),
        ),
      ),
      id: v.exactOptional(field.messageId),
      timestamp: field.timestamp,
    }),
    v.title('Who is there'),
    v.description('The answer to `who`: the live sessions of the restaurant, two of one device as one.'),
  );

/** What the gateway's own code sends. */
export const serverMessages = (domain: Domain) => {
  // One schema, so that the others refer to it.
  const restaurant_event = restaurantEvent(domain);
  return {
    auth_success: authSuccess(domain),
    auth_error: authError,
    pong,
    accepted,
    error,
    restaurant_event,
    events: events(restaurant_event),
    replayed: replayed(restaurant_event),
    present: present(domain),
    closing,
  };
};

/** What API Gateway sends when it has no answer of the gateway's. Not ours, so that it may have more fields than these. */
export const platformMessages = {
  platform_error: v.pipe(
    v.looseObject({
      message: v.pipe(v.string(), v.examples(['Internal server error', 'Endpoint request timed out'])),
      connectionId: v.string(),
      requestId: v.string(),
    }),
    v.title('The platform could not get an answer'),
    v.description('It has no `type`. The socket stays open, and whether the message had an effect is unknown.'),
  ),
} as const;
