import type { Arrivals } from './arrivals.ts';
import type { EventSourceBlueprint } from './blueprint/event-sources.ts';
import type { QueueBlueprint } from './blueprint/queues.ts';
import type { Answer, Engine } from './engines/engine.ts';
import { delivered, type Faults } from './faults.ts';
import type { Recorder } from './meter.ts';
import type { Outcome } from './sandbox/sandbox.ts';
import { senderIn } from './senders.ts';

type Parts = {
  readonly source: EventSourceBlueprint;
  readonly queue: QueueBlueprint;
  readonly region: string;
  readonly sqs: Engine;
  readonly invoke: (event: unknown) => Promise<Outcome>;
  readonly arrivals: Pick<Arrivals, 'passed'>;
  readonly recorder: Recorder;
  readonly faults: Faults;
};

type Message = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
};

type MessageAttribute = { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string };

/** A queue whose messages are handed to a function until it is closed; what the function has not finished then stays. */
export type EventSource = { readonly close: () => void };

/** How long the messages of a queue wait at most for others while a batch is at work. */
const gatheringMs = 50;

/** The longest wait of one receive call SQS allows, in seconds. */
const longPollSeconds = 20;

/**
 * Polls one queue as Lambda does: a batch that succeeds is deleted, one that fails stays until its visibility timeout is over.
 * With `ReportBatchItemFailures` only what the function does not report is deleted.
 */
export const startEventSource = (parts: Parts): EventSource => {
  const { source, queue, sqs, recorder } = parts;
  /** A queue that cannot delay a message cannot be a timer. */
  const isFifo = queue.attributes['FifoQueue'] === 'true';
  let isClosed = false;
  const underway = new Set<Promise<void>>();

  const call = async (action: string, input: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const answer = await sqs.call(action, { QueueUrl: queue.url, ...input });
    recorder.calledSqs(action, answer);
    return answer;
  };

  const poll = async (): Promise<void> => {
    while (!isClosed) {
      // No race with the end: a promise that lives as long as the gateway would keep every answer it was raced with.
      const received = await call('ReceiveMessage', {
        MaxNumberOfMessages: source.batchSize,
        WaitTimeSeconds: longPollSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      // A receive call that still waited ends with the engine; what it was given stays in the queue.
      if (isClosed || received.status >= 400) return;
      const messages = (received.body['Messages'] ?? []) as readonly Message[];
      if (messages.length === 0) continue;
      const work = start(messages);
      if (underway.size >= source.concurrency) await Promise.race(underway);
      // A queue that is not full gathers a batch while the function is at work.
      else if (messages.length < source.batchSize) await Promise.race([work, gathering()]);
    }
  };

  const start = (messages: readonly Message[]): Promise<void> => {
    const work = deliver(messages).finally(() => underway.delete(work));
    underway.add(work);
    return work;
  };

  /** Messages that must not overtake what their connection sent go after it, and keep nobody else from going now. */
  const deliver = async (messages: readonly Message[]): Promise<void> => {
    const holds = new Map(
      messages.map((message) => [message, isFifo ? undefined : parts.arrivals.passed(message.Body)]),
    );
    const held = messages.filter((message) => holds.get(message) !== undefined);
    await Promise.all([
      handOver(messages.filter((message) => !held.includes(message))),
      Promise.all(holds.values()).then(() => handOver(held)),
    ]);
  };

  const handOver = async (messages: readonly Message[]): Promise<void> => {
    if (messages.length === 0 || isClosed) return;
    const event = { Records: messages.map((message) => recordOf(message, queue.arn, parts.region)) };
    let done: readonly Message[] = messages;
    await delivered(parts.faults.queueMessages, async () => {
      done = succeeded(messages, await parts.invoke(event), source.reportsItemFailures);
    });
    if (done.length === 0 || isClosed) return;
    await call('DeleteMessageBatch', {
      Entries: done.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
    });
  };

  void poll();
  return {
    close: () => {
      isClosed = true;
    },
  };
};

const gathering = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, gatheringMs).unref());

/**
 * The messages that are done with. Lambda takes a response it does not understand, or one that names a message which is
 * not in the batch, as the failure of the whole batch.
 */
export const succeeded = <M extends Pick<Message, 'MessageId'>>(
  messages: readonly M[],
  outcome: Outcome,
  reportsItemFailures: boolean,
): readonly M[] => {
  if (outcome.kind !== 'returned') return [];
  if (!reportsItemFailures) return messages;
  const failures = (outcome.value as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return [];
  const failed = new Set(failures.map((failure) => failure?.itemIdentifier));
  const areKnown = [...failed].every((id) => messages.some(({ MessageId }) => MessageId === id));
  return areKnown ? messages.filter(({ MessageId }) => !failed.has(MessageId)) : [];
};

const recordOf = (message: Message, queueArn: string, region: string) => {
  const { senderId, others } = senderIn(message.MessageAttributes ?? {});
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: { ...message.Attributes, SenderId: senderId },
    messageAttributes: Object.fromEntries(
      Object.entries(others).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          dataType: DataType,
          stringListValues: [],
          binaryListValues: [],
          ...(StringValue === undefined ? {} : { stringValue: StringValue }),
          ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
};
