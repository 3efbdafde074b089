/** PURE. What becomes of a connection between its opening and the gateway's verdict. */
import type { ClientState, TraceEntry } from '../client/src/index.ts';
import { fieldsOf, word } from './frame.ts';

/** How long after the opening the first message may arrive. */
export const deadlineMs = 5000;

export type Handshake =
  | Readonly<{ at: 'nothing' }>
  | Readonly<{ at: 'opening' }>
  | Readonly<{ at: 'waiting'; openedAt: number }>
  | Readonly<{ at: 'authenticated' | 'refused'; afterMs: number; reason: string }>
  | Readonly<{ at: 'closed' }>
  | Readonly<{ at: 'offline' }>
  | Readonly<{ at: 'ended'; reason: string }>;

export const nothing: Handshake = { at: 'nothing' };

/** The handshake after one more entry of the trace. A verdict stays until the next connection opens. */
export const afterEntry = (handshake: Handshake, entry: TraceEntry): Handshake => {
  switch (entry.kind) {
    case 'opening':
      return { at: 'opening' };
    case 'open':
      return { at: 'waiting', openedAt: entry.at };
    case 'received': {
      if (handshake.at !== 'waiting') return handshake;
      const fields = fieldsOf(entry.text);
      const type = word(fields, 'type');
      const afterMs = entry.at - handshake.openedAt;
      if (type === 'auth_success') return { at: 'authenticated', afterMs, reason: '' };
      return type === 'auth_error' ? { at: 'refused', afterMs, reason: word(fields, 'reason') } : handshake;
    }
    case 'closed':
    case 'dropped':
      return handshake.at === 'waiting' || handshake.at === 'opening' ? { at: 'closed' } : handshake;
    case 'sent':
      return handshake;
  }
};

/**
 * The handshake once the client says what it does. How long a device took that is lost says nothing any more; why one was
 * refused still does, until the device is offline.
 */
export const afterState = (handshake: Handshake, state: ClientState): Handshake => {
  switch (state.status) {
    case 'connected':
      return handshake;
    case 'connecting':
      return handshake.at === 'offline' || handshake.at === 'ended' ? nothing : handshake;
    case 'waiting':
      return state.why === 'offline' ? { at: 'offline' } : unlessAuthenticated(handshake);
    case 'ended':
      if (state.end.why === 'closed') return unlessAuthenticated(handshake);
      if (handshake.at === 'refused') return handshake;
      return { at: 'ended', reason: state.end.why === 'refused' ? state.end.reason : state.end.error };
  }
};

const unlessAuthenticated = (handshake: Handshake): Handshake =>
  handshake.at === 'authenticated' || handshake.at === 'offline' ? nothing : handshake;

/** Milliseconds left of the time for the first message, 0 when none is running, and where the handshake is in words. */
export const countdown = (handshake: Handshake, now: number): Readonly<{ leftMs: number; text: string }> => {
  switch (handshake.at) {
    case 'nothing':
      return { leftMs: 0, text: `${deadlineMs / 1000} s for the first message, once connected` };
    case 'opening':
      return { leftMs: 0, text: 'Opening' };
    case 'waiting': {
      const leftMs = Math.max(0, deadlineMs - (now - handshake.openedAt));
      // The refusal comes about a second later: docs/decisions/0003-a-second-of-grace.md.
      const text = leftMs > 0 ? `${seconds(leftMs)} left to authenticate` : 'Deadline passed, waiting for the refusal';
      return { leftMs, text };
    }
    case 'authenticated':
      return { leftMs: 0, text: `Authenticated after ${duration(handshake.afterMs)}` };
    case 'refused':
      return { leftMs: 0, text: `Refused after ${duration(handshake.afterMs)}: ${handshake.reason}` };
    case 'closed':
      return { leftMs: 0, text: 'Closed before a verdict' };
    case 'offline':
      return { leftMs: 0, text: `Offline: the ${deadlineMs / 1000} s begin with the next connection` };
    case 'ended':
      return { leftMs: 0, text: `Refused: ${handshake.reason}` };
  }
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : seconds(ms));
