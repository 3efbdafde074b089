import type { Outcome } from '../sandbox/sandbox.ts';
import type { StreamRecord } from './record.ts';

/**
 * How many of a batch's records, from its first on, are done with. With `ReportBatchItemFailures` those before the lowest sequence
 * number that is reported. Lambda takes a response that it does not understand, or one that names a record which is not in the
 * batch, as the failure of the whole batch.
 */
export const doneOf = (records: readonly StreamRecord[], outcome: Outcome, reportsItemFailures: boolean): number => {
  if (outcome.kind !== 'returned') return 0;
  if (!reportsItemFailures) return records.length;
  const failures = failuresIn(outcome.value);
  if (failures === undefined) return 0;
  const places = failures.map((id) => records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === id));
  // An identifier that is unknown has the place -1.
  return Math.max(0, Math.min(records.length, ...places));
};

/** The identifiers that a response reports; undefined where it is none. */
const failuresIn = (value: unknown): readonly unknown[] | undefined => {
  const failures = memberOf(value, 'batchItemFailures') ?? [];
  return Array.isArray(failures) ? failures.map((failure) => memberOf(failure, 'itemIdentifier')) : undefined;
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

const firstPauseMs = 50;
const longestPauseMs = 5_000;

/** How long a batch that failed so many times in a row waits for its next try. */
export const pauseMsAfter = (failures: number): number => Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
