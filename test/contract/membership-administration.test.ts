/** Memberships as people change them: what follows from what, in the table itself. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { noRole } from '../../lambdas/access/membership.ts';
import {
  type Member,
  removeMember,
  resumeMember,
  revokeMember,
  setMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { membershipKey } from '../../lambdas/dynamodb/memberships.ts';
import { embeddedEngine } from './dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage } from './dynamodb-storage.ts';

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await dynamodbStorage(await embeddedEngine());
});
afterAll(() => storage.close());

const atMs = 1_764_000_000_000;
let made = 0;
const somebody = (): Member => ({ restaurantId: 'r-17', issuer: 'demo', userId: `u-${++made}` });
const table = () => ({ client: storage.client, tableName: storage.tables.memberships });
const found = async (member: Member) => (await storage.findMemberships(member.restaurantId, member)).here;
const itemOf = async (member: Member) => {
  const { client, tableName: TableName } = table();
  return (await client.send(new GetCommand({ TableName, Key: membershipKey('r-17', member) }))).Item;
};

const does = {
  add: (member: Member) => setMember(table())({ ...member, role: 'employee' }),
  narrow: (member: Member) => setMember(table())({ ...member, role: 'manager', connectionTypes: ['pos'] }),
  revoke: (member: Member) => revokeMember(table())(member, atMs - 5),
  remove: (member: Member) => removeMember(table())(member),
  suspend: (member: Member) => suspendMember(table())(member, atMs),
  resume: (member: Member) => resumeMember(table())(member),
};

describe('what people did one after the other leaves', () => {
  const employee = { role: 'employee' };
  const suspended = { suspendedAtMs: atMs };
  const revoked = { revokedBeforeMs: atMs - 5 };
  test.each<{ did: readonly (keyof typeof does)[]; leaves: object | undefined }>([
    { did: ['add'], leaves: employee },
    { did: ['add', 'suspend'], leaves: { ...employee, ...suspended } },
    { did: ['add', 'suspend', 'suspend'], leaves: { ...employee, ...suspended } },
    { did: ['add', 'suspend', 'resume'], leaves: employee },
    { did: ['add', 'revoke', 'suspend'], leaves: { ...employee, ...suspended, ...revoked } },
    { did: ['add', 'revoke', 'suspend', 'resume'], leaves: { ...employee, ...revoked } },
    { did: ['add', 'revoke', 'suspend', 'suspend', 'resume'], leaves: { ...employee, ...revoked } },
    { did: ['add', 'suspend', 'revoke'], leaves: { ...employee, ...suspended, ...revoked } },
    { did: ['add', 'suspend', 'revoke', 'resume'], leaves: { ...employee, ...revoked } },
    { did: ['add', 'suspend', 'add'], leaves: { ...employee, ...suspended } },
    { did: ['add', 'suspend', 'narrow'], leaves: { role: 'manager', connectionTypes: ['pos'], ...suspended } },
    { did: ['narrow', 'suspend', 'resume'], leaves: { role: 'manager', connectionTypes: ['pos'] } },
    { did: ['suspend'], leaves: { role: noRole, ...suspended } },
    { did: ['suspend', 'add'], leaves: { ...employee, ...suspended } },
    { did: ['suspend', 'add', 'resume'], leaves: employee },
    { did: ['suspend', 'resume'], leaves: undefined },
    { did: ['narrow', 'suspend', 'remove'], leaves: { role: noRole, ...suspended } },
    { did: ['add', 'suspend', 'remove', 'add'], leaves: { ...employee, ...suspended } },
    { did: ['add', 'suspend', 'remove', 'resume'], leaves: undefined },
    { did: ['add', 'remove'], leaves: undefined },
  ])('$did', async ({ did, leaves }) => {
    const member = somebody();
    for (const action of did) await does[action](member);
    expect(await found(member)).toEqual(leaves && { ...member, ...leaves });
  });
});

test.each<{ did: readonly (keyof typeof does)[]; next: keyof typeof does; answer: string }>([
  { did: [], next: 'resume', answer: 'not_suspended' },
  { did: [], next: 'revoke', answer: 'not_a_member' },
  { did: [], next: 'remove', answer: 'not_a_member' },
  { did: ['add'], next: 'resume', answer: 'not_suspended' },
  { did: ['add', 'suspend'], next: 'suspend', answer: 'was_suspended' },
  { did: ['add', 'suspend'], next: 'remove', answer: 'removed_and_suspended' },
  { did: ['add', 'suspend'], next: 'resume', answer: 'resumed' },
  { did: ['suspend'], next: 'resume', answer: 'resumed_without_membership' },
  { did: ['suspend'], next: 'revoke', answer: 'not_a_member' },
  { did: ['suspend'], next: 'remove', answer: 'not_a_member' },
])('after $did, $next says $answer', async ({ did, next, answer }) => {
  const member = somebody();
  for (const action of did) await does[action](member);
  expect(await does[next](member)).toBe(answer);
});

describe('to a version that knows no suspensions, somebody who is suspended', () => {
  // What v0.1.0 compares the time of a token with.
  const revokedBefore = async (member: Member) => (await itemOf(member))?.['revoked_before_ms'];

  test('has only tokens that are revoked, until they are resumed', async () => {
    const member = somebody();
    await does.add(member);
    await does.suspend(member);
    for (const action of ['revoke', 'add', 'suspend'] as const) {
      await does[action](member);
      expect(new Date(Number(await revokedBefore(member))).getUTCFullYear()).toBe(275_760);
    }
    await does.resume(member);
    expect(await revokedBefore(member)).toBe(atMs - 5);
  });

  test('has a row that it can read, a member or not', async () => {
    const member = somebody();
    await does.suspend(member);
    expect(await itemOf(member)).toMatchObject({
      restaurant_id: 'r-17',
      issuer: 'demo',
      user_id: member.userId,
      role: noRole,
    });
  });
});

test('a suspension without what was revoked before it is one all the same', async () => {
  const member = somebody();
  await does.add(member);
  const { client, tableName: TableName } = table();
  await client.send(new PutCommand({ TableName, Item: { ...(await itemOf(member)), suspended_at_ms: atMs } }));
  expect(await found(member)).toEqual({ ...member, role: 'employee', suspendedAtMs: atMs });
});
