/**
 * The one parser of what clients send. It never throws, never recurses into a frame, and hands on only fields it names:
 * whatever else a frame holds (`__proto__`, extra fields, nesting) ends here.
 */
import * as v from 'valibot';
import { type DeviceEventType, deviceEvents, deviceEventType } from './device-events.ts';
import { isUserId } from './identifiers.ts';
import { limits } from './limits.ts';
import { publishedData } from './publication.ts';
import type { JsonObject } from './restaurant-events.ts';

/** A user id somebody claims: not said, said in a form that can be compared, or said in a form that is nobody's. */
export type ClaimedUserId =
  | Readonly<{ form: 'absent' }>
  | Readonly<{ form: 'canonical'; userId: string }>
  | Readonly<{ form: 'refused'; text: string }>;

/** What a client says of itself, in a message or as query hints. Nothing of it is verified. */
export type Claims = Readonly<{ userId: ClaimedUserId; restaurantId?: string; connectionType?: string }>;

export type MalformedProblem =
  | 'too_large'
  | 'not_json'
  | 'not_an_object'
  | 'type_not_text'
  | 'wrong_field_type'
  | 'token_too_large';

export type AuthenticateMessage = Readonly<{
  kind: 'authenticate';
  unverifiedToken: string | undefined;
  claims: Claims;
  batch: boolean;
}>;

export type ClientMessage =
  | AuthenticateMessage
  | Readonly<{ kind: 'ping' }>
  | ReplayMessage
  | PublishMessage
  | Readonly<{ kind: 'other'; id: string | undefined }>
  /** A message of a session whose fields are not what they must be. */
  | Readonly<{ kind: 'unusable'; id: string | undefined }>
  | Readonly<{ kind: 'malformed'; problem: MalformedProblem }>;

/** Asks for the events after a number, so many at most. */
export type ReplayMessage = Readonly<{ kind: 'replay'; id: string | undefined; after: number; limit: number }>;

/** An event a device wants published, its data as they will be delivered. `restaurantId` is what the message claims, if it does. */
export type PublishMessage = Readonly<{
  kind: 'publish';
  id: string | undefined;
  restaurantId: string | undefined;
  event: DeviceEventType;
  data: JsonObject;
}>;

export const AuthenticateFields = v.object({
  token: v.nullish(v.string()),
  restaurant_id: v.nullish(v.string()),
  user_id: v.nullish(v.union([v.string(), v.number()])),
  connection_type: v.nullish(v.string()),
  batch: v.nullish(v.boolean()),
});
const fieldNames = Object.keys(AuthenticateFields.entries) as (keyof typeof AuthenticateFields.entries)[];

/** Reads one text frame. A duplicate key counts as its last value, as in `JSON.parse`. */
export const parseClientMessage = (text: string): ClientMessage => {
  if (isLongerThan(text, limits.maxFrameBytes)) return malformed('too_large');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('not_json');
  }
  if (!isObject(value)) return malformed('not_an_object');
  const type = own(value, 'type');
  if (typeof type !== 'string') return malformed('type_not_text');
  switch (type) {
    case 'authenticate':
    case 'reauth':
      return authenticateMessage(value, text);
    case 'ping':
      return { kind: 'ping' };
    case 'replay':
      return replayMessage(value);
    default:
      return eventMessage(value, type);
  }
};

export const Replay = v.object({
  after: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  limit: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), limits.maxReplayEvents),
});

/** A limit above the gateway's own means the gateway's. */
const replayMessage = (message: object): ClientMessage => {
  const id = messageId(own(message, 'id'));
  const data = own(message, 'data') ?? {};
  const picked = isObject(data)
    ? { after: own(message, 'after') ?? own(data, 'after'), limit: own(message, 'limit') ?? own(data, 'limit') }
    : {};
  const parsed = v.safeParse(Replay, picked);
  if (!parsed.success) return { kind: 'unusable', id };
  const { after, limit } = parsed.output;
  return { kind: 'replay', id, after, limit: Math.min(limit, limits.maxReplayEvents) };
};

