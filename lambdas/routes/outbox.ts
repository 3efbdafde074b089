import type { DynamoDBBatchResponse } from 'aws-lambda';
import { changeOf, restaurantOf } from '../dynamodb/stream-records.ts';
import type { Answer } from '../outbox/answers.ts';
import { nextCallLength } from '../outbox/calls.ts';
import { auditEnvelope, type Envelope, eventEnvelope } from '../outbox/envelope.ts';
import { letterOf } from '../outbox/letter.ts';
import type { StreamRecord } from '../outbox/stream-record.ts';
import { isHeadOverdue, leastRunMs, pauseBeforeRetryMs } from '../outbox/waiting.ts';
import type { OutboxPorts } from '../route-ports.ts';

/** What a record asks for: to be handed over, to be set aside, or nothing. */
type Step =
  | Readonly<{ kind: 'entry'; envelope: Envelope }>
  | Readonly<{ kind: 'aside'; reason: string }>
  | Readonly<{ kind: 'nothing' }>;

/** What a run has done so far. */
type Run = { handedOver: number; setAside: number; oldestMs: number; readonly epochs: Map<string, string | undefined> };

/**
 * The outbox's function: hands the records of a stream to the backend's target, in the stream's order. What the target refuses for
 * what it is, and what cannot be read, is set aside. Everything else that goes wrong holds back the record and all behind it: Lambda
 * hands them over again, as long as the stream has them. So each is handed over or set aside at least once, and of a restaurant
 * nothing goes before what came first.
 */
export const outbox =
  (ports: OutboxPorts) =>
  async ({ Records }: Readonly<{ Records: readonly StreamRecord[] }>): Promise<DynamoDBBatchResponse> => {
    const run: Run = { handedOver: 0, setAside: 0, oldestMs: ports.now(), epochs: new Map() };
    let done = 0;
    try {
      while (done < Records.length && ports.timeLeftMs() > leastRunMs) {
        const served = await serveNext(ports, run)(Records.slice(done));
        done += served.done;
        if (served.isHeld) break;
      }
    } catch (error) {
      ports.telemetry.failed('outbox', {}, error);
    }
    const { handedOver, setAside, oldestMs } = run;
    const heldBack = Records.length - done;
    ports.telemetry.ran({ handedOver, setAside, heldBack, lagMs: Math.max(0, ports.now() - oldestMs) });
    // Lambda takes the first one for all that stand behind it.
    const first = Records[done]?.dynamodb?.SequenceNumber;
    return { batchItemFailures: heldBack === 0 ? [] : [{ itemIdentifier: first ?? '' }] };
  };

/** How many records, from the first on, are done with; `isHeld`: the next one has to wait. */
type Served = Readonly<{ done: number; isHeld: boolean }>;

/** Serves the first records: one that is no entry, or as many entries as one call takes. Throws where the first of them has to wait. */
const serveNext =
  (ports: OutboxPorts, run: Run) =>
  async (records: readonly StreamRecord[]): Promise<Served> => {
    const [first] = records;
    if (first === undefined) return { done: 0, isHeld: false };
    const step = await stepOf(ports, run)(first);
    switch (step.kind) {
      case 'nothing':
        return { done: 1, isHeld: false };
      case 'aside':
        return (await putAside(ports, run)(first, step.reason))
          ? { done: 1, isHeld: false }
          : { done: 0, isHeld: true };
      case 'entry':
        return handOver(ports, run)(await callOf(ports, run)(records, step.envelope));
    }
  };

type Entry = Readonly<{ record: StreamRecord; envelope: Envelope }>;

/** The first entry, and those right behind it that fit into the same call. */
const callOf =
  (ports: OutboxPorts, run: Run) =>
  async ([first, ...behind]: readonly StreamRecord[], envelope: Envelope): Promise<readonly Entry[]> => {
    const { limits, bytesOf } = ports.target;
    const entries: Entry[] = first === undefined ? [] : [{ record: first, envelope }];
    for (const record of behind.slice(0, limits.maxEntries - 1)) {
      // One that has to wait says so when it is the first.
      const step = await stepOf(ports, run)(record).catch(() => undefined);
      if (step?.kind !== 'entry') break;
      entries.push({ record, envelope: step.envelope });
    }
    const sized = entries.map(({ envelope: one }) => ({ bytes: bytesOf(one), restaurantId: one.restaurantId }));
    return entries.slice(0, nextCallLength(sized, limits));
  };

