/** Many memberships at once, in the table itself: what a write may and may not change, and every one of them read again. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportedLines } from '../../bin/members/export.ts';
import { importMembers, nothingImported } from '../../bin/members/import.ts';
import { fileRows } from '../../bin/members/member-file.ts';
import { type Membership, noRole, unreadableRole } from '../../lambdas/access/membership.ts';
import {
  putMembership,
  resumeMember,
  revokeMember,
  setMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { membershipPages, readMembers, replaceMembership } from '../../lambdas/dynamodb/membership-bulk.ts';
import { membershipKey } from '../../lambdas/dynamodb/memberships.ts';
import { embeddedEngine } from './dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage } from './dynamodb-storage.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

let storage: DynamodbStorage;
let other: DynamodbStorage;
beforeAll(async () => {
  storage = await dynamodbStorage(await embeddedEngine());
  other = await dynamodbStorage(await embeddedEngine());
});
afterAll(async () => {
  await storage.close();
  await other.close();
});

const tableOf = ({ client, tables }: DynamodbStorage) => ({ client, tableName: tables.memberships });
const table = () => tableOf(storage);

let made = 0;
const somebody = () => ({ restaurantId: 'r-17', issuer: 'demo', userId: `u-${++made}` });
const standing = async (member: ReturnType<typeof somebody>) => (await readMembers(table())([member]))[0];
const itemOf = async (member: ReturnType<typeof somebody>) => {
  const { client, tableName: TableName } = table();
  return (await client.send(new GetCommand({ TableName, Key: membershipKey('r-17', member) }))).Item;
};

describe('a membership is replaced', () => {
  test.each<{ why: string; before: Partial<Membership> | undefined; after: Partial<Membership> }>([
    { why: 'where there was none', before: undefined, after: { role: 'manager' } },
    { why: 'by another role', before: { role: 'manager' }, after: { role: 'employee', connectionTypes: ['pos'] } },
    { why: 'by one that is not narrowed', before: { connectionTypes: ['pos'] }, after: { revokedBeforeMs: 5 } },
    {
      why: 'by one that is suspended',
      before: { revokedBeforeMs: 5 },
      after: { revokedBeforeMs: 5, suspendedAtMs: 7 },
    },
    { why: 'by nobody who is suspended', before: undefined, after: { role: noRole, suspendedAtMs: 7 } },
  ])('$why', async ({ before, after }) => {
    const member = { ...somebody(), role: 'employee' };
    const stood = before && { ...member, ...before };
    if (stood) await putMembership(table())(stood);
    expect(await replaceMembership(table())(stood, { ...member, ...after })).toBe('written');
    expect(await standing(member)).toEqual({ ...member, ...after });
  });

  test('and a suspension that it brings can be resumed, with the revocation from before', async () => {
    const member = { ...somebody(), role: 'employee', revokedBeforeMs: 5 };
    await replaceMembership(table())(undefined, { ...member, suspendedAtMs: 7 });
    expect(await resumeMember(table())(member)).toBe('resumed');
    expect(await standing(member)).toEqual(member);
  });

  test('and keeps what others have put into its item', async () => {
    const member = { ...somebody(), role: 'employee' };
    await setMember(table())({ ...member, role: 'employee' });
    const { client, tableName: TableName } = table();
    const theirs = { crm_id: 17, tags: ['night'] };
    await client.send(new PutCommand({ TableName, Item: { ...(await itemOf(member)), ...theirs } }));
    expect(await replaceMembership(table())(member, { ...member, role: 'manager' })).toBe('written');
    expect(await itemOf(member)).toMatchObject({ ...theirs, role: 'manager' });
  });
});

describe('a membership is not replaced', () => {
  const as = { role: 'employee', connectionTypes: ['pos'], revokedBeforeMs: 5 };
  test.each<{ why: string; meanwhile: (member: ReturnType<typeof somebody>) => Promise<unknown> }>([
    { why: 'suspended', meanwhile: (member) => suspendMember(table())(member, 7) },
    {
      why: 'suspended by hand',
      meanwhile: async (member) => {
        const { client, tableName: TableName } = table();
        return client.send(new PutCommand({ TableName, Item: { ...(await itemOf(member)), suspended_at_ms: 7 } }));
      },
    },
    { why: 'revoked', meanwhile: (member) => revokeMember(table())(member, 6) },
    { why: 'given another role', meanwhile: (member) => putMembership(table())({ ...member, ...as, role: 'manager' }) },
    {
      why: 'narrowed',
      meanwhile: (member) => putMembership(table())({ ...member, ...as, connectionTypes: ['kitchen'] }),
    },
  ])('where it was $why since it was read', async ({ meanwhile }) => {
    const member = somebody();
    await putMembership(table())({ ...member, ...as });
    const read = await standing(member);
    await meanwhile(member);
    const item = await itemOf(member);
    expect(await replaceMembership(table())(read, { ...member, role: 'restaurant_owner' })).toBe('moved');
    expect(await itemOf(member)).toEqual(item);
  });

  test('where somebody wrote one since there was none', async () => {
    const member = somebody();
    await suspendMember(table())(member, 7);
    expect(await replaceMembership(table())(undefined, { ...member, role: 'employee' })).toBe('moved');
  });
});

describe('everybody', () => {
  const everybody: readonly Membership[] = [
    { restaurantId: 'r-1', issuer: 'demo', userId: 'u-1', role: 'employee' },
    { restaurantId: 'r-1', issuer: 'demo', userId: 'u-2', role: 'manager', connectionTypes: ['pos', 'kitchen'] },
    { restaurantId: 'r-1', issuer: 'demo', userId: 'u#3', role: 'employee', connectionTypes: [] },
    { restaurantId: 'r-2', issuer: 'demo', userId: 'u-1', role: 'employee', revokedBeforeMs: 5 },
    { restaurantId: 'r-2', issuer: 'demo', userId: 'u-4', role: 'employee', suspendedAtMs: 7 },
    { restaurantId: 'r-2', issuer: 'demo', userId: 'u-5', role: 'manager', revokedBeforeMs: 5, suspendedAtMs: 7 },
    { restaurantId: 'r-2', issuer: 'demo', userId: 'u-6', role: noRole, suspendedAtMs: 7 },
    { restaurantId: '*', issuer: 'demo', userId: 'u-7', role: 'platform_owner' },
  ];
  const linesOf = async (from: DynamodbStorage, format: 'ndjson' | 'csv', restaurantId?: string) => {
    const lines: string[] = [];
    const unreadable: string[] = [];
    const pages = membershipPages(tableOf(from), restaurantId);
    for await (const page of exportedLines(pages, format, ({ userId }) => unreadable.push(userId))) lines.push(page);
    return { lines: lines.join('').trimEnd().split(/\r?\n/).toSorted(), unreadable };
  };
  const importInto = async (into: DynamodbStorage, lines: readonly string[]) => {
    const text = async function* () {
      yield lines.join('\n');
    };
    const counts = nothingImported();
    const ports = {
      readMembers: readMembers(tableOf(into)),
      replaceMembership: replaceMembership(tableOf(into)),
      isThrottled: () => false,
      pause: async () => {},
      random: () => 0,
    };
    const issuers = { aliases: ['demo'], byDefault: 'demo' };
    await importMembers(ports, { domain: restaurantDomain, issuers, isDry: false })(fileRows(text()), counts, () => {});
    return counts;
  };

  test.each(['ndjson', 'csv'] as const)(
    'is exported as %s and imported: into the same table nothing changes, into an empty one it is the same table',
    async (format) => {
      const [from, into] = [
        await dynamodbStorage(await embeddedEngine()),
        await dynamodbStorage(await embeddedEngine()),
      ];
      try {
        for (const membership of everybody) await putMembership(tableOf(from))(membership);
        const { lines } = await linesOf(from, format);
        // The header of CSV stands first in the file, and sorts behind the restaurants.
        const file = [...lines].sort(
          (a, b) => Number(b.startsWith('restaurant_id')) - Number(a.startsWith('restaurant_id')),
        );
        expect(await importInto(from, file)).toMatchObject({ unchanged: everybody.length, rows: everybody.length });
        expect(await importInto(into, file)).toMatchObject({ created: everybody.length });
        expect(await linesOf(into, format)).toEqual(await linesOf(from, format));
      } finally {
        await from.close();
        await into.close();
      }
    },
  );

  test('of one restaurant is exported alone, and what cannot be read is named and left out', async () => {
    for (const membership of everybody) await putMembership(tableOf(other))(membership);
    const { client, tableName: TableName } = tableOf(other);
    await client.send(new PutCommand({ TableName, Item: { pk: 'R#r-1', sk: 'M#demo#u-bad', role: 7 } }));
    await client.send(new PutCommand({ TableName, Item: { pk: 'R#r-1', sk: 'ours', note: 'no member' } }));
    const ofOne = await linesOf(other, 'ndjson', 'r-1');
    expect(ofOne.lines).toHaveLength(3);
    expect(ofOne.unreadable).toEqual(['u-bad']);
    const ofAll = await linesOf(other, 'ndjson');
    expect(ofAll.lines).toHaveLength(everybody.length);
    expect(ofAll.unreadable).toEqual(['u-bad']);
    const [read] = await readMembers(tableOf(other))([{ restaurantId: 'r-1', issuer: 'demo', userId: 'u-bad' }]);
    expect(read).toMatchObject({ role: unreadableRole });
  });
});

test('an export holds a page at a time: none is asked for before the one before was taken', async () => {
  let asked = 0;
  const pages = async function* () {
    for (let page = 1; page <= 1_000; page += 1) {
      asked = page;
      yield [{ restaurantId: 'r-1', issuer: 'demo', userId: `u-${page}`, role: 'employee' }];
    }
  };
  let taken = 0;
  for await (const _ of exportedLines(pages(), 'ndjson', () => {})) expect(asked).toBe(++taken);
  expect(taken).toBe(1_000);
});
