import { describe, expect, test } from '@jest/globals';
import type { Handshake, Session } from '../../lambdas/connection/connection.ts';
import { recordId } from '../../lambdas/security/audit-record.ts';
import {
  auditRecord,
  claimedParty,
  grantRecord,
  neverActivatedRecord,
  platformOwnerRecord,
} from '../../lambdas/security/audit-records.ts';
import { parseClientMessage } from '../restaurant-domain.ts';

const handshake: Handshake = {
  connectionId: 'Zm9vYmFy=',
  connectedAtMs: 1_000,
  authDeadlineMs: 6_000,
  sourceIp: '192.0.2.1',
  userAgent: 'maitred-till/3.2',
  hints: {},
};
const session: Session = {
  issuer: 'demo',
  userId: 'u-1',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs: 9_000,
  tokenIssuedAtMs: 500,
  grantedAtMs: 2_000,
  batch: false,
};
const claimsOf = (message: object) => {
  const parsed = parseClientMessage(JSON.stringify({ type: 'authenticate', ...message }));
  if (parsed.kind !== 'authenticate') throw new Error(parsed.kind);
  return parsed.claims;
};

describe('a record', () => {
  test('says which connection, from where, what and when, and nothing else', () => {
    expect(auditRecord(handshake, 'attempt', 'auth_timeout', 'silent', 6_001)).toStrictEqual({
      kind: 'attempt',
      event: 'auth_timeout',
      detail: 'silent',
      occurredAtMs: 6_001,
      connectionId: 'Zm9vYmFy=',
      connectedAtMs: 1_000,
      sourceIp: '192.0.2.1',
      userAgent: 'maitred-till/3.2',
    });
  });

  test('leaves out a user agent nobody sent', () => {
    const { userAgent: _, ...anonymous } = handshake;
    expect(auditRecord(anonymous, 'attempt', 'auth_timeout', 'silent', 0)).not.toHaveProperty('userAgent');
  });

  test('about a grant is the same whoever writes it, and however late', () => {
    expect(grantRecord(handshake, session)).toStrictEqual({
      ...auditRecord(handshake, 'attempt', 'access_granted', 'verified', 2_000),
      verified: { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' },
      membershipSource: 'table',
    });
    expect(grantRecord(handshake, { ...session, membershipSource: 'token' })).toMatchObject({
      membershipSource: 'token',
    });
    expect(platformOwnerRecord(handshake, session)).toMatchObject({ kind: 'platform_owner', occurredAtMs: 2_000 });
  });

  test('about an attempt, its end and its renewals are records of their own', () => {
    const ids = [
      grantRecord(handshake, session),
      platformOwnerRecord(handshake, session),
      neverActivatedRecord(handshake, session, 3_000),
      auditRecord(handshake, 'renewal/request-1', 'session_renewed', 'renewed', 0),
      auditRecord(handshake, 'renewal/request-2', 'session_renewed', 'renewed', 0),
      grantRecord({ ...handshake, connectedAtMs: 1_001 }, session),
    ].map(recordId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(recordId(auditRecord(handshake, 'attempt', 'token_invalid', 'expired', 77))).toBe(ids[0]);
  });
});

describe('what was claimed', () => {
  test.each([
    { why: 'nothing', claims: {}, hints: {}, kept: {} },
    {
      why: 'the message',
      claims: { user_id: 'u-1', restaurant_id: 'r-17', connection_type: 'pos' },
      hints: {},
      kept: { claimedUserId: 'u-1', claimedRestaurantId: 'r-17', claimedConnectionType: 'pos' },
    },
    {
      why: 'the hints',
      claims: {},
      hints: { userId: 'u-2', restaurantId: 'r-18', connectionType: 'kitchen' },
      kept: { claimedUserId: 'u-2', claimedRestaurantId: 'r-18', claimedConnectionType: 'kitchen' },
    },
    {
      why: 'the message before the hints',
      claims: { user_id: 'u-1', restaurant_id: 'r-17' },
      hints: { userId: 'u-2', restaurantId: 'r-18', connectionType: 'kitchen' },
      kept: { claimedUserId: 'u-1', claimedRestaurantId: 'r-17', claimedConnectionType: 'kitchen' },
    },
    { why: 'a number as it was written', claims: { user_id: 1.5 }, hints: {}, kept: { claimedUserId: '1.5' } },
    { why: 'zero', claims: { user_id: 0 }, hints: {}, kept: { claimedUserId: '0' } },
    { why: 'an empty id', claims: { user_id: '' }, hints: {}, kept: { claimedUserId: '' } },
    {
      why: 'a line break, escaped',
      claims: { restaurant_id: 'r\n{"_aws":1}' },
      hints: {},
      kept: { claimedRestaurantId: 'r\\u000a{"_aws":1}' },
    },
  ])('is kept apart: $why', ({ claims, hints, kept }) => {
    expect(claimedParty(claimsOf(claims), hints)).toStrictEqual(kept);
  });

  test('has 64 bytes a field at most, whatever was sent', () => {
    const long = '寿'.repeat(1_500);
    const kept = claimedParty(claimsOf({ user_id: long, restaurant_id: long }), { connectionType: long });
    expect(Object.keys(kept)).toHaveLength(3);
    for (const text of Object.values(kept)) expect(text).toBe('\\u5bff'.repeat(10));
  });

  test('is what the hints said when no message could be read', () => {
    expect(claimedParty(undefined, { restaurantId: 'r-18' })).toStrictEqual({ claimedRestaurantId: 'r-18' });
  });
});
