import type { Caller } from './callers.ts';
import type { Input } from './engines/engine.ts';

/** One call to DynamoDB, SQS or EventBridge. */
export type AwsCall = {
  readonly caller: Caller;
  readonly service: 'dynamodb' | 'sqs' | 'events';
  readonly action: string;
  readonly input: Input;
};
