import type { QueueBlueprint } from '../blueprint/queues.ts';
import { type Answer, type Engine, mustCall, refusal } from './engine.ts';
import { actions, SqsError, SqsStore } from './fauxqs.ts';

export type QueueEngine = Engine & {
  /** Every message of a queue as fauxqs holds it, those in a consumer's hands first. */
  readonly messagesIn: (queueName: string) => Promise<readonly unknown[]>;
};

/**
 * SQS in this process: the store and the actions of fauxqs. Besides what fauxqs checks, a delay must be a whole number from 0
 * to 900, as SQS demands.
 *
 * @param region where ARNs in redrive policies point
 */
export const openQueues = async (region: string): Promise<QueueEngine> => {
  const store = new SqsStore();
  store.region = region;
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
    messagesIn: async (queueName) => {
      const { ready, delayed, inflight } = store.inspectQueue(queueName)?.messages ?? nothing;
      return [...inflight.map(({ message }) => message), ...ready, ...delayed];
    },
    // Ends the receive calls that still wait, and the timers of delayed messages.
    close: async () => store.shutdown(),
  };
};

const nothing = { ready: [], delayed: [], inflight: [] };

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
