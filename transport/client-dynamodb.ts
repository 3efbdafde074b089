/** Stands in for `@aws-sdk/client-dynamodb` in the functions' thin bundles (an alias in `lib/`): what they import of it. */
import { Client, type ClientSettings, type Service } from './client.ts';
import { type ExceptionOptions, ServiceException } from './exceptions.ts';

export class DynamoDBServiceException extends ServiceException {}

/** The condition of a write did not hold. */
export class ConditionalCheckFailedException extends DynamoDBServiceException {
  /** The item that stood in the way, as DynamoDB writes it, where the write asked for it. */
  readonly Item: unknown;

  constructor(options: ExceptionOptions, { Item }: Readonly<{ Item?: unknown }> = {}) {
    super(options);
    this.Item = Item;
  }
}

const dynamodb: Service = {
  hostPrefix: 'dynamodb',
  govIsFips: true,
  govDualStackIsFips: false,
  signingName: 'dynamodb',
  environmentName: 'DYNAMODB',
  maxAttempts: 4,
  retryBaseMs: 25,
  exceptionOf: (options, said) =>
    options.name === 'ConditionalCheckFailedException'
      ? new ConditionalCheckFailedException(options, said)
      : new DynamoDBServiceException(options),
};

export class DynamoDBClient extends Client {
  constructor(settings?: ClientSettings) {
    super(dynamodb, settings);
  }
}
