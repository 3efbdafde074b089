/** A write whose condition did not hold takes the row that stood in its way from the refusal, where the engine gives it. */
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pendingItem } from '../../lambdas/dynamodb/connection-item.ts';
import * as overSdk from '../contract/dynamodb-ports.ts';
import { later, leaseOf, ownerId, someHandshake } from '../contract/rows.ts';
import { restaurantDomain } from '../restaurant-domain.ts';
import { type ScriptedService, scriptedService } from '../transport/scripted-service.ts';
import { thinModule } from '../transport/thin-module.ts';

let service: ScriptedService;
let overThin: typeof overSdk;
beforeAll(async () => {
  service = await scriptedService();
  overThin = await thinModule<typeof overSdk>('test/contract/dynamodb-ports.ts');
});
afterAll(() => service.close());

const handshake = someHandshake();
const refusedBy = (Item?: object) => ({
  status: 400,
  body: {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'The conditional request failed',
    ...(Item && { Item: marshall(Item, { removeUndefinedValues: true }) }),
  },
});
const verifying = { ...pendingItem(handshake), status: 'verifying', owner_id: ownerId, lease_expires_at_ms: 8 };

describe.each([
  { transport: 'sdk', ports: () => overSdk },
  { transport: 'thin', ports: () => overThin },
])('over $transport', ({ ports }) => {
  const connections = () => {
    const name = 'table';
    const tables = { connections: name, memberships: name, audit: name, addressCounters: name, events: name };
    const kept = { retentionDays: 1, eventRetentionMs: 1, domain: restaurantDomain };
    return ports().lossyPorts(service.endpoint, tables, kept).ports.connections;
  };

  test('asks for it, and does not read it again', async () => {
    service.answers(refusedBy(verifying));
    const outcome = await connections().timeOut(handshake, later);
    expect(outcome).toMatchObject({ moved: false, found: { ...handshake, status: 'verifying', ownerId } });
    expect(service.asked).toHaveLength(1);
    expect(JSON.parse(String(service.asked[0]?.body))).toMatchObject({
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  test('knows its own write by it, which was applied while its answer was lost', async () => {
    service.answers(refusedBy({ ...verifying, owner_id: 'own' }));
    expect(await connections().acquireLease(handshake, leaseOf('own'))).toMatchObject({ moved: true });
    expect(service.asked).toHaveLength(1);
  });

  test('finds none where it is the row of another connection under the same id', async () => {
    service.answers(refusedBy({ ...verifying, connected_at_ms: handshake.connectedAtMs + 1 }));
    expect(await connections().timeOut(handshake, later)).toEqual({ moved: false, found: undefined });
    expect(service.asked).toHaveLength(1);
  });

  test('reads it where the refusal has none', async () => {
    service.answers(refusedBy(), { body: { Item: marshall(verifying, { removeUndefinedValues: true }) } });
    expect(await connections().timeOut(handshake, later)).toMatchObject({ found: { status: 'verifying' } });
    expect(service.asked.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'DynamoDB_20120810.UpdateItem',
      'DynamoDB_20120810.GetItem',
    ]);
  });
});
