/**
 * The one parser of what clients send. It never throws, never recurses into a frame, and hands on only fields it names:
 * whatever else a frame holds (`__proto__`, extra fields, nesting) ends here.
 */
import * as v from 'valibot';
import type { JudgeData } from './data-judge.ts';
import type { Domain } from './domain.ts';
import type { DomainEvent } from './domain-event.ts';
import { isDeviceId, isUserId } from './identifiers.ts';
import type { JsonProblem, JsonText } from './json/json-text.ts';
import { type Members, scanObject } from './json/members.ts';
import { limits } from './limits.ts';
import { publishedData } from './publication.ts';

/** A user id somebody claims: not said, said in a form that can be compared, or said in a form that is nobody's. */
export type ClaimedUserId =
  | Readonly<{ form: 'absent' }>
  | Readonly<{ form: 'canonical'; userId: string }>
  | Readonly<{ form: 'refused'; text: string }>;

/** What a client says of itself, in a message or as query hints. Nothing of it is verified. */
export type Claims = Readonly<{ userId: ClaimedUserId; restaurantId?: string; connectionType?: string }>;

export type MalformedProblem =
  | Exclude<JsonProblem, 'not_a_list'>
  | 'too_large'
  | 'type_not_text'
  | 'wrong_field_type'
  | 'token_too_large';

/** The words a client knows: those of this protocol, or those of apps from before it, which know no `closing`. */
export type Dialect = 'v1' | 'old';

export type AuthenticateMessage = Readonly<{
  kind: 'authenticate';
  /** Where the message tells: it says `batch`, which only this protocol has, or has its fields as old apps have them. */
  dialect?: Dialect;
  unverifiedToken: string | undefined;
  claims: Claims;
  batch: boolean;
  /** What the device calls itself, where that has the form of such a name. */
  deviceId?: string;
}>;

export type ClientMessage =
  | AuthenticateMessage
  | Readonly<{ kind: 'ping' }>
  | ReplayMessage
  | WhoMessage
  | PublishMessage
  | Readonly<{ kind: 'other'; id: string | undefined }>
  /** A message of a session with a field that is not what it must be. */
  | Readonly<{ kind: 'unusable'; id: string | undefined; field: string }>
  /** `id` and `field`, the one that is to blame: where they could be read. */
  | Readonly<{ kind: 'malformed'; problem: MalformedProblem; id?: string; field?: string }>;

/** Asks for the events after a number, so many at most. */
export type ReplayMessage = Readonly<{ kind: 'replay'; id: string | undefined; after: number; limit: number }>;

/** Asks who is there, so many at most; `after` is the `next` of an earlier answer. */
export type WhoMessage = Readonly<{ kind: 'who'; id: string | undefined; after: string | undefined; limit: number }>;

/** An event a device wants published, its data as it will be delivered. `restaurantId` is what the message claims, if it does. */
export type PublishMessage = Readonly<{
  kind: 'publish';
  id: string | undefined;
  restaurantId: string | undefined;
  /** Its type in the domain, however the message spells it. */
  event: string;
  data: JsonText;
}>;

export const AuthenticateFields = v.object({
  token: v.nullish(v.string()),
  restaurant_id: v.nullish(v.string()),
  user_id: v.nullish(v.union([v.string(), v.number()])),
  connection_type: v.nullish(v.string()),
  batch: v.nullish(v.boolean()),
});
const fieldNames = Object.keys(AuthenticateFields.entries) as (keyof typeof AuthenticateFields.entries)[];

/**
 * Reads one text frame. What two readers may read differently, such as a key that comes twice, is no message of any kind. Whoever
 * publishes hands in a judge of the events' data; its schemas are a tenth of a function's code.
 */
