import type { AwsCall } from './aws-call.ts';
import type { Input } from './engines/engine.ts';

/** How often and when something that is delivered at least once, or at best once, arrives. */
export type Delivery = 'once' | 'never' | 'twice' | { readonly afterMs: number };

/** A stream loses nothing. */
export type StreamDelivery = Exclude<Delivery, 'never'>;

/**
 * What becomes of a call a function makes to DynamoDB, SQS or EventBridge; `answer_lost` means it was done, but the caller gets an
 * error.
 */
export type Fate = 'pass' | 'unavailable' | 'throttled' | 'answer_lost';

/** What EventBridge answers for one entry of a call while it takes the others. */
export type EntryRefusal = { readonly ErrorCode: string; readonly ErrorMessage: string };

export type PostFate = 'pass' | 'throttled';

/** What the platform may do and seldom does. Every field can be changed while the gateway runs. */
export type Faults = {
  /** How `$disconnect` reaches its function. */
  disconnects: Delivery;
  /** How messages of a queue reach their function. */
  queueMessages: Delivery;
  /** How the records of a stream reach their function. Of two deliveries the second one's answer counts. */
  streamRecords: StreamDelivery;
  /** Asked for each entry of `PutEvents` that is good: what it yields is the entry's answer, and the bus does not get it. */
  busEntry: (entry: Input) => EntryRefusal | undefined;
  /** `reversed`: of two messages a connection sends within 50 ms, the second is handled first. */
  messageOrder: 'kept' | 'reversed';
  /** So many of the next posts to a connection are answered 429. */
  throttledPosts: number;
  /** Asked before each post to a connection: what is throttled is answered 429, and a promise holds the post until it is settled. */
  post: (connectionId: string) => PostFate | Promise<PostFate>;
  /** Asked before each call of a function; a promise holds the call until it is settled. */
  awsCall: (call: AwsCall) => Fate | Promise<Fate>;
};

/** A platform without faults, except for those given. */
export const createFaults = (faults: Partial<Faults> = {}): Faults => ({
  disconnects: 'once',
  queueMessages: 'once',
  streamRecords: 'once',
  busEntry: () => undefined,
  messageOrder: 'kept',
  throttledPosts: 0,
  post: () => 'pass',
  awsCall: () => 'pass',
  ...faults,
});

/** Runs `deliver` as often and as late as the fault says. Resolves when the last delivery has ended. */
export const delivered = async (delivery: Delivery, deliver: () => Promise<void>): Promise<void> => {
  if (delivery === 'never') return;
  if (typeof delivery === 'object') await new Promise((resolve) => setTimeout(resolve, delivery.afterMs).unref());
  await deliver();
  if (delivery === 'twice') await deliver();
};
