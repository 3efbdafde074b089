/** Who is there: asked page by page. One question at a time, and whoever asks meanwhile hears its answer. */
import type { ServerMessage } from './messages.ts';
import type { Draft, State } from './state.ts';
import type { Asking, Told } from './who-state.ts';

export const askWho = (draft: Draft) => {
  const { session, now } = draft;
  if (draft.who) return;
  if (session?.phase !== 'staying') return tell(draft, { code: 'not_connected' });
  const id = `who-${++draft.serial}`;
  draft.who = { id, socketId: session.socketId, after: undefined, sessions: [], answerBy: undefined, notBefore: now };
};

export const sendWho = (draft: Draft, who: Asking) => {
  const { id, after } = who;
  // A younger connection may have taken over since the page before.
  const { socketId } = draft.session ?? who;
  draft.who = { ...who, socketId, answerBy: draft.now + draft.settings.timing.answerTimeoutMs };
  draft.effects.push({ kind: 'send', socketId, text: JSON.stringify({ type: 'who', id, after }) });
};

export const hearWho = (draft: Draft, page: Extract<ServerMessage, { kind: 'present' }>) => {
  const { who, now } = draft;
  if (who?.id !== page.id) return;
  const sessions = [...who.sessions, ...page.sessions];
  if (!page.more) return tell(draft, { sessions });
  const after = page.next ?? who.after;
  draft.who = { ...who, sessions, after, answerBy: undefined, notBefore: now + page.retryAfterMs };
};

/** The question under way has no answer: the one of that id, or on that connection, or whichever there is. */
export const failWho = (draft: Draft, code: string, which: (who: Asking) => boolean = () => true) => {
  if (draft.who && which(draft.who)) tell(draft, { code });
};

/** When the next page may be asked for, as far as the gateway says. */
export const whoFrom = ({ who }: State): number | undefined =>
  who?.answerBy === undefined ? who?.notBefore : undefined;

const tell = (draft: Draft, told: Told) => {
  draft.who = undefined;
  draft.effects.push({ kind: 'present', told });
};
