/** Stands in for `@aws-sdk/client-eventbridge` in the functions' thin bundles (an alias in `lib/`). */
import { type Call, Client, type ClientSettings, type Service } from './client.ts';
import { ServiceException } from './exceptions.ts';
import { type JsonRpc, jsonCall } from './json-rpc.ts';

export class EventBridgeServiceException extends ServiceException {}

const eventBridge: Service = {
  hostPrefix: 'events',
  govIsFips: true,
  govDualStackIsFips: true,
  signingName: 'events',
  environmentName: 'EVENTBRIDGE',
  maxAttempts: 3,
  retryBaseMs: 50,
  exceptionOf: (options) => new EventBridgeServiceException(options),
};

export class EventBridgeClient extends Client {
  constructor(settings?: ClientSettings) {
    super(eventBridge, settings);
  }
}

const rpc: JsonRpc = { target: 'AWSEvents', version: '1.1' };

type Entry = Readonly<{
  Time?: Date | undefined;
  Source?: string | undefined;
  Resources?: string[] | undefined;
  DetailType?: string | undefined;
  Detail?: string | undefined;
  EventBusName?: string | undefined;
  TraceHeader?: string | undefined;
}>;

type Result = Readonly<{
  FailedEntryCount?: number;
  Entries?: readonly Readonly<{ EventId?: string; ErrorCode?: string; ErrorMessage?: string }>[];
}>;

/** Entries that the bus did not take are in the answer, in the order of the request, and no error. */
export class PutEventsCommand {
  readonly input: Readonly<{ Entries: readonly Entry[] | undefined }>;

  constructor(input: Readonly<{ Entries: readonly Entry[] | undefined }>) {
    this.input = input;
  }

  call(): Call<Result> {
    const { Entries = [] } = this.input;
    const input = {
      Entries: Entries.map(({ Time, ...entry }) => ({
        ...entry,
        // In seconds, as AWS JSON writes a time.
        ...(Time === undefined ? {} : { Time: Time.getTime() / 1_000 }),
      })),
    };
    return jsonCall<Result>(rpc, 'PutEvents', input);
  }
}
