import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStore } from '../../local/engines/dynalite.ts';
import { createTables, openDynamodb } from '../../local/engines/dynamodb.ts';
import { type Engine, mustCall } from '../../local/engines/engine.ts';
import { until } from '../conversation/until.ts';
import { type LevelResources, watchLevel } from './level-resources.ts';

let dir: string;
let level: LevelResources;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tables-'));
  level = watchLevel();
});
afterEach(() => {
  level.stop();
  rmSync(dir, { recursive: true });
});

const TableName = 'app-Events';

const withRows = async (engine: Engine): Promise<void> => {
  await createTables(engine, [
    {
      name: TableName,
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    },
  ]);
  for (let i = 0; i < 20; i += 1)
    await mustCall(engine, 'PutItem', { TableName, Item: { pk: { S: 'a' }, sk: { S: String(i).padStart(2, '0') } } });
};

const asked = {
  TableName,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': { S: 'a' } },
};

describe.each([
  { where: 'in memory', path: () => undefined },
  { where: 'on disk', path: () => join(dir, 'tables') },
])('$where', ({ path }) => {
  test.each([
    { why: 'a query that reads everything', action: 'Query', input: asked },
    { why: 'a query that ends at its limit', action: 'Query', input: { ...asked, Limit: 3 } },
    { why: 'a query backwards', action: 'Query', input: { ...asked, ScanIndexForward: false, Limit: 1 } },
    {
      why: 'a query that finds nothing',
      action: 'Query',
      input: { ...asked, ExpressionAttributeValues: { ':pk': { S: 'b' } } },
    },
    { why: 'a scan', action: 'Scan', input: { TableName } },
    { why: 'a scan that ends at its limit', action: 'Scan', input: { TableName, Limit: 3 } },
  ])('$why leaves nothing open', async ({ action, input }) => {
    const engine = await openDynamodb(path());
    await withRows(engine);
    const before = level.opened();
    for (let i = 0; i < 10; i += 1) await mustCall(engine, action, input);
    // A stream is destroyed some turns after its last row.
    const left = await until(
      async () => level.open(),
      (count) => count === 0,
      500,
    );
    await engine.close();
    expect(level.opened() - before).toBeGreaterThanOrEqual(10);
    expect(left).toBe(0);
  });
});

test('of a store in memory texts are kept, and no buffers, each of which would hold what Node cut it from', async () => {
  const { db } = createStore({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  expect(db.supports.encodings).toEqual({ utf8: true, json: true });
  await db.close();
});
