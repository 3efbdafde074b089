/** A shard of a stream and Lambda's reading of it, as far as the outbox depends on them. Time is simulated. */
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';

/** The process of a run ended before it answered. */
export class Crash extends Error {}

export type Shard = Readonly<{ records: readonly DynamoDBRecord[]; batchSize: number }>;

const longestBackoffMs = 60_000;

/**
 * Hands over the records batch by batch, each until it is done with. A run that crashes gets its whole batch again; of one that
 * names a failure, that record and those behind it come again. Yields how many runs that took; throws when there are too many.
 */
export const readShard = async (
  { records, batchSize }: Shard,
  run: (batch: readonly DynamoDBRecord[]) => Promise<DynamoDBBatchResponse>,
  { waits = () => {}, maxRuns = 10_000 }: Readonly<{ waits?: (ms: number) => void; maxRuns?: number }> = {},
): Promise<number> => {
  let at = 0;
  let failures = 0;
  for (let runs = 0; runs < maxRuns; runs += 1) {
    if (at >= records.length) return runs;
    const batch = records.slice(at, at + batchSize);
    const done = await doneOf(batch, run);
    at += done;
    failures = done === batch.length ? 0 : failures + 1;
    if (failures > 0) waits(Math.min(longestBackoffMs, 1_000 * 2 ** Math.min(failures, 10)));
  }
  throw new Error(`${records.length - at} records are left after ${maxRuns} runs`);
};

const doneOf = async (
  batch: readonly DynamoDBRecord[],
  run: (batch: readonly DynamoDBRecord[]) => Promise<DynamoDBBatchResponse>,
): Promise<number> => {
  try {
    const { batchItemFailures } = await run(batch);
    if (batchItemFailures.length === 0) return batch.length;
    const failed = batchItemFailures.map(({ itemIdentifier }) =>
      batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
    );
    // One that is not in the batch fails all of it.
    return Math.max(0, Math.min(...failed));
  } catch (error) {
    if (error instanceof Crash) return 0;
    throw error;
  }
};