export const parseClientMessage = (
  text: string,
  domain: Pick<Domain, 'eventOf'>,
  judgeData: JudgeData,
): ClientMessage => {
  if (isLongerThan(text, limits.maxFrameBytes)) return malformed('too_large');
  const read = scanObject(text, limits.maxMessageDepth);
  if ('refused' in read) return unreadable(text, read.refused, read.under);
  const { members } = read;
  const type = valueIn(members, 'type');
  if (typeof type !== 'string') return malformed('type_not_text', 'type');
  switch (type) {
    case 'authenticate':
    case 'reauth':
      return authenticateMessage(members, type);
    case 'ping':
      return { kind: 'ping' };
    case 'replay':
      return replayMessage(members);
    case 'who':
      return whoMessage(members);
    default:
      return eventMessage(members, domain.eventOf(type), judgeData);
  }
};

/** A frame that is JSON names its message still, so that its sender learns which of them is refused, and for which field. */
const unreadable = (text: string, problem: JsonProblem, under: string | undefined): ClientMessage => {
  if (problem === 'not_json' || problem === 'not_an_object' || problem === 'not_a_list')
    return malformed(problem === 'not_a_list' ? 'not_json' : problem);
  const message: unknown = JSON.parse(text);
  const id = isObject(message) ? messageId(own(message, 'id')) : undefined;
  return {
    kind: 'malformed',
    problem,
    ...(id === undefined ? {} : { id }),
    ...(under !== undefined && fieldName.test(under) ? { field: under } : {}),
  };
};
const fieldName = /^\w{1,64}$/;

export const Replay = v.object({
  after: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  limit: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), limits.maxReplayEvents),
});

/** A limit above the gateway's own means the gateway's. */
const replayMessage = (message: Members): ClientMessage => {
  const id = messageId(valueIn(message, 'id'));
  const data = dataOf(message);
  if (data === undefined) return { kind: 'unusable', id, field: 'data' };
  const parsed = v.safeParse(Replay, picked(['after', 'limit'], message, data));
  if (!parsed.success) return { kind: 'unusable', id, field: String(parsed.issues[0].path?.[0]?.key ?? 'after') };
  const { after, limit } = parsed.output;
  return { kind: 'replay', id, after, limit: Math.min(limit, limits.maxReplayEvents) };
};

export const Who = v.object({
  after: v.nullish(v.string()),
  limit: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), limits.maxPresentSessions),
});

/** As with `replay`; an `after` that no answer ever had is still a place in the order of all. */
const whoMessage = (message: Members): ClientMessage => {
  const id = messageId(valueIn(message, 'id'));
  const data = dataOf(message);
  if (data === undefined) return { kind: 'unusable', id, field: 'data' };
  const parsed = v.safeParse(Who, picked(['after', 'limit'], message, data));
  if (!parsed.success) return { kind: 'unusable', id, field: String(parsed.issues[0].path?.[0]?.key ?? 'after') };
  const { after, limit } = parsed.output;
  return { kind: 'who', id, after: after ?? undefined, limit: Math.min(limit, limits.maxPresentSessions) };
};

const eventMessage = (message: Members, event: DomainEvent | undefined, judgeData: JudgeData): ClientMessage => {
  const said = valueIn(message, 'id') ?? undefined;
  const id = messageId(said);
  if (event === undefined) return { kind: 'other', id };
  // An id that cannot be kept is no idempotency key: taken for "none", the same event would be published twice.
  if (said !== undefined && id === undefined) return { kind: 'unusable', id, field: 'id' };
  const restaurantId = restaurantIdIn(message);
  if (restaurantId !== undefined && typeof restaurantId !== 'string')
    return { kind: 'unusable', id, field: 'restaurant_id' };
  const published = publishedData(message, event, judgeData);
  if ('field' in published) return { kind: 'unusable', id, field: published.field };
  const { data } = published;
  return { kind: 'publish', id, restaurantId, event: event.type, data };
};