const eventMessage = (message: object, type: string): ClientMessage => {
  const said = own(message, 'id');
  const id = messageId(said);
  const event = deviceEventType(type);
  if (event === undefined) return { kind: 'other', id };
  // An id that cannot be kept is no idempotency key: taken for "none", the same event would be published twice.
  if (said !== undefined && said !== null && id === undefined) return { kind: 'unusable', id };
  const data = publishedData(message, deviceEvents[event]);
  const restaurantId = own(message, 'restaurant_id') ?? undefined;
  if (data === undefined || (restaurantId !== undefined && typeof restaurantId !== 'string'))
    return { kind: 'unusable', id };
  return { kind: 'publish', id, restaurantId: restaurantId === '' ? undefined : restaurantId, event, data };
};

/** Reads the four shapes in the field: all at top level, all in `data`, token at top level and the rest in `data`, or a mix of them; the top level wins. */
const authenticateMessage = (message: object, text: string): ClientMessage => {
  const data = own(message, 'data') ?? {};
  if (!isObject(data)) return malformed('wrong_field_type');
  const picked = Object.fromEntries(fieldNames.map((name) => [name, own(message, name) ?? own(data, name)]));
  const parsed = v.safeParse(AuthenticateFields, picked);
  if (!parsed.success) return malformed('wrong_field_type');
  const { token, batch, user_id, ...rest } = parsed.output;
  if (typeof token === 'string' && isLongerThan(token, limits.maxTokenBytes)) return malformed('token_too_large');
  return {
    kind: 'authenticate',
    unverifiedToken: token ?? undefined,
    claims: claims({ ...rest, user_id: typeof user_id === 'number' ? spellingOfUserId(text) : user_id }),
    batch: batch ?? false,
  };
};

const claims = (said: {
  user_id?: string | null | undefined;
  restaurant_id?: string | null | undefined;
  connection_type?: string | null | undefined;
}): Claims => ({
  userId: claimedUserId(said.user_id),
  ...(typeof said.restaurant_id === 'string' ? { restaurantId: said.restaurant_id } : {}),
  ...(typeof said.connection_type === 'string' ? { connectionType: said.connection_type } : {}),
});

const claimedUserId = (said: string | null | undefined): ClaimedUserId => {
  if (said === null || said === undefined) return { form: 'absent' };
  return isUserId(said) ? { form: 'canonical', userId: said } : { form: 'refused', text: said };
};

/**
 * How the numeric user id of a message was written: `1e0`, `1.0` and `-0` are 1 and 0 once parsed. Only the message's own
 * field counts, then that of its `data`; a `user_id` deeper down belongs to fields nobody reads.
 */
const spellingOfUserId = (text: string): string => {
  const spellings = new Map<unknown, string>();
  let message: unknown;
  try {
    message = JSON.parse(text, function (this: unknown, key, value, context?: { source?: string }) {
      if (key === 'user_id' && typeof value === 'number') spellings.set(this, context?.source ?? '');
      return value;
    });
  } catch {
    return ''; // a reviver recurses: a frame nested that deeply names nobody
  }
  const data = isObject(message) ? own(message, 'data') : undefined;
  const said = spellings.get(message) ?? spellings.get(data) ?? '';
  return !canonicalNumber.test(said) || Number.isSafeInteger(Number(said)) ? said : '';
};
const canonicalNumber = /^[1-9]\d*$/;

const messageId = (id: unknown): string | undefined =>
  typeof id === 'string' && id.length <= limits.maxMessageIdChars && /^[\w.:-]+$/.test(id) ? id : undefined;

const malformed = (problem: MalformedProblem): ClientMessage => ({ kind: 'malformed', problem });
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
const isLongerThan = (text: string, maxBytes: number): boolean =>
  text.length > maxBytes || (text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes);
