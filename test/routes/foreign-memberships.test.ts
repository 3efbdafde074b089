/** Rows of the membership table that others wrote, good ones and bad ones, as the routes find them. On real items. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConditionalCheckFailedException, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, NumberValue, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { suspendMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { embeddedEngine } from '../contract/dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage } from '../contract/dynamodb-storage.ts';
import { trailOf } from '../memory/audit.ts';
import { type Platform, platform } from '../memory/platform.ts';
import { memoryWorld, tokenOf, type World } from '../memory/world.ts';
import { authenticateText, pingText } from './conversation.ts';

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await dynamodbStorage(await embeddedEngine());
});
afterAll(() => storage.close());

let world: World;
let door: Platform;
beforeEach(async () => {
  world = withStoredMemberships(memoryWorld());
  door = platform(world);
  await remove('R#r-17', 'M#demo#u-chef');
  await remove('R#r-17', 'M#demo#u-platform');
  await put(rowOf('u-cashier'));
  await put({ ...rowOf('u-platform', { role: 'platform_owner', restaurant_id: '*' }), pk: 'R#*' });
});

const withStoredMemberships = (memory: World): World => ({
  ...memory,
  ports: (...of) => {
    const { ports, stopped } = memory.ports(...of);
    const { findMemberships, listMembers, readAuthorization } = storage;
    const readSession: typeof ports.readSession = async (...asked) => {
      const { connection } = await ports.readSession(...asked);
      return { connection, authorization: undefined };
    };
    return { stopped, ports: { ...ports, findMemberships, listMembers, readAuthorization, readSession } };
  },
});

const rowOf = (user: string, attributes: object = {}) => ({
  pk: 'R#r-17',
  sk: `M#demo#${user}`,
  restaurant_id: 'r-17',
  issuer: 'demo',
  user_id: user,
  role: 'employee',
  ...attributes,
});
const put = (Item: Record<string, unknown>) =>
  storage.client.send(new PutCommand({ TableName: storage.tables.memberships, Item }));
const remove = (pk: string, sk: string) =>
  storage.client.send(new DeleteCommand({ TableName: storage.tables.memberships, Key: { pk, sk } }));

const enter = async (user: string, connectionId = user) => {
  await door.connect({ connectionId });
  await door.say(authenticateText({ token: tokenOf(user), connection_type: 'pos' }), {}, connectionId);
  return door.readBy(connectionId).at(-1);
};
const publish = () => {
  const attributes = { MessageGroupId: 'r-17', SentTimestamp: '1', ApproximateReceiveCount: '1' };
  const body = '{"v":1,"type":"menu.updated","data":{}}';
  return fanOut(world.ports().ports)({
    Records: [{ messageId: 'm-1', receiptHandle: 'r-1', body, attributes }],
  });
};
const letIn = { type: 'auth_success' };
const closed = { type: 'closing', reason: 'revoked' };

/** The JSON that a command of the page has behind an option. */
const documented = (command: string, option: string) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/memberships.md'), 'utf8');
  const [, text = ''] = new RegExp(`aws dynamodb ${command} [^]*?--${option} '([^']*)'`).exec(page) ?? [];
  return text;
};

describe('a row that was written as docs/memberships.md has it', () => {
  const TableName = () => storage.tables.memberships;
  const write = () =>
    storage.client.send(
      new PutItemCommand({
        TableName: TableName(),
        Item: JSON.parse(documented('put-item', 'item')),
        ConditionExpression: documented('put-item', 'condition-expression'),
      }),
    );
  const change = () =>
    storage.client.send(
      new UpdateItemCommand({
        TableName: TableName(),
        Key: JSON.parse(documented('update-item', 'key')),
        UpdateExpression: documented('update-item', 'update-expression'),
        ExpressionAttributeNames: JSON.parse(documented('update-item', 'expression-attribute-names')),
        ExpressionAttributeValues: JSON.parse(documented('update-item', 'expression-attribute-values')),
      }),
    );
  const chef = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-chef' };
  const table = () => ({ client: storage.client, tableName: TableName() });

  test('lets its user in, hears events, and cannot be written again', async () => {
    await write();
    expect(await enter('u-chef')).toMatchObject({ ...letIn, role: 'employee' });
    await publish();
    expect(door.readBy('u-chef').at(-1)).toMatchObject({ type: 'menu.updated' });
    await expect(write()).rejects.toThrow(ConditionalCheckFailedException);
  });

  test('can be made and changed by an update, which leaves a suspension and what others wrote', async () => {
    await change();
    expect(await enter('u-chef')).toMatchObject({ ...letIn, role: 'manager' });
    await put({ ...rowOf('u-chef'), crm_id: 17 });
    await suspendMember(table())(chef, 7);
    await change();
    const { Item } = await storage.client.send(
      new GetCommand({ TableName: TableName(), Key: { pk: 'R#r-17', sk: 'M#demo#u-chef' } }),
    );
    expect(Item).toMatchObject({ role: 'manager', suspended_at_ms: 7, crm_id: 17 });
    expect(await enter('u-chef', 'again')).toMatchObject({ type: 'auth_error', reason: 'access_denied' });
  });
});

