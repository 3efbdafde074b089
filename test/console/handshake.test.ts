import { describe, expect, test } from '@jest/globals';
import type { TraceEntry } from '../../client/src/index.ts';
import { afterEntry, countdown, nothing } from '../../console/handshake.ts';

const at = (ms: number) => ({ at: 1000 + ms, connection: 1 });
const opened: readonly TraceEntry[] = [
  { ...at(-20), kind: 'opening' },
  { ...at(0), kind: 'open' },
];
const said = (frame: object, ms: number): TraceEntry => ({ ...at(ms), kind: 'received', text: JSON.stringify(frame) });
const seated = said({ type: 'auth_success' }, 300);
const refused = said({ type: 'auth_error', reason: 'token_expired' }, 400);
const closed: TraceEntry = { ...at(500), kind: 'closed', code: 1000 };

describe('the countdown of a handshake', () => {
  test.each([
    { why: 'before anything', entries: [], leftMs: 5000, text: 'Not connected yet' },
    { why: 'while the socket opens', entries: opened.slice(0, 1), leftMs: 5000, text: 'Opening' },
    { why: 'from the opening on', entries: opened, leftMs: 3000, text: '3.0 s left to authenticate' },
    { why: 'and stops when seated', entries: [...opened, seated], leftMs: 4700, text: 'Authenticated after 0.3 s' },
    {
      why: 'and stays so while frames come',
      entries: [...opened, seated, said({ type: 'pong' }, 900)],
      leftMs: 4700,
      text: 'Authenticated after 0.3 s',
    },
    { why: 'or refused', entries: [...opened, refused], leftMs: 4600, text: 'Refused after 0.4 s: token_expired' },
    {
      why: 'for good',
      entries: [...opened, refused, closed],
      leftMs: 4600,
      text: 'Refused after 0.4 s: token_expired',
    },
    { why: 'or cut', entries: [...opened, closed], leftMs: 0, text: 'Closed before a verdict' },
    {
      why: 'not by noise',
      entries: [...opened, { ...at(9), kind: 'received', text: '{' } as const],
      leftMs: 3000,
      text: '3.0 s left to authenticate',
    },
    {
      why: 'until another opens',
      entries: [...opened, refused, ...opened],
      leftMs: 3000,
      text: '3.0 s left to authenticate',
    },
  ])('runs $why', ({ entries, leftMs, text }) => {
    expect(countdown(entries.reduce(afterEntry, nothing), 3000)).toEqual({ leftMs, text });
  });

  test('never goes below nothing', () => {
    expect(countdown(opened.reduce(afterEntry, nothing), 60_000).leftMs).toBe(0);
  });
});
