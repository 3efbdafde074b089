/** What hands a stage's events to its backend: the keys `outbox`, `outboxArn` and `outboxSecurityEvents`. */
import * as v from 'valibot';
import { text } from './sections.ts';

export const outboxKinds = ['none', 'bus', 'queue'] as const;

/** Where a stage's events go: nowhere, to an EventBridge bus, or to an SQS FIFO queue. */
export type OutboxKind = (typeof outboxKinds)[number];

const busArn = /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256}$/;
/** A FIFO queue's name has up to 80 characters, its end among them. */
const queueArn = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,75}\.fifo$/;
const standardQueueArn = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/;
const targetArn = new RegExp([busArn, queueArn, standardQueueArn].map(({ source }) => `(?:${source})`).join('|'));

export const outboxKeys = {
  /** Where numbered events, and the begin and end of each session, go beside the devices. */
  outbox: v.optional(v.picklist(outboxKinds, 'must be "none", "bus" or "queue"'), 'none'),
  /** Somebody's own bus or queue, in the region of the deployment. Default: the stage makes one. */
  outboxArn: v.optional(text(targetArn, 'must be the ARN of an EventBridge bus or of an SQS FIFO queue')),
  /** Whether every security event that the audit table keeps goes there, too. */
  outboxSecurityEvents: v.optional(v.boolean('must be true or false'), false),
};

type OutboxConfig = Readonly<{ outbox: OutboxKind; outboxArn?: string | undefined; outboxSecurityEvents: boolean }>;

/** The one key of the three that does not go with the others, and the rest of a sentence that begins with it. */
const problemOf = ({ outbox, outboxArn, outboxSecurityEvents }: OutboxConfig) => {
  if (outbox === 'none') {
    const needsOne = 'needs outbox to be "bus" or "queue"';
    if (outboxArn !== undefined) return { key: 'outboxArn', message: needsOne } as const;
    return outboxSecurityEvents ? ({ key: 'outboxSecurityEvents', message: needsOne } as const) : undefined;
  }
  if (outboxArn === undefined) return undefined;
  if (outbox === 'bus')
    return busArn.test(outboxArn)
      ? undefined
      : ({ key: 'outboxArn', message: 'must be the ARN of an EventBridge bus, since outbox is "bus"' } as const);
  if (queueArn.test(outboxArn)) return undefined;
  const message = standardQueueArn.test(outboxArn)
    ? 'must be the ARN of a FIFO queue, whose name ends with ".fifo": another keeps no order'
    : 'must be the ARN of an SQS FIFO queue, since outbox is "queue"';
  return { key: 'outboxArn', message } as const;
};

/** Of a whole stage's configuration: whether its three keys go together. */
export const outboxFits = <Config extends OutboxConfig>() =>
  v.rawCheck<Config>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = problemOf(dataset.value);
    if (problem === undefined) return;
    const { key, message } = problem;
    const input = dataset.value[key];
    addIssue({
      message,
      input,
      path: [{ type: 'object', origin: 'value', input: { ...dataset.value }, key, value: input }],
    });
  });
