/** Files of members, good and bad: which lines are members, and what is said of the others. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvHeader, csvRow, fileRows, MemberFileError, ndjsonRow } from '../../bin/members/member-file.ts';
import { type MemberRow, memberRowOf, rowOfMembership } from '../../bin/members/member-row.ts';
import { type Membership, noRole } from '../../lambdas/access/membership.ts';
import { connectionTypes, mayConnectAs, restaurantDomain, roles } from '../restaurant-domain.ts';

const issuers = { aliases: ['demo', 'staff'], byDefault: 'demo' };

async function* piecesOf(...pieces: readonly string[]) {
  yield* pieces;
}

/** Each line's member, or what is said of it. */
const fileOf = async (...pieces: readonly string[]) => {
  const rows: (readonly [line: number, is: MemberRow | string])[] = [];
  for await (const row of fileRows(piecesOf(...pieces)))
    rows.push([row.line, 'problem' in row ? row.problem : memberRowOf(restaurantDomain, row.fields, issuers)]);
  return rows;
};

const chef = {
  restaurantId: 'r-17',
  issuer: 'demo',
  userId: 'u-chef',
  role: 'employee',
  connectionTypes: undefined,
  revokedBeforeMs: undefined,
  suspendedAtMs: undefined,
};

describe('a file', () => {
  test.each([
    { why: 'NDJSON', text: '{"restaurant_id":"r-17","user_id":"u-chef","role":"employee"}\n', line: 1 },
    { why: 'NDJSON without an end', text: '{"restaurant_id":"r-17","user_id":"u-chef","role":"employee"}', line: 1 },
    { why: 'NDJSON by CR LF', text: '\r\n{"role":"employee","restaurant_id":"r-17","user_id":"u-chef"}\r\n', line: 2 },
    { why: 'CSV', text: 'restaurant_id,user_id,role\nr-17,u-chef,employee\n', line: 2 },
    {
      why: 'CSV, its columns in another order',
      text: 'role,user_id,restaurant_id\r\nemployee,u-chef,r-17\r\n',
      line: 2,
    },
    { why: 'CSV with an empty issuer', text: 'restaurant_id,issuer,user_id,role\nr-17,,u-chef,employee', line: 2 },
  ])('is read as $why, with a byte order mark and without', async ({ text, line }) => {
    for (const file of [text, `\ufeff${text}`]) {
      expect(await fileOf(file)).toEqual([[line, chef]]);
      expect(await fileOf(...file)).toEqual([[line, chef]]);
    }
  });

  test.each([
    { why: 'nothing in it', text: '', says: 'the file is empty' },
    { why: 'blank lines alone', text: ' \n\n', says: 'the file is empty' },
    { why: 'a list of JSON', text: '[{"restaurant_id":"r-17"}]', says: 'NDJSON has one object a line and no list' },
    { why: 'no header', text: 'r-17,u-chef,employee\n', says: 'line 1 is no header: "r-17" is no column' },
    {
      why: 'a header with a column of its own',
      text: 'restaurant_id,user_id,role,name\n',
      says: '"name" is no column',
    },
    { why: 'semicolons', text: 'restaurant_id;user_id;role\n', says: 'is no column' },
    { why: 'a header without the role', text: 'restaurant_id,user_id\nr-17,u-1\n', says: 'it has no role' },
    { why: 'a column twice', text: 'restaurant_id,user_id,role,role\n', says: 'it has role twice' },
    { why: 'a header that is never closed', text: '"restaurant_id,user_id\n', says: 'is not closed' },
  ])('with $why is none of members, and nothing of it is read', async ({ text, says }) => {
    const reading = fileOf(text);
    await expect(reading).rejects.toThrow(MemberFileError);
    await expect(reading).rejects.toThrow(says);
  });
});

const good = { restaurant_id: 'r-17', user_id: 'u-1', role: 'employee' };

test.each(['0042', '12e45', '1.0', '0x1f', '+7'])('a user whose id reads as a number is one: %s', async (user_id) => {
  expect(await fileOf(JSON.stringify({ ...good, user_id }))).toEqual([[1, { ...chef, userId: user_id }]]);
});

