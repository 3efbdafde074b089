import { rejectAll } from './outbox.ts';
import type { Effect, End, State, Step } from './state.ts';

/** The one way to stop for good: every connection is closed and every publication settled. */
export const endWith = (state: State, end: End): Step => {
  if (state.end !== undefined) return [state, []];
  const { attempt, session, old } = state;
  const links = [attempt !== undefined && 'link' in attempt ? attempt.link : undefined, session?.link, old?.link];
  const [outbox, settled] = rejectAll(state.outbox, 'ended');
  const closes = links.flatMap((link): Effect[] => (link === undefined ? [] : [{ kind: 'close', link }]));
  return [
    { ...state, attempt: undefined, session: undefined, old: undefined, token: undefined, outbox, end },
    [...closes, ...settled, { kind: 'end', end }],
  ];
};
