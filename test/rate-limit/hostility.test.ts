import { describe, expect, test } from '@jest/globals';
import { blockMs, isHostile } from '../../lambdas/rate-limit/hostility.ts';
import type { Detail, SecurityEvent } from '../../lambdas/security/catalogue.ts';

const hostile: readonly { event: SecurityEvent; detail: Detail }[] = [
  { event: 'token_invalid', detail: 'signature_bad' },
  { event: 'access_denied', detail: 'signature_bad' },
  { event: 'malformed_message', detail: 'not_json' },
];
const harmless: readonly { why: string; event: SecurityEvent; detail: Detail }[] = [
  { why: 'an old tablet', event: 'token_expired', detail: 'expired' },
  { why: 'an issuer that is not configured yet', event: 'token_invalid', detail: 'issuer_unknown' },
  { why: 'a key that was rotated away', event: 'token_invalid', detail: 'key_unknown' },
  {
    why: 'an opaque token, a list of scopes, a numeric claim, `Bearer ` before it',
    event: 'token_invalid',
    detail: 'token_malformed',
  },
  { why: 'a token of a shared secret', event: 'token_invalid', detail: 'algorithm_refused' },
  { why: 'an address of keys in the header', event: 'token_invalid', detail: 'header_forbidden' },
  { why: 'a ping too early', event: 'expected_authentication', detail: 'not_authenticate' },
  { why: 'a field of the wrong type', event: 'malformed_message', detail: 'wrong_field_type' },
  { why: 'a frame that is JSON and no object', event: 'malformed_message', detail: 'not_an_object' },
  { why: 'a frame that is too large', event: 'malformed_message', detail: 'too_large' },
  { why: 'a type that is said twice', event: 'malformed_message', detail: 'route_differs' },
  { why: 'a key that comes twice', event: 'malformed_message', detail: 'duplicate_key' },
  { why: 'half a character', event: 'malformed_message', detail: 'lone_surrogate' },
  { why: 'a number beyond a double', event: 'malformed_message', detail: 'number_too_large' },
  { why: 'a frame that is nested too deep', event: 'malformed_message', detail: 'too_deep' },
  { why: 'no token at all', event: 'access_denied', detail: 'token_missing' },
  { why: 'a till that says nothing', event: 'auth_timeout', detail: 'silent' },
  { why: 'our own outage', event: 'verification_unavailable', detail: 'keys_unreachable' },
  {
    why: 'a member of another restaurant, who pages by himself',
    event: 'cross_tenant_attempt',
    detail: 'membership_missing',
  },
];

describe('what is hostile', () => {
  test.each(hostile)('$event by $detail', ({ event, detail }) => {
    expect(isHostile(event, detail)).toBe(true);
  });
  test.each(harmless)('not $why', ({ event, detail }) => {
    expect(isHostile(event, detail)).toBe(false);
  });
});

describe('the block after a hostile failure', () => {
  test.each([
    { failures: 1, seconds: 0 },
    { failures: 9, seconds: 0 },
    { failures: 10, seconds: 30 },
    { failures: 11, seconds: 60 },
    { failures: 14, seconds: 480 },
    { failures: 15, seconds: 900 },
    { failures: 1_000_000, seconds: 900 },
  ])('number $failures of ten is $seconds s', ({ failures, seconds }) => {
    expect(blockMs(failures, 10, 60_000)).toBe(seconds * 1000);
  });

  test('is made longer once a minute at most', () => {
    expect([blockMs(15, 10, 0), blockMs(15, 10, 59_999), blockMs(15, 10, 60_000)]).toEqual([0, 0, 900_000]);
  });
});
