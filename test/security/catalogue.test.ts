import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { auditRecord } from '../../lambdas/security/audit-records.ts';
import {
  catalogue,
  type Detail,
  details,
  entryOf,
  eventsThat,
  type SecurityEvent,
  type Severity,
  securityEvents,
} from '../../lambdas/security/catalogue.ts';

type Row = readonly [event: SecurityEvent, owasp: string, ocsf: string, severity: Severity, alarm: string | undefined];

/** Every event as it was decided: OWASP's name, OCSF class and activity with its outcome where there is one, severity, alarm if any. */
const decided: readonly Row[] = [
  ['access_granted', 'authn_login_success', '3002/1 success', 'INFO', undefined],
  ['token_expired', 'authn_login_fail', '3002/1 failure', 'WARNING', 'Failure rate'],
  ['token_invalid', 'authn_login_fail', '3002/1 failure', 'ERROR', 'Failure rate'],
  ['access_denied', 'authn_login_fail', '3002/1 failure', 'CRITICAL', 'Failure rate'],
  ['invalid_user_id', 'input_validation_discrete_fail', '3002/1 failure', 'ERROR', 'Failure rate'],
  ['user_mismatch', 'authz_fail', '3002/1 failure', 'CRITICAL', 'User mismatch'],
  ['cross_tenant_attempt', 'authz_fail', '3003/2 failure', 'CRITICAL', 'Cross-tenant attempt'],
  ['privilege_escalation_attempt', 'authz_fail', '3003/1 failure', 'ERROR', 'Failure rate'],
  ['expected_authentication', 'sequence_fail', '6003/99 failure', 'ERROR', 'Failure rate'],
  ['malformed_message', 'input_validation_fail', '6003/99 failure', 'WARNING', 'Failure rate'],
  ['auth_timeout', 'session_expired', '3002/1 failure', 'WARNING', 'Failure rate'],
  ['origin_refused', 'malicious_cors', '6003/1 failure', 'ERROR', undefined],
  [
    'rate_limit_exceeded',
    'excess_rate_limit_exceeded',
    '6003/99 failure',
    'WARNING',
    'Handshakes refused: too_many_connects, too_many_failures',
  ],
  ['failure_threshold_crossed', 'authn_login_fail_max', '2004/1', 'CRITICAL', 'Failure threshold crossed'],
  ['session_renewed', 'session_renewed', '3002/1 success', 'INFO', undefined],
  ['identity_change_refused', 'authz_fail', '3002/1 failure', 'CRITICAL', 'Identity change refused'],
  ['session_expired', 'session_expired', '3002/2', 'INFO', undefined],
  ['session_ended', 'session_logout', '3002/2', 'INFO', undefined],
  ['connection_abandoned', 'session_logout', 'log and metric only', 'INFO', undefined],
  ['session_revoked', 'authn_token_revoked', '3002/2', 'WARNING', undefined],
  ['platform_owner_access', 'authz_admin', '3003/1 success', 'INFO', undefined],
  [
    'verification_unavailable',
    'sys_monitor_disabled',
    '3002/1 failure',
    'ERROR',
    'Signing keys unreachable: keys_unreachable',
  ],
];

const ocsfOf = (event: SecurityEvent): string => {
  const entry = catalogue[event];
  if (!('ocsf' in entry)) return 'log and metric only';
  const { classUid, activityId, succeeded } = entry.ocsf;
  return `${classUid}/${activityId} ${succeeded ? 'success' : 'failure'}`;
};

const alarmOf = (event: SecurityEvent): string | undefined => {
  const alarm = entryOf(event)?.alarm;
  return alarm && 'details' in alarm ? `${alarm.heading}: ${alarm.details?.join(', ')}` : alarm?.heading;
};

describe('the catalogue of security events', () => {
  test.each(decided)('says of %s: %s, %s, %s', (event, owasp, ocsf, severity, alarm) => {
    expect(catalogue[event]).toMatchObject({ owasp, severity });
    expect(ocsfOf(event).startsWith(ocsf)).toBe(true);
    expect(alarmOf(event)).toBe(alarm);
  });

  test('gives every critical event an alarm of its own, but for the anonymous attempt, which feeds the failure rate', () => {
    const critical = securityEvents.filter((event) => catalogue[event].severity === 'CRITICAL');
    expect(critical.filter((event) => event !== 'access_denied').sort()).toEqual([...eventsThat('pages')].sort());
  });

  test('is complete and closed', () => {
    expect(Object.keys(catalogue).sort()).toEqual(decided.map(([event]) => event).sort());
  });

  test('has a detail for every refusal, each a plain word and only once', () => {
    expect(new Set(details).size).toBe(details.length);
    for (const detail of details) expect(detail).toMatch(/^[a-z]+(_[a-z]+){0,5}$/);
  });
});

describe('a name outside the catalogue does not compile', () => {
  const handshake = { connectionId: 'c', connectedAtMs: 0, authDeadlineMs: 5_000, sourceIp: '192.0.2.1', hints: {} };

  test('as an event', () => {
    // @ts-expect-error: no such event
    const event: SecurityEvent = 'access_granded';
    // @ts-expect-error: no such event
    auditRecord(handshake, 'attempt', 'no_user_id', 'silent', 0);
    expect(Object.keys(catalogue)).not.toContain(event);
  });

  test('as a detail', () => {
    // @ts-expect-error: no such detail
    const detail: Detail = 'because';
    // @ts-expect-error: a detail is never text of a client's
    auditRecord(handshake, 'attempt', 'token_invalid', String(handshake.sourceIp), 0);
    expect(details).not.toContain(detail);
  });

  test('as a kind of record', () => {
    // @ts-expect-error: no such kind
    auditRecord(handshake, 'retry', 'token_invalid', 'signature_bad', 0);
    expect(auditRecord(handshake, 'renewal/request-1', 'session_renewed', 'renewed', 0).kind).toBe('renewal/request-1');
  });
});

const inventory = readFileSync(join(import.meta.dirname, '../../docs/log-inventory.md'), 'utf8');
const words = inventory.slice(inventory.indexOf('\n## The words\n'));

/** The first cell of each row of the words' tables, name by name, with the second. */
const explained = new Map(
  [...words.matchAll(/^\| (`.*?) \|(.*)\|$/gm)].flatMap(([, names = '', rest = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, rest] as const),
  ),
);

describe('the words in docs/log-inventory.md', () => {
  test('explain every event and every reason, and nothing else', () => {
    expect([...explained.keys()].sort()).toEqual([...Object.keys(catalogue), ...details].sort());
  });

  test.each(decided)('give %s its severity', (event, _owasp, _ocsf, severity) => {
    expect(explained.get(event)).toContain(severity);
  });
});
