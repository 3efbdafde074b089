/** A column is declared once. Whatever a record holds is in the item, on the log line and in the OCSF event, and survives the queue. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { auditItem } from '../../lambdas/dynamodb/audit.ts';
import { columnValues, evidenceBytes, StoredAuditRecord } from '../../lambdas/security/audit-columns.ts';
import { type AnyAuditRecord, columnNames, columns } from '../../lambdas/security/audit-record.ts';
import { ocsfEvent } from '../../lambdas/security/ocsf.ts';
import { logFields } from '../../lambdas/security/telemetry.ts';
import { parseTimerMessage } from '../../lambdas/sqs/timer-message.ts';
import { itemBytes } from '../contract/item-bytes.ts';
import { leaves, recordsOf } from './any-record.ts';

/** The record with another value at one place. */
const changedAt = <T extends object>(record: T, [name = '', ...rest]: readonly string[]): T => {
  const value: unknown = Object.entries(record).find(([key]) => key === name)?.[1];
  if (typeof value === 'object' && value !== null) return { ...record, [name]: changedAt(value, rest) };
  return { ...record, [name]: typeof value === 'number' ? value + 1_000 : `${value}x` };
};

const inventory = readFileSync(join(import.meta.dirname, '../../docs/log-inventory.md'), 'utf8');

const stored = (record: AnyAuditRecord): StoredAuditRecord =>
  v.parse(StoredAuditRecord, JSON.parse(JSON.stringify(auditItem(record, 400))));

