/** The fields that several messages have, for the document of the protocol. Nothing deployed imports this folder. */
import * as v from 'valibot';
import type { Domain } from '../domain.ts';
import { deviceIdPattern, isIssuedUserId, isUserId, mayBeUserId, restaurantIdPattern } from '../identifiers.ts';
import { limits } from '../limits.ts';
import { reentryPassPattern } from '../reentry-pass.ts';
import { eventIdPattern, eventTypePattern } from '../restaurant-events.ts';

export const connectionType = ({ connectionTypes }: Domain) =>
  v.pipe(v.picklist(connectionTypes), v.description('What the device is to the restaurant.'));

export const restaurantId = v.pipe(v.string(), v.regex(restaurantIdPattern), v.description('A restaurant.'));

export const userId = v.pipe(
  v.string(),
  v.regex(mayBeUserId),
  v.check(isUserId),
  v.description('A user: 1 to 255 printable ASCII characters without spaces, and no odd spelling of a number.'),
);

export const issuedUserId = v.pipe(
  v.string(),
  v.regex(mayBeUserId),
  v.check(isIssuedUserId),
  v.description('A user as the issuer names them: 1 to 255 printable ASCII characters without spaces, and no zero.'),
);

export const deviceId = v.pipe(
  v.string(),
  v.regex(deviceIdPattern),
  v.description('What a device calls itself: a name, which nobody has verified. It never says who its user is.'),
);

export const messageId = v.pipe(
  v.string(),
  v.regex(eventIdPattern),
  v.description(
    `The client's own id of a message, at most ${limits.maxMessageIdChars} characters; the answer repeats it.`,
  ),
);

export const eventId = v.pipe(
  v.string(),
  v.regex(eventIdPattern),
  v.description('The same for the same event, however often it is published or delivered.'),
);

export const eventType = v.pipe(
  v.string(),
  v.regex(eventTypePattern),
  v.description("Lower-case words with a dot between them, which no other message's type has."),
);

/** A number of an event, or of so many of them. */
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const seq = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(1),
  v.description('The number of the event. Counts from 1 in each restaurant, without holes.'),
);

export const prevSeq = v.pipe(
  count,
  v.description('The number of the event before it that this connection type may see; 0: it is the first one.'),
);

export const cursor = v.pipe(count, v.description("The client's cursor after this answer, and its next `after`."));

export const after = v.pipe(count, v.description('Events with greater numbers are asked for.'));

const epochName = v.pipe(v.string(), v.nonEmpty());

export const epoch = v.pipe(
  epochName,
  v.description('Names this numbering. Numbers of another epoch have nothing to do with these.'),
);

/** How far the restaurant's events have come, in the messages that say so. */
export const head = {
  epoch: v.pipe(
    v.nullable(epochName),
    v.description("Names the numbering; null before the restaurant's first event, and while it cannot be read."),
  ),
  head_seq: v.pipe(
    v.nullable(count),
    v.description('The newest event this connection type may see; 0: none yet; null: it cannot be read now.'),
  ),
};

/** As `Date.toISOString` writes it. */
const time = v.pipe(v.string(), v.isoTimestamp(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));

export const timestamp = v.pipe(time, v.description('When the gateway made this, ISO 8601 in UTC.'));

export const since = v.pipe(time, v.description('When the session began.'));

export const sessionExpiresAt = v.pipe(
  time,
  v.description(
    'When the session ends: with the token, or 2 hours after connecting. The gateway does not say so then.',
  ),
);

export const reentryPass = v.pipe(
  v.string(),
  v.regex(reentryPassPattern),
  v.description(
    'Offered at the next handshake as the subprotocol `maitred.pass.` and this text, beside `maitred.v1`. Good for 30 days; missing while the gateway cannot make one.',
  ),
);
