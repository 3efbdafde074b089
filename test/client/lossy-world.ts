/** The SDK's machine between a gateway and a network that lose what they like, in simulated time. */
import { dueAt, transition } from '../../client/src/machine.ts';
import { parseServerMessage } from '../../client/src/messages.ts';
import { defaultTiming, type Timing } from '../../client/src/settings.ts';
import { type Effect, type Input, initialState, type Signal, type State } from '../../client/src/state.ts';

/** What becomes of a post: taken at once, never, or by the post of 30 s later, as PROTOCOL.md has it. */
export type Fate = 'heard' | 'lost' | 'late';
export type Act = Readonly<{
  afterMs: number;
  /** `publish`: the device says what it does not hear itself. `silence`: its line dies, and nobody is told. */
  does: 'event' | 'publish' | 'silence' | Signal;
  fate: Fate;
}>;
export type World = Readonly<{
  /** Before the last post to a session and its answers, each way. */
  latencyMs: number;
  /** What `auth_success` and `pong` tell may be so old, and a session may be so young that it is posted nothing. */
  lagMs: number;
  gatewayAheadMs: number;
  /** Which pings have an answer, in turn. */
  pongs: readonly boolean[];
  pingIntervalMs?: number;
  timing?: Partial<Timing>;
}>;

/** Longer than it takes to be noticed, whatever happens. */
const healingMs = 700_000;
const lateMs = 32_000;

export const liveAmongLosses = (acts: readonly Act[], world: World, boundMs: number) => {
  const { latencyMs, lagMs, gatewayAheadMs, pongs, pingIntervalMs } = world;
  const settings = {
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    batch: true,
    deviceId: undefined,
    maxQueued: 100,
    maxQueuedChars: 100_000,
    keeps: false,
    user: undefined,
    timing: { ...defaultTiming, ...world.timing },
  };
  let state: State = initialState(settings, undefined);
  let now = 1_000_000;
  let pings = 0;
  let isHealed = false;
  const coming: { at: number; run: () => void }[] = [];
  /** How long ago an event had been posted, at most, when it was noticed. */
  let worstMs = 0;
  const lines = new Map<number, { isAlive: boolean; heardFrom: number }>();
  const posted: { seq: number; at: number; fate: Fate }[] = [];
  const heard: number[] = [];

  const later = (ms: number, run: () => void): void => {
    coming.push({ at: now + ms, run });
  };
  const stamp = (ms: number): string => new Date(ms + gatewayAheadMs).toISOString();
  const head = (lag: number) => ({
    epoch: 'e-1',
    head_seq: posted.filter(({ at }) => at <= now - lag).at(-1)?.seq ?? 0,
  });
  const eventOf = ({ seq, at }: { seq: number; at: number }) => ({
    type: 'order.created',
    id: `evt-${seq}`,
    seq,
    prev_seq: seq - 1,
    epoch: 'e-1',
    data: {},
    timestamp: stamp(at),
  });

  const step = (input: Input): void => {
    // Up to this moment: the step may notice it.
    for (const { seq, at } of posted) if (!isNoticed(seq)) worstMs = Math.max(worstMs, now - at);
    const [after, effects] = transition(state, input, { now, random: 0.5 });
    state = after;
    for (const effect of effects) perform(effect);
  };
  /** Heard, known to be missing, or the connection that should have brought it is given up. */
  const isNoticed = (seq: number): boolean =>
    state.session === undefined || Math.max(state.feed.cursor?.seq ?? 0, state.feed.wanted) >= seq;

  const say = (socketId: number, message: object): void =>
    later(latencyMs, () => {
      if (lines.get(socketId)?.isAlive)
        step({ kind: 'received', socketId, message: parseServerMessage(JSON.stringify(message)) });
    });

  const answer = (socketId: number, message: Readonly<Record<string, unknown>>): void => {
    const line = lines.get(socketId);
    if (!line?.isAlive) return;
    switch (message['type']) {
      case 'authenticate':
        line.heardFrom = Math.min(line.heardFrom, now + lagMs);
        say(socketId, {
          type: 'auth_success',
          ...head(lagMs),
          timestamp: stamp(now),
          session_expires_at: stamp(now + 7_200_000),
          ping_interval_ms: pingIntervalMs,
        });
        return;
      case 'ping':
        if (isHealed || pongs[pings++ % pongs.length]) say(socketId, { type: 'pong', ...head(lagMs) });
        return;
      case 'replay': {
        const events = posted.filter(({ seq }) => seq > Number(message['after'])).map(eventOf);
        const nextAfter = posted.at(-1)?.seq ?? 0;
        say(socketId, { type: 'replayed', id: message['id'], events, ...head(0), next_after: nextAfter });
        return;
      }
      default:
        say(socketId, { type: 'accepted', id: message['id'], event_id: 'of another type' });
        return;
    }
  };

  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'ask_token':
        later(10, () => step({ kind: 'token', request: effect.request, answer: { text: 't' } }));
        return;
      case 'open':
        lines.set(effect.socketId, { isAlive: true, heardFrom: Number.POSITIVE_INFINITY });
        later(latencyMs, () => step({ kind: 'open', socketId: effect.socketId }));
        return;
      case 'send':
        later(latencyMs, () => answer(effect.socketId, JSON.parse(effect.text)));
        return;
      case 'close':
        lines.delete(effect.socketId);
        return;
      case 'deliver':
        heard.push(effect.event.seq);
        return;
      default:
        return;
    }
  };

  const post = (event: { seq: number; at: number }): void => {
    for (const [socketId, line] of lines) if (line.heardFrom <= event.at) say(socketId, eventOf(event));
  };
  const act = ({ does, fate }: Act, nth: number): void => {
    switch (does) {
      case 'event': {
        const event = { seq: posted.length + 1, at: now, fate };
        posted.push(event);
        if (fate === 'heard') post(event);
        if (fate === 'late') later(lateMs, () => post(event));
        return;
      }
      case 'publish':
        step({
          kind: 'publish',
          publication: { id: `p-${nth}`, text: `{"type":"a.b","id":"p-${nth}"}`, since: now, expiresAt: now + 300_000 },
        });
        return;
      case 'silence':
        for (const line of lines.values()) line.isAlive = false;
        return;
      default:
        step({ kind: 'signal', signal: does });
        return;
    }
  };

  /** Everything that happens up to then, in its order. */
  const pass = (until: number): void => {
    for (;;) {
      const timer = dueAt(state) ?? Number.POSITIVE_INFINITY;
      const next = coming.reduce<(typeof coming)[number] | undefined>(
        (first, one) => (first === undefined || one.at < first.at ? one : first),
        undefined,
      );
      const at = Math.min(timer, next?.at ?? Number.POSITIVE_INFINITY);
      if (at > until) break;
      now = Math.max(now, at);
      if (next && next.at <= timer) {
        coming.splice(coming.indexOf(next), 1);
        next.run();
      } else step({ kind: 'time' });
    }
    now = until;
  };

  step({ kind: 'start' });
  // The first session is there by then, at the longest latency: what was before it is not promised.
  pass(now + 2_000);
  for (const [nth, one] of acts.entries()) {
    pass(now + one.afterMs);
    act(one, nth);
  }
  pass(now + boundMs);
  isHealed = true;
  pass(now + healingMs);
  return { worstMs, posted, heard, connections: [...lines.keys()], pings };
};
