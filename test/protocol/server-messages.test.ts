import { describe, expect, test } from '@jest/globals';
import * as smoke from '../../bin/smoke/frames.ts';
import { closings, errors, refusals } from '../../protocol/reasons.ts';
import { authError, authSuccess, closing, errorReply, type HeadFound, pong } from '../../protocol/server-messages.ts';
import { keysOf } from '../keys-of.ts';

const nowMs = Date.UTC(2026, 10, 23, 18, 30, 5, 7);
const now = '2026-11-23T18:30:05.007Z';
const sessionExpiresAtMs = Date.UTC(2026, 10, 23, 20, 0, 0, 0);

const client = {
  connectionId: 'Zm9vYmFy=',
  userId: 'u-1',
  issuer: 'demo',
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs,
} as const;

const times = { retentionMs: 3_600_000, pingIntervalMs: 90_000 };
const head: HeadFound = { epoch: 'e-1', headSeq: 4712, headSeqOf: { kitchen: 4711 } };

describe('auth_success', () => {
  test('says who is in which restaurant, until when, in this order', () => {
    expect(authSuccess(client, head, times, nowMs)).toBe(
      '{"type":"auth_success","user_id":"u-1","issuer":"demo","restaurant_id":"r-17","connection_id":"Zm9vYmFy=",' +
        '"connection_type":"kitchen","role":"employee","session_expires_at":"2026-11-23T20:00:00.000Z",' +
        `"epoch":"e-1","head_seq":4711,"protocol":1,"retention_ms":3600000,"ping_interval_ms":90000,"timestamp":"${now}"}`,
    );
  });

  test('tells nothing else of the session it is made from', () => {
    const session = {
      ...client,
      tokenIssuedAtMs: 1,
      grantedAtMs: 2,
      batch: true,
      sourceIp: '192.0.2.1',
    };
    expect(authSuccess(session, head, times, nowMs)).toBe(authSuccess(client, head, times, nowMs));
  });
});

describe('auth_error', () => {
  test.each(keysOf(refusals))('with %s is what the smoke test expects of it', (reason) => {
    expect(smoke.differenceFrom(smoke.authError(reason), authError(reason, nowMs))).toBeUndefined();
  });

  test('has the fields in the order of the protocol', () => {
    expect(authError('token_expired', nowMs)).toBe(
      '{"type":"auth_error","error":"Authentication failed","code":4003,"reason":"token_expired","reconnect":true,' +
        `"reauthenticate":true,"retry_after_ms":null,"data":{"error":"Authentication failed"},"timestamp":"${now}"}`,
    );
  });

  test.each(keysOf(refusals))('with %s is the same bytes every time but for the timestamp', (reason) => {
    const later = nowMs + 123_456_789;
    const withoutTime = (frame: string, atMs: number) => frame.replace(new Date(atMs).toISOString(), 'T');
    expect(authError(reason, nowMs)).not.toBe(authError(reason, later));
    expect(withoutTime(authError(reason, nowMs), nowMs)).toBe(withoutTime(authError(reason, later), later));
  });
});

describe('closing', () => {
  test.each(keysOf(closings))('with %s is what the smoke test expects of it', (reason) => {
    expect(smoke.differenceFrom(smoke.closing(reason), closing(reason, nowMs))).toBeUndefined();
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
  test.each(keysOf(errors))('with %s names it, and the message it answers', (reason) => {
    const { error } = errors[reason];
    expect(errorReply(reason, nowMs, 'm-1')).toBe(
      `{"type":"error","id":"m-1","error":"${error}","reason":"${reason}","timestamp":"${now}"}`,
    );
    expect(errorReply(reason, nowMs)).toBe(
      `{"type":"error","error":"${error}","reason":"${reason}","timestamp":"${now}"}`,
    );
  });
});
