/** What counts as hostile, and how long an address waits for it. Pure. */
import type { Detail, SecurityEvent } from '../security/catalogue.ts';

/** One window, from the first hostile failure on. */
export const hostileWindowMs = 15 * 60_000;

const firstWaitMs = 30_000;
const longestWaitMs = 15 * 60_000;

/** Tokens nobody's issuer can have made. An unknown issuer, key or audience may be an honest device with the wrong settings, an expired token is one old tablet. */
const forgeries: ReadonlySet<Detail> = new Set([
  'token_malformed',
  'header_forbidden',
  'algorithm_refused',
  'signature_bad',
]);

/** Forged tokens and frames that are no messages. */
export const isHostile = (event: SecurityEvent, detail: Detail): boolean =>
  event === 'malformed_message' || ((event === 'token_invalid' || event === 'access_denied') && forgeries.has(detail));

/** How long an address waits after its n-th hostile failure of the window: nothing below the threshold, then twice as long each time. */
export const waitMs = (failures: number, threshold: number): number =>
  failures < threshold ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(20, failures - threshold));
