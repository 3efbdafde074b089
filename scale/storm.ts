/**
 * Many devices that lose their connections at once, and come back through the quotas of an account: each of them is the SDK's own
 * state machine, all of it in simulated time. What is around them is a model: see `docs/scale.md` for what it leaves out.
 */
import { seeded } from '../cost/seeded.ts';
import { dueAt, transition } from '../client/src/machine.ts';
import type { ServerMessage } from '../client/src/messages.ts';
import { defaultTiming, type Settings } from '../client/src/settings.ts';
import { type Effect, type Input, initialState, type State } from '../client/src/state.ts';
import { agenda } from './agenda.ts';
import { quotas } from './quotas.ts';
import { type Course, counting, type Refusal } from './storm-course.ts';
import type { Storm } from './storm-settings.ts';
import { bucket, functions, perMinute } from './supply.ts';

type Happening =
  | Readonly<{ kind: 'input'; device: number; input: Input }>
  | Readonly<{ kind: 'timer'; device: number }>
  /** A function has run; what it did comes out now. */
  | Readonly<{ kind: 'ran'; name: string; then: (() => void) | undefined }>
  | Readonly<{ kind: 'frame'; device: number; socketId: number; text: string }>
  /** The platform ends a connection for its age. */
  | Readonly<{ kind: 'aged'; device: number; socketId: number }>;

/** One way between a device and its region, on average; each message takes between half of it and half as much more. */
const wayMs = 40;
/** How long an issuer takes for a token. */
const issuerMs = 200;
/** The cut comes this long after the beginning, when tokens have a life behind them. */
const cutAtMs = 60 * 60_000;
const tokenLifeMs = 60 * 60_000;
/** Who is not back by then never will be told. */
const patienceMs = 24 * 60 * 60_000;

/** A machine numbers its sockets, and far fewer than so many. */
const socketKey = (device: number, socketId: number): number => device * 2 ** 24 + socketId;

const settings: Settings = {
  restaurantId: 'r-1',
  connectionType: 'kitchen',
  batch: true,
  deviceId: undefined,
  maxQueued: 100,
  maxQueuedChars: 512 * 1024,
  keeps: false,
  user: undefined,
  // Pings are left out: events come in their place.
  timing: { ...defaultTiming, heartbeatMs: patienceMs, doubtfulHeartbeatMs: patienceMs },
};
const identity = {
  userId: 'u-1',
  issuer: 'login',
  restaurantId: settings.restaurantId,
  connectionId: 'c-1',
  connectionType: settings.connectionType,
  role: 'employee',
};
const head = { epoch: 'e-1', seq: 1 };
const platformError: ServerMessage = { kind: 'platform_error' };
const tokenExpired: ServerMessage = {
  kind: 'final_message',
  final: {
    reason: 'token_expired',
    error: 'Authentication failed',
    reconnect: true,
    reauthenticate: true,
    retryAfterMs: 0,
  },
};
const letIn = (remainingMs: number): ServerMessage => ({
  kind: 'auth_success',
  identity,
  pass: undefined,
  remainingMs,
  at: undefined,
  retentionMs: undefined,
  pingIntervalMs: undefined,
  head,
});

