/** Sees every call a function makes to DynamoDB and SQS, says which connection it is about, and may let it fail. */
import { functionNameIn } from '../function-names.ts';
import type { AwsCall } from '../../local/aws-call.ts';
import type { Fate } from '../../local/faults.ts';

export type SeenCall = Readonly<{
  /** Such as `ConnectFunction`. */
  functionName: string;
  action: string;
  connectionId: string | undefined;
  /** Whose memberships are looked up; such a call names no connection. */
  userId: string | undefined;
  /** The state a conditional write leads to. */
  toStatus: string | undefined;
  /** The whole input as JSON: a retry has the same. */
  text: string;
}>;

/** Decides about a call; `undefined` leaves it to the others. A promise holds the call. */
export type Interference = (call: SeenCall) => Fate | Promise<Fate> | undefined;

export type Recorder = Readonly<{
  /** For the gateway's `awsCall` fault. */
  awsCall: (call: AwsCall) => Fate | Promise<Fate>;
  /** Asks from now on; yields what ends it. */
  interfere: (interference: Interference) => () => void;
  /** Holds the first call that `is` meant, and its retries; `reached` resolves when it has come, `release` lets it go. */
  hold: (is: (call: SeenCall) => boolean) => Readonly<{ reached: Promise<void>; release: () => void }>;
  /** Resolves at the first call from now on that `is` one of those meant. */
  seen: (is: (call: SeenCall) => boolean) => Promise<void>;
  /** The connection of the client that gave this user agent; undefined while it has none. */
  connectionOf: (userAgent: string) => string | undefined;
  /** The keys under which a function ever tried to write an item about the connection into this table. */
  keysWritten: (tableName: string, connectionId: string) => readonly Readonly<{ pk: string; sk: string }>[];
  /** Everything that was ever sent to DynamoDB or SQS. */
  everything: () => readonly string[];
}>;

export const createRecorder = (): Recorder => {
  const interferences = new Set<Interference>();
  const watchers = new Set<(call: SeenCall) => void>();
  const connectionByAgent = new Map<string, string>();
  const everything: string[] = [];
  const written = new Map<string, Map<string, { pk: string; sk: string }>>();

  const interfere: Recorder['interfere'] = (interference) => {
    interferences.add(interference);
    return () => interferences.delete(interference);
  };

  return {
    interfere,
    hold: (is) => {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<'pass'>();
      let text: string | undefined;
      const end = interfere((call) => {
        if (!is(call)) return undefined;
        text ??= call.text;
        if (call.text !== text) return undefined;
        reached.resolve();
        return released.promise;
      });
      const release = (): void => {
        end();
        released.resolve('pass');
      };
      return { reached: reached.promise, release };
    },
    awsCall: (call) => {
      const seen = seenCall(call);
      everything.push(seen.text);
      const { pk, sk } = { pk: at(call.input, 'Item', 'pk', 'S'), sk: at(call.input, 'Item', 'sk', 'S') };
      if (typeof pk === 'string' && typeof sk === 'string') {
        const place = placeOf(call.input['TableName'], seen.connectionId);
        written.set(place, (written.get(place) ?? new Map()).set(`${pk} ${sk}`, { pk, sk }));
      }
      const agent = at(call.input, 'Item', 'user_agent', 'S');
      if (typeof agent === 'string' && seen.connectionId !== undefined) connectionByAgent.set(agent, seen.connectionId);
      for (const watch of watchers) watch(seen);
      for (const interference of interferences) {
        const fate = interference(seen);
        if (fate !== undefined) return fate;
      }
      return 'pass';
    },
    seen: (is) =>
      new Promise((resolve) => {
        const watch = (call: SeenCall): void => {
          if (!is(call)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
      }),
    connectionOf: (userAgent) => connectionByAgent.get(userAgent),
    keysWritten: (tableName, connectionId) => [...(written.get(placeOf(tableName, connectionId))?.values() ?? [])],
    everything: () => everything,
  };
};

const placeOf = (tableName: unknown, connectionId: string | undefined): string => `${tableName} ${connectionId}`;

const seenCall = ({ caller, action, input }: AwsCall): SeenCall => {
  const text = JSON.stringify(input);
  return {
    functionName: caller.kind === 'function' ? `${functionNameIn(caller.functionName) ?? ''}Function` : 'operator',
    action,
    connectionId: connectionIdIn(input),
    userId: /"M#[^#"]+#([^"]+)"/.exec(text)?.[1],
    toStatus: string(at(input, 'ExpressionAttributeValues', ':to', 'S')),
    text,
  };
};

const connectionIdIn = (input: AwsCall['input']): string | undefined => {
  const body = input['MessageBody'];
  if (typeof body !== 'string')
    return string(at(input, 'Key', 'connection_id', 'S') ?? at(input, 'Item', 'connection_id', 'S'));
  const message = jsonOf(body);
  return string(at(message, 'connectionId') ?? at(message, 'record', 'connectionId'));
};

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );

const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What is put aside is what no event is, JSON or not. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
