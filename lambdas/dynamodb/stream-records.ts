/** Records of the streams of the event table and the audit table, read. */
import * as v from 'valibot';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import type { Attribute, Attributes, StreamRecord } from '../outbox/stream-record.ts';
import { StoredAuditRecord } from '../security/audit-columns.ts';
import { eventKey, storedEventOf } from './stream-item.ts';
import type { Item } from './table.ts';

/** What a write was that the backend may hear of. */
export type Change =
  /** No epoch: a version before it was stored with events numbered this one. */
  | Readonly<{ kind: 'event'; restaurantId: string; epoch: string | undefined; event: RestaurantEvent }>
  | Readonly<{ kind: 'audit'; record: StoredAuditRecord }>
  /** Another kind of item, or one that was changed or deleted. */
  | Readonly<{ kind: 'nothing' }>
  | Readonly<{ kind: 'unreadable'; reason: UnreadableRecord }>;

export type UnreadableRecord =
  /** The record says nothing of the item. */
  | 'no_image'
  /** Attributes are missing or are not what they were: a newer version, or somebody else, wrote it. */
  | 'item_unreadable'
  /** Its data is no JSON. */
  | 'data_unreadable';

const eventPrefix = eventKey(0).slice(0, 2);
/** Keys of audit records begin with a date. */
const isAuditKey = (sk: string): boolean => /^\d{4}-\d{2}-\d{2}T/.test(sk);

/** What a record is about. Never throws. */
export const changeOf = ({ eventName, dynamodb = {} }: StreamRecord): Change => {
  const sk = dynamodb.Keys?.['sk']?.S ?? '';
  if (eventName !== 'INSERT' || !(sk.startsWith(eventPrefix) || isAuditKey(sk))) return { kind: 'nothing' };
  if (dynamodb.NewImage === undefined) return { kind: 'unreadable', reason: 'no_image' };
  const item = itemOf(dynamodb.NewImage);
  return sk.startsWith(eventPrefix) ? eventChange(item) : auditChange(item);
};

/** The restaurant in whose partition the item stands, be it readable or not. */
export const restaurantOf = ({ dynamodb }: StreamRecord): string | undefined =>
  /^R#([^#]+)/.exec(dynamodb?.Keys?.['pk']?.S ?? '')?.[1];

const Place = v.object({ pk: v.string() });

const eventChange = (item: Item): Change => {
  const unreadable = (reason: UnreadableRecord): Change => ({ kind: 'unreadable', reason });
  try {
    const { event, epoch } = storedEventOf(item);
    const { pk } = v.parse(Place, item);
    if (!isTime(event.occurredAtMs)) return unreadable('item_unreadable');
    if (!isJson(event.data)) return unreadable('data_unreadable');
    return { kind: 'event', restaurantId: pk.slice('R#'.length), epoch, event };
  } catch (error) {
    if (v.isValiError(error)) return unreadable('item_unreadable');
    throw error;
  }
};

const auditChange = (item: Item): Change => {
  const read = v.safeParse(StoredAuditRecord, item);
  // Its key begins with the time when the connection did.
  return read.success && isTime(Date.parse(read.output.sk.slice(0, read.output.sk.indexOf('#'))))
    ? { kind: 'audit', record: read.output }
    : { kind: 'unreadable', reason: 'item_unreadable' };
};

/** Whether a number is one that a date can have: of others there is no text. */
const isTime = (ms: number): boolean => !Number.isNaN(new Date(ms).getTime());

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const itemOf = (image: Attributes): Item =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plainOf(value)]));

/** As the document client hands it over, of the types that items of these tables have; of others nothing. */
const plainOf = (value: Attribute): unknown => {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(plainOf);
  if (value.M !== undefined) return itemOf(value.M);
  return undefined;
};
