/** The outbox's function among targets that fail: what it is handed, and what became of it. */
import type { DynamoDBRecord } from 'aws-lambda';
import type { Answer } from '../../lambdas/outbox/answers.ts';
import type { Envelope } from '../../lambdas/outbox/envelope.ts';
import type { Letter } from '../../lambdas/outbox/letter.ts';
import type { OutboxTarget } from '../../lambdas/ports.ts';
import type { OutboxPorts } from '../../lambdas/route-ports.ts';
import { outbox } from '../../lambdas/routes/outbox.ts';
import { Crash } from './lambda-stream.ts';
import { nowMs } from './records.ts';

/** What goes wrong at one call. `after`: what was asked for was done. */
export type Fault =
  | 'none'
  | 'crash before'
  | 'crash after'
  | 'down'
  | 'answer lost'
  | Readonly<{ partly: readonly number[]; code: string }>;

export type World = Readonly<{
  ports: OutboxPorts;
  /** What the target took, in its order, repeats among it. */
  took: readonly Envelope[];
  aside: ReadonlyMap<string, Readonly<{ letter: Letter; why: string }>>;
  /** How often something was to be set aside. */
  asideCalls: () => number;
  failures: readonly string[];
  ran: readonly Readonly<{ handedOver: number; setAside: number; heldBack: number; lagMs: number }>[];
  calls: readonly (readonly Envelope[])[];
  run: ReturnType<typeof outbox>;
  elapse: (ms: number) => void;
}>;

export type Circumstances = Readonly<{
  isOrdered: boolean;
  /** Of the calls of the target, in their order; later ones have none. */
  faults?: readonly Fault[];
  /** Of the calls of the dead-letter queue. */
  asideFaults?: readonly Fault[];
  /** Asked before each call: the target as it is at that time. */
  isDown?: (atMs: number) => boolean;
  /** What the target takes from nobody; by its answer for the entry, or for whole calls with such an entry in it. */
  isPoison?: (envelope: Envelope) => 'no' | 'told' | 'untold';
  heads?: ReadonlyMap<string, string>;
  timeLeftMs?: () => number;
  maxBytes?: number;
}>;

const error = (name: string): Error => Object.assign(new Error('simulated'), { name });

export const world = (given: Circumstances): World => {
  let atMs = nowMs;
  const faults = [...(given.faults ?? [])];
  const asideFaults = [...(given.asideFaults ?? [])];
  let asideCalls = 0;
  const took: Envelope[] = [];
  const calls: (readonly Envelope[])[] = [];
  const aside = new Map<string, Readonly<{ letter: Letter; why: string }>>();
  const failures: string[] = [];
  const ran: World['ran'][number][] = [];

  const put: OutboxTarget['put'] = async (envelopes) => {
    calls.push(envelopes);
    const fault = faults.shift() ?? 'none';
    if (fault === 'crash before') throw new Crash();
    if (fault === 'down' || given.isDown?.(atMs) === true) throw error('ServiceUnavailable');
    const poison = envelopes.map((envelope) => given.isPoison?.(envelope) ?? 'no');
    if (poison.includes('untold')) return { refusedTogether: 'ValidationException' };
    const answers = envelopes.map((envelope, nth): Answer => {
      if (poison[nth] === 'told') return { outcome: 'refused', reason: 'MalformedDetail' };
      if (typeof fault === 'object' && fault.partly.includes(nth)) return { outcome: 'held', reason: fault.code };
      took.push(envelope);
      return { outcome: 'taken' };
    });
    if (fault === 'crash after') throw new Crash();
    if (fault === 'answer lost') throw error('TimeoutError');
    return answers;
  };

  const ports: OutboxPorts = {
    stage: 'test',
    target: {
      limits: { maxEntries: 10, maxBytes: given.maxBytes ?? 256 * 1024, isOrdered: given.isOrdered },
      bytesOf: ({ detail }) => detail.length,
      misfitOf: ({ detail }) => (detail.length > 10_000 ? 'too_large' : undefined),
      put,
    },
    setAside: async (letter, why) => {
      asideCalls += 1;
      const fault = asideFaults.shift() ?? 'none';
      if (fault === 'crash before') throw new Crash();
      if (fault === 'down') throw error('ServiceUnavailable');
      aside.set(letter.messageId, { letter, why });
      if (fault === 'crash after') throw new Crash();
      if (fault === 'answer lost') throw error('TimeoutError');
    },
    readHead: async (restaurantId) => {
      const epoch = given.heads?.get(restaurantId);
      return epoch === undefined ? undefined : { epoch, headSeq: 1, headSeqOf: {} };
    },
    telemetry: {
      failed: (_what, _key, failure) => {
        if (failure instanceof Crash) throw failure;
        failures.push(failure instanceof Error ? failure.name : String(failure));
      },
      ran: (what) => ran.push(what),
      setAside: () => {},
    },
    timeLeftMs: given.timeLeftMs ?? (() => 30_000),
    pause: async (ms) => {
      atMs += ms;
    },
    now: () => atMs,
  };
  return {
    ports,
    took,
    calls,
    aside,
    asideCalls: () => asideCalls,
    failures,
    ran,
    run: outbox(ports),
    elapse: (ms) => {
      atMs += ms;
    },
  };
};

/** The key under which a record is set aside. */
export const idOf = ({ eventID }: DynamoDBRecord): string => eventID ?? '';
