import type { Answer, Input } from './engines/engine.ts';

type Counts = Record<string, number>;

/**
 * What the functions used since the last `reset`, in AWS's units of billing. Calls of operators (command line, tests) are not in it.
 * Index writes are not counted, because the embedded engine does not report them.
 */
export type Meter = {
  /** By function. */
  readonly invocations: Counts;
  /** By action. */
  readonly dynamodbRequests: Counts;
  readonly readUnits: number;
  readonly writeUnits: number;
  /**
   * By action, those of the event sources included; receive calls that found nothing are counted apart, because they come
   * with time and not with work.
   */
  readonly sqsRequests: Counts;
  readonly emptyReceives: number;
  /** By action. */
  readonly eventsRequests: Counts;
  /** What buses took, each entry so many times as it has 64 KB. */
  readonly busEvents: number;
  /** Calls of `@connections` by method. */
  readonly managementCalls: Counts;
  readonly reset: () => void;
};

/** The side of the meter that the gateway writes to. */
export type Recorder = {
  readonly meter: Meter;
  readonly invoked: (functionName: string) => void;
  readonly calledDynamodb: (action: string, answer: Answer) => void;
  readonly calledSqs: (action: string, answer: Answer) => void;
  readonly calledEvents: (action: string, input: Input, answer: Answer) => void;
  readonly calledManagement: (method: string) => void;
};

const readActions = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/** A meter at zero. */
export const createMeter = (): Recorder => {
  const zero = () => ({
    invocations: {} as Counts,
    dynamodbRequests: {} as Counts,
    readUnits: 0,
    writeUnits: 0,
    sqsRequests: {} as Counts,
    emptyReceives: 0,
    eventsRequests: {} as Counts,
    busEvents: 0,
    managementCalls: {} as Counts,
  });
  const meter = { ...zero(), reset: () => void Object.assign(meter, zero()) };
  return {
    meter,
    invoked: (name) => add(meter.invocations, name),
    calledDynamodb: (action, answer) => {
      add(meter.dynamodbRequests, action);
      meter[readActions.has(action) ? 'readUnits' : 'writeUnits'] += unitsOf(answer);
    },
    calledSqs: (action, { body }) => {
      if (action === 'ReceiveMessage' && body['Messages'] === undefined) meter.emptyReceives += 1;
      else add(meter.sqsRequests, action);
    },
    calledEvents: (action, { Entries }, answer) => {
      add(meter.eventsRequests, action);
      meter.busEvents += busEventsOf(Entries, answer);
    },
    calledManagement: (method) => add(meter.managementCalls, method),
  };
};

const add = (counts: Counts, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

/** One object, or one a table for batches. A write that lost its condition is paid like one of the smallest size. */
const unitsOf = ({ status, body }: Answer): number => {
  if (status >= 400) return String(body['__type']).endsWith('ConditionalCheckFailedException') ? 1 : 0;
  return [body['ConsumedCapacity']]
    .flat()
    .reduce(
      (sum: number, used) => sum + Number((used as { CapacityUnits?: number } | undefined)?.CapacityUnits ?? 0),
      0,
    );
};

const busEventBytes = 64 * 1024;

const busEventsOf = (entries: unknown, { body }: Answer): number => {
  const answers: unknown = body['Entries'];
  if (!Array.isArray(entries) || !Array.isArray(answers)) return 0;
  return entries
    .filter((_, n) => answers[n]?.EventId !== undefined)
    .reduce((sum: number, entry) => sum + Math.ceil(Buffer.byteLength(JSON.stringify(entry)) / busEventBytes), 0);
};
