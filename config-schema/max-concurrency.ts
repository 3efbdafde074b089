/**
 * How many runs each queue asks of its function at once, at most. Lambda takes the messages of more runs than the function may have
 * and throttles them, and each time counts as a try of the message: so no function may have less reserved.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
import * as v from 'valibot';
import { whole } from './sections.ts';

export const maxConcurrencyOf = {
  /** 500 connects/s (the account's quota) / 10 a batch * 0.2 s a batch = 10 at once; twice that. */
  authTimer: 20,
  /** A run in three leaves something behind, at most: 30 runs of the fan-out at once / 3. */
  redelivery: 10,
} as const;

/**
 * Runs of the fan-out at once, by default. A run of ten restaurants takes about 0.1 s + 9 * 0.013 s with 1,024 MB, so 30 of them take 1,382
 * events/s, and ten thousand restaurants with 2,000 events a day have 1,111/s at lunch. Fewer share runs sooner, which is cheaper; where
 * not all are taken each event has a run of its own whatever this is.
 */
const fanOutConcurrencyByDefault = 30;

const reservedEnough = ', as many as the timer asks of its function at once';

export const concurrencyKeys = {
  /** Runs of the fan-out at once, at most: Lambda's `MaximumConcurrency` of the event queue. */
  fanOutConcurrency: v.optional(whole(2, 1000), fanOutConcurrencyByDefault),
  /** Concurrency set aside for each function, which is its limit, too. A new account has 10 in all and could not grant any. */
  reservedConcurrency: v.optional(whole(Math.max(...Object.values(maxConcurrencyOf)), 1000, reservedEnough)),
};

type Concurrency = Readonly<{ fanOutConcurrency: number; reservedConcurrency?: number | undefined }>;

/** Of a whole stage's configuration: whether the fan-out may run as often at once as its queue asks. */
export const concurrencyFits = <Config extends Concurrency>() =>
  v.rawCheck<Config>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { fanOutConcurrency, reservedConcurrency } = dataset.value;
    if (reservedConcurrency === undefined || reservedConcurrency >= fanOutConcurrency) return;
    addIssue({
      message: `must be as many as fanOutConcurrency, which is ${fanOutConcurrency}`,
      input: reservedConcurrency,
      path: [
        {
          type: 'object',
          origin: 'value',
          input: { ...dataset.value },
          key: 'reservedConcurrency',
          value: reservedConcurrency,
        },
      ],
    });
  });
