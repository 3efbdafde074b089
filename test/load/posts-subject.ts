/** One sandbox of the fan-out, as it is deployed: `node posts-subject.ts BUNDLE`. Each message over IPC is one invocation. */
import type { SQSBatchResponse } from 'aws-lambda';

export type Invocation = Readonly<{ restaurants: readonly string[]; timeoutMs: number }>;
export type Invoked = Readonly<{ tookMs: number; failures: number }>;

type Handler = (
  event: Readonly<{ Records: readonly object[] }>,
  context: Readonly<{ getRemainingTimeInMillis: () => number }>,
) => Promise<SQSBatchResponse>;

const { handler } = (await import(process.argv[2] ?? '')) as { handler: Handler };
let messages = 0;

process.on('message', async ({ restaurants, timeoutMs }: Invocation) => {
  const startedMs = performance.now();
  const Records = restaurants.map((restaurantId) => ({
    messageId: `m-${process.pid}-${++messages}`,
    body: JSON.stringify({ v: 1, type: 'order.created', data: { order_id: messages, items: ['soup', 'bread'] } }),
    attributes: { MessageGroupId: restaurantId, SentTimestamp: String(Date.now()) },
  }));
  const { batchItemFailures } = await handler(
    { Records },
    { getRemainingTimeInMillis: () => timeoutMs - (performance.now() - startedMs) },
  );
  process.send?.({ tookMs: performance.now() - startedMs, failures: batchItemFailures.length } satisfies Invoked);
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
