/**
 * Who sent a message to a queue. SQS tells its receivers (`SenderId`); the embedded queues do not, so the endpoint writes it into the
 * message of a function, as an attribute that nobody else gets to write, and the event source reads it.
 */
import type { Input } from './engines/engine.ts';

const name = 'local.SenderId';

type Attributes = Readonly<Record<string, { readonly DataType: string; readonly StringValue?: string }>>;

/** What a call sends, with its sender; of nobody who is known by a role it is what it is, less what it says of that. */
export const withSender = (action: string, input: Input, senderId: string | undefined): Input => {
  const signed = (message: Input): Input => {
    const { [name]: _, ...others } = (message['MessageAttributes'] ?? {}) as Attributes;
    const sender = senderId === undefined ? {} : { [name]: { DataType: 'String', StringValue: senderId } };
    return message['MessageAttributes'] === undefined && senderId === undefined
      ? message
      : { ...message, MessageAttributes: { ...others, ...sender } };
  };
  if (action === 'SendMessage') return signed(input);
  const entries = input['Entries'];
  return action === 'SendMessageBatch' && Array.isArray(entries) ? { ...input, Entries: entries.map(signed) } : input;
};

/** The sender of a message that was received, and its attributes without it. */
export const senderIn = <A extends Attributes>(attributes: A) => {
  const { [name]: sender, ...others } = attributes;
  return { senderId: sender?.StringValue ?? 'AIDALOCALOPERATOR', others: others as A };
};
