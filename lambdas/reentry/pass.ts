/**
 * The re-entry pass. Whoever has one was let in within the last 30 days, as one user at one restaurant; it proves nothing else
 * and opens nothing: it decides who pays for a handshake. 42 bytes in base64url behind `mrp_`:
 *
 *     key id 2 | expiry 3 (hours) | member 16 | MAC 21
 *
 * It is signed and not stored, and made of a session's facts alone, so that a handler that runs twice makes the same one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { reentryPassPattern } from '../../protocol/reentry-pass.ts';
import type { Session } from '../connection/connection.ts';

const hourMs = 60 * 60_000;
const passLifetimeMs = 30 * 24 * hourMs;

/** A signing key is for passes granted in its period of 30 days. A pass ends with the next one, and so does its key. */
const periodMs = passLifetimeMs;

/** The period a moment falls into: the id of its key. */
export const periodOf = (epochMs: number): number => Math.floor(epochMs / periodMs);

/** Keys in base64url. That of members is never replaced: a member has one counter, whichever key signed the pass. */
export type PassKeys = Readonly<{ memberKey: string; signingKeys: ReadonlyMap<number, string> }>;

export type PassHolder = Pick<Session, 'issuer' | 'userId' | 'restaurantId' | 'grantedAtMs'>;

/** The pass of a session, signed by the key of the period in which it was granted; undefined where that key is not among them. */
export const passOf = ({ memberKey, signingKeys }: PassKeys, holder: PassHolder): string | undefined => {
  const period = periodOf(holder.grantedAtMs);
  const signingKey = signingKeys.get(period);
  if (signingKey === undefined) return undefined;
  const said = Buffer.alloc(saidBytes);
  said.writeUInt16BE(period, 0);
  said.writeUIntBE(Math.ceil((holder.grantedAtMs + passLifetimeMs) / hourMs), 2, 3);
  memberOf(memberKey, holder).copy(said, 5);
  return `mrp_${Buffer.concat([said, macOf(signingKey, said)]).toString('base64url')}`;
};

/** What a pass says, whoever wrote it. */
export type UnverifiedPass = Readonly<{ said: Buffer; mac: Buffer; period: number; expiresAtMs: number }>;

/** Reads a pass; undefined for what cannot be one that is good now, before any key is asked for. */
export const readPass = (text: string, nowMs: number): UnverifiedPass | undefined => {
  if (!reentryPassPattern.test(text)) return undefined;
  const bytes = Buffer.from(text.slice('mrp_'.length), 'base64url');
  const said = bytes.subarray(0, saidBytes);
  const period = said.readUInt16BE(0);
  const expiresAtMs = said.readUIntBE(2, 3) * hourMs;
  const isOfNow = period === periodOf(nowMs) || period === periodOf(nowMs) - 1;
  return isOfNow && expiresAtMs > nowMs ? { said, mac: bytes.subarray(saidBytes), period, expiresAtMs } : undefined;
};

/** The member whose pass it is: a name of 22 characters that says neither user nor restaurant. Undefined: it is not one of ours. */
export const verifiedMember = (
  { signingKeys }: PassKeys,
  { said, mac, period }: UnverifiedPass,
): string | undefined => {
  const signingKey = signingKeys.get(period);
  if (signingKey === undefined || !timingSafeEqual(mac, macOf(signingKey, said))) return undefined;
  return said.subarray(5).toString('base64url');
};

const saidBytes = 2 + 3 + 16;
const macBytes = 21;

const hmac = (key: string, of: string | Buffer): Buffer =>
  createHmac('sha256', Buffer.from(key, 'base64url')).update(of).digest();
const macOf = (key: string, said: Buffer): Buffer => hmac(key, said).subarray(0, macBytes);

/** No part can be taken for a piece of another: JSON marks where each ends. */
const memberOf = (key: string, { issuer, userId, restaurantId }: PassHolder): Buffer =>
  hmac(key, JSON.stringify([issuer, userId, restaurantId])).subarray(0, 16);
