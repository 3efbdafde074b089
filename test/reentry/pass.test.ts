import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  passOf,
  type PassHolder,
  type PassKeys,
  periodOf,
  readPass,
  verifiedMember,
} from '../../lambdas/reentry/pass.ts';
import { passSubprotocolPrefix, reentryPassPattern } from '../../protocol/reentry-pass.ts';
import { runs } from '../harness/runs.ts';

const dayMs = 24 * 60 * 60_000;
const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64url');
/** Granted in the middle of a period. */
const grantedAtMs = periodOf(Date.UTC(2026, 11, 1)) * 30 * dayMs + 15 * dayMs;
const period = periodOf(grantedAtMs);
const keys: PassKeys = {
  memberKey: key(1),
  signingKeys: new Map([
    [period - 1, key(2)],
    [period, key(3)],
    [period + 1, key(4)],
  ]),
};
const chef: PassHolder = { issuer: 'demo', userId: 'u-chef', restaurantId: 'r-17', grantedAtMs };
const passFor = (holder: PassHolder, of = keys): string => passOf(of, holder) ?? 'none';
const memberIn = (pass: string, nowMs = grantedAtMs, of = keys): string | undefined => {
  const read = readPass(pass, nowMs);
  return read && verifiedMember(of, read);
};

describe('a pass', () => {
  const pass = passFor(chef);

  test('is sixty characters, each of which may stand in the name of a subprotocol', () => {
    expect(pass).toHaveLength(60);
    expect(pass).toMatch(reentryPassPattern);
    // A token of RFC 9110.
    expect(`${passSubprotocolPrefix}${pass}`).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/);
  });

  test('is the same however often it is made, and for every grant of the hour', () => {
    expect(passFor(chef)).toBe(pass);
    expect(passFor({ ...chef, grantedAtMs: grantedAtMs - 1 })).toBe(pass);
    expect(passFor({ ...chef, grantedAtMs: grantedAtMs + 60 * 60_000 })).not.toBe(pass);
  });

  test('names its member by 22 characters that are the same in every pass of every key', () => {
    const later = { ...chef, grantedAtMs: grantedAtMs + 30 * dayMs };
    expect(memberIn(pass)).toMatch(/^[\w-]{22}$/);
    expect(memberIn(passFor(later), later.grantedAtMs)).toBe(memberIn(pass));
  });

  test.each([
    { why: 'of another issuer', holder: { ...chef, issuer: 'other' } },
    { why: 'of another user', holder: { ...chef, userId: 'u-cashier' } },
    { why: 'of another restaurant', holder: { ...chef, restaurantId: 'r-99' } },
    { why: 'whose parts run into one another', holder: { ...chef, issuer: 'demou', userId: '-chef' } },
  ])('$why is of another member', ({ holder }) => {
    expect(memberIn(passFor(holder))).not.toBe(memberIn(pass));
  });

  test('says neither user nor restaurant, nor the name of its member as it is kept', () => {
    const text = Buffer.from(pass.slice(4), 'base64url').toString('latin1');
    expect(text).not.toMatch(/chef|r-17|demo/);
    expect(pass).not.toContain(memberIn(pass));
  });

  test.each([
    { why: 'at once', afterMs: 0, isGood: true },
    { why: 'when a new key signs', afterMs: 20 * dayMs, isGood: true },
    { why: 'on its last day', afterMs: 30 * dayMs - 1, isGood: true },
    { why: 'after thirty days', afterMs: 30 * dayMs, isGood: false },
    { why: 'before its key had begun', afterMs: -16 * dayMs, isGood: false },
  ])('$why: good $isGood', ({ afterMs, isGood }) => {
    expect(memberIn(pass, grantedAtMs + afterMs) !== undefined).toBe(isGood);
  });

  test('is none without its key, and not made without one', () => {
    const others = { ...keys, signingKeys: new Map([[period - 1, key(2)]]) };
    expect(memberIn(pass, grantedAtMs, others)).toBeUndefined();
    expect(passOf(others, chef)).toBeUndefined();
  });

  test('of another key, or another stage, is none', () => {
    const others = { ...keys, signingKeys: new Map([[period, key(9)]]) };
    expect(memberIn(passFor(chef, others))).toBeUndefined();
  });

  test('is none with any of its bits another', () => {
    const bytes = Buffer.from(pass.slice(4), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = Buffer.from(bytes);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(memberIn(`mrp_${other.toString('base64url')}`)).toBeUndefined();
    }
  });
});

test('no text that is not one of ours is a pass, and none throws', () => {
  const shaped = fc
    .uint8Array({ minLength: 42, maxLength: 42 })
    .map((bytes) => `mrp_${Buffer.from(bytes).toString('base64url')}`);
  fc.assert(
    fc.property(fc.oneof(fc.string(), shaped), (text) => memberIn(text) === undefined),
    { numRuns: runs(1_000) },
  );
});