/** How the storm went. The same storm goes the same way each time. */
export const runStorm = (storm: Storm): Course => {
  const chance = seeded(storm.seed);
  const { put, next, at } = agenda<Happening>();
  const lambda = functions(storm.concurrency, storm.functionMs, storm.coldMs);
  const newConnection = bucket(storm.rate, storm.rate);
  const request = bucket(storm.requests, storm.requestBurst);
  const token = storm.tokens === 0 ? () => true : bucket(storm.tokens, storm.tokens);
  const addressHas = perMinute(storm.connectsPerMinute);
  const backFromMs = cutAtMs + storm.outage * 1000;
  const counts = counting(storm.devices, cutAtMs, backFromMs);
  const states: State[] = [];
  const timers = new Float64Array(storm.devices).fill(Number.POSITIVE_INFINITY);
  const opened = new Set<number>();
  /** Of the token that each device has. */
  const tokenExpiresAt = new Float64Array(storm.devices);
  let tokensGiven = 0;

  const way = (): number => wayMs * (0.5 + chance());
  const tell = (device: number, afterMs: number, input: Input) => put(at() + afterMs, { kind: 'input', device, input });
  const refuse = (device: number, socketId: number, why: Refusal, afterMs = 0) => {
    counts.refused(why);
    tell(device, afterMs + 2 * way(), { kind: 'closed', socketId, code: undefined });
  };
  const runFunction = (name: string, then?: () => void): 'runs' | 'throttled' => {
    const takesMs = lambda.start(name, at());
    if (takesMs === 'throttled') return takesMs;
    put(at() + takesMs, { kind: 'ran', name, then });
    return 'runs';
  };

  const handshake = (device: number, socketId: number) => {
    counts.tried(at());
    if (at() < backFromMs) return refuse(device, socketId, 'outage');
    if (!newConnection(at())) return refuse(device, socketId, 'rate');
    if (!request(at())) return refuse(device, socketId, 'requests');
    const answer = () => {
      if (!storm.passes && !addressHas(Math.floor(device / storm.address), at()))
        return refuse(device, socketId, 'address');
      opened.add(socketKey(device, socketId));
      put(at() + quotas.connectionSeconds * 1000, { kind: 'aged', device, socketId });
      tell(device, 2 * way(), { kind: 'open', socketId });
    };
    if (runFunction('connect', answer) === 'throttled') refuse(device, socketId, 'concurrency');
  };

  const authenticate = (device: number, socketId: number) => {
    if (!opened.has(socketKey(device, socketId))) return;
    const fail = (why: 'requests' | 'concurrency') => {
      counts.refused(why);
      tell(device, way(), { kind: 'received', socketId, message: platformError });
    };
    // The message, and the call that answers it.
    if (!request(at(), 2)) return fail('requests');
    const answer = () => {
      const lifeMs = (tokenExpiresAt[device] ?? 0) - at();
      tell(device, way(), { kind: 'received', socketId, message: lifeMs > 0 ? letIn(lifeMs) : tokenExpired });
    };
    if (runFunction('authenticate', answer) === 'throttled') fail('concurrency');
  };

  const close = (device: number, socketId: number) => {
    // Whether the platform tells of it once more where no function could run is not known: it is lost here.
    if (opened.delete(socketKey(device, socketId))) runFunction('disconnect');
  };

  const askToken = (device: number, requestId: number) => {
    if (at() >= cutAtMs) counts.askedToken();
    const isGiven = token(at());
    if (!isGiven) counts.refused('tokens');
    else tokenExpiresAt[device] = at() + tokenLifeMs;
    const answer = isGiven ? { text: `token-${++tokensGiven}` } : { problem: 'Too many requests' };
    tell(device, issuerMs * (0.5 + chance()), { kind: 'token', request: requestId, answer });
  };

  const carryOut = (device: number, effect: Effect) => {
    if (effect.kind === 'ask_token') askToken(device, effect.request);
    if (effect.kind === 'open') handshake(device, effect.socketId);
    if (effect.kind === 'close') close(device, effect.socketId);
    if (effect.kind === 'send')
      put(at() + way(), { kind: 'frame', device, socketId: effect.socketId, text: effect.text });
  };

  const step = (device: number, input: Input) => {
    const before = states[device];
    if (before === undefined) return;
    const [after, effects] = transition(before, input, { now: at(), random: chance() });
    states[device] = after;
    if (at() >= cutAtMs) counts.saw(device, before.session?.socketId, after.session?.socketId, at());
    for (const effect of effects) carryOut(device, effect);
    const due = dueAt(after);
    if (due !== undefined && due < (timers[device] ?? 0)) setTimer(device, due);
  };

  const setTimer = (device: number, due: number) => {
    timers[device] = Math.max(due, at());
    put(due, { kind: 'timer', device });
  };

  /** A device has one timer: those that a sooner one came before stay on the agenda, and are nobody's. */
  const timer = (device: number) => {
    if (timers[device] !== at()) return;
    timers[device] = Number.POSITIVE_INFINITY;
    const state = states[device];
    const due = state && dueAt(state);
    if (due === undefined) return;
    if (due <= at()) return step(device, { kind: 'time' });
    setTimer(device, due);
  };

  /** In session since some time before the cut: what came until then concerns nobody. */
  const settle = (device: number) => {
    const sinceMs = cutAtMs - 60_000 - chance() * (cutAtMs - 60_000);
    const isOver = chance() < storm.expired;
    tokenExpiresAt[device] = isOver ? cutAtMs : cutAtMs + tokenLifeMs * (0.1 + 0.9 * chance());
    let state = initialState(settings, undefined);
    const take = (input: Input) => {
      [state] = transition(state, input, { now: sinceMs, random: chance() });
    };
    take({ kind: 'start' });
    take({ kind: 'token', request: 1, answer: { text: 'token-0' } });
    take({ kind: 'open', socketId: 2 });
    take({ kind: 'received', socketId: 2, message: letIn((tokenExpiresAt[device] ?? 0) - sinceMs) });
    states.push(state);
    put(cutAtMs + way(), { kind: 'input', device, input: { kind: 'closed', socketId: 2, code: 1001 } });
  };

  const happen = (what: Happening) => {
    switch (what.kind) {
      case 'input':
        return step(what.device, what.input);
      case 'timer':
        return timer(what.device);
      case 'ran':
        lambda.end(what.name);
        return what.then?.();
      case 'frame':
        return authenticate(what.device, what.socketId);
      case 'aged':
        if (opened.delete(socketKey(what.device, what.socketId)))
          tell(what.device, way(), { kind: 'closed', socketId: what.socketId, code: 1001 });
    }
  };

  for (let device = 0; device < storm.devices; device++) settle(device);
  const watchedUntilMs = backFromMs + storm.hours * 60 * 60_000;
  for (let what = next(); what !== undefined && at() < cutAtMs + patienceMs; what = next()) {
    if (counts.areBack() && at() > watchedUntilMs) break;
    counts.happened();
    happen(what);
  }
  return counts.course();
};
