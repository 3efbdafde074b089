/** Plays a course to the machine of the SDK and writes down what came out, in the vectors' own words. */
import { clientState } from '../src/client-state.ts';
import type { Cursor } from '../src/events.ts';
import { dueAt, transition } from '../src/machine.ts';
import { parseServerMessage } from '../src/messages.ts';
import { type KeptPublication, keptOf, type Settled, type User } from '../src/outbox-state.ts';
import { pendingOf } from '../src/pending.ts';
import { defaultTiming, type Settings } from '../src/settings.ts';
import { type Effect, type Input, initialState, type State } from '../src/state.ts';
import type { Course } from './course.ts';
import type { Vector, VectorInput, VectorPublication, VectorSettings, VectorStep, VectorUser } from './vector.ts';

/** Late enough that nothing is mistaken for the beginning of time. */
const beginsAt = 1_000_000;

export const defaultSettings: Settings = {
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  batch: true,
  deviceId: undefined,
  maxQueued: 100,
  maxQueuedChars: 512 * 1024,
  keeps: false,
  user: undefined,
  timing: defaultTiming,
};

export const play = ({ name, settings = {}, cursor, acts }: Course): Vector => {
  let state = initialState(settingsOf(settings), cursor);
  let place = cursor;
  let now = beginsAt;
  let shown: Readonly<Record<string, string>> = {};
  const numbers = numbering();
  const steps: VectorStep[] = [];
  for (const { after, random, input } of acts.flat()) {
    const due = dueAt(state);
    if (after === 'due' && due === undefined) throw new Error(`${name}: no timer is set at step ${steps.length}`);
    now = after === 'due' ? Math.max(now, due ?? now) : now + after;
    const kept = keptOf(state.outbox).map(({ id, sentAt }) => ({
      id,
      ...(sentAt !== undefined && { sent_at: sentAt }),
    }));
    const put = input({ now, ...numbers.last(), kept });
    const [next, effects] = transition(state, inputOf(put, now, numbers), { now, random });
    state = next;
    place = effects.reduce(moved, place);
    const view = viewOf(state, place);
    const texts = Object.fromEntries(Object.entries(view).map(([key, value]) => [key, JSON.stringify(value)]));
    steps.push({
      at: now,
      random,
      input: put,
      effects: effects.map((effect) => effectOf(effect, 'text' in put, numbers)),
      view: Object.fromEntries(Object.entries(view).filter(([key]) => texts[key] !== shown[key])),
    });
    shown = texts;
  }
  return { name, settings, cursor: cursor ?? null, steps };
};

const settingsOf = ({
  connection_type,
  batch,
  device_id,
  keeps,
  user,
  max_queued,
  max_queued_chars,
  timing,
}: VectorSettings): Settings => ({
  ...defaultSettings,
  connectionType: connection_type ?? defaultSettings.connectionType,
  batch: batch ?? defaultSettings.batch,
  deviceId: device_id,
  keeps: keeps ?? defaultSettings.keeps,
  user: user && userOf(user),
  maxQueued: max_queued ?? defaultSettings.maxQueued,
  maxQueuedChars: max_queued_chars ?? defaultSettings.maxQueuedChars,
  timing: { ...defaultSettings.timing, heartbeatMs: timing?.heartbeat_ms },
});

const userOf = ({ user_id, issuer }: VectorUser): User => ({ userId: user_id, issuer });

/** The machine numbers sockets, requests and replays together; a vector, which knows no machine, each from 1. */
const numbering = () => {
  const kinds: { socket: number[]; request: number[]; replay: string[]; who: string[] } = {
    socket: [],
    request: [],
    replay: [],
    who: [],
  };
  const nth = <T>(list: T[], one: T): number => (list.includes(one) ? list.indexOf(one) : list.push(one) - 1) + 1;
  return {
    socket: (own: number) => nth(kinds.socket, own),
    request: (own: number) => nth(kinds.request, own),
    replay: (own: string) => `replay-${nth(kinds.replay, own)}`,
    who: (own: string) => `who-${nth(kinds.who, own)}`,
    ownSocket: (number: number) => kinds.socket[number - 1] ?? -1,
    ownRequest: (number: number) => kinds.request[number - 1] ?? -1,
    /** Replays and questions are named in frames, so there by text. */
    own: (frame: string) =>
      frame
        .replace(/"replay-(\d+)"/g, (_, number) => `"${kinds.replay[Number(number) - 1]}"`)
        .replace(/"who-(\d+)"/g, (_, number) => `"${kinds.who[Number(number) - 1]}"`),
    last: () => ({
      socket: kinds.socket.length,
      request: kinds.request.length,
      replay: `replay-${kinds.replay.length}`,
      who: `who-${kinds.who.length}`,
    }),
  };
};
type Numbers = ReturnType<typeof numbering>;