const bad: readonly Readonly<{ why: string; attributes: object }>[] = [
  { why: 'no role', attributes: { role: undefined } },
  { why: 'a number as its role', attributes: { role: 7 } },
  { why: 'several roles', attributes: { role: ['employee'] } },
  { why: 'no restaurant', attributes: { restaurant_id: undefined } },
  { why: 'no issuer', attributes: { issuer: undefined } },
  { why: 'no user', attributes: { user_id: undefined } },
  { why: 'a number as its user', attributes: { user_id: 17 } },
  { why: 'another restaurant than its key', attributes: { restaurant_id: 'r-99' } },
  { why: 'another issuer than its key', attributes: { issuer: 'demo-2' } },
  { why: 'another user than its key', attributes: { user_id: 'u-cashier' } },
  { why: 'its connection types in one text', attributes: { connection_types: 'pos,kitchen' } },
  { why: 'its connection types as a set', attributes: { connection_types: new Set(['pos']) } },
  { why: 'a text as the time of its revocation', attributes: { revoked_before_ms: '2026-12-01' } },
  { why: 'a text as the time of its suspension', attributes: { suspended_at_ms: '2026-12-01' } },
  { why: 'nothing as the time of its suspension', attributes: { suspended_at_ms: null } },
];

describe.each(bad)('a row with $why', ({ attributes }) => {
  test('lets nobody in, and the people on call hear of it', async () => {
    await put(rowOf('u-chef', attributes));
    expect(await enter('u-chef')).toMatchObject({ type: 'auth_error', reason: 'access_denied' });
    expect(trailOf(world.audit)).toMatchObject([{ detail: 'role_unknown' }]);
    expect(world.telemetry.failures).toMatchObject([{ what: 'membership', key: { connectionId: 'u-chef' } }]);
  });

  test('ends its own session at the next message, and no other', async () => {
    await put(rowOf('u-chef'));
    for (const user of ['u-chef', 'u-cashier']) expect(await enter(user)).toMatchObject(letIn);
    await put(rowOf('u-chef', attributes));
    for (const user of ['u-chef', 'u-cashier']) await door.say(pingText, {}, user);
    expect(door.readBy('u-chef').at(-1)).toMatchObject(closed);
    expect(door.readBy('u-cashier').at(-1)).toMatchObject({ type: 'pong' });
    expect(world.telemetry.failures).toMatchObject([{ what: 'membership' }]);
  });

  test('keeps no event from the others of its restaurant, and is told once', async () => {
    await put(rowOf('u-chef'));
    for (const user of ['u-chef', 'u-cashier']) expect(await enter(user)).toMatchObject(letIn);
    await put(rowOf('u-chef', attributes));
    expect(await publish()).toEqual({ batchItemFailures: [] });
    expect(door.readBy('u-chef').at(-1)).toMatchObject(closed);
    expect(door.readBy('u-cashier').at(-1)).toMatchObject({ type: 'menu.updated', seq: 1 });
    expect(world.telemetry.failures).toMatchObject([{ what: 'membership', key: {} }]);
  });

  test('at one restaurant keeps an owner of the platform out of it: it may be a suspension', async () => {
    expect(await enter('u-platform')).toMatchObject(letIn);
    await put(rowOf('u-platform', attributes));
    await door.say(pingText, {}, 'u-platform');
    expect(door.readBy('u-platform').at(-1)).toMatchObject(closed);
    expect(await enter('u-platform', 'again')).toMatchObject({ type: 'auth_error', reason: 'access_denied' });
  });
});

describe('a row with attributes of its writer', () => {
  const theirs = {
    crm_id: NumberValue.from('12345678901234567.5'),
    balance: NumberValue.from('99999999999999999999999999999999999999'),
    tags: new Set(['night', 'bar']),
    photo: new Uint8Array([1, 2, 3]),
    notes: { since: [2019, null, true] },
  };

  test('lets its user in, is heard by everybody, and fails nothing', async () => {
    await put(rowOf('u-chef', theirs));
    for (const user of ['u-chef', 'u-cashier']) expect(await enter(user)).toMatchObject(letIn);
    expect(await publish()).toEqual({ batchItemFailures: [] });
    for (const user of ['u-chef', 'u-cashier'])
      expect(door.readBy(user).at(-1)).toMatchObject({ type: 'menu.updated', seq: 1 });
    await door.say(pingText, {}, 'u-chef');
    expect(door.readBy('u-chef').at(-1)).toMatchObject({ type: 'pong' });
    expect(world.telemetry.failures).toEqual([]);
  });
});
