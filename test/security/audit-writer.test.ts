import { describe, expect, test } from '@jest/globals';
import type { PutRecord, Telemetry, Timer } from '../../lambdas/ports.ts';
import type { AnyAuditRecord, AuditRecord } from '../../lambdas/security/audit-record.ts';
import { requireAudit, writeAudit, writeQueuedAudit } from '../../lambdas/security/audit-writer.ts';
import { emptyAddressCounterTable, memoryAddressCounters } from '../memory/address-counters.ts';
import { generousLimits } from '../memory/world.ts';

const refusal: AuditRecord = {
  kind: 'attempt',
  event: 'token_invalid',
  detail: 'signature_bad',
  occurredAtMs: 2,
  connectionId: 'c',
  connectedAtMs: 1,
  sourceIp: '192.0.2.1',
};
const abandoned: AuditRecord = { ...refusal, event: 'connection_abandoned', detail: 'client_left' };

/** The three sinks, and everything that reached them. */
const sinks = (table: PutRecord, queue: Timer['send'] = async () => undefined) => {
  const put: AnyAuditRecord[] = [];
  const sent: Parameters<Timer['send']>[] = [];
  const told: unknown[] = [];
  const telemetry: Telemetry = {
    recorded: (record, fate) => void told.push([record.event, fate]),
    failed: (what, { connectionId }, error) => void told.push([what, connectionId, error]),
    keySetFailed: (alias) => void told.push(['key_set_failed', alias]),
    closedLate: (lagMs) => void told.push(['closed_late', lagMs]),
    delivered: (...what) => void told.push(['delivered', ...what]),
    redelivered: (...what) => void told.push(['redelivered', ...what]),
    publicationInvalid: (...what) => void told.push(['invalid', ...what]),
    publicationRefused: (...what) => void told.push(['refused', ...what]),
  };
  const ports = {
    telemetry,
    now: () => 3,
    limits: generousLimits,
    addressCounters: memoryAddressCounters(emptyAddressCounterTable(), async (_call, apply) => apply()),
    putRecord: async (record: AnyAuditRecord) => {
      put.push(record);
      return table(record);
    },
    timer: {
      send: async (...message: Parameters<Timer['send']>) => {
        sent.push(message);
        return queue(...message);
      },
    },
  };
  return { ports, put, sent, told };
};
const broken = new Error('throttled');
const failing = async (): Promise<never> => {
  throw broken;
};

describe('a record that stands whatever the table does', () => {
  test.each(['written', 'already_written'] as const)('is %s and told so', async (fate) => {
    const { ports, put, sent, told } = sinks(async () => fate);
    await writeAudit(ports)(refusal);
    expect([put, sent, told]).toEqual([[refusal], [], [['token_invalid', fate]]]);
  });

  test('waits in the queue while the table is down', async () => {
    const { ports, sent, told } = sinks(failing);
    await writeAudit(ports)(refusal);
    expect(sent).toEqual([[{ kind: 'record', record: refusal }, 5]]);
    expect(told).toEqual([
      ['audit_write', 'c', broken],
      ['token_invalid', 'queued'],
    ]);
  });

  test('is in the log alone when the queue is down too, and never throws', async () => {
    const { ports, told } = sinks(failing, failing);
    await expect(writeAudit(ports)(refusal)).resolves.toBeUndefined();
    expect(told).toEqual([
      ['audit_write', 'c', broken],
      ['audit_queue', 'c', broken],
      ['token_invalid', 'logged_only'],
    ]);
  });

  test('is told and not kept when the catalogue has no record for it', async () => {
    const { ports, put, told } = sinks(async () => 'written');
    await writeAudit(ports)(abandoned);
    expect([put, told]).toEqual([[], [['connection_abandoned', 'logged_only']]]);
  });
});

describe('a record that must be in the table first', () => {
  test('is recorded, whoever wrote it', async () => {
    for (const fate of ['written', 'already_written'] as const) {
      const { ports, told } = sinks(async () => fate);
      expect(await requireAudit(ports)(refusal)).toBe('recorded');
      expect(told).toEqual([['token_invalid', fate]]);
    }
  });

  test('is unavailable when the table is down, and does not go elsewhere', async () => {
    const { ports, sent, told } = sinks(failing);
    expect(await requireAudit(ports)(refusal)).toBe('unavailable');
    expect([sent, told]).toEqual([[], [['audit_write', 'c', broken]]]);
  });
});

describe('a record from the queue', () => {
  test('throws while the table does not take it, so that it is delivered again', async () => {
    await expect(writeQueuedAudit(sinks(failing).ports)(refusal)).rejects.toBe(broken);
    const { ports, put } = sinks(async () => 'already_written');
    await writeQueuedAudit(ports)(refusal);
    expect(put).toEqual([refusal]);
  });
});