/** Reads the four shapes in the field: all at top level, all in `data`, token at top level and the rest in `data`, or a mix of them; the top level wins. */
const authenticateMessage = (message: Members, type: 'authenticate' | 'reauth'): ClientMessage => {
  const data = dataOf(message);
  if (data === undefined) return malformed('wrong_field_type', 'data');
  const said = { ...picked(fieldNames, message, data), restaurant_id: restaurantIdIn(message, data) };
  const parsed = v.safeParse(AuthenticateFields, said);
  if (!parsed.success) return malformed('wrong_field_type', String(parsed.issues[0].path?.[0]?.key ?? 'data'));
  const { token, batch, user_id, ...rest } = parsed.output;
  if (typeof token === 'string' && isLongerThan(token, limits.maxTokenBytes))
    return malformed('token_too_large', 'token');
  const isOld = type === 'reauth' || fieldNames.some((name) => (valueIn(data, name) ?? undefined) !== undefined);
  return {
    kind: 'authenticate',
    ...(typeof batch === 'boolean' ? { dialect: 'v1' } : isOld ? { dialect: 'old' } : {}),
    unverifiedToken: token ?? undefined,
    claims: claims({ ...rest, user_id: typeof user_id === 'number' ? spellingOfUserId(message, data) : user_id }),
    batch: batch ?? false,
    ...deviceIdIn(message, data),
  };
};

/** Apps that had a field of this name before the gateway did are let in as ever: what has not its form counts as left out. */
const deviceIdIn = (message: Members, data: Members): Readonly<{ deviceId?: string }> => {
  const said = valueIn(message, 'device_id') ?? valueIn(data, 'device_id');
  return typeof said === 'string' && isDeviceId(said) ? { deviceId: said } : {};
};

/** The members of a message's `data`: none where it is left out, undefined where it is no object. */
const dataOf = (message: Members): Members | undefined => {
  const { text = 'null' } = message.get('data') ?? {};
  if (text === 'null') return new Map();
  const read = scanObject(text, limits.maxMessageDepth);
  return 'members' in read ? read.members : undefined;
};

/** What a message says by these names, at top level or in its `data`. */
const picked = (names: readonly string[], message: Members, data: Members): object =>
  Object.fromEntries(names.map((name) => [name, valueIn(message, name) ?? valueIn(data, name)]));

const valueIn = (members: Members, name: string): unknown => {
  const member = members.get(name);
  return member && JSON.parse(member.text);
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
 * The restaurant a message names, at top level or in its `data`. Empty text is none, as old apps have it who know none yet; a whole
 * number is the text that it was written as. What is neither text nor that is yielded as it is, for its reader to refuse.
 */
const restaurantIdIn = (...places: readonly Members[]): unknown => {
  const text = places.map((members) => members.get('restaurant_id')?.text).find((one) => !isNothing(one));
  if (text === undefined) return undefined;
  return wholeNumber.test(text) && Number.isSafeInteger(Number(text)) ? text : JSON.parse(text);
};
const isNothing = (text: string | undefined): boolean => text === undefined || text === 'null' || text === '""';
const wholeNumber = /^(?:0|[1-9]\d*)$/;

/** How the numeric user id of a message was written: `1e0`, `1.0` and `-0` are 1 and 0 once parsed. */
const spellingOfUserId = (message: Members, data: Members): string => {
  const said = [message, data].map((members) => members.get('user_id')?.text ?? 'null').find((text) => text !== 'null');
  return said !== undefined && (!canonicalNumber.test(said) || Number.isSafeInteger(Number(said))) ? said : '';
};
const canonicalNumber = /^[1-9]\d*$/;

const messageId = (id: unknown): string | undefined =>
  typeof id === 'string' && id.length <= limits.maxMessageIdChars && /^[\w.:-]+$/.test(id) ? id : undefined;

const malformed = (problem: MalformedProblem, field?: string): ClientMessage => ({
  kind: 'malformed',
  problem,
  ...(field === undefined ? {} : { field }),
});
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
const isLongerThan = (text: string, maxBytes: number): boolean =>
  text.length > maxBytes || (text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes);
