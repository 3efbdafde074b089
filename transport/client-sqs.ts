/** Stands in for `@aws-sdk/client-sqs` in the functions' thin bundles (an alias in `lib/`): the commands that they send. */
import { createHash } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-sqs';
import { type Call, Client, type ClientSettings, type Service } from './client.ts';
import { ServiceException } from './exceptions.ts';
import { type JsonRpc, jsonCall } from './json-rpc.ts';

export class SQSServiceException extends ServiceException {}

const sqs: Service = {
  hostPrefix: 'sqs',
  govIsFips: true,
  govDualStackIsFips: false,
  signingName: 'sqs',
  environmentName: 'SQS',
  maxAttempts: 3,
  retryBaseMs: 50,
  exceptionOf: (options) => new SQSServiceException(options),
};

export class SQSClient extends Client {
  constructor(settings?: ClientSettings) {
    super(sqs, settings);
  }
}

const rpc: JsonRpc = { target: 'AmazonSQS', version: '1.0' };

/** The queue has another text than it was sent. */
export class ChecksumError extends Error {
  readonly code = 'CHECKSUM_INVALID';

  constructor(what: string) {
    super(`the queue answered with another checksum than that of ${what}`);
    this.name = 'ChecksumError';
  }
}

const md5Of = (text = ''): string => createHash('md5').update(text).digest('hex');

/** As the SDK asks: the answer then has the codes of SQS's older protocol beside its own. */
const withQueryMode = <Output>(call: Call<Output>): Call<Output> => ({
  ...call,
  headers: { ...call.headers, 'x-amzn-query-mode': 'true' },
});

/** A queue is where its URL says, unless an endpoint was configured. */
const queueCall = <Output extends object>(
  operation: string,
  input: Readonly<{ QueueUrl?: string | undefined }>,
  read?: (output: Output) => Output,
): Call<Output> => ({
  ...withQueryMode(jsonCall(rpc, operation, input, read)),
  ...(input.QueueUrl === undefined ? {} : { address: input.QueueUrl }),
});

export class SendMessageCommand {
  readonly input: sdk.SendMessageCommandInput;

  constructor(input: sdk.SendMessageCommandInput) {
    this.input = input;
  }

  call(): Call<sdk.SendMessageCommandOutput> {
    return queueCall('SendMessage', withBytes(this.input), (output: sdk.SendMessageCommandOutput) => {
      if (output.MD5OfMessageBody !== md5Of(this.input.MessageBody)) throw new ChecksumError('the message');
      return output;
    });
  }
}

/** Messages that the queue did not take are in `Failed`, and no error. */
export class SendMessageBatchCommand {
  readonly input: sdk.SendMessageBatchCommandInput;

  constructor(input: sdk.SendMessageBatchCommandInput) {
    this.input = input;
  }

  call(): Call<sdk.SendMessageBatchCommandOutput> {
    const { Entries = [] } = this.input;
    const input = { ...this.input, Entries: Entries.map(withBytes) };
    return queueCall('SendMessageBatch', input, (output: sdk.SendMessageBatchCommandOutput) => {
      const sent = new Map(Entries.map(({ Id, MessageBody }) => [Id, MessageBody]));
      for (const { Id, MD5OfMessageBody } of output.Successful ?? [])
        if (MD5OfMessageBody !== md5Of(sent.get(Id))) throw new ChecksumError(`the message ${Id}`);
      return output;
    });
  }
}

/** Messages that could not be hidden are in `Failed`, and no error. */
export class ChangeMessageVisibilityBatchCommand {
  readonly input: sdk.ChangeMessageVisibilityBatchCommandInput;

  constructor(input: sdk.ChangeMessageVisibilityBatchCommandInput) {
    this.input = input;
  }

  call(): Call<sdk.ChangeMessageVisibilityBatchCommandOutput> {
    return queueCall('ChangeMessageVisibilityBatch', this.input);
  }
}

type Attributed = Readonly<{ MessageAttributes?: Record<string, sdk.MessageAttributeValue> | undefined }>;

/** Bytes of attributes are base64 in JSON. */
const withBytes = <T extends Attributed>(message: T): T =>
  message.MessageAttributes === undefined
    ? message
    : {
        ...message,
        MessageAttributes: Object.fromEntries(
          Object.entries(message.MessageAttributes).map(([name, value]) => [
            name,
            value.BinaryValue === undefined
              ? value
              : { ...value, BinaryValue: Buffer.from(value.BinaryValue).toString('base64') },
          ]),
        ),
      };
