/** PURE. What the client does and the wire carries, in words. */
import { called } from '../bin/called.ts';
import type { ClientState, End, Failure, PublishError, TraceEntry } from '../client/src/index.ts';
import { type Member, maxAuditRows } from './rows.ts';

export type Wording = Readonly<{ text: string; mood: 'quiet' | 'good' | 'warn' | 'bad' }>;

const steps = { token: 'asking for a token', socket: 'opening a socket', authentication: 'authenticating' } as const;

/** The state of a device. Changes of it are spoken, so it says nothing that changes by the second. */
export const stateWording = (state: ClientState): Wording => {
  switch (state.status) {
    case 'connecting':
      return { text: `Connecting: ${steps[state.step]}`, mood: 'quiet' };
    case 'connected': {
      const { userId, role, restaurantId, connectionType } = state.session;
      const more = state.events === 'catching_up' ? ', catching up' : '';
      return { text: `Connected as ${userId}, ${role}, at ${restaurantId} (${connectionType})${more}`, mood: 'good' };
    }
    case 'waiting': {
      const cause = state.cause === undefined ? '' : ` after ${failureWording(state.cause)}`;
      return state.why === 'backoff'
        ? { text: `Waiting to try again${cause}`, mood: 'warn' }
        : { text: `Waiting: ${state.why}`, mood: 'warn' };
    }
    case 'ended':
      return endWording(state.end);
  }
};

const endWording = (end: End): Wording => {
  switch (end.why) {
    case 'closed':
      return { text: 'Not connected', mood: 'quiet' };
    case 'refused':
      return { text: `Refused: ${end.reason} (${end.error})`, mood: 'bad' };
    case 'internal_error':
      return { text: `The client failed: ${end.error}`, mood: 'bad' };
  }
};

const failureWording = (failure: Failure): string => {
  switch (failure.kind) {
    case 'token':
      return `no token: ${failure.message}`;
    case 'url':
      return `no address: ${failure.message}`;
    case 'handshake':
      return 'a handshake that failed';
    case 'unanswered':
      return 'no answer';
    case 'final_message':
      return failure.reason;
    case 'dropped':
      return `a cut (${failure.code ?? 'no code'})`;
    case 'silence':
      return 'silence';
    case 'expired':
      return 'the end of the session';
  }
};

/** One line of the wire. */
export type Line = Readonly<{ direction: 'sent' | 'received' | 'note'; text: string }>;

export const lineOf = (entry: TraceEntry): Line => {
  const time = new Date(entry.at).toISOString().slice(11, 23);
  const note = (text: string): Line => ({ direction: 'note', text: `${time} socket ${entry.connection}: ${text}` });
  switch (entry.kind) {
    case 'sent':
      return { direction: 'sent', text: `${time} → ${entry.text}` };
    case 'received':
      return { direction: 'received', text: `${time} ← ${entry.text}` };
    case 'closed':
      return note(`closed with ${entry.code ?? 'no code'}`);
    case 'opening':
    case 'open':
    case 'dropped':
      return note(entry.kind);
  }
};

/** Why an event was not published, and what in it is to blame as far as somebody can tell. */
export const refusalWording = ({ reason, field }: Pick<PublishError, 'reason' | 'field'>): string =>
  `Not sent: ${reason}.${field === undefined ? '' : ` To blame: ${field}.`}`;

/** What a revocation did, and how the user gets in again. It ends with a command, to be copied. */
export const revokedWording = (
  closed: number,
  { user, restaurant, connectionType }: Member & Readonly<{ connectionType: string }>,
  printed: Member,
): string => {
  const isPrinted = user === printed.user && restaurant === printed.restaurant;
  // A user's own restaurant need not be said, but only of the printed one is it known here.
  const where = isPrinted ? '' : ` --restaurant ${restaurant}`;
  return [
    `${closed} ${closed === 1 ? 'session' : 'sessions'} ended.`,
    `Tokens from before are refused${isPrinted ? `, that of the line ${called('start')} printed, too` : ''}.`,
    `A line with a new one: ${called(`token ${user} --line --type ${connectionType}${where}`)}`,
  ].join(' ');
};

/** What the rows of the audit trail are. At the most that is shown, there may be more. */
export const auditCaption = (rows: number): string => {
  if (rows === 0) return 'Nothing in the last hour.';
  return rows < maxAuditRows ? `The last hour, newest first: ${rows}` : `The newest ${maxAuditRows} of the last hour`;
};

/** What somebody said of themselves, each with its name. */
export const claimsText = (claims: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(claims)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.replace(/^claimed_/, '')}: ${value}`)
    .join(', ');