describe('a line of NDJSON is named as bad', () => {
  test.each<{ why: string; line: unknown; says: string }>([
    { why: 'no object', line: 7, says: 'it is no JSON object' },
    { why: 'a list', line: [good], says: 'it is no JSON object' },
    { why: 'no restaurant', line: { ...good, restaurant_id: undefined }, says: 'restaurant_id is missing' },
    { why: 'no user', line: { ...good, user_id: null }, says: 'user_id is missing' },
    { why: 'no role', line: { ...good, role: undefined }, says: 'role is missing' },
    { why: 'a key that is no column', line: { ...good, mail: 'a@b' }, says: '"mail" is no column' },
    { why: 'a key of every object', line: '{"constructor":1}', says: '"constructor" is no column' },
    {
      why: 'a restaurant that is no id',
      line: { ...good, restaurant_id: 'r 17' },
      says: 'restaurant_id is 1-64 letters',
    },
    { why: 'a number as restaurant', line: { ...good, restaurant_id: 17 }, says: 'restaurant_id is 1-64 letters' },
    { why: 'a number as user', line: { ...good, user_id: 17 }, says: 'user_id is a text of 1-255' },
    { why: 'nobody', line: { ...good, user_id: '0' }, says: 'no zero, got "0"' },
    { why: 'a user with a space', line: { ...good, user_id: 'u 1' }, says: 'user_id is a text of 1-255' },
    {
      why: 'an issuer of another stage',
      line: { ...good, issuer: 'prod' },
      says: 'issuer is one of demo, staff, got "prod"',
    },
    { why: 'a role that there is not', line: { ...good, role: 'king' }, says: 'role is one of platform_owner' },
    { why: 'a role in other letters', line: { ...good, role: 'Manager' }, says: 'role is one of' },
    {
      why: 'an owner of the platform at one restaurant',
      line: { ...good, role: 'platform_owner' },
      says: 'go together',
    },
    { why: 'an employee of all restaurants', line: { ...good, restaurant_id: '*' }, says: 'go together' },
    { why: 'types in one text', line: { ...good, connection_types: 'pos' }, says: 'connection_types is a list of' },
    { why: 'a type that there is not', line: { ...good, connection_types: ['oven'] }, says: 'got "oven"' },
    { why: 'a type beyond the role', line: { ...good, connection_types: ['management'] }, says: 'got "management"' },
    { why: 'a date as a revocation', line: { ...good, revoked_before_ms: '2026-12-01' }, says: 'epoch milliseconds' },
    { why: 'a revocation beyond all time', line: { ...good, revoked_before_ms: 9e15 }, says: 'epoch milliseconds' },
    { why: 'a revocation before all time', line: { ...good, revoked_before_ms: -1 }, says: 'epoch milliseconds' },
    { why: 'half a millisecond', line: { ...good, suspended_at_ms: 0.5 }, says: 'epoch milliseconds' },
    { why: 'nobody who is not kept out', line: { ...good, role: noRole }, says: 'suspended_at_ms is missing' },
    { why: 'a key twice', line: '{"role":"employee","role":"manager"}', says: 'it has a key twice' },
    { why: 'half an object', line: '{"role":"empl', says: 'it is no JSON object' },
    { why: 'more than a member', line: `{"role":"${'x'.repeat(20_000)}"}`, says: 'it is longer than' },
    { why: 'something behind it', line: `${JSON.stringify(good)},`, says: 'it is no JSON object' },
  ])('with $why', async ({ line, says }) => {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    const rows = await fileOf(`${JSON.stringify(good)}\n${text}\n${JSON.stringify({ ...good, user_id: 'u-2' })}`);
    expect(rows).toMatchObject([
      [1, { userId: 'u-1' }],
      [2, expect.stringContaining(says)],
      [3, { userId: 'u-2' }],
    ]);
  });
});

