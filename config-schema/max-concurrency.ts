/**
 * How many runs each queue asks of its function at once, at most. Lambda takes the messages of more runs than the function may have
 * and throttles them, and each time counts as a try of the message: so no function may have less reserved.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const maxConcurrencyOf = {
  /** 500 connects/s (the account's quota) / 10 a batch * 0.2 s a batch = 10 at once; twice that. */
  authTimer: 20,
  /** 1,000 events/s / 5 a batch on average * 0.2 s a batch = 40 at once, and some. */
  events: 50,
  /** A run in five leaves something behind, at most: 50 runs of the fan-out at once / 5. */
  redelivery: 10,
} as const;

/** Reserved for every function alike, so the queue that asks for most decides. */
export const leastReservedConcurrency = Math.max(...Object.values(maxConcurrencyOf));
