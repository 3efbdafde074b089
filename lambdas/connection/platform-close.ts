/** Frames that API Gateway takes from nobody: it closes the connection, and its close code is all that a function hears of them. Pure. */
import type { Detail } from '../security/catalogue.ts';

/** What the frame was, by the close code (RFC 6455, section 7.4.1). */
const frameOfCode = {
  1003: 'binary_frame',
  1007: 'encoding_invalid',
  1009: 'frame_too_large',
} as const satisfies Readonly<Record<number, Detail>>;

export type UntakenFrame = (typeof frameOfCode)[keyof typeof frameOfCode];

/**
 * The frame for which the platform closed a connection, or undefined: it was closed for something else, or nobody tells. A client may
 * say such a code in a close frame of its own; then it is recorded as what it said.
 */
export const untakenFrame = (closeCode: number | null | undefined): UntakenFrame | undefined =>
  Object.entries(frameOfCode).find(([code]) => Number(code) === closeCode)?.[1];
