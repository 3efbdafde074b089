import { describe, expect, test } from '@jest/globals';
import type { ClientState, TraceEntry } from '../../client/src/index.ts';
import { afterEntry, afterState, countdown, type Handshake, nothing } from '../../console/handshake.ts';

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
    { why: 'before anything', entries: [], leftMs: 0, text: '5 s for the first message, once connected' },
    { why: 'while the socket opens', entries: opened.slice(0, 1), leftMs: 0, text: 'Opening' },
    { why: 'from the opening on', entries: opened, leftMs: 3000, text: '3.0 s left to authenticate' },
    { why: 'and stops when seated', entries: [...opened, seated], leftMs: 0, text: 'Authenticated after 300 ms' },
    {
      why: 'and stays so while frames come',
      entries: [...opened, seated, said({ type: 'pong' }, 900)],
      leftMs: 0,
      text: 'Authenticated after 300 ms',
    },
    { why: 'or refused', entries: [...opened, refused], leftMs: 0, text: 'Refused after 400 ms: token_expired' },
    {
      why: 'for good',
      entries: [...opened, refused, closed],
      leftMs: 0,
      text: 'Refused after 400 ms: token_expired',
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

  test.each([
    { after: 4999, leftMs: 1, text: '0.0 s left to authenticate' },
    { after: 5000, leftMs: 0, text: 'Deadline passed, waiting for the refusal' },
    { after: 59_000, leftMs: 0, text: 'Deadline passed, waiting for the refusal' },
  ])('ends at the deadline: $after ms after the opening it says "$text"', ({ after, leftMs, text }) => {
    expect(countdown(opened.reduce(afterEntry, nothing), 1000 + after)).toEqual({ leftMs, text });
  });

  test('says seconds of a refusal that took some', () => {
    const silent = [...opened, said({ type: 'auth_error', reason: 'auth_timeout' }, 6040)];
    expect(countdown(silent.reduce(afterEntry, nothing), 9000).text).toBe('Refused after 6.0 s: auth_timeout');
  });
});

const waiting = (why: 'offline' | 'backoff'): ClientState => ({
  status: 'waiting',
  why,
  retryAt: undefined,
  failures: 0,
  cause: undefined,
});
const connecting: ClientState = { status: 'connecting', step: 'token' };
const ended = (why: 'refused' | 'internal_error'): ClientState => ({
  status: 'ended',
  end: why === 'refused' ? { why, reason: 'revoked', error: 'access_denied' } : { why, error: 'a clock that throws' },
});
const left: ClientState = { status: 'ended', end: { why: 'closed' } };
const inSession: Handshake = { at: 'authenticated', afterMs: 300, reason: '' };
const isRefused: Handshake = { at: 'refused', afterMs: 400, reason: 'token_expired' };

describe('what the client does', () => {
  const idle = '5 s for the first message, once connected';
  const offline = 'Offline: the 5 s begin with the next connection';
  const verdict = 'Refused after 400 ms: token_expired';
  test.each([
    { why: 'offline after a session', before: inSession, states: [waiting('offline')], text: offline },
    { why: 'offline after a refusal', before: isRefused, states: [waiting('offline')], text: offline },
    { why: 'back, and not connected yet', before: inSession, states: [waiting('offline'), connecting], text: idle },
    { why: 'back, and waiting', before: inSession, states: [waiting('offline'), waiting('backoff')], text: idle },
    { why: 'waiting after a session', before: inSession, states: [waiting('backoff')], text: idle },
    { why: 'waiting after a refusal', before: isRefused, states: [waiting('backoff'), connecting], text: verdict },
    { why: 'refused in a session', before: inSession, states: [ended('refused')], text: 'Refused: revoked' },
    { why: 'broken', before: nothing, states: [ended('internal_error')], text: 'Refused: a clock that throws' },
    { why: 'refused at the door', before: isRefused, states: [ended('refused')], text: verdict },
    { why: 'refused, and at it again', before: inSession, states: [ended('refused'), connecting], text: idle },
    { why: 'left', before: inSession, states: [left], text: idle },
    { why: 'left while offline', before: inSession, states: [waiting('offline'), left], text: idle },
  ])('is what the time left says of a device that is $why', ({ before, states, text }) => {
    expect(countdown(states.reduce(afterState, before), 3000)).toEqual({ leftMs: 0, text });
  });
});
