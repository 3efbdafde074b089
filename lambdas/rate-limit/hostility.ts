/** What counts as hostile, and how long it blocks an address. Pure. */
import type { Detail, SecurityEvent } from '../security/catalogue.ts';

/** One window, from the first hostile failure on. */
export const hostileWindowMs = 15 * 60_000;

const firstBlockMs = 30_000;
const longestBlockMs = 15 * 60_000;

/**
 * Forged tokens, and frames that are no JSON at all: what no honest client sends. A token has a bad signature under a published key, or
 * says that it has none. Every other one that is refused may be of a device with the wrong settings, or of an issuer with other habits; an
 * expired one is an old tablet. A mistake is refused and recorded, and costs its neighbours nothing.
 */
export const isHostile = (event: SecurityEvent, detail: Detail): boolean =>
  (event === 'malformed_message' && detail === 'not_json') ||
  ((event === 'token_invalid' || event === 'access_denied') && detail === 'signature_bad');

/** A block is made longer once in this time at most, so that a flood costs no more writes than its frames. */
const lengthenAfterMs = 60_000;

/**
 * How long an address is blocked from now on, after its n-th hostile failure of the window: nothing below the threshold, then twice as
 * long with each further one. 0 where it was made longer lately.
 */
export const blockMs = (failures: number, threshold: number, sinceBlockedMs: number): number =>
  failures < threshold || sinceBlockedMs < lengthenAfterMs
    ? 0
    : Math.min(longestBlockMs, firstBlockMs * 2 ** Math.min(20, failures - threshold));
