/** A record that the outbox set aside, read again. Pure. */
import * as v from 'valibot';
import type { Attribute, StreamRecord } from '../lambdas/outbox/stream-record.ts';

const AnAttribute: v.GenericSchema<Attribute> = v.lazy(() =>
  v.object({
    S: v.optional(v.string()),
    N: v.optional(v.string()),
    BOOL: v.optional(v.boolean()),
    NULL: v.optional(v.boolean()),
    L: v.optional(v.array(AnAttribute)),
    M: v.optional(v.record(v.string(), AnAttribute)),
  }),
);

const Attributes = v.exactOptional(v.record(v.string(), AnAttribute));

/** As `letterOf` writes it. What a table never had in its items is left out. */
const Body = v.object({
  eventID: v.exactOptional(v.string()),
  eventName: v.picklist(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: v.object({ Keys: Attributes, NewImage: Attributes, SequenceNumber: v.exactOptional(v.string()) }),
});

/** undefined: the body is no such record. */
export const streamRecordOf = (body: string): StreamRecord | undefined => {
  try {
    return v.parse(Body, JSON.parse(body));
  } catch {
    return undefined;
  }
};