describe('every value of a record', () => {
  test.each(leaves.map((leaf) => ({ leaf, name: leaf.join('.') })))('is shown: $name', ({ leaf }) => {
    fc.assert(
      fc.property(recordsOf('whole'), (whole) => {
        const { verified: _, ...unverified } = whole;
        // Where somebody is verified for a restaurant, that is who it was.
        const record: AnyAuditRecord = leaf[0] === 'verifiedUser' ? unverified : whole;
        const changed = changedAt(record, leaf);
        expect(stored(changed)).not.toEqual(stored(record));
        expect(logFields(changed, 'written')).not.toEqual(logFields(record, 'written'));
      }),
      { numRuns: 20 },
    );
  });

  test('is named in docs/log-inventory.md, as every field of a log line is', () => {
    const [row = ''] = inventory.split('\n').filter((line) => line.startsWith('| a security event;'));
    fc.assert(
      fc.property(recordsOf('whole'), (whole) => {
        expect(Object.keys(logFields(whole, 'written')).filter((field) => !row.includes(`\`${field}\``))).toEqual([]);
      }),
      { numRuns: 1 },
    );
  });

  test('comes out of the queue as it went in', () => {
    fc.assert(
      fc.property(recordsOf('any'), (record) => {
        const body = JSON.stringify({ v: 1, kind: 'record', record });
        expect(parseTimerMessage(body)).toEqual({ v: 1, kind: 'record', record });
      }),
    );
  });

  test('of an event that has an OCSF class is in that event, or in its `unmapped`', () => {
    const shown = leaves.filter(([name]) => !['kind', 'connectedAtMs'].includes(name ?? ''));
    fc.assert(
      fc.property(recordsOf('whole'), fc.constantFrom(...shown.filter(([name]) => name !== 'event')), (whole, leaf) => {
        const { verified: _, ...unverified } = { ...whole, event: 'token_invalid' };
        const base: AnyAuditRecord = leaf[0] === 'verifiedUser' ? unverified : { ...whole, event: 'token_invalid' };
        expect(ocsfEvent(stored(changedAt(base, leaf)))).not.toEqual(ocsfEvent(stored(base)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a record of a newer version', () => {
  const newer = {
    kind: 'handover/1',
    event: 'session_moved',
    detail: 'another_cell',
    occurredAtMs: 2_000,
    connectionId: 'c-1=',
    connectedAtMs: 1_000,
    sourceIp: '192.0.2.1',
    deviceName: 'till 3',
    userId: 'u-forged',
    verified: { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'drone', deviceId: 'd-1' },
  };
  const read = parseTimerMessage(JSON.stringify({ v: 1, kind: 'record', record: newer }));
  const record = read.kind === 'record' ? read.record : undefined;

  test('comes out of the queue whole', () => {
    expect(record).toEqual(newer);
  });

  test('is written with what is not known here', () => {
    expect(record && auditItem(record, 400)).toMatchObject({
      pk: 'R#r-17#1970-01-01',
      sk: '1970-01-01T00:00:01.000Z#c-1=#handover/1',
      event: 'session_moved',
      detail: 'another_cell',
      connection_type: 'drone',
      user_id: 'u-1',
      unrecognized: '{"deviceName":"till 3","userId":"u-forged"}',
    });
  });

  test('is logged and listed, and is no OCSF event', () => {
    expect(record && logFields(record, 'written')).toMatchObject({ event: 'session_moved', severity: 'WARNING' });
    const listed = record && stored(record);
    expect(listed).toMatchObject({ event: 'session_moved', unrecognized: expect.stringContaining('till 3') });
    expect(listed && ocsfEvent(listed)).toBeUndefined();
  });

  test('of a kind of message that is not known is left to who knows it', () => {
    expect(() => parseTimerMessage(JSON.stringify({ v: 1, kind: 'handover', to: 'cell-2' }))).toThrow(v.ValiError);
  });
});

describe('evidence', () => {
  const wide = (length: number, userIdChars = 128): AnyAuditRecord => ({
    kind: `renewal/${'x'.repeat(16)}`,
    event: 'privilege_escalation_attempt',
    detail: 'connection_type_not_allowed',
    occurredAtMs: 1,
    connectionId: 'x'.repeat(16),
    connectedAtMs: 1,
    sourceIp: '2001:0db8:0000:0000:0000:0000:0000:0007',
    userAgent: 'a'.repeat(length),
    verified: {
      issuer: 'i'.repeat(16),
      userId: 'u'.repeat(userIdChars),
      restaurantId: 'r'.repeat(64),
      connectionType: 'management',
    },
    membershipSource: 'token',
    claimed: {
      claimedUserId: 'c'.repeat(length),
      claimedRestaurantId: 'c'.repeat(length),
      claimedConnectionType: 'c'.repeat(length),
    },
  });
  const evidence = columnNames.filter((name) => 'evidence' in columns[name]);
  const bytesOf = (record: AnyAuditRecord): number => {
    const values = columnValues(record);
    return evidence.reduce(
      (sum, name) => sum + (values[name] === undefined ? 0 : name.length + String(values[name]).length),
      0,
    );
  };

  test('shares its bytes, so that a record costs one write unit at its largest', () => {
    // As it is made, and as a route would make it that forgot to cap one thing.
    const widest = [{ ...wide(64), userAgent: 'a'.repeat(128) }, wide(64), wide(100), wide(10_000)];
    for (const record of widest) expect(bytesOf(record)).toBeLessThanOrEqual(evidenceBytes);
    const bytes = Math.max(...widest.map((record) => itemBytes(auditItem(record, 400))));
    expect(bytes).toBeLessThanOrEqual(1024);
    expect(inventory).toContain(`${1024 - bytes} of 1,024 bytes are left`);
  });

  test('gives its bytes to a user id that is longer than most', () => {
    for (const length of [10, 64, 10_000]) {
      const item = auditItem(wide(length, 255), 400);
      expect(itemBytes(item)).toBeLessThanOrEqual(1024);
      expect(item).toMatchObject({ user_id: 'u'.repeat(255), user_agent: expect.stringMatching(/^a+$/) });
    }
    const made = { ...wide(64, 255), userAgent: 'a'.repeat(128) };
    expect(columnValues(made)).toMatchObject({ user_agent: 'a'.repeat(128), claimed_user_id: 'c'.repeat(64) });
  });

  test('is never cut within an escape', () => {
    const escaped = { ...wide(0), userAgent: '\\u1f4a'.repeat(100) };
    expect(columnValues(escaped).user_agent).toMatch(/^(\\u[0-9a-f]{4})+$/);
  });

  test('as large as it is made today is kept whole', () => {
    const record = { ...wide(64), userAgent: 'a'.repeat(128) };
    expect(columnValues(record)).toMatchObject({
      user_agent: 'a'.repeat(128),
      claimed_connection_type: 'c'.repeat(64),
    });
  });
});
