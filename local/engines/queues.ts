import type { QueueBlueprint } from '../blueprint/queues.ts';
import { type Answer, type Engine, mustCall, refusal } from './engine.ts';
import { actions, type PersistenceHooks, SqsError, type SqsQueue, SqsStore } from './fauxqs.ts';
import { groupsAsSqs } from './fifo-groups.ts';
import type { Kept, Message } from './journal-entries.ts';

export type QueueEngine = Engine & {
  /**
   * Puts messages back where they were, all of them visible or delayed, and from then on tells the keeper of each change
   * before it is made. For once, after the queues are made.
   */
  readonly keepWith: (keeper: Keeper) => void;
};

/** Where messages are kept for the next start. */
export type Keeper = {
  readonly messages: Iterable<Kept>;
  /** Throws where the message cannot be kept; then it is not sent. */
  readonly sent: (queueName: string, message: Message) => void;
  /** A message that moves to another queue. */
  readonly moved: (queueName: string, message: Message) => void;
  readonly received: (messageId: string, count: number) => void;
  readonly deleted: (messageId: string) => void;
  readonly purged: (queueName: string) => void;
};

/**
 * SQS in this process: the store and the actions of fauxqs, with message groups as SQS has them. Besides what fauxqs checks, a
 * delay must be a whole number from 0 to 900, as SQS demands.
 *
 * @param region where ARNs in redrive policies point
 */
export const openQueues = async (region: string): Promise<QueueEngine> => {
  const store = new SqsStore();
  store.region = region;
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (...settings) => groupsAsSqs(createQueue(...settings));
  return {
    call: async (action, input) => {
      const delays = [input, ...entriesOf(input)].map((entry) => entry['DelaySeconds']);
      const wrong = delays.find((delay) => delay !== undefined && !isDelay(delay));
      if (wrong !== undefined)
        return refusal(
          400,
          'com.amazonaws.sqs#InvalidParameterValue',
          `DelaySeconds is ${String(wrong)}, expected 0 to 900`,
        );
      const run = actions.get(action);
      if (run === undefined) return refusal(400, 'com.amazonaws.sqs#InvalidAction', `no ${action} locally`);
      try {
        const output = await run({ ...input }, store);
        return { status: 200, body: typeof output === 'object' ? { ...output } : {} };
      } catch (error) {
        return answerOf(error);
      }
    },
    keepWith: (keeper) => {
      for (const { queueName, message } of keeper.messages) restore(store.getQueueByName(queueName), message);
      for (const queue of store.allQueues()) Object.assign(queue, { persistence: hooksOf(queue, keeper) });
    },
    // Ends the receive calls that still wait, and the timers of delayed messages.
    close: async () => store.shutdown(),
  };
};

/** SQS forgets a deduplication id after five minutes. */
const deduplicationMs = 5 * 60 * 1000;

const restore = (queue: SqsQueue | undefined, message: Message): void => {
  if (queue === undefined) return;
  const { messageId, messageDeduplicationId, sequenceNumber, sentTimestamp } = message;
  queue.enqueue(message);
  queue.sequenceCounter = Math.max(queue.sequenceCounter, Number(sequenceNumber ?? 0));
  if (messageDeduplicationId !== undefined && Date.now() - sentTimestamp < deduplicationMs)
    queue.recordDeduplication(messageDeduplicationId, messageId, sequenceNumber);
};

/**
 * What fauxqs calls to have its state kept, each before it makes the change; its own implementation writes to an SQLite
 * database, and throws where it should not. Attributes of queues are not kept: they are the template's.
 */
const hooksOf = (queue: SqsQueue, keeper: Keeper): PersistenceHooks => ({
  insertMessage: (queueName, message) => {
    if (message.approximateReceiveCount > 0) return keeper.moved(queueName, message);
    try {
      keeper.sent(queueName, message);
    } catch (error) {
      // fauxqs remembers the id before it asks: a second try would be told that the message is there.
      if (message.messageDeduplicationId !== undefined) queue.deduplicationCache.delete(message.messageDeduplicationId);
      throw error;
    }
  },
  deleteMessage: keeper.deleted,
  updateMessageInflight: (messageId, _receiptHandle, _visibleAtMs, count) => keeper.received(messageId, count),
  updateMessageReady: () => {},
  deleteQueueMessages: keeper.purged,
  updateQueueAttributes: () => {},
  updateQueueSequenceCounter: () => {},
});

/** What fauxqs did not expect must not look like an answer of SQS's. */
const answerOf = (error: unknown): Answer =>
  error instanceof SqsError
    ? { status: error.statusCode, body: error.toJSON() }
    : refusal(500, 'com.amazonaws.sqs#InternalError', String(error));

/** Makes the queues, each with attributes of its own: the store changes them. A dead-letter queue is looked up when a message moves, so their order does not matter. */
export const createQueues = async (engine: Engine, queues: readonly QueueBlueprint[]): Promise<void> => {
  for (const { queueName, attributes } of queues)
    await mustCall(engine, 'CreateQueue', { QueueName: queueName, Attributes: { ...attributes } });
};

const isDelay = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 900;

const entriesOf = (input: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] =>
  Array.isArray(input['Entries']) ? input['Entries'] : [];