describe('a line of CSV', () => {
  const header = 'restaurant_id,issuer,user_id,role,connection_types,revoked_before_ms,suspended_at_ms\n';

  test.each([
    { why: 'a cell too few', line: 'r-17,demo,u-1,employee,,', says: 'it has 6 cells, and the header has 7' },
    { why: 'a cell too many', line: 'r-17,demo,u-1,employee,,,,', says: 'it has 8 cells, and the header has 7' },
    { why: 'no user', line: 'r-17,demo,,employee,,,', says: 'user_id is missing' },
    { why: 'a date', line: 'r-17,demo,u-1,employee,,2026-12-01,', says: 'got "2026-12-01"' },
    { why: 'a number in another spelling', line: 'r-17,demo,u-1,employee,,1e3,', says: 'got "1e3"' },
    { why: 'a type that there is not', line: 'r-17,demo,u-1,employee,"pos, kitchen",,', says: 'got " kitchen"' },
    { why: 'a quotation mark in the middle', line: 'r-17,demo,u"1,employee,,,', says: 'a quotation mark' },
    { why: 'a formula', line: '=1+1,demo,u-1,employee,,,', says: 'restaurant_id is 1-64 letters' },
  ])('with $why is named as bad', async ({ line, says }) => {
    expect(await fileOf(`${header}${line}\n`)).toEqual([[2, expect.stringContaining(says)]]);
  });

  test.each([
    { cell: '', types: null, means: 'all that the role may be' },
    { cell: '-', types: [], means: 'none of them' },
    { cell: 'pos', types: ['pos'], means: 'that one' },
    { cell: '"pos,kitchen,pos"', types: ['pos', 'kitchen'], means: 'each of them once' },
  ])('has connection types $cell for $means', async ({ cell, types }) => {
    expect(await fileOf(`${header}r-17,demo,u-1,employee,${cell},,\n`)).toMatchObject([
      [2, { connectionTypes: types }],
    ]);
  });
});

/** Every membership that the commands can leave. */
const membership: fc.Arbitrary<Membership> = fc
  .record({
    restaurantId: fc.constantFrom('r-1', 'R_2', '17'),
    userId: fc.constantFrom('u-1', '"', 'a,b', '=1+1', 'auth0|5f', "o'neill", '-', 'null'),
    issuer: fc.constantFrom('demo', 'staff'),
    role: fc.constantFrom(...roles, noRole),
    types: fc.option(fc.uniqueArray(fc.constantFrom(...connectionTypes))),
    revokedBeforeMs: fc.option(fc.integer({ min: 1, max: 2e12 })),
    suspendedAtMs: fc.option(fc.integer({ min: 0, max: 2e12 })),
  })
  .map(({ types, revokedBeforeMs, suspendedAtMs, ...member }) => {
    const role = roles.find((known) => known === member.role);
    const mayBe = role && types?.filter((type) => mayConnectAs(role, type));
    const suspended = suspendedAtMs ?? (role === undefined ? 1 : undefined);
    return {
      ...member,
      ...(role === 'platform_owner' ? { restaurantId: '*' } : {}),
      ...(mayBe ? { connectionTypes: mayBe } : {}),
      ...(revokedBeforeMs === null ? {} : { revokedBeforeMs }),
      ...(suspended === undefined ? {} : { suspendedAtMs: suspended }),
    };
  });

test.each([
  { format: 'NDJSON', written: (all: readonly Membership[]) => all.map((one) => ndjsonRow(rowOfMembership(one))) },
  {
    format: 'CSV',
    written: (all: readonly Membership[]) => [csvHeader, ...all.map((one) => csvRow(rowOfMembership(one)))],
  },
])('every membership that is written as $format is read as what it is', async ({ written }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(membership, { minLength: 1, maxLength: 4 }), async (all) => {
      const rows = await fileOf(...written(all));
      // Nobody's types are named as none in one format, and not at all in the other.
      const read = rows.map(([, row]) =>
        typeof row === 'string' ? row : { ...row, connectionTypes: row.connectionTypes ?? null },
      );
      expect(read).toEqual(
        all.map((one) => ({
          ...one,
          connectionTypes: one.connectionTypes ?? null,
          revokedBeforeMs: one.revokedBeforeMs,
          suspendedAtMs: one.suspendedAtMs,
        })),
      );
    }),
  );
});
