/** What may happen to one connection: who says what, who leaves, how time passes, what goes wrong. */
import fc from 'fast-check';
import type { Fate } from '../memory/port-call.ts';
import { startMs, tokenOf } from '../memory/world.ts';

// The same schedules every time, so that a red run can be run again; FC_SEED=<number> tries others.
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 17) });

const authenticateAs = (token: string): string =>
  JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });

/** What a client may send. The first four are good, as three different people. */
export const texts = {
  chef: authenticateAs(tokenOf('u-chef')),
  cashier: authenticateAs(tokenOf('u-cashier')),
  'platform owner': authenticateAs(tokenOf('u-platform')),
  'chef, with little time left': authenticateAs('token-brief'),
  stranger: authenticateAs(tokenOf('u-stranger')),
  expired: authenticateAs('token-expired'),
  forged: authenticateAs('token-forged'),
  unjudged: authenticateAs('token-unjudged'),
  ping: '{"type":"ping"}',
  junk: '[',
} as const;
export type Said = keyof typeof texts;

/** Lasts until a second after the timer. */
export const briefToken = { issuer: 'demo', userId: 'u-chef', issuedAtMs: startMs, expiresAtMs: startMs + 7_000 };

/** Whose session a text is good for. */
export const entitledBy: ReadonlyMap<string, string> = new Map([
  [texts.chef, 'u-chef'],
  [texts.cashier, 'u-cashier'],
  [texts['platform owner'], 'u-platform'],
  [texts['chef, with little time left'], 'u-chef'],
]);

export type Stimulus =
  | Readonly<{ does: 'say'; said: Said }>
  | Readonly<{ does: 'wait'; ms: number }>
  | Readonly<{ does: 'leave' }>;

export const say = (said: Said): Stimulus => ({ does: 'say', said });
export const wait = (ms: number): Stimulus => ({ does: 'wait', ms });
export const leave: Stimulus = { does: 'leave' };

/** The n-th call of the n-th invocation has that fate. Invocations count in the order they begin, the handshake apart. */
export type Fault = Readonly<{ invocation: number; call: number; fate: Fate }>;

export type Script = Readonly<{
  /** Said and answered before anything else happens. */
  prologue: readonly Said[];
  stimuli: readonly Stimulus[];
  /** How often `$disconnect` comes. */
  disconnects: 0 | 1 | 2;
  /** How the queue delivers. `late`: after everything else has come to rest. */
  timers: 'once' | 'twice' | 'late' | 'lost';
  faults: readonly Fault[];
}>;

export const goodSaid = fc.constantFrom<Said>('chef', 'cashier', 'platform owner', 'chef, with little time left');
export const badSaid = fc.constantFrom<Said>('stranger', 'expired', 'forged', 'unjudged', 'ping', 'junk');

/** Steps of time that land on and around every limit: deadline 5 s, timer 6 s, lease 4 s. */
export const anyWait = fc
  .constantFrom(1, 999, 1_000, 3_999, 4_000, 4_001, 4_999, 5_000, 5_001, 6_000, 30_000)
  .map(wait);

export const anyStimulus = fc.oneof(
  { weight: 3, arbitrary: goodSaid.map(say) },
  { weight: 2, arbitrary: badSaid.map(say) },
  { weight: 3, arbitrary: anyWait },
  { weight: 1, arbitrary: fc.constant(leave) },
);

/** Any script, with each part replaced that a test is particular about. */
export const scripts = (parts: Partial<{ [K in keyof Script]: fc.Arbitrary<Script[K]> }> = {}): fc.Arbitrary<Script> =>
  fc.record<Script>({
    prologue: fc.constantFrom<Script['prologue']>([], [], ['chef'], ['chef, with little time left']),
    stimuli: fc.array(anyStimulus, { minLength: 1, maxLength: 6 }),
    disconnects: fc.constantFrom<Script['disconnects']>(0, 1, 2),
    timers: fc.constantFrom<Script['timers']>('once', 'twice', 'late'),
    faults: fc.constant([]),
    ...parts,
  });

const faultOf = (...fates: readonly Fate[]): fc.Arbitrary<Fault> =>
  fc.record<Fault>({
    invocation: fc.nat(5),
    call: fc.integer({ min: 1, max: 12 }),
    fate: fc.constantFrom(...fates),
  });

/** The function ends there, before or after the call is applied. */
export const anyCrash = faultOf('stops_before', 'stops_after');

/** The network fails: nothing was applied, or the answer was lost, for the SDK to find out or for the handler. */
export const anyLoss = faultOf('lost', 'answer_lost', 'retried');

/** Several things at once, in an order the scheduler chooses among all. */
export const shuffled = (...parts: readonly fc.Arbitrary<Stimulus>[]): fc.Arbitrary<readonly Stimulus[]> =>
  fc.tuple(...parts).chain((stimuli) => fc.shuffledSubarray(stimuli, { minLength: stimuli.length }));
