import * as v from 'valibot';
import type { EntryRefusal } from '../faults.ts';
import { accountId, busArnOf } from '../names.ts';
import { type Answer, type Engine, type Input, refusal } from './engine.ts';

/** An event as EventBridge hands it on, to an HTTPS endpoint for one. */
export type BusEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  /** As EventBridge writes it: parsed, so that a number may be spelled otherwise than it was. */
  readonly detail: Readonly<Record<string, unknown>>;
};

export type BusEngine = Engine & {
  /** Every event that a bus takes, from now on. */
  readonly subscribe: (listener: (event: BusEvent, busArn: string) => void) => void;
};

type Parts = {
  readonly region: string;
  /** Asked for each entry that is good. */
  readonly refuse: (entry: Input) => EntryRefusal | undefined;
  readonly now?: () => number;
};

/** An account's bus that is there without having been made. */
export const defaultBus = 'default';

const maxEntries = 10;

/** Of an entry: its texts, its resources and fourteen bytes for its time where it has one. */
const maxEntryBytes = 256 * 1024;

/** Of all entries of a call together, since January 2026. */
const maxCallBytes = 1024 * 1024;

const text = v.optional(v.string(), '');

const entryForm = v.object({
  Source: text,
  DetailType: text,
  Detail: text,
  EventBusName: v.optional(v.string(), defaultBus),
  Resources: v.optional(v.array(v.string()), []),
  /** Epoch seconds. */
  Time: v.optional(v.number()),
});

const callForm = v.object({ Entries: v.pipe(v.array(entryForm), v.minLength(1)) });

type Entry = v.InferOutput<typeof entryForm>;

/**
 * EventBridge in this process, as far as putting events on a bus. Any bus is there: one that is somebody else's could not be asked
 * for. An entry is checked as the service checks it, and one that is refused leaves the others alone.
 */
export const createBuses = ({ region, refuse, now = Date.now }: Parts): BusEngine => {
  const listeners: Parameters<BusEngine['subscribe']>[0][] = [];
  const put = (entry: Entry): Readonly<Record<string, string>> => {
    const refused = refusalOf(entry) ?? refuse(entry);
    if (refused !== undefined) return refused;
    const event: BusEvent = {
      version: '0',
      id: crypto.randomUUID(),
      'detail-type': entry.DetailType,
      source: entry.Source,
      account: accountId,
      time: `${new Date(entry.Time === undefined ? now() : entry.Time * 1000).toISOString().slice(0, 19)}Z`,
      region,
      resources: entry.Resources,
      detail: objectIn(entry.Detail) ?? {},
    };
    for (const listener of listeners) listener(event, busArnOf(entry.EventBusName, region));
    return { EventId: event.id };
  };
  return {
    call: async (action, input) => {
      if (action !== 'PutEvents')
        return refusal(400, 'com.amazon.coral.service#UnknownOperationException', `no ${action} locally`);
      const read = v.safeParse(callForm, input);
      if (!read.success) return invalid(`${v.getDotPath(read.issues[0]) ?? 'entries'}: ${read.issues[0].message}`);
      const { Entries } = read.output;
      if (Entries.length > maxEntries)
        return invalid(
          `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${maxEntries}`,
        );
      const sizes = Entries.map(bytesOf);
      if (sizes.some((bytes) => bytes > maxEntryBytes) || sizes.reduce((a, b) => a + b) > maxCallBytes)
        return invalid('Total size of the entries in the request is over the limit.');
      const answers = Entries.map(put);
      const FailedEntryCount = answers.filter(({ EventId }) => EventId === undefined).length;
      return { status: 200, body: { FailedEntryCount, Entries: answers } };
    },
    subscribe: (listener) => void listeners.push(listener),
    close: async () => {},
  };
};

const invalid = (message: string): Answer => refusal(400, 'ValidationException', message);

const bytesOf = ({ Source, DetailType, Detail, Resources, Time }: Entry): number =>
  [Source, DetailType, Detail, ...Resources].reduce((sum, one) => sum + Buffer.byteLength(one), 0) +
  (Time === undefined ? 0 : 14);

const maxDetailTypeCharacters = 128;

/** Why the service does not take an entry, in its words. */
const refusalOf = ({ Source, DetailType, Detail }: Entry): EntryRefusal | undefined => {
  const argument = (name: string, reason: string): EntryRefusal => ({
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${name} is not valid. Reason: ${reason}`,
  });
  if (Source === '') return argument('Source', 'Source is a required argument.');
  if (DetailType === '') return argument('DetailType', 'DetailType is a required argument.');
  if (DetailType.length > maxDetailTypeCharacters)
    return argument('DetailType', `DetailType has more than ${maxDetailTypeCharacters} characters.`);
  if (Detail === '') return argument('Detail', 'Detail is a required argument.');
  if (Source.startsWith('aws.'))
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  if (objectIn(Detail) === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return undefined;
};

const objectIn = (json: string): BusEvent['detail'] | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};
