import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { QueueBlueprint } from '../blueprint/queues.ts';
import { StartError } from '../start-error.ts';
import { mustCall } from './engine.ts';
import { type JournalEvent, openJournal, type Write } from './queue-journal.ts';
import type { QueueEngine } from './queues.ts';

/** Keeps the messages of all queues in a journal in this folder; yields how to close it. Throws `StartError`. */
export const keepQueues = async (
  engine: QueueEngine,
  queues: readonly QueueBlueprint[],
  dataDir: string,
  onEvent: (event: JournalEvent) => void,
  write?: Write,
): Promise<() => void> => {
  const { messages, append, mustAppend, close } = openJournal(join(dataDir, 'queues.journal'), onEvent, write);
  engine.keepWith({
    messages: messages.values(),
    sent: (queueName, message) => mustAppend({ did: 'sent', queueName, message }),
    moved: (queueName, message) => append({ did: 'sent', queueName, message }),
    received: (messageId, count) => append({ did: 'received', messageId, count }),
    deleted: (messageId) => append({ did: 'deleted', messageId }),
    purged: (queueName) => append({ did: 'purged', queueName }),
  });
  try {
    await takeOver(engine, queues, join(dataDir, 'queues.json'));
  } catch (error) {
    close();
    throw error;
  }
  return close;
};

const olderMessages = v.array(
  v.object({
    body: v.string(),
    messageAttributes: v.optional(v.record(v.string(), v.unknown()), {}),
    /** Epoch milliseconds. */
    delayUntil: v.optional(v.number()),
    messageGroupId: v.optional(v.string()),
    messageDeduplicationId: v.optional(v.string()),
  }),
);

const olderFile = v.record(v.string(), olderMessages);

/**
 * Sends what an older gateway wrote when it was stopped, with what is left of its delay, and removes the file. Throws
 * `StartError` (`DATA_CORRUPT`) when it is none of those.
 */
const takeOver = async (engine: QueueEngine, queues: readonly QueueBlueprint[], path: string): Promise<void> => {
  if (!existsSync(path)) return;
  const kept = read(path);
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
  rmSync(path);
};

const read = (path: string): v.InferOutput<typeof olderFile> => {
  try {
    return v.parse(olderFile, JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new StartError('DATA_CORRUPT', `The file ${path} is damaged; delete it to start with empty queues.`, {
      cause,
    });
  }
};
