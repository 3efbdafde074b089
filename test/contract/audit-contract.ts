/** What every audit table must do, whatever it is made of. */
import { expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lambdas/security/audit-record.ts';
import { connectedAtMs, someHandshake } from './rows.ts';
import type { Storage } from './storage.ts';

const verified = { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' } as const;

/** A record of a connection of its own. */
export const someRecord = (): AuditRecord => ({
  kind: 'attempt',
  event: 'token_invalid',
  detail: 'signature_bad',
  occurredAtMs: connectedAtMs + 1_000,
  connectionId: someHandshake().connectionId,
  connectedAtMs,
  sourceIp: '203.0.113.7',
});

export const auditContract = (storage: () => Storage): void => {
  const put = (record: AuditRecord) => storage().putRecord(record);

  test('a record is written once, however often and by whomever it is put', async () => {
    const record = someRecord();
    expect(await put(record)).toBe('written');
    expect(await put(record)).toBe('already_written');
    expect(await put({ ...record, event: 'auth_timeout', detail: 'silent', occurredAtMs: connectedAtMs + 6_000 })).toBe(
      'already_written',
    );
  });

  test('of many puts at once one writes', async () => {
    const record = someRecord();
    const fates = await Promise.all(Array.from({ length: 8 }, () => put(record)));
    expect(fates.filter((fate) => fate === 'written')).toHaveLength(1);
  });

  test.each<{ why: string; other: Partial<AuditRecord> }>([
    { why: 'another kind', other: { kind: 'end' } },
    { why: 'another renewal', other: { kind: 'renewal/request-2' } },
    { why: 'another connection', other: { connectionId: 'other=' } },
    { why: 'another connection of the same id', other: { connectedAtMs: connectedAtMs + 1 } },
    // Functions cannot read the trail, so nothing but the row's states keeps a grant and a refusal apart.
    { why: "the same attempt in a restaurant's trail", other: { verified } },
  ])('$why is another record', async ({ other }) => {
    const record = someRecord();
    await put(record);
    expect(await put({ ...record, ...other })).toBe('written');
  });

  test('a put whose answer was lost has written once', async () => {
    const record = someRecord();
    storage().loseNextAnswer();
    await put(record);
    expect(await put(record)).toBe('already_written');
  });
};