const inputOf = (input: VectorInput, now: number, numbers: Numbers): Input => {
  switch (input.kind) {
    case 'token': {
      const request = numbers.ownRequest(input.request);
      return { kind: 'token', request, answer: 'text' in input ? { text: input.text } : { problem: input.problem } };
    }
    case 'open':
      return { kind: 'open', socketId: numbers.ownSocket(input.socket) };
    case 'frame': {
      const frame = 'text' in input ? input.text : JSON.stringify(input.message);
      return {
        kind: 'received',
        socketId: numbers.ownSocket(input.socket),
        message: parseServerMessage(numbers.own(frame)),
      };
    }
    case 'closed':
      return {
        kind: 'closed',
        socketId: numbers.ownSocket(input.socket),
        ...('code' in input ? { code: input.code } : { code: undefined, problem: input.problem }),
      };
    case 'publish': {
      const { id, text, expires_at: expiresAt } = input;
      return { kind: 'publish', publication: { id, text, since: now, expiresAt } };
    }
    case 'restored': {
      const { publications, cursor, silences } = input;
      return {
        kind: 'restored',
        publications: publications.map(keptPublicationOf),
        cursor: cursor && { ...cursor, user: cursor.user && userOf(cursor.user) },
        silences,
      };
    }
    case 'stored':
      return {
        kind: 'stored',
        publications: input.publications.map(({ id, sent_at: sentAt }) => ({ id, text: '', since: 0, sentAt })),
      };
    default:
      return input;
  }
};

const keptPublicationOf = ({
  id,
  text,
  since,
  expires_at,
  user,
  sent_at,
  returned,
}: VectorPublication): KeptPublication => ({
  id,
  text,
  since,
  expiresAt: expires_at,
  user: user && userOf(user),
  sentAt: sent_at,
  returned,
});

const effectOf = (effect: Effect, asText: boolean, numbers: Numbers): unknown => {
  const { kind } = effect;
  switch (kind) {
    case 'ask_token':
      return { kind, request: numbers.request(effect.request), why: effect.why };
    case 'open':
    case 'close':
      return { kind, socket: numbers.socket(effect.socketId) };
    case 'send': {
      const message: Readonly<Record<string, unknown>> = JSON.parse(effect.text);
      const { type, id } = message;
      const socket = numbers.socket(effect.socketId);
      if (type === 'replay') return { kind, socket, message: { ...message, id: numbers.replay(String(id)) } };
      if (type === 'who') return { kind, socket, message: { ...message, id: numbers.who(String(id)) } };
      return id === undefined ? { kind, socket, message } : { kind, socket, text: effect.text };
    }
    case 'deliver': {
      const { raw, ...event } = effect.event;
      return { kind, event: { ...snake(event), data: event.data, ...(asText && { raw }) } };
    }
    case 'gap':
      return { kind, ...effect.gap };
    case 'settle':
      return { kind, id: effect.id, ...resultOf(effect.result) };
    case 'present': {
      const { told } = effect;
      return { kind, ...('code' in told ? told : { sessions: told.sessions.map(snake) }) };
    }
    case 'end':
      return { kind, ...effect.end };
    case 'cursor':
    case 'returned':
      return effect;
  }
};

/** Of `queue_full` the field is an option of the client, which is called so in TypeScript. */
const resultOf = (result: Settled['result']): Readonly<Record<string, unknown>> =>
  'code' in result && result.code === 'queue_full' && result.field
    ? { ...result, field: snakeName(result.field) }
    : snake(result);

/** As the shell moves it. */
const moved = (place: Cursor | undefined, effect: Effect): Cursor | undefined => {
  if (effect.kind === 'deliver') return { epoch: effect.event.epoch, seq: effect.event.seq };
  if (effect.kind === 'gap') return effect.gap.cursor;
  return effect.kind === 'cursor' ? effect.cursor : place;
};

const statusOf = (state: State) => {
  const view = clientState(state);
  if (view.status !== 'connected') return { state: snake(view), session: null };
  const { session, ...rest } = view;
  return { state: snake(rest), session: snake(session) };
};

const viewOf = (state: State, cursor: Cursor | undefined): Readonly<Record<string, unknown>> => ({
  ...statusOf(state),
  cursor: cursor ?? null,
  pending: state.outbox.map((one) => {
    const { id, state: at, isKept, user, returned } = pendingOf(one);
    return snake({ id, state: at, isKept, user, returned });
  }),
  // What a storage has is left alone at the end.
  ...(state.settings.keeps && { kept: state.end ? null : keptOf(state.outbox).map((one) => snake(one)) }),
  // Most clients never have one.
  ...(Object.keys(state.silences).length > 0 && { silences: state.silences }),
  timer: dueAt(state) ?? null,
});

/** Members by the wire's names; those that are undefined are left out. */
export const snake = (value: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [
        snakeName(key),
        typeof member === 'object' && member !== null && !Array.isArray(member) && key !== 'data'
          ? snake(member)
          : member,
      ]),
  );

const snakeName = (name: string): string => name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
