/** Publications in batches of ten, in their order, and what became of them. */
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import type { Publication } from './publications.ts';

/** Sends one batch; yields what the queue says it did not take, each by its place in the batch as its `Id`. */
export type SendBatch = (batch: readonly Publication[]) => Promise<readonly BatchResultErrorEntry[]>;

export type Published = Readonly<{
  /** From here on everything is to be tried again. */
  retryFrom: Publication | undefined;
  /** What the queue will never take as it is. */
  refused: readonly Readonly<{ publication: Publication; code: string | undefined }>[];
}>;

/** What SQS takes in one call. Ten events fit its 1 MiB, since the gateway takes 64 KB of each. */
const batchSize = 10;

export const publishInBatches = async (send: SendBatch, publications: readonly Publication[]): Promise<Published> => {
  const refused: { publication: Publication; code: string | undefined }[] = [];
  for (let first = 0; first < publications.length; first += batchSize) {
    const batch = publications.slice(first, first + batchSize);
    let failed: readonly BatchResultErrorEntry[];
    try {
      failed = await send(batch);
    } catch (error) {
      console.error(error);
      return { retryFrom: batch[0], refused };
    }
    const failureOf = new Map(failed.map((failure) => [failure.Id, failure]));
    const [retryFrom] = batch.filter((_, nth) => failureOf.get(String(nth))?.SenderFault === false);
    for (const [nth, publication] of batch.entries()) {
      // What comes behind is tried again, and is refused again then.
      if (publication === retryFrom) break;
      const failure = failureOf.get(String(nth));
      if (failure !== undefined) refused.push({ publication, code: failure.Code });
    }
    if (retryFrom !== undefined) return { retryFrom, refused };
  }
  return { retryFrom: undefined, refused };
};
