import { buildApp } from 'fauxqs';
import type { QueueBlueprint } from '../blueprint/queues.ts';
import { type Answer, type Engine, mustCall, refusal } from './engine.ts';

export type QueueEngine = Engine & {
  /** Every message of a queue as fauxqs holds it, those in a consumer's hands first. */
  readonly messagesIn: (queueName: string) => Promise<readonly unknown[]>;
};

type Inspection = {
  readonly messages: {
    readonly ready: readonly unknown[];
    readonly delayed: readonly unknown[];
    readonly inflight: readonly { readonly message: unknown }[];
  };
};

/**
 * SQS in this process: fauxqs, called without a socket. Besides what fauxqs checks, a delay must be a whole number from 0
 * to 900, as SQS demands.
 *
 * @param region where ARNs in redrive policies point
 */
export const openQueues = async (region: string): Promise<QueueEngine> => {
  const app = buildApp({ logger: false, defaultRegion: region });
  await app.ready();
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    // fauxqs takes the region of a new queue from the signature.
    authorization: `AWS4-HMAC-SHA256 Credential=local/20200101/${region}/sqs/aws4_request`,
  };
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
      const answer = await app.inject({
        method: 'POST',
        url: '/',
        headers: { ...headers, 'x-amz-target': `AmazonSQS.${action}` },
        payload: JSON.stringify(input),
      });
      return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json<Answer['body']>() };
    },
    messagesIn: async (queueName) => {
      const answer = await app.inject({ method: 'GET', url: `/_fauxqs/queues/${encodeURIComponent(queueName)}` });
      const { ready, delayed, inflight } = answer.json<Inspection>().messages;
      return [...inflight.map(({ message }) => message), ...ready, ...delayed];
    },
    close: () => app.close(),
  };
};

/** Makes the queues. A dead-letter queue is looked up when a message moves, so their order does not matter. */
export const createQueues = async (engine: Engine, queues: readonly QueueBlueprint[]): Promise<void> => {
  for (const { queueName, attributes } of queues)
    await mustCall(engine, 'CreateQueue', { QueueName: queueName, Attributes: attributes });
};

const isDelay = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 900;

const entriesOf = (input: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] =>
  Array.isArray(input['Entries']) ? input['Entries'] : [];
