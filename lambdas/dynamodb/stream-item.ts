/** Heads, events and marks as they are stored, and back. One partition a restaurant; keys are prefixed by kind. */
import * as v from 'valibot';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import type { StreamHead } from '../../protocol/restaurant-events.ts';
import type { Mark, StoredEvent } from '../ports.ts';
import type { Item } from './table.ts';

export const partitionOf = (restaurantId: string): string => `R#${restaurantId}`;
export const headKey = 'HEAD';
/** An item of its own: before its first event a restaurant has no head. */
export const knownKey = 'KNOWN';
/** Sixteen digits hold every safe integer, and sort as the numbers do. */
export const eventKey = (seq: number): string => `E#${String(seq).padStart(16, '0')}`;
export const markKey = (id: string): string => `I#${id}`;

/** By connection type. What another version knows is kept under its name. */
const seqOf = v.record(v.string(), v.number());

const HeadItem = v.looseObject({
  epoch: v.string(),
  head_seq: v.number(),
  head_seq_of: seqOf,
  minute_ms: v.optional(v.number()),
  minute_count: v.optional(v.number()),
});

export const headItem = ({ epoch, headSeq, headSeqOf, minute, others }: StreamHead): Item => ({
  ...others,
  epoch,
  head_seq: headSeq,
  head_seq_of: headSeqOf,
  minute_ms: minute?.startMs,
  minute_count: minute?.count,
});

export const headOf = (item: Item): StreamHead => {
  const { pk: _, sk: __, epoch, head_seq, head_seq_of, minute_ms, minute_count, ...others } = v.parse(HeadItem, item);
  return {
    epoch,
    headSeq: head_seq,
    headSeqOf: head_seq_of,
    ...(minute_ms === undefined || minute_count === undefined
      ? {}
      : { minute: { startMs: minute_ms, count: minute_count } }),
    ...(Object.keys(others).length === 0 ? {} : { others }),
  };
};

const EventItem = v.object({
  id: v.string(),
  seq: v.number(),
  type: v.string(),
  data: v.string(),
  audience: v.array(v.string()),
  prev_seq_of: seqOf,
  user_id: v.optional(v.string()),
  connection_type: v.optional(v.string()),
  occurred_at_ms: v.number(),
  message_id: v.string(),
  epoch: v.optional(v.string()),
});

/** The data as the text it is: no key of a client's becomes an attribute. */
export const eventItem = ({ event, messageId, epoch }: StoredEvent): Item => ({
  id: event.id,
  seq: event.seq,
  type: event.type,
  data: event.data,
  audience: event.audience,
  prev_seq_of: event.prevSeqOf,
  user_id: event.publisher?.userId,
  connection_type: event.publisher?.connectionType,
  occurred_at_ms: event.occurredAtMs,
  message_id: messageId,
  epoch,
});

export const storedEventOf = (item: Item): StoredEvent => {
  const read = v.parse(EventItem, item);
  return {
    messageId: read.message_id,
    ...(read.epoch === undefined ? {} : { epoch: read.epoch }),
    event: {
      id: read.id,
      seq: read.seq,
      type: read.type,
      // Written by `eventItem`.
      data: scannedBefore(read.data),
      audience: read.audience,
      prevSeqOf: read.prev_seq_of,
      ...(read.user_id === undefined || read.connection_type === undefined
        ? {}
        : { publisher: { userId: read.user_id, connectionType: read.connection_type } }),
      occurredAtMs: read.occurred_at_ms,
    },
  };
};

const MarkItem = v.object({
  sk: v.string(),
  seq: v.number(),
  message_id: v.string(),
  content: v.optional(v.string()),
});

export const markItem = ({ seq, messageId, content }: Mark): Item => ({ seq, message_id: messageId, content });

/** The id that is marked, and its mark. Those of v0.1.0 have no content. */
export const markOf = (item: Item): readonly [id: string, mark: Mark] => {
  const { sk, seq, message_id, content } = v.parse(MarkItem, item);
  return [sk.slice(markKey('').length), { seq, messageId: message_id, content }];
};
