import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import type { QueueBlueprint } from '../blueprint/queues.ts';
import { StartError } from '../start-error.ts';
import { mustCall } from './engine.ts';
import type { QueueEngine } from './queues.ts';

const messages = v.array(
  v.object({
    body: v.string(),
    messageAttributes: v.optional(v.record(v.string(), v.unknown()), {}),
    /** Epoch milliseconds. */
    delayUntil: v.optional(v.number()),
    messageGroupId: v.optional(v.string()),
    messageDeduplicationId: v.optional(v.string()),
  }),
);

const file = v.record(v.string(), messages);

/** Writes the messages of all queues, those in a consumer's hands included, for the next start. */
export const keepQueues = async (
  engine: QueueEngine,
  queues: readonly QueueBlueprint[],
  path: string,
): Promise<void> => {
  const kept: v.InferOutput<typeof file> = {};
  for (const { queueName } of queues) kept[queueName] = v.parse(messages, await engine.messagesIn(queueName));
  writeFileSync(path, JSON.stringify(kept), { mode: 0o600 });
};

/**
 * Sends what was kept, with what is left of its delay; how often a message was received is forgotten. Throws `StartError`
 * (`DATA_CORRUPT`) when the file is not one of `keepQueues`.
 */
export const restoreQueues = async (
  engine: QueueEngine,
  queues: readonly QueueBlueprint[],
  path: string,
): Promise<void> => {
  const kept = existsSync(path) ? read(path) : {};
  for (const { queueName, url, attributes } of queues)
    for (const message of kept[queueName] ?? []) {
      const isFifo = attributes['FifoQueue'] === 'true';
      const delaySeconds = Math.ceil(((message.delayUntil ?? 0) - Date.now()) / 1000);
      await mustCall(engine, 'SendMessage', {
        QueueUrl: url,
        MessageBody: message.body,
        MessageAttributes: message.messageAttributes,
        ...(isFifo
          ? { MessageGroupId: message.messageGroupId, MessageDeduplicationId: message.messageDeduplicationId }
          : { DelaySeconds: Math.min(Math.max(delaySeconds, 0), 900) }),
      });
    }
};

const read = (path: string): v.InferOutput<typeof file> => {
  try {
    return v.parse(file, JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new StartError('DATA_CORRUPT', `The file ${path} is damaged; delete it to start with empty queues.`, {
      cause,
    });
  }
};
