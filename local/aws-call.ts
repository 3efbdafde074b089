import type { Caller } from './callers.ts';
import type { Input } from './engines/engine.ts';

/** One call to DynamoDB or SQS. */
export type AwsCall = {
  readonly caller: Caller;
  readonly service: 'dynamodb' | 'sqs';
  readonly action: string;
  readonly input: Input;
};
