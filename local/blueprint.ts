import type { Stack } from './assembly.ts';
import { type ApiBlueprint, readApi } from './blueprint/api.ts';
import { type BusBlueprint, readBuses } from './blueprint/buses.ts';
import {
  type EventSourceBlueprint,
  readEventSources,
  readStreamSources,
  type StreamSourceBlueprint,
} from './blueprint/event-sources.ts';
import { foreignQueues } from './blueprint/foreign-queues.ts';
import { type FunctionBlueprint, readFunctions } from './blueprint/functions.ts';
import { readOutboxTarget } from './blueprint/outbox-target.ts';
import { type QueueBlueprint, readQueues } from './blueprint/queues.ts';
import { readStatements, type Statements } from './blueprint/statements.ts';
import { readTables, type TableBlueprint } from './blueprint/tables.ts';
import { chosenDoor, doorsIn, leftAlone } from './door.ts';
import { type GivenValues, noValues } from './given-values.ts';
import { openTemplate } from './template.ts';

/** Everything the local gateway builds. */
export type Blueprint = {
  readonly tables: readonly TableBlueprint[];
  readonly queues: readonly QueueBlueprint[];
  /** The functions a route or an event source calls. */
  readonly functions: readonly FunctionBlueprint[];
  readonly api: ApiBlueprint;
  readonly eventSources: readonly EventSourceBlueprint[];
  readonly streamSources: readonly StreamSourceBlueprint[];
  readonly buses: readonly BusBlueprint[];
  /** Where the app's outbox goes, a bus's ARN or a queue's URL; undefined where it has none. */
  readonly outboxTarget: string | undefined;
  /** What the functions' roles and the queues' policies say. */
  readonly statements: Statements;
  /** The value of a stack output; throws `StartError` when no stack has it. */
  readonly output: (name: string) => string;
  /** The path of the gateway's construct. */
  readonly door: string;
  /** What the app has beside its gateways, and nobody looks at here: how many of each type of resource. */
  readonly leftAlone: ReadonlyMap<string, number>;
};

export type ReadingOptions = {
  /** The gateway that is meant, by the path of its construct. @default the only one */
  readonly door?: string | undefined;
  /** What only a deployment knows. @default nothing */
  readonly given?: GivenValues | undefined;
  /** Variables of functions that are as if they were not there. @default none */
  readonly withoutVariables?: readonly string[] | undefined;
};

/**
 * Reads what the gateway needs out of the templates. Throws `TemplateError`, naming resource and path, for anything
 * that is needed and cannot be resolved or is not supported here.
 *
 * @param awsEndpoint base URL of queue URLs, without a trailing slash
 */
export const readBlueprint = (
  stacks: readonly Stack[],
  awsEndpoint: string,
  { door: asked, given = noValues, withoutVariables = [] }: ReadingOptions = {},
): Blueprint => {
  const doors = doorsIn(stacks, withoutVariables);
  const door = chosenDoor(doors, asked);
  const template = openTemplate({ stacks, door, given, awsEndpoint, withoutVariables });
  const api = readApi(template);
  const eventSources = readEventSources(template);
  const streamSources = readStreamSources(template);
  const called = [
    ...[...api.routes.values()].map(({ functionArn }) => functionArn),
    ...[...eventSources, ...streamSources].map(({ functionName }) => functionName),
  ];
  const functions = readFunctions(template, new Set(called));
  const statements = readStatements(template, new Set(functions.map(({ functionName }) => functionName)));
  const own = readQueues(template);
  const queues = [...own, ...foreignQueues(statements, own, awsEndpoint)];
  return {
    tables: readTables(template),
    queues,
    functions,
    api,
    eventSources,
    streamSources,
    buses: readBuses(template),
    statements,
    outboxTarget: readOutboxTarget(template, queues),
    output: template.output,
    door: door.path,
    leftAlone: leftAlone(stacks, doors),
  };
};
