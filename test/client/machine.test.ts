/** Properties of the pure machine, whatever comes in and in whatever order. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RestaurantEvent } from '../../client/src/index.ts';
import { dueAt, transition } from '../../client/src/machine.ts';
import { parseServerMessage } from '../../client/src/messages.ts';
import { defaultTiming } from '../../client/src/settings.ts';
import { type Effect, type Input, initialState, type Signal, type State } from '../../client/src/state.ts';
import { runs } from '../harness/runs.ts';
import { keysOf } from '../keys-of.ts';

const settings = {
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  batch: true,
  deviceId: undefined,
  maxQueued: 5,
  maxQueuedChars: 1_000,
  keeps: false,
  user: undefined,
  timing: defaultTiming,
};
const start = initialState(settings, undefined);

/** Input as a world makes it that may lie: it knows which connections and requests there are. */
type Act = (state: State, effects: readonly Effect[]) => Input | undefined;

const socketIdsOf = ({ attempt, session, old }: State): readonly number[] =>
  [
    attempt !== undefined && 'socketId' in attempt ? attempt.socketId : undefined,
    session?.socketId,
    old?.socketId,
  ].filter((socketId) => socketId !== undefined);

const small = fc.nat({ max: 12 });
const epoch = fc.constantFrom('a', 'a', 'a', 'b');
const event = fc
  .record({ seq: fc.integer({ min: 1, max: 12 }), back: fc.integer({ min: 1, max: 3 }), epoch })
  .map(({ seq, back, epoch: name }) => ({
    type: 'order.created',
    id: `${name}${seq}`,
    seq,
    prev_seq: Math.max(0, seq - back),
    epoch: name,
  }));
const advice = fc.record({
  reason: fc.constantFrom('token_expired', 'session_expired', 'going_away', 'access_denied', 'unavailable'),
  reconnect: fc.constantFrom(true, true, true, false),
  reauthenticate: fc.boolean(),
  retry_after_ms: fc.constantFrom(null, 5_000, 1e9),
});
const frame: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: event },
  { weight: 2, arbitrary: fc.array(event, { maxLength: 6 }).map((events) => ({ type: 'events', events })) },
  {
    weight: 6,
    arbitrary: fc
      .record({ epoch, head_seq: small, leftMs: fc.constantFrom(1_000, 100_000, 7_200_000) })
      .map(({ leftMs, ...head }) => ({
        type: 'auth_success',
        ...head,
        timestamp: new Date(0).toISOString(),
        session_expires_at: new Date(leftMs).toISOString(),
      })),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('pong'), epoch, head_seq: small }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('replayed'),
      epoch,
      events: fc.array(event, { maxLength: 6 }),
      head_seq: small,
      next_after: small,
      more: fc.boolean(),
      gap: fc.constantFrom(false, false, false, true),
      retry_after_ms: fc.constantFrom(undefined, undefined, null, 'soon', -1, 1, 20_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('closing', 'auth_error'), advice).map(([type, rest]) => ({ type, ...rest })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('accepted', 'error'),
      id: fc.constantFrom('p1', 'p2', undefined),
      event_id: fc.constant('e'),
      reason: fc.constantFrom('forbidden', 'rate_limited', 'unavailable', 'unknown_type'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('present', 'present', 'error'),
      id: fc.constantFrom('who-3', 'who-4', 'who-5', 'who-6', undefined),
      sessions: fc.constantFrom([], [{ user_id: 'u-1' }], 'none'),
      next: fc.constantFrom(undefined, 'place'),
      more: fc.boolean(),
      retry_after_ms: fc.constantFrom(undefined, null, 1, 20_000),
      reason: fc.constantFrom('forbidden', 'unavailable'),
    }),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.constant({ message: 'Internal server error', requestId: 'r' }) },
);

const welcome = {
  type: 'auth_success',
  epoch: 'a',
  head_seq: 0,
  timestamp: new Date(0).toISOString(),
  session_expires_at: new Date(3_600_000).toISOString(),
};

