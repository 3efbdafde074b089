/** What a storm is: who loses their connections, for how long nothing answers, and what there is to come back to. */
import { assumed } from '../cost/assumptions.ts';
import { quotas } from './quotas.ts';

export type Storm = Readonly<{
  devices: number;
  /** Seconds in which no handshake succeeds, from the moment all are cut. */
  outage: number;
  /** New connections a second. */
  rate: number;
  /** Requests a second, and at once. */
  requests: number;
  requestBurst: number;
  /** Tokens a second that the issuer gives; 0: as many as are asked for. */
  tokens: number;
  /** The share of the devices whose token is over when they come again. */
  expired: number;
  /** Runs of all functions at once. */
  concurrency: number;
  /** How long a function runs, and how much longer its first run in a sandbox. */
  functionMs: number;
  coldMs: number;
  /** Devices behind one address, and its handshakes a minute that show no re-entry pass. */
  address: number;
  connectsPerMinute: number;
  /** Whether devices show a re-entry pass, as those of the SDK do. */
  passes: boolean;
  /** Hours for which it is watched, though all may be back. */
  hours: number;
  seed: number;
}>;

export const usualStorm: Storm = {
  devices: 50_000,
  outage: 0,
  rate: quotas.connections,
  requests: quotas.requests,
  requestBurst: quotas.requestBurst,
  tokens: 0,
  expired: 0,
  concurrency: quotas.concurrency,
  functionMs: assumed.connectionMs,
  coldMs: 300,
  address: 5,
  connectsPerMinute: 300,
  passes: true,
  hours: 0,
  seed: 1,
};

type NumberKey = { [Key in keyof Storm]: Storm[Key] extends number ? Key : never }[keyof Storm];

/** What each number may be; whole where a half of one makes no sense. */
export const stormBounds: Readonly<Record<NumberKey, readonly [from: number, to: number, kind?: 'whole']>> = {
  devices: [1, 1_000_000, 'whole'],
  outage: [0, 86_400],
  rate: [1, 1_000_000],
  requests: [1, 1_000_000],
  requestBurst: [1, 1_000_000],
  tokens: [0, 1_000_000],
  expired: [0, 1],
  concurrency: [1, 100_000, 'whole'],
  functionMs: [1, 3_000],
  coldMs: [0, 10_000],
  address: [1, 1_000_000, 'whole'],
  connectsPerMinute: [1, 1_000_000, 'whole'],
  hours: [0, 24],
  seed: [0, 4_294_967_295, 'whole'],
};

/** For `parseArgs`. */
export const stormOptions = {
  devices: { type: 'string' },
  outage: { type: 'string' },
  rate: { type: 'string' },
  requests: { type: 'string' },
  'request-burst': { type: 'string' },
  tokens: { type: 'string' },
  expired: { type: 'string' },
  concurrency: { type: 'string' },
  'function-ms': { type: 'string' },
  'cold-ms': { type: 'string' },
  address: { type: 'string' },
  'connects-per-minute': { type: 'string' },
  'no-passes': { type: 'boolean' },
  hours: { type: 'string' },
  seed: { type: 'string' },
} as const;

const optionOf = (key: string): string => key.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** The storm that was said, on top of another; or what is wrong with it in one sentence. */
export const stormFrom = (
  said: Readonly<Record<string, string | boolean | undefined>>,
  base: Storm = usualStorm,
): Storm | string => {
  const storm = { ...base, ...(said['no-passes'] === true && { passes: false }) };
  for (const [key, [from, to, kind]] of Object.entries(stormBounds) as [NumberKey, (typeof stormBounds)[NumberKey]][]) {
    const text = said[optionOf(key)];
    if (typeof text !== 'string') continue;
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= from && value <= to && (kind === undefined || Number.isInteger(value))))
      return `--${optionOf(key)} is a ${kind === undefined ? '' : 'whole '}number from ${from} to ${to}, got ${text === '' ? 'nothing' : text}`;
    storm[key] = value;
  }
  return storm;
};
