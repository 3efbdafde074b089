// Sends, receives and deletes as fast as it can, and says on stdout what was answered, until it is killed.
import { writeSync } from 'node:fs';
import { mustCall } from '../../local/engines/engine.ts';
import { keepQueues } from '../../local/engines/kept-queues.ts';
import { createQueues, openQueues } from '../../local/engines/queues.ts';
import { keptQueue, padding } from './kept-queue.ts';

const [, , dir = '', first = '0'] = process.argv;
const engine = await openQueues('eu-west-1');
await createQueues(engine, [keptQueue]);
await keepQueues(engine, [keptQueue], dir, () => {});
const QueueUrl = keptQueue.url;

const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const takeSome = async (): Promise<void> => {
  const { body } = await engine.call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 3 });
  for (const { Body, ReceiptHandle } of (body['Messages'] ?? []) as { Body: string; ReceiptHandle: string }[]) {
    say(`deleting ${Number.parseInt(Body, 10)}`);
    await mustCall(engine, 'DeleteMessage', { QueueUrl, ReceiptHandle });
  }
};

for (let i = Number(first); ; i += 1) {
  await mustCall(engine, 'SendMessage', {
    QueueUrl,
    MessageBody: `${i} ${padding}`,
    MessageGroupId: String(i % 5),
    MessageDeduplicationId: String(i),
  });
  say(`accepted ${i}`);
  if (i % 3 > 0) await takeSome();
}
