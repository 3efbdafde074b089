import { setTimeout as delay } from 'node:timers/promises';
import type { StreamSourceBlueprint } from './blueprint/event-sources.ts';
import type { TableStream } from './engines/table-streams.ts';
import { delivered, type Faults } from './faults.ts';
import type { Outcome } from './sandbox/sandbox.ts';
import { matches } from './streams/filter.ts';
import type { StreamRecord } from './streams/record.ts';
import { doneOf, pauseMsAfter } from './streams/settled.ts';

type Parts = {
  readonly source: StreamSourceBlueprint;
  readonly stream: TableStream;
  readonly invoke: (event: { readonly Records: readonly StreamRecord[] }) => Promise<Outcome>;
  readonly faults: Pick<Faults, 'streamRecords'>;
  readonly now?: () => number;
};

/** A stream whose records are handed to a function until it is closed. */
export type StreamSource = { readonly close: () => void };

/** A stream keeps a record for a day. */
const keptMs = 24 * 60 * 60 * 1000;

/** What is looked at for a batch, where a filter leaves something out. */
const pageOf = (batchSize: number): number => Math.max(batchSize, 100);

/**
 * Reads a stream as Lambda does: one batch after another, and one that fails again and again until it does not, or its records are
 * a day old. What the function was done with is passed before the next batch; a process that ends before that hands it out again.
 */
export const startStreamSource = ({ source, stream, invoke, faults, now = Date.now }: Parts): StreamSource => {
  const ending = new AbortController();
  const { signal } = ending;
  let failures = 0;
  /** Of the next batch: what is left of one that failed comes again without what has come since. */
  let size = source.batchSize;

  const poll = async (): Promise<void> => {
    while (!signal.aborted) {
      const more = stream.next();
      const page = await stream.read(source.name, pageOf(source.batchSize));
      if (page.length === 0) await more;
      else if (source.windowMs > 0 && failures === 0) await handOver(await gathered(page));
      else await handOver(page);
    }
  };

  /** A store that cannot be read or written, as on a full disk, is tried again like a function that fails. */
  const pollOn = async (): Promise<void> => {
    while (!signal.aborted) await poll().catch(pause);
  };

  const pause = async (): Promise<void> => {
    failures += 1;
    await delay(pauseMsAfter(failures), undefined, { ref: false, signal }).catch(() => {});
  };

  /** The page when its batch is full, or the window is over. */
  const gathered = async (first: readonly StreamRecord[]): Promise<readonly StreamRecord[]> => {
    // Nobody may be waiting for it any more when the source is closed.
    const over = delay(source.windowMs, 'over', { ref: false, signal }).catch(() => 'over');
    let page = first;
    while (wantedOf(page).length < size) {
      const more = stream.next();
      page = await stream.read(source.name, pageOf(source.batchSize));
      if ((await Promise.race([over, more])) === 'over') break;
    }
    return page;
  };

  const wantedOf = (page: readonly StreamRecord[]): readonly StreamRecord[] => {
    const trimmedSeconds = (now() - keptMs) / 1000;
    return page.filter(
      (record) =>
        record.dynamodb.ApproximateCreationDateTime > trimmedSeconds &&
        (source.patterns.length === 0 || source.patterns.some((pattern) => matches(pattern, record))),
    );
  };

  const handOver = async (page: readonly StreamRecord[]): Promise<void> => {
    const wanted = wantedOf(page);
    const batch = wanted.slice(0, size);
    let done = 0;
    if (batch.length > 0)
      await delivered(faults.streamRecords, async () => {
        done = doneOf(batch, await invoke({ Records: batch }), source.reportsItemFailures);
      });
    if (signal.aborted) return;
    const passed = recordsBefore(page, wanted[done]);
    if (passed !== undefined) await stream.pass(source.name, passed.dynamodb.SequenceNumber);
    if (done === batch.length) {
      failures = 0;
      size = source.batchSize;
      return;
    }
    if (done > 0) failures = 0;
    size = batch.length - done;
    await pause();
  };

  void pollOn();
  return {
    close: () => {
      ending.abort();
      stream.wake();
    },
  };
};

/** The last record before another one, or the last of all. */
const recordsBefore = (page: readonly StreamRecord[], next: StreamRecord | undefined): StreamRecord | undefined =>
  next === undefined ? page.at(-1) : page[page.indexOf(next) - 1];
