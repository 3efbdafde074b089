import type { BusEvent } from './engines/event-bus.ts';
import type { Answer, Engine, Input } from './engines/engine.ts';

/** How a record is posted to the webhook: so far, with the last answer if there was one. */
export type Posting = { readonly status?: number; readonly ms: number; readonly attempts: number };

/** One record that has left for the backend. */
export type OutboxRecord = {
  /** ISO 8601. */
  readonly at: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly target: 'bus' | 'queue';
  readonly webhook?: Posting;
};

/** What left, the newest last. */
export type OutboxTrail = {
  /** The last ones, 200 at most. */
  readonly records: () => readonly OutboxRecord[];
  /** Each record as it leaves, from now on; yields what ends the subscription. */
  readonly subscribe: (listener: (record: OutboxRecord) => void) => () => void;
};

/** The side that the gateway writes to. */
export type OutboxRecorder = OutboxTrail & {
  /** Yields how to say what became of it at the webhook. */
  readonly left: (record: Omit<OutboxRecord, 'at' | 'webhook'>) => (posting: Posting) => void;
};

const most = 200;

export const createOutboxTrail = (clock: () => number): OutboxRecorder => {
  const kept: { record: OutboxRecord }[] = [];
  const listeners = new Set<(record: OutboxRecord) => void>();
  return {
    records: () => kept.map(({ record }) => record),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    left: (left) => {
      const one: { record: OutboxRecord } = { record: { at: new Date(clock()).toISOString(), ...left } };
      kept.push(one);
      if (kept.length > most) kept.shift();
      for (const listener of listeners) listener(one.record);
      return (webhook) => {
        one.record = { ...one.record, webhook };
      };
    },
  };
};

type Envelope = Pick<BusEvent, 'source' | 'detail-type' | 'detail'>;

/** The queues, with each envelope told that one of them takes. */
export const withEnvelopesTold = (sqs: Engine, queueUrl: string, tell: (envelope: Envelope) => void): Engine => ({
  ...sqs,
  call: async (action, input) => {
    const answer = await sqs.call(action, input);
    if (input['QueueUrl'] === queueUrl && action.startsWith('SendMessage') && answer.status === 200)
      for (const body of taken(input, answer)) {
        const envelope = envelopeIn(body);
        if (envelope !== undefined) tell(envelope);
      }
    return answer;
  },
});

/** The bodies of a call that the queue has now. */
const taken = (input: Input, { body }: Answer): readonly unknown[] => {
  const { Entries, MessageBody } = input;
  const { Successful } = body;
  if (!Array.isArray(Entries)) return [MessageBody];
  const ids = new Set(Array.isArray(Successful) ? Successful.map(({ Id }) => Id) : []);
  return Entries.filter(({ Id }) => ids.has(Id)).map((entry) => entry.MessageBody);
};

const envelopeIn = (body: unknown): Envelope | undefined => {
  try {
    const { source, 'detail-type': type, detail } = JSON.parse(String(body));
    return typeof source === 'string' && typeof type === 'string' && typeof detail === 'object' && detail !== null
      ? { source, 'detail-type': type, detail }
      : undefined;
  } catch {
    return undefined;
  }
};
