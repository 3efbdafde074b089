/** Today's functions read the records that v0.1.0 wrote, those in the audit table and those that wait in the timer queue. */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditItem } from '../../lambdas/dynamodb/audit.ts';
import { restaurantTrail, unverifiedTrail } from '../../lambdas/dynamodb/audit-trail.ts';
import { parseTimerMessage } from '../../lambdas/sqs/timer-message.ts';
import { allOf } from '../harness/all-of.ts';
import { type DynamodbStorage, retentionDays } from '../contract/dynamodb-storage.ts';
import { filledStorage, textIn, writtenAtMs } from './filled-storage.ts';
import { itemsOf, messagesOf } from './fixtures.ts';

const period = { fromMs: writtenAtMs - 600_000, toMs: writtenAtMs + 3_600_000 };
const items = itemsOf('audit');

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await filledStorage();
});
afterAll(() => storage.close());

/** An item of the audit table as plain values, without what only the table needs. */
const columnsOf = async (what: string): Promise<object> => {
  const [pk, sk] = ['pk', 'sk'].map((column) => textIn(items.get(what), column));
  const { Item = {} } = await storage.client.send(new GetCommand({ TableName: storage.tables.audit, Key: { pk, sk } }));
  const { pk: _, expires_at: __, ...columns } = Item;
  return columns;
};

describe('a record in the audit table', () => {
  test.each([...items])('is in its trail, every column of it: %s', async (what, item) => {
    const audit = { client: storage.client, tableName: storage.tables.audit };
    const trail = textIn(item, 'pk').startsWith('R#')
      ? await allOf(restaurantTrail(audit)('r-17', period))
      : await allOf(unverifiedTrail(audit)(period));
    expect(trail.find(({ sk }) => sk === textIn(item, 'sk'))).toMatchObject(await columnsOf(what));
  });
});

describe('a record in the timer queue', () => {
  /** The same record as v0.1.0 wrote it into the table. */
  const inTable: Readonly<Record<string, string>> = {
    'record, bare': 'handshake, an origin that is not allowed',
    'record, claimed': 'attempt, a forged token',
    'record, of a verified user': 'attempt, at another restaurant',
    'record, verified': 'end, the client left',
    'record, verified and claimed': 'renewal as somebody else',
    'record, of a message': 'message that names another restaurant',
    'record, threshold': 'threshold',
    'record, aggregate': 'aggregate',
  };

  test.each(Object.entries(inTable))('becomes the item that it would have been: %s', async (queued, written) => {
    const message = parseTimerMessage(messagesOf('timer').get(queued)?.MessageBody ?? '');
    if (message.kind !== 'record') throw new Error(`${queued} is a ${message.kind}`);
    const item = JSON.parse(JSON.stringify(auditItem(message.record, retentionDays)));
    const { pk: _, expires_at: __, ...columns } = item;
    expect(columns).toEqual(await columnsOf(written));
    expect([item.pk, String(item.expires_at)]).toEqual([
      textIn(items.get(written), 'pk'),
      items.get(written)?.['expires_at']?.N,
    ]);
  });

  test('is of every kind there was', () => {
    const records = [...messagesOf('timer').keys()].filter((what) => what.startsWith('record'));
    expect(records).toEqual(Object.keys(inTable));
  });
});
