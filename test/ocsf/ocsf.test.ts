import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { auditItem } from '../../lambdas/dynamodb/audit.ts';
import { StoredAuditRecord } from '../../lambdas/security/audit-columns.ts';
import type { AuditRecord } from '../../lambdas/security/audit-record.ts';
import { catalogue, type SecurityEvent, securityEvents } from '../../lambdas/security/catalogue.ts';
import { ocsfEvent } from '../../lambdas/security/ocsf.ts';
import { testWithVectors, vector } from '../vectors.ts';

const audited = securityEvents.filter((event) => 'ocsf' in catalogue[event]);

const anonymous = (event: SecurityEvent): AuditRecord => ({
  kind: 'attempt',
  event,
  detail: 'token_malformed',
  occurredAtMs: Date.UTC(2026, 10, 23, 12, 0, 1),
  connectionId: 'Zm9v4c8=',
  connectedAtMs: Date.UTC(2026, 10, 23, 12),
  sourceIp: '2001:db8::7',
});

/** Each event as it is recorded of nobody, of a verified user without a session, and of a member. */
const shapes: readonly { who: string; of: (event: SecurityEvent) => AuditRecord }[] = [
  { who: 'nobody', of: anonymous },
  {
    who: 'a verified user',
    of: (event) => ({
      ...anonymous(event),
      userAgent: 'okhttp/4.12',
      verifiedUser: { issuer: 'demo', userId: 'u-1' },
      claimed: { claimedUserId: '0', claimedRestaurantId: '\\u0000', claimedConnectionType: 'x'.repeat(64) },
    }),
  },
  {
    who: 'a member',
    of: (event) => ({
      ...anonymous(event),
      verified: { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' },
    }),
  },
];

/** Through the table's item and back, as the `audit` command does. */
const rendered = (record: AuditRecord): Readonly<Record<string, unknown>> | undefined =>
  ocsfEvent(v.parse(StoredAuditRecord, JSON.parse(JSON.stringify(auditItem(record, 400)))));

const cases = audited.flatMap((event) => shapes.map(({ who, of }) => ({ event, who, record: of(event) })));

describe('a record as an OCSF event', () => {
  test.each(cases)('$event of $who has the class, activity, type and times of the catalogue', ({ event, record }) => {
    const entry = catalogue[event];
    if (!('ocsf' in entry)) throw new Error('not audited');
    const { classUid, activityId, succeeded } = entry.ocsf;
    expect(rendered(record)).toMatchObject({
      class_uid: classUid,
      activity_id: activityId,
      type_uid: classUid * 100 + activityId,
      category_uid: Math.floor(classUid / 1000),
      status_id: succeeded ? 1 : 2,
      time: record.occurredAtMs,
      metadata: { version: '1.8.0', event_code: event },
    });
  });

  test('an event that is not audited has no OCSF form', () => {
    expect(securityEvents.filter((event) => !audited.includes(event))).toEqual(['connection_abandoned']);
    expect(rendered(anonymous('connection_abandoned'))).toBeUndefined();
  });

  test('claimed values stand under `unmapped` and nowhere else', () => {
    const record: AuditRecord = { ...anonymous('token_invalid'), claimed: { claimedUserId: 'MARKER' } };
    const { unmapped, ...rest } = rendered(record) ?? {};
    expect(unmapped).toEqual({ claimed_user_id: 'MARKER' });
    expect(JSON.stringify(rest)).not.toContain('MARKER');
  });

  test('the same record always gives the same event', () => {
    expect(rendered(anonymous('auth_timeout'))).toEqual(rendered(anonymous('auth_timeout')));
  });
});

describe('by the published schemas', () => {
  const files: Readonly<Record<number, string>> = {
    2004: '1.8.0-2004-detection_finding.schema.json',
    3002: '1.8.0-3002-authentication.schema.json',
    3003: '1.8.0-3003-authorize_session.schema.json',
    6003: '1.8.0-6003-api_activity.schema.json',
  };
  const validators = new Map<number, (value: unknown) => readonly string[]>();
  const problemsOf = (classUid: number, value: unknown): readonly string[] => {
    let validator = validators.get(classUid);
    if (validator === undefined) {
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      const validate = ajv.compile(vector('ocsf', files[classUid] ?? '') as object);
      validator = (one) => (validate(one) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`));
      validators.set(classUid, validator);
    }
    return validator(value);
  };

  testWithVectors('every event of everybody is valid', () => {
    for (const { event, who, record } of cases) {
      const ocsf = rendered(record);
      expect({ event, who, problems: problemsOf(Number(ocsf?.['class_uid']), ocsf) }).toEqual({
        event,
        who,
        problems: [],
      });
    }
  });

  testWithVectors('an event without its user, or with a field the schema does not know, is not', () => {
    const { user: _, ...userless } = rendered(anonymous('token_invalid')) ?? {};
    expect(problemsOf(3002, userless)).not.toEqual([]);
    expect(problemsOf(3002, { ...rendered(anonymous('token_invalid')), surprise: 1 })).not.toEqual([]);
  });
});
