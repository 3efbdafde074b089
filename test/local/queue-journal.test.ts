import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keepQueues } from '../../local/engines/kept-queues.ts';
import { mustCall } from '../../local/engines/engine.ts';
import type { JournalEvent, Write } from '../../local/engines/queue-journal.ts';
import { createQueues, openQueues, type QueueEngine } from '../../local/engines/queues.ts';

const blueprint = (queueName: string, attributes: Readonly<Record<string, string>>) => ({
  name: queueName,
  queueName,
  url: `http://localhost/000000000000/${queueName}`,
  arn: `arn:aws:sqs:eu-west-1:000000000000:${queueName}`,
  attributes,
});
const dead = blueprint('Dead.fifo', { FifoQueue: 'true' });
const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
const jobs = blueprint('Jobs.fifo', { FifoQueue: 'true', RedrivePolicy: redrive });
const timer = blueprint('Timer', {});
const queues = [dead, jobs, timer];

let dir: string;
let journal: string;
let events: JournalEvent[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'queues-'));
  journal = join(dir, 'queues.journal');
  events = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

type Kept = QueueEngine & { readonly end: () => Promise<void> };

const opened = async (write: Write = writeSync): Promise<Kept> => {
  const engine = await openQueues('eu-west-1');
  await createQueues(engine, queues);
  const closeJournal = await keepQueues(engine, queues, dir, (event) => events.push(event), write);
  return {
    ...engine,
    end: async () => {
      closeJournal();
      await engine.close();
    },
  };
};

const send = (engine: Kept, body: string, id = body, group = 'g') =>
  engine.call('SendMessage', {
    QueueUrl: jobs.url,
    MessageBody: body,
    MessageGroupId: group,
    MessageDeduplicationId: id,
  });

type Received = { Body: string; MessageId: string; ReceiptHandle: string; Attributes: Record<string, string> };

const receive = async (
  engine: Kept,
  { url }: { url: string } = jobs,
  visibility = 60,
  most = 10,
): Promise<readonly Received[]> => {
  const { body } = await engine.call('ReceiveMessage', {
    QueueUrl: url,
    MaxNumberOfMessages: most,
    VisibilityTimeout: visibility,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  return (body['Messages'] ?? []) as Received[];
};

/** Takes everything there is, in its order. */
const drain = async (engine: Kept, queue = jobs): Promise<readonly string[]> => {
  const bodies: string[] = [];
  for (;;) {
    const messages = await receive(engine, queue);
    if (messages.length === 0) return bodies;
    for (const { Body, ReceiptHandle } of messages) {
      bodies.push(Body);
      await mustCall(engine, 'DeleteMessage', { QueueUrl: queue.url, ReceiptHandle });
    }
  }
};

/** The same folder, opened by the next gateway without the one before having been closed. */
const afterKill = opened;

const withAll = async (engine: Kept, ...bodies: readonly string[]): Promise<void> => {
  for (const body of bodies) expect(await send(engine, body)).toMatchObject({ status: 200 });
};

describe('after a kill', () => {
  test('what was sent is there, in its order, as it was', async () => {
    const first = await opened();
    const { body: sent } = await send(first, 'a');
    await withAll(first, 'b', 'ü\n"');
    const second = await afterKill();
    const [a] = await receive(second, jobs, 60, 1);
    expect(a).toMatchObject({ Body: 'a', MessageId: sent['MessageId'] });
    expect(a?.Attributes['SequenceNumber']).toBe(sent['SequenceNumber']);
    await mustCall(second, 'DeleteMessage', { QueueUrl: jobs.url, ReceiptHandle: a?.ReceiptHandle });
    expect(await drain(second)).toEqual(['b', 'ü\n"']);
    await first.end();
    await second.end();
  });

  test('what was in a consumer’s hands is the first of its group again, and its receives still count', async () => {
    const first = await opened();
    await withAll(first, 'a', 'b');
    expect((await receive(first)).map(({ Body }) => Body)).toEqual(['a', 'b']);
    const second = await afterKill();
    expect((await receive(second, jobs, 0, 1)).map(({ Body }) => Body)).toEqual(['a']);
    const third = await afterKill();
    // Received twice, the first has come to its limit.
    expect(await drain(third)).toEqual(['b']);
    const fourth = await afterKill();
    expect(await drain(fourth, dead)).toEqual(['a']);
    for (const one of [first, second, third, fourth]) await one.end();
  });

  test('what was deleted or purged is gone, and a deduplication id of a message that waits is known', async () => {
    const first = await opened();
    await withAll(first, 'a', 'b');
    await drain(first);
    await withAll(first, 'c');
    await mustCall(first, 'SendMessage', { QueueUrl: timer.url, MessageBody: 'tick' });
    await mustCall(first, 'PurgeQueue', { QueueUrl: timer.url });
    const second = await afterKill();
    await withAll(second, 'c', 'd');
    expect(await drain(second)).toEqual(['c', 'd']);
    expect(await receive(second, timer)).toEqual([]);
    await first.end();
    await second.end();
  });

  test('a delayed message keeps what is left of its delay', async () => {
    const first = await opened();
    await mustCall(first, 'SendMessage', { QueueUrl: timer.url, MessageBody: 'later', DelaySeconds: 1 });
    await mustCall(first, 'SendMessage', { QueueUrl: timer.url, MessageBody: 'much later', DelaySeconds: 900 });
    const second = await afterKill();
    expect(await receive(second, timer)).toEqual([]);
    const { body } = await second.call('ReceiveMessage', { QueueUrl: timer.url, WaitTimeSeconds: 5 });
    expect(body['Messages']).toMatchObject([{ Body: 'later' }]);
    await first.end();
    await second.end();
  });
});

describe('a journal with an end that was never finished', () => {
  test('says so and has everything before it, wherever it was cut', async () => {
    const first = await opened();
    await withAll(first, 'a', 'b');
    const twoEntries = statSync(journal).size;
    await withAll(first, 'c');
    await first.end();
    const whole = readFileSync(journal);
    for (let bytes = twoEntries + 1; bytes < whole.length; bytes += 7) {
      writeFileSync(journal, whole.subarray(0, bytes));
      events = [];
      const next = await opened();
      expect(events).toEqual([{ state: 'cut', bytes: bytes - twoEntries }]);
      await withAll(next, 'd');
      await next.end();
      const last = await opened();
      expect(await drain(last)).toEqual(['a', 'b', 'd']);
      await last.end();
    }
  });

  test.each([
    { why: 'an entry in the middle is none', change: (text: string) => text.replace('"did":"sent"', '"did":"sung"') },
    { why: 'the middle is no JSON', change: (text: string) => text.replace('{"did"', '\0\0\0\0\0\0') },
  ])('but where $why it is refused, and says what can be done', async ({ change }) => {
    const first = await opened();
    await withAll(first, 'a', 'b');
    await first.end();
    writeFileSync(journal, change(readFileSync(journal, 'utf8')));
    await expect(opened()).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: `The file ${journal} is damaged; delete it to start with empty queues.`,
    });
  });
});

