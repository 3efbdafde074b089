import { describe, expect, test } from '@jest/globals';
import { closings, type ErrorReason, errors, refusals } from '../../protocol/reasons.ts';
import { authError, authSuccess, closing, errorReply, type HeadFound, pong } from '../../protocol/server-messages.ts';

const nowMs = Date.UTC(2026, 10, 23, 18, 30, 5, 7);
const now = '2026-11-23T18:30:05.007Z';
const sessionExpiresAtMs = Date.UTC(2026, 10, 23, 20, 0, 0, 0);

const client = {
  connectionId: 'Zm9vYmFy=',
  userId: 'u-1',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs,
} as const;

const head: HeadFound = { epoch: 'e-1', headSeq: 4712, headSeqOf: { kitchen: 4711 } };

describe('auth_success', () => {
  test('says who was seated where, until when, in this order', () => {
    expect(authSuccess(client, head, nowMs)).toBe(
      '{"type":"auth_success","user_id":"u-1","restaurant_id":"r-17","connection_id":"Zm9vYmFy=",' +
        '"connection_type":"kitchen","role":"employee","session_expires_at":"2026-11-23T20:00:00.000Z",' +
        `"epoch":"e-1","head_seq":4711,"protocol":1,"timestamp":"${now}"}`,
    );
  });

  test('tells nothing else of the session it is made from', () => {
    const session = {
      ...client,
      issuer: 'demo',
      tokenIssuedAtMs: 1,
      grantedAtMs: 2,
      batch: true,
      sourceIp: '192.0.2.1',
    };
    expect(authSuccess(session, head, nowMs)).toBe(authSuccess(client, head, nowMs));
  });
});

const failed = { error: 'Authentication failed', code: 4003 };
const expected = { error: 'Expected authentication message', code: 4003 };
const newToken = { reconnect: true, reauthenticate: true, retry_after_ms: null };
const again = { reconnect: true, reauthenticate: false, retry_after_ms: null };
const never = { reconnect: false, reauthenticate: false, retry_after_ms: null };

describe('auth_error', () => {
  const rows = [
    { reason: 'token_invalid', frame: { ...failed, ...newToken } },
    { reason: 'token_expired', frame: { ...failed, ...newToken } },
    { reason: 'access_denied', frame: { ...failed, ...never } },
    { reason: 'expected_authentication', frame: { ...expected, ...again } },
    { reason: 'malformed_message', frame: { ...expected, ...never } },
    { reason: 'auth_timeout', frame: { error: 'Authentication timeout', code: 4003, ...again } },
    { reason: 'rate_limited', frame: { error: 'Too many attempts', code: 4029, ...again, retry_after_ms: 10_000 } },
    { reason: 'unavailable', frame: { error: 'Authentication error', code: 4500, ...again, retry_after_ms: 5_000 } },
  ] as const;

  test.each(rows)('with $reason carries its advice', ({ reason, frame }) => {
    expect(JSON.parse(authError(reason, nowMs))).toStrictEqual({
      type: 'auth_error',
      reason,
      ...frame,
      data: { error: frame.error },
      timestamp: now,
    });
  });

  test('knows these reasons and no other', () => {
    expect(Object.keys(refusals)).toEqual(rows.map(({ reason }) => reason));
  });

  test('has the fields in the order of the protocol', () => {
    expect(authError('token_expired', nowMs)).toBe(
      '{"type":"auth_error","error":"Authentication failed","code":4003,"reason":"token_expired","reconnect":true,' +
        `"reauthenticate":true,"retry_after_ms":null,"data":{"error":"Authentication failed"},"timestamp":"${now}"}`,
    );
  });

  test.each(rows)('with $reason is the same bytes every time but for the timestamp', ({ reason }) => {
    const later = nowMs + 123_456_789;
    const withoutTime = (frame: string, atMs: number) => frame.replace(new Date(atMs).toISOString(), 'T');
    expect(authError(reason, nowMs)).not.toBe(authError(reason, later));
    expect(withoutTime(authError(reason, nowMs), nowMs)).toBe(withoutTime(authError(reason, later), later));
  });
});

describe('closing', () => {
  const rows = [
    { reason: 'session_expired', frame: { error: 'Session expired', code: 4003, ...newToken } },
    { reason: 'revoked', frame: { error: 'Access revoked', code: 4003, ...never } },
    { reason: 'access_denied', frame: { ...failed, ...never } },
    { reason: 'token_invalid', frame: { ...failed, ...newToken } },
    { reason: 'token_expired', frame: { ...failed, ...newToken } },
    { reason: 'rate_limited', frame: { error: 'Too many messages', code: 4029, ...again, retry_after_ms: 10_000 } },
    { reason: 'going_away', frame: { error: 'Going away', code: 4001, ...again } },
    { reason: 'unavailable', frame: { error: 'Temporarily unavailable', code: 4500, ...again, retry_after_ms: 5_000 } },
  ] as const;

  test.each(rows)('with $reason carries its advice', ({ reason, frame }) => {
    expect(JSON.parse(closing(reason, nowMs))).toStrictEqual({ type: 'closing', reason, ...frame, timestamp: now });
  });

  test('knows these reasons and no other', () => {
    expect(Object.keys(closings)).toEqual(rows.map(({ reason }) => reason));
  });

  test('has its type first, and no data', () => {
    expect(closing('going_away', nowMs)).toBe(
      '{"type":"closing","error":"Going away","code":4001,"reason":"going_away","reconnect":true,' +
        `"reauthenticate":false,"retry_after_ms":null,"timestamp":"${now}"}`,
    );
  });
});

describe('pong', () => {
  test('says how long the session has', () => {
    expect(pong(client, head, nowMs)).toBe(
      '{"type":"pong","session_expires_at":"2026-11-23T20:00:00.000Z","epoch":"e-1","head_seq":4711,' +
        `"timestamp":"${now}"}`,
    );
  });

  test.each([
    { why: 'before the first event', head: 'none', says: '"epoch":null,"head_seq":0' },
    { why: 'while the head cannot be read', head: 'unknown', says: '"epoch":null,"head_seq":null' },
    { why: 'when no event was for this type', head: { ...head, headSeqOf: {} }, says: '"epoch":"e-1","head_seq":0' },
  ] as const)('$why says $says', ({ head: found, says }) => {
    expect(pong(client, found, nowMs)).toContain(says);
  });
});

describe('error', () => {
  const rows: readonly { reason: ErrorReason; error: string }[] = [
    { reason: 'unknown_type', error: 'Unknown message type' },
    { reason: 'malformed_message', error: 'Malformed message' },
    { reason: 'forbidden', error: 'Not allowed' },
    { reason: 'rate_limited', error: 'Too many messages' },
    { reason: 'unavailable', error: 'Temporarily unavailable' },
  ];

  test.each(rows)('with $reason names it, and the message it answers', ({ reason, error }) => {
    expect(errorReply(reason, nowMs, 'm-1')).toBe(
      `{"type":"error","id":"m-1","error":"${error}","reason":"${reason}","timestamp":"${now}"}`,
    );
    expect(errorReply(reason, nowMs)).toBe(
      `{"type":"error","error":"${error}","reason":"${reason}","timestamp":"${now}"}`,
    );
  });

  test('knows these reasons and no other', () => {
    expect(Object.keys(errors)).toEqual(rows.map(({ reason }) => reason));
  });
});
