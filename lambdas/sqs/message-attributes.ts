import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** Texts as the attributes of a message; SQS takes none that is empty. */
export const textAttributes = (
  texts: Readonly<Record<string, string | undefined>>,
): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) =>
      text === undefined || text === '' ? [] : [[name, { DataType: 'String', StringValue: text }]],
    ),
  );