const signals = keysOf({
  online: true,
  offline: true,
  foreground: true,
  background: true,
  network_changed: true,
} satisfies Record<Signal, true>);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Act>(() => ({ kind: 'time' })) },
  {
    weight: 4,
    arbitrary: fc.boolean().map<Act>((gives) => ({ attempt, session }) => {
      const request =
        attempt?.at === 'token' ? attempt.request : session?.renewal.at === 'asking' ? session.renewal.request : 0;
      return { kind: 'token', request, answer: gives ? { text: 't' } : { problem: 'no' } };
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constant<Act>(({ attempt }) =>
      attempt?.at === 'opening' ? { kind: 'open', socketId: attempt.socketId } : undefined,
    ),
  },
  {
    weight: 16,
    arbitrary: fc.tuple(fc.nat({ max: 2 }), frame).map<Act>(([which, sent]) => (state) => {
      const socketIds = socketIdsOf(state);
      const socketId = socketIds[which % Math.max(1, socketIds.length)];
      return socketId === undefined
        ? undefined
        : { kind: 'received', socketId, message: parseServerMessage(JSON.stringify(sent)) };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 2 }).map<Act>((which) => (state) => {
      const socketId = socketIdsOf(state)[which];
      return socketId === undefined ? undefined : { kind: 'closed', socketId, code: 1006 };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...signals).map<Act>((signal) => () => ({ kind: 'signal', signal })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('wifi', 'cellular').map<Act>((name) => () => ({ kind: 'network', name })),
  },
  { weight: 1, arbitrary: fc.constant<Act>(() => ({ kind: 'who' })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('p1', 'p2', 'p3').map<Act>((id) => () => ({
      kind: 'publish',
      publication: { id, text: `{"id":"${id}"}`, since: 0, expiresAt: 10_000_000 },
    })),
  },
);

type TelemetryHeard = Readonly<{ state: State; effects: readonly Effect[]; before: State; now: number }>;

/** Runs a life; `mustHold` sees every step of it. */
const live = (acts: readonly (readonly [Act, number])[], random: number, mustHold: (told: TelemetryHeard) => void) => {
  let state = start;
  let now = 0;
  let last: readonly Effect[] = [];
  const step = (input: Input) => {
    const before = state;
    const frozen = JSON.stringify(before);
    const [after, effects] = transition(before, input, { now, random });
    expect(JSON.stringify(before)).toBe(frozen);
    state = after;
    last = effects;
    mustHold({ state, effects, before, now });
  };
  // Chance would seldom get through the door.
  step({ kind: 'start' });
  step({ kind: 'token', request: 1, answer: { text: 't' } });
  step({ kind: 'open', socketId: 2 });
  step({ kind: 'received', socketId: 2, message: parseServerMessage(JSON.stringify(welcome)) });
  for (const [next, waitMs] of acts) {
    now += waitMs;
    const input = next(state, last);
    if (input !== undefined) step(input);
  }
  return state;
};

const acts = fc.array(fc.tuple(act, fc.constantFrom(0, 0, 1, 20, 1_000, 12_000, 130_000)), {
  minLength: 30,
  maxLength: 90,
});
const anyRandom = fc.constantFrom(0, 0.3, 0.999_999);
const holds = (mustHold: () => (told: TelemetryHeard) => void, numRuns = 800) =>
  fc.assert(
    fc.property(acts, anyRandom, (life, random) => {
      live(life, random, mustHold());
    }),
    { numRuns: runs(numRuns) },
  );

describe('an answer of the token provider that comes too late', () => {
  const then = (state: State, input: Input, now: number) => transition(state, input, { now, random: 0 })[0];

  test('is not taken for that of the next request', () => {
    const first = then(start, { kind: 'start' }, 0);
    const second = then(then(first, { kind: 'time' }, 15_000), { kind: 'time' }, 15_000);
    expect(second.attempt).toMatchObject({ at: 'token', request: 2 });
    const late: Input = { kind: 'token', request: 1, answer: { text: 'late' } };
    expect(then(second, late, 15_001).attempt).toEqual(second.attempt);
  });

  test('nor in a session', () => {
    const asking = then(
      live([], 0, () => {}),
      { kind: 'time' },
      3_550_000,
    );
    expect(asking.session?.renewal).toMatchObject({ at: 'asking', request: 3 });
    const [after, effects] = transition(
      asking,
      { kind: 'token', request: 1, answer: { text: 'late' } },
      { now: 3_550_001, random: 0 },
    );
    expect(after.session?.renewal).toEqual(asking.session?.renewal);
    expect(effects).toEqual([]);
  });
});

describe('a session that was short', () => {
  test('counts once, although it is said to go and then goes', () => {
    const goes = { type: 'closing', reason: 'going_away', reconnect: true };
    const after = (...inputs: readonly Input[]) =>
      inputs.reduce(
        (state, input) => transition(state, input, { now: 100, random: 0.5 })[0],
        live([], 0.5, () => {}),
      );
    const leaving = after({ kind: 'received', socketId: 2, message: parseServerMessage(JSON.stringify(goes)) });
    expect(leaving.shortSessions).toBe(1);
    const gone = transition(leaving, { kind: 'closed', socketId: 2, code: 1000 }, { now: 60_000, random: 0.5 })[0];
    expect(gone.shortSessions).toBe(1);
    expect(gone.session).toBeUndefined();
  });
});

describe('whatever comes in', () => {
  test('events of an epoch are delivered in order, each once, without a hole but where a gap is told', () => {
    let delivered = 0;
    let replayed = 0;
    holds(() => {
      let at: { epoch: string; seq: number } | undefined;
      return ({ effects }) => {
        for (const effect of effects) {
          if (effect.kind === 'deliver') {
            const one: RestaurantEvent = effect.event;
            expect(one.epoch).toBe(at?.epoch);
            expect(one.seq).toBeGreaterThan(at?.seq ?? Number.POSITIVE_INFINITY);
            at = { epoch: one.epoch, seq: one.seq };
            delivered += 1;
          }
          if (effect.kind === 'cursor') {
            expect(effect.cursor.epoch).toBe(at?.epoch);
            expect(effect.cursor.seq).toBeGreaterThan(at?.seq ?? Number.POSITIVE_INFINITY);
            at = effect.cursor;
            replayed += 1;
          }
          if (effect.kind === 'gap') {
            if (effect.gap.cursor.epoch === at?.epoch) expect(effect.gap.cursor.seq).toBeGreaterThanOrEqual(at.seq);
            at = effect.gap.cursor;
          }
        }
      };
    });
    // The lives are long enough to mean something.
    expect(delivered).toBeGreaterThan(runs(125));
    expect(replayed).toBeGreaterThan(runs(10));
  });

  test('nothing but authenticate is sent before auth_success, and nothing on a connection that is closed', () => {
    let sent = 0;
    holds(() => {
      const authenticated = new Set<number>();
      const closed = new Set<number>();
      return ({ effects, state }) => {
        if (state.session) authenticated.add(state.session.socketId);
        for (const effect of effects) {
          if (effect.kind === 'close') closed.add(effect.socketId);
          if (effect.kind !== 'send') continue;
          sent += 1;
          expect(closed).not.toContain(effect.socketId);
          if (!authenticated.has(effect.socketId))
            expect(JSON.parse(effect.text)).toMatchObject({ type: 'authenticate' });
        }
      };
    });
    expect(sent).toBeGreaterThan(runs(250));
  });

  test('time never stands still: what is due is done, and the next is later', () => {
    holds(
      () =>
        ({ state, now }) => {
          let next = state;
          let at = now;
          for (let steps = 0; steps < 4; steps++) {
            const due = dueAt(next);
            if (due === undefined) break;
            at = Math.max(at, due);
            const [after] = transition(next, { kind: 'time' }, { now: at, random: 0.5 });
            const then = dueAt(after);
            if (then !== undefined) expect(then).toBeGreaterThan(at);
            next = after;
          }
        },
      250,
    );
  });

  test('a question is answered once: at once, or within ten seconds and the waits that the gateway asked for', () => {
    let answers = 0;
    holds(() => ({ before, state, effects, now }) => {
      const told = effects.filter(({ kind }) => kind === 'present').length;
      answers += told;
      expect(told).toBeLessThanOrEqual(1);
      if (before.who !== undefined && state.who?.id !== before.who.id) expect(told).toBe(1);
      if (before.who === undefined && state.who === undefined && told === 1)
        expect(state.session?.phase).not.toBe('staying');
      if (state.who === undefined) return;
      expect(state.end).toBeUndefined();
      expect(state.who.answerBy ?? now).toBeLessThanOrEqual(now + 10_000);
      // It is not forgotten: it has a time at which something is done about it.
      if (state.session?.phase === 'staying') expect(dueAt(state)).toBeDefined();
    });
    expect(answers).toBeGreaterThan(runs(125));
  });

  test('every publication is settled once, at the latest by the end', () => {
    fc.assert(
      fc.property(acts, (life) => {
        const open = new Map<string, number>();
        const note = (effects: readonly Effect[]) => {
          for (const effect of effects)
            if (effect.kind === 'settle') open.set(effect.id, (open.get(effect.id) ?? 0) - 1);
        };
        const last = live(life, 0.5, ({ effects, state, before }) => {
          const ids = (of: State) => of.outbox.map(({ id }) => id);
          for (const id of new Set([...ids(state), ...ids(before)])) {
            const count = (of: State) => ids(of).filter((one) => one === id).length;
            const settled = effects.filter((effect) => effect.kind === 'settle' && effect.id === id).length;
            if (count(state) < count(before)) expect(settled).toBeGreaterThan(0);
          }
          note(effects);
        });
        const [after, effects] = transition(last, { kind: 'close' }, { now: 1e9, random: 0.5 });
        if (last.end === undefined)
          expect(effects.filter(({ kind }) => kind === 'settle')).toHaveLength(last.outbox.length);
        expect(after.outbox).toEqual([]);
        expect(dueAt(after)).toBeUndefined();
        for (const kind of ['start', 'time', 'close'] as const)
          expect(transition(after, { kind }, { now: 1e9, random: 0.5 })[1]).toEqual([]);
      }),
      { numRuns: runs(600) },
    );
  });

  test('after the end nothing is opened, sent or delivered any more', () => {
    let ends = 0;
    holds(() => ({ before, effects }) => {
      if (before.end === undefined) return;
      ends += 1;
      // Whoever asks or publishes nevertheless is answered.
      expect(effects.filter(({ kind }) => kind !== 'settle' && kind !== 'present')).toEqual([]);
    });
    expect(ends).toBeGreaterThan(runs(25));
  });
});
