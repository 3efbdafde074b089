/** What was put aside of the event queue, as operators see it: used by the `deadletters` command, deployed nowhere. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export type DeadLetter = Readonly<{
  /** The id that the message had in the event queue; an event without an id of its own has it from there. */
  messageId: string;
  body: string;
  /** undefined: v0.1.0 put it aside, which did not keep it. */
  restaurant: string | undefined;
  reason: string;
  /** undefined: the queue gave it up, or v0.1.0 put it aside. */
  publisher: string | undefined;
  setAsideAtMs: number;
  receiptHandle: string;
}>;

export type DeadLetterQueue = Readonly<{
  /** The next ones, ten at most, hidden from others for five minutes; none: there are no more, or those of a restaurant are hidden. */
  receive: () => Promise<readonly DeadLetter[]>;
  remove: (letter: DeadLetter) => Promise<void>;
  /** Shows it again at once. */
  release: (letter: DeadLetter) => Promise<void>;
  /** About how many there are, hidden ones among them. */
  count: () => Promise<number>;
}>;

/** Of an event whose function failed as often as it may: the queue itself moved it, and gives no reason. */
const givenUp = 'given_up';
const hiddenSeconds = 300;

export const deadLetterQueue = (client: SQSClient, QueueUrl: string): DeadLetterQueue => ({
  receive: async () => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(deadLetterOf);
  },
  remove: async ({ receiptHandle: ReceiptHandle }) => {
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  },
  release: async ({ receiptHandle: ReceiptHandle }) => {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  },
  count: async () => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  },
});

const deadLetterOf = (message: Message): DeadLetter => {
  const { Attributes = {}, MessageAttributes = {}, MessageId = '', Body = '', ReceiptHandle = '' } = message;
  const said = (name: string): string | undefined => MessageAttributes[name]?.StringValue;
  const reason = said('reason');
  const { MessageGroupId, MessageDeduplicationId, SentTimestamp } = Attributes;
  return {
    // Put aside by the function it is a new message, whose deduplication id is that of the old one; moved by the queue it is the old one.
    messageId: reason === undefined ? MessageId : (said('message_id') ?? MessageDeduplicationId ?? MessageId),
    body: Body,
    restaurant: reason === undefined ? MessageGroupId : said('restaurant'),
    reason: reason ?? givenUp,
    publisher: said('publisher'),
    setAsideAtMs: Number(SentTimestamp ?? 0),
    receiptHandle: ReceiptHandle,
  };
};