describe('on a full disk', () => {
  /** Takes so many bytes more, and then as many of a write as fit before it fails. */
  const disk = (freeBytes: number) => {
    const state = { freeBytes };
    const write: Write = (fd, bytes, offset, length, position) => {
      if (state.freeBytes === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      const fits = Math.min(length, state.freeBytes);
      state.freeBytes -= fits;
      return writeSync(fd, bytes, offset, fits, position);
    };
    return { state, write };
  };

  test.each([0, 1, 200])('a message is refused, with %d bytes left, and not known afterwards', async (freeBytes) => {
    const { state, write } = disk(1_000_000);
    const first = await opened(write);
    await withAll(first, 'a');
    state.freeBytes = freeBytes;
    expect(await send(first, 'b')).toMatchObject({ status: 500 });
    expect(await send(first, 'b')).toMatchObject({ status: 500 });
    expect(events).toEqual([{ state: 'unwritable', error: 'Error: ENOSPC: no space left on device' }]);
    const killed = await afterKill();
    expect(await drain(killed)).toEqual(['a']);
    await killed.end();

    state.freeBytes = 1_000_000;
    await withAll(first, 'c', 'b');
    expect(events.at(-1)).toEqual({ state: 'writable' });
    expect(await drain(first)).toEqual(['a', 'c', 'b']);
    await first.end();
  });

  test('deleting, receiving and putting aside go on, and are written as soon as they can be', async () => {
    const { state, write } = disk(1_000_000);
    const first = await opened(write);
    await withAll(first, 'a', 'b');
    state.freeBytes = 100;
    await receive(first, jobs, 0, 1);
    await receive(first, jobs, 0, 1);
    expect(await drain(first)).toEqual(['b']);
    state.freeBytes = 1_000_000;
    await withAll(first, 'c');
    const second = await afterKill();
    expect(await drain(second)).toEqual(['c']);
    expect(await drain(second, dead)).toEqual(['a']);
    await first.end();
    await second.end();
  });
});

test('the journal does not grow with what has passed through', async () => {
  const first = await opened();
  await withAll(first, 'stays');
  const text = 'x'.repeat(10_000);
  let most = 0;
  for (let i = 0; i < 400; i += 1) {
    await send(first, text, String(i), 'h');
    const passing = (await receive(first)).find(({ Body }) => Body === text);
    await mustCall(first, 'DeleteMessage', { QueueUrl: jobs.url, ReceiptHandle: passing?.ReceiptHandle });
    most = Math.max(most, statSync(journal).size);
  }
  expect(most).toBeGreaterThan(1024 * 1024);
  expect(most).toBeLessThan(1.1 * 1024 * 1024);
  const second = await afterKill();
  expect(await drain(second)).toEqual(['stays']);
  await first.end();
  await second.end();
}, 30_000);

describe('the file of an older gateway', () => {
  const older = join('queues.json');
  const kept = {
    'Jobs.fifo': [{ body: 'a', messageAttributes: {}, messageGroupId: 'g', messageDeduplicationId: 'a' }],
    Timer: [
      { body: 'due', messageAttributes: { why: { DataType: 'String', StringValue: 'kept' } }, delayUntil: 1 },
      { body: 'later', messageAttributes: {}, delayUntil: Date.now() + 600_000 },
    ],
    Gone: [{ body: 'b' }],
  };

  test('is read once', async () => {
    writeFileSync(join(dir, older), JSON.stringify(kept));
    const first = await opened();
    const second = await afterKill();
    expect(await drain(second)).toEqual(['a']);
    expect(await receive(second, timer)).toMatchObject([
      { Body: 'due', MessageAttributes: { why: { StringValue: 'kept' } } },
    ]);
    await first.end();
    await second.end();
    const third = await opened();
    expect(await drain(third)).toEqual([]);
    await third.end();
  });

  test('is refused where it is none', async () => {
    writeFileSync(join(dir, older), '{"Timer":[{}]}');
    await expect(opened()).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });
});