/** One call, and again for those of it that the target may take a moment later. */
const handOver =
  (ports: OutboxPorts, run: Run) =>
  async (entries: readonly Entry[]): Promise<Served> => {
    const answers = await answersOf(ports)(entries);
    for (const [nth, { record, envelope }] of entries.entries()) {
      const answer = answers[nth];
      if (answer === undefined || answer.outcome === 'held') {
        ports.telemetry.failed('outbox', {}, new HeldBack(answer?.reason ?? 'NoAnswer'));
        return { done: nth, isHeld: true };
      }
      if (answer.outcome === 'refused' && !(await putAside(ports, run)(record, answer.reason)))
        return { done: nth, isHeld: true };
      if (answer.outcome === 'taken') {
        run.handedOver += 1;
        run.oldestMs = Math.min(run.oldestMs, envelope.occurredAtMs);
      }
    }
    return { done: entries.length, isHeld: false };
  };

/** The target did not take an entry now. Its name is the target's word for why. */
class HeldBack extends Error {
  readonly code = 'OUTBOX_HELD_BACK';

  constructor(why: string) {
    super('the target did not take an entry');
    this.name = why;
  }
}

const answersOf =
  (ports: OutboxPorts) =>
  async (entries: readonly Entry[]): Promise<readonly Answer[]> => {
    const answers = new Map<Entry, Answer>();
    let open = entries;
    for (let tries = 1; ; tries += 1) {
      const answered = await putTogether(ports)(open);
      for (const [nth, entry] of open.entries())
        answers.set(entry, answered[nth] ?? { outcome: 'held', reason: 'NoAnswer' });
      open = entries.filter((entry) => answers.get(entry)?.outcome === 'held');
      const pauseMs = pauseBeforeRetryMs(tries, ports.timeLeftMs());
      if (open.length === 0 || pauseMs === undefined) break;
      await ports.pause(pauseMs);
    }
    return entries.flatMap((entry) => answers.get(entry) ?? []);
  };

/** Where something in a call is refused without a word which, each entry is handed over by itself, in order, up to one that has to wait. */
const putTogether =
  (ports: OutboxPorts) =>
  async (entries: readonly Entry[]): Promise<readonly Answer[]> => {
    const { put } = ports.target;
    const answered = await put(entries.map(({ envelope }) => envelope));
    if (!('refusedTogether' in answered)) return answered;
    if (entries.length === 1) return [{ outcome: 'refused', reason: answered.refusedTogether }];
    const answers: Answer[] = [];
    for (const entry of entries) {
      const [answer] = await putTogether(ports)([entry]);
      if (answer === undefined || answer.outcome === 'held') break;
      answers.push(answer);
    }
    return answers;
  };

/** Throws where the head of a restaurant cannot be read, or is not there yet. */
const stepOf =
  (ports: OutboxPorts, run: Run) =>
  async (record: StreamRecord): Promise<Step> => {
    const change = changeOf(record);
    switch (change.kind) {
      case 'nothing':
        return change;
      case 'unreadable':
        return { kind: 'aside', reason: change.reason };
      case 'audit':
        return entryStep(ports, auditEnvelope(ports.stage, change.record));
      case 'event': {
        const epoch = change.epoch ?? (await epochFound(ports, run)(change.restaurantId));
        if (epoch !== undefined) return entryStep(ports, eventEnvelope(ports.stage, { ...change, epoch }));
        if (isHeadOverdue(change.event.occurredAtMs, ports.now())) return { kind: 'aside', reason: 'epoch_unknown' };
        throw new HeldBack('HeadNotThereYet');
      }
    }
  };

const entryStep = ({ target }: OutboxPorts, envelope: Envelope): Step => {
  const misfit = target.misfitOf(envelope);
  return misfit === undefined ? { kind: 'entry', envelope } : { kind: 'aside', reason: misfit };
};

/** Once a run: events without an epoch come from one version before this, for a day at most. */
const epochFound =
  (ports: OutboxPorts, { epochs }: Run) =>
  async (restaurantId: string): Promise<string | undefined> => {
    if (!epochs.has(restaurantId)) epochs.set(restaurantId, (await ports.readHead(restaurantId))?.epoch);
    return epochs.get(restaurantId);
  };

/** Whether the record is out of the way: while the dead-letter queue does not take it, it waits like any other. */
const putAside =
  (ports: OutboxPorts, run: Run) =>
  async (record: StreamRecord, why: string): Promise<boolean> => {
    const letter = letterOf(record, restaurantOf(record));
    try {
      await ports.setAside(letter, why);
    } catch (error) {
      ports.telemetry.failed('dead_letter', {}, error);
      return false;
    }
    ports.telemetry.setAside(letter, why);
    run.setAside += 1;
    return true;
  };
