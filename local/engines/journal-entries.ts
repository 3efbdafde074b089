/** What the journal of the queues says, and what it comes to. */
import * as v from 'valibot';

const message = v.object({
  messageId: v.string(),
  body: v.string(),
  md5OfBody: v.string(),
  messageAttributes: v.record(
    v.string(),
    v.object({
      DataType: v.string(),
      StringValue: v.exactOptional(v.string()),
      BinaryValue: v.exactOptional(v.string()),
    }),
  ),
  md5OfMessageAttributes: v.string(),
  /** Epoch milliseconds, as all times here. */
  sentTimestamp: v.number(),
  approximateReceiveCount: v.number(),
  approximateFirstReceiveTimestamp: v.exactOptional(v.number()),
  delayUntil: v.exactOptional(v.number()),
  messageGroupId: v.exactOptional(v.string()),
  messageDeduplicationId: v.exactOptional(v.string()),
  sequenceNumber: v.exactOptional(v.string()),
});

const entry = v.variant('did', [
  v.object({ did: v.literal('sent'), queueName: v.string(), message }),
  v.object({ did: v.literal('received'), messageId: v.string(), count: v.number() }),
  v.object({ did: v.literal('deleted'), messageId: v.string() }),
  v.object({ did: v.literal('purged'), queueName: v.string() }),
]);

/** A message as fauxqs holds it. */
export type Message = v.InferOutput<typeof message>;

/** One change of the queues. */
export type Entry = v.InferOutput<typeof entry>;

/** A message that is in a queue. */
export type Kept = { readonly queueName: string; readonly message: Message };

/** The messages of all queues by their ids, those of a queue in its order. */
export type Messages = Map<string, Kept>;

export const lineOf = (one: Entry): string => `${JSON.stringify(one)}\n`;

/** Throws where a line is no entry. */
export const entryIn = (line: string): Entry => v.parse(entry, JSON.parse(line));

/** Makes the change. One that is about a message which is gone changes nothing. */
export const apply = (messages: Messages, one: Entry): void => {
  switch (one.did) {
    case 'sent':
      // One that moved to another queue is that queue's last.
      messages.delete(one.message.messageId);
      messages.set(one.message.messageId, { queueName: one.queueName, message: one.message });
      return;
    case 'received': {
      const kept = messages.get(one.messageId);
      if (kept !== undefined) kept.message.approximateReceiveCount = one.count;
      return;
    }
    case 'deleted':
      messages.delete(one.messageId);
      return;
    case 'purged':
      for (const [messageId, { queueName }] of messages) if (queueName === one.queueName) messages.delete(messageId);
      return;
    default:
      one satisfies never;
  }
};
