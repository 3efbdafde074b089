/** What is paid for: so much of something at a price, for a purpose; and what an invocation is made of. */
import type { Assumed } from './assumptions.ts';
import type { Price } from './price.ts';
import { functionMb, platformLogBytes } from './units.ts';

/** What something is for, dearest first as a fleet has it. */
export const purposes = [
  'deliveries',
  'numbering and storing events',
  'handing events to runs',
  'runs of the fan-out',
  'connection minutes',
  'publishing',
  'heartbeats',
  'connections',
  'renewals',
  'kept: events, audit, logs',
  'data transfer out',
  'the outbox',
  'the user pool',
  'the key',
  'alarms, metrics, dashboard',
  'reading empty queues',
] as const;
export type Purpose = (typeof purposes)[number];

export type Use = Readonly<{ purpose: Purpose; price: Price; quantity: number }>;

/** Memory of a function, by which its time is paid. */
export const gb = (functionName: keyof typeof functionMb): number => gbOf(functionMb[functionName]);
export const gbOf = (memoryMiB: number): number => memoryMiB / 1024;

/** Invocations of a function, their time, and what Lambda itself writes of each. */
export const invoked = (
  purpose: Purpose,
  times: number,
  ms: number,
  memoryGb: number,
  { coldShare }: Assumed,
  logBytes = 0,
): readonly Use[] => [
  { purpose, price: 'lambdaRequest', quantity: times },
  { purpose, price: 'lambdaGbSecond', quantity: times * (ms / 1000 + coldShare * coldSeconds) * memoryGb },
  { purpose, price: 'cloudWatchLogsIngestedGb', quantity: (times * (platformLogBytes + logBytes)) / 1e9 },
];
/** An import and a first call. */
const coldSeconds = 0.3;
