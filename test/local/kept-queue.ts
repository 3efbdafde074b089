/** The queue of `queue-process.ts` and of the test that kills it. */
export const keptQueue = {
  name: 'Jobs',
  queueName: 'Jobs.fifo',
  url: 'http://localhost/000000000000/Jobs.fifo',
  arn: 'arn:aws:sqs:eu-west-1:000000000000:Jobs.fifo',
  attributes: { FifoQueue: 'true' },
};

/** So much that the journal is written anew every few hundred messages. */
export const padding = 'x'.repeat(8_000);
