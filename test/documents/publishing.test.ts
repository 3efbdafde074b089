/**
 * The samples of docs/publishing.md send what the gateway reads, by tens, with a de-duplication id that has the content in it, and hand back
 * what was not taken. `PYTHON` names an interpreter that has boto3.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { nobodyIsOwn } from '../../lambdas/events/verified-publisher.ts';
import { blocksOf } from './markdown.ts';
import { publicationOf } from '../restaurant-domain.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/publishing.md'), 'utf8');
const blockWith = (language: string, text: string): string => {
  const [block, ...more] = blocksOf(page).filter((one) => one.language === language && one.text.includes(text));
  if (block === undefined || more.length > 0) throw new Error(`not one block of ${language} with ${text}`);
  return block.text;
};

type Sent = Readonly<{ Id: string; MessageGroupId: string; MessageDeduplicationId: string; MessageBody: string }>;

/** The calls of a queue that takes everything but the bodies that say `busy`. */
const calls: (readonly Sent[])[] = [];
const queue = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    const { Entries: entries }: { Entries: readonly Sent[] } = JSON.parse(text);
    calls.push(entries);
    const isTaken = ({ MessageBody }: Sent) => !MessageBody.includes('busy');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(
      JSON.stringify({
        Successful: entries.filter(isTaken).map(({ Id, MessageBody }) => ({
          Id,
          MessageId: 'm',
          SequenceNumber: '1',
          MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
        })),
        Failed: entries
          .filter((entry) => !isTaken(entry))
          .map(({ Id }) => ({ Id, Code: 'ServiceUnavailable', SenderFault: false })),
      }),
    );
  });
});
beforeAll(() => new Promise<void>((resolve) => queue.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => queue.close(resolve)));

/** Runs a program to its end; yields what it printed. */
const run = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const endpoint = `http://127.0.0.1:${(queue.address() as AddressInfo).port}`;
    const env = {
      PATH: process.env['PATH'],
      EVENT_QUEUE_URL: `${endpoint}/000000000000/events.fifo`,
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: 'local',
      AWS_DEFAULT_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    };
    const child = spawn(command, args, { cwd: root, env, timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(errors))));
  });

/** The sample, as Node runs it. */
const typescript = () => stripTypeScriptTypes(blockWith('ts', 'SendMessageBatchCommand'));
const python = process.env['PYTHON'];

const read = ({ MessageGroupId, MessageBody: body }: Sent) =>
  publicationOf({ messageId: 'm', body, attributes: { MessageGroupId } }, nobodyIsOwn);

describe('the sample', () => {
  beforeEach(() => {
    calls.length = 0;
  });

  test('in TypeScript sends events, the same body under the same id and another body under another', async () => {
    const more = `
const one = bodyOf('menu.updated', { dish: 'Crème 🍕 \\ufffe' }, 'one');
for (const body of [one, one, bodyOf('menu.updated', { dish: 'soup' }, 'one'), bodyOf('menu.removed', { dish: 'soup' }, 'one')])
  await publish([{ restaurantId: 'r-17', body }]);
await publish([{ restaurantId: 'r-18', body: one }]);`;
    await run(process.execPath, ['--input-type=module', '--eval', typescript() + more]);
    const [samples, [first] = [], [again] = [], ...others] = calls;
    expect(samples?.map(read)).toMatchObject([
      { restaurantId: 'r-17', type: 'order.created', data: '{"order_id":19}' },
      { restaurantId: 'r-18', type: 'menu.updated', data: '{"dish":"soup"}' },
    ]);
    expect(first && read(first)).toMatchObject({ id: 'one', type: 'menu.updated' });
    expect(JSON.parse(first?.MessageBody ?? '').data).toEqual({ dish: 'Crème 🍕 \ufffe' });
    expect(again).toEqual(first);
    const ids = [...(samples ?? []), first, ...others.flat()].map((message) => message?.MessageDeduplicationId);
    expect(new Set(ids).size).toBe(6);
    for (const { MessageBody } of calls.flat()) expect(MessageBody).toMatch(/^[\x20-\x7e]*$/);
  });

  test.each([
    {
      language: 'TypeScript',
      send: () =>
        run(process.execPath, [
          '--input-type=module',
          '--eval',
          `${typescript()}
const many = Array.from({ length: 23 }, (_, nth) => ({ restaurantId: 'r-' + nth, body: bodyOf(nth % 10 === 4 ? 'kitchen.busy' : 'menu.updated', {}) }));
console.log(JSON.stringify((await publish(many)).map(({ restaurantId }) => restaurantId)));`,
        ]),
    },
    ...(python === undefined
      ? []
      : [
          {
            language: 'Python',
            send: () =>
              run(python, [
                '-c',
                `${blockWith('python', 'send_message')}
many = [(f"r-{nth}", body_of("kitchen.busy" if nth % 10 == 4 else "menu.updated", {})) for nth in range(23)]
print(json.dumps([restaurant for restaurant, _ in publish(many)], separators=(",", ":")))`,
              ]),
          },
        ]),
  ])('in $language sends ten in a call, and yields those that were not taken', async ({ send }) => {
    const lines = (await send()).trim().split('\n');
    expect(calls.map(({ length }) => length)).toEqual([2, 10, 10, 3]);
    expect(lines).toEqual(['["r-4","r-14"]']);
    const [, ...many] = calls;
    expect(many.flat().map(({ MessageGroupId }) => MessageGroupId)).toEqual(
      Array.from({ length: 23 }, (_, nth) => `r-${nth}`),
    );
    for (const { MessageGroupId, MessageDeduplicationId, MessageBody } of calls.flat())
      expect(MessageDeduplicationId).toBe(
        createHash('sha256').update(`${MessageGroupId}\n${MessageBody}`).digest('hex'),
      );
  });

  test('of the AWS CLI sends an event under a hash of the restaurant and the body', async () => {
    const shell = `uuidgen() { echo 0b9f5c1e-52a4-4d0e-9d3c-1f7b8a6e2c40; }
aws() { printf '%s\\n' "$@"; }
${blockWith('sh', 'aws sqs send-message')}`;
    const words = (await run('bash', ['-c', shell])).trim().split('\n');
    const said = (name: string) => words[words.indexOf(name) + 1] ?? '';
    const [body, group] = [said('--message-body'), said('--message-group-id')];
    expect(publicationOf({ messageId: 'm', body, attributes: { MessageGroupId: group } }, nobodyIsOwn)).toMatchObject({
      restaurantId: 'r-17',
      id: '0b9f5c1e-52a4-4d0e-9d3c-1f7b8a6e2c40',
      data: '{"order_id":18}',
    });
    const hash = createHash('sha256').update(`r-17\n${body}`).digest('hex');
    expect(said('--message-deduplication-id')).toBe(hash);
  });

  test('in Python hashes the restaurant and the body, too', () => {
    const code = blockWith('python', 'send_message_batch');
    expect(code).toContain('hashlib.sha256(f"{restaurant_id}\\n{body}".encode()).hexdigest()');
  });
});
