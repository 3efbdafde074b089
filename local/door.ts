/** The gateways of an app, and what belongs to each: of all else that an app has nothing is looked at. */
import type { Output, Stack } from './assembly.ts';
import { type Belonging, reach } from './door-reach.ts';
import { pathBefore } from './output-names.ts';
import { type Reference, referencesIn } from './references.ts';
import { StartError } from './start-error.ts';

/** An output of a stack, by its logical id. */
export type StackOutput = { readonly stack: Stack; readonly id: string; readonly output: Output };

export type Door = {
  /** What it is called on the command line: the path of its construct. */
  readonly path: string;
  /** What the CDK puts before the names of everything in the gateway's construct; see `Template`. */
  readonly gatewayPath: string;
  /** Whether a resource is its own, or used by it. */
  readonly has: (stack: Stack, logicalId: string) => boolean;
  /** Whether a resource stands in one of its constructs. */
  readonly holds: (stack: Stack, logicalId: string) => boolean;
  /** Its outputs of a name. */
  readonly outputs: (name: string) => readonly StackOutput[];
};

/** What the gateway's own part, the state and the monitoring put out: who has one of these is one of the three. */
const outputOfState = 'ConnectionsTableName';
const outputsOfGateway = ['ManagementUrl', 'WebSocketUrl'];
const outputOfMonitoring = 'DashboardName';

const apiType = 'AWS::ApiGatewayV2::Api';

/**
 * The gateways in a set of stacks: a WebSocket API whose functions use a table that is put out as that of the connections.
 *
 * @param withoutVariables variables of functions that are not looked at
 */
export const doorsIn = (stacks: readonly Stack[], withoutVariables: readonly string[]): readonly Door[] => {
  const outputs = stacks.flatMap((stack) =>
    Object.entries(stack.outputs).map(([id, output]): StackOutput => ({ stack, id, output })),
  );
  const found = stacks.flatMap((stack) =>
    Object.entries(stack.resources)
      .filter(([, { Type, Properties }]) => Type === apiType && Properties['ProtocolType'] === 'WEBSOCKET')
      .flatMap(([logicalId]) => doorAt({ stack, logicalId }, stacks, outputs, withoutVariables) ?? []),
  );
  // A socket API of the app's own, with outputs that are called as a gateway's, in a stack around a gateway.
  return found
    .filter(({ part }) => !found.some((inner) => part !== undefined && inner.part && isBelow(inner.part, part)))
    .map(({ door }) => door);
};

/** The door that is asked for, or the only one. Throws `StartError` where there is none, or no one that is meant. */
export const chosenDoor = (doors: readonly Door[], asked: string | undefined): Door => {
  const paths = doors.map(({ path }) => path).join(', ');
  const [first, ...others] = doors;
  if (first === undefined)
    throw new StartError(
      'DOOR_MISSING',
      'The app has no gateway: no construct Maitred, or MaitredState and MaitredGateway, in any of its stacks (one in a nested stack is not found).',
    );
  if (asked === undefined) {
    if (others.length === 0) return first;
    throw new StartError('DOOR_UNCLEAR', `The app has several gateways, choose one with --door: ${paths}.`);
  }
  const meant = doors.filter(({ path }) => path === asked);
  const below = doors.filter(({ path }) => path.startsWith(`${asked}/`));
  const [door, ...more] = meant.length > 0 ? meant : below;
  if (door === undefined) throw new StartError('DOOR_UNKNOWN', `The app has no gateway ${asked}; it has ${paths}.`);
  if (more.length > 0)
    throw new StartError(
      'DOOR_UNCLEAR',
      `There are several gateways in ${asked}, choose one with --door: ${[door, ...more].map(({ path }) => path).join(', ')}.`,
    );
  return door;
};

/** What nobody deploys for itself: the CDK has it in every template. */
const ofEveryStack = 'AWS::CDK::Metadata';

/** What an app has beside its gateways: how many of each type of resource. */
export const leftAlone = (stacks: readonly Stack[], doors: readonly Door[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const stack of stacks)
    for (const [logicalId, { Type }] of Object.entries(stack.resources))
      if (Type !== ofEveryStack && !doors.some(({ holds }) => holds(stack, logicalId)))
        counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return counts;
};

const doorAt = (
  api: Reference,
  stacks: readonly Stack[],
  outputs: readonly StackOutput[],
  withoutVariables: readonly string[],
): { readonly door: Door; readonly part: string | undefined } | undefined => {
  // An app may have such a name itself, or put out again what the gateway does: all that have it are looked at.
  const named = (name: string) => outputs.filter(({ id }) => pathBefore(id, name) !== undefined);
  const ofGateway = innermost(outputsOfGateway.flatMap(named).filter((one) => isOfApi(one, api, stacks)));
  const part = ofGateway && constructOf(ofGateway);
  if (part === undefined && api.stack.paths.size > 0) return undefined;
  // Where the assembly does not say where constructs stand, all of the API's stack is taken for the gateway's.
  const isOwn: Belonging = (stack, logicalId) =>
    part === undefined ? stack === api.stack : isBelow(stack.paths.get(logicalId), part);
  const used = reach(isOwn, stacks, withoutVariables);
  const usedBy = ({ stack, output }: StackOutput): readonly Reference[] =>
    referencesIn(output.Value, stack, stacks).filter((one) => used(one.stack, one.logicalId));
  const isOfItsConstruct = (one: StackOutput): boolean => {
    const construct = constructOf(one);
    return usedBy(one).some(
      ({ stack, logicalId }) => construct === undefined || isBelow(stack.paths.get(logicalId), construct),
    );
  };
  const ofState = innermost(named(outputOfState).filter(isOfItsConstruct));
  if (ofState === undefined) return undefined;

  const state = constructOf(ofState);
  const monitoring = named(outputOfMonitoring)
    .flatMap((one) => constructOf(one) ?? [])
    .filter((construct) => part === undefined || !isBelow(part, construct));
  const isIn = (stack: Stack, logicalId: string, parts: readonly (string | undefined)[]): boolean =>
    parts.some((one) => one !== undefined && isBelow(stack.paths.get(logicalId), one));
  const door: Door = {
    path: doorPath(part ?? `${api.stack.name}/${api.logicalId}`, state),
    gatewayPath: ofGateway?.id.replace(/(ManagementUrl|WebSocketUrl)(?:[0-9A-F]{8})?$/, '') ?? '',
    has: (stack, logicalId) => used(stack, logicalId) || isIn(stack, logicalId, [state]),
    holds: (stack, logicalId) => used(stack, logicalId) || isIn(stack, logicalId, [state, ...monitoring]),
    outputs: (name) => {
      const candidates = named(name);
      if (part !== undefined)
        return candidates.filter((one) => [part, state].some((its) => its !== undefined && constructOf(one) === its));
      const usedOnes = candidates.filter((one) => usedBy(one).length > 0);
      return usedOnes.length > 0 ? usedOnes : candidates.filter(({ stack }) => stack === api.stack);
    },
  };
  return { door, part };
};

/** The one whose construct lies deepest, the first of several: what is around a gateway is the app's. */
const innermost = (outputs: readonly StackOutput[]): StackOutput | undefined => {
  const depth = (one: StackOutput): number => constructOf(one)?.split('/').length ?? 0;
  return outputs.toSorted((one, other) => depth(other) - depth(one))[0];
};

/** Of a gateway around the API. Of a domain of one's own the address does not name it. */
const isOfApi = ({ stack, id, output }: StackOutput, api: Reference, stacks: readonly Stack[]): boolean => {
  if (stack !== api.stack) return false;
  const construct = parentOf(stack.paths.get(id));
  if (construct !== undefined && !isBelow(stack.paths.get(api.logicalId), construct)) return false;
  const named = referencesIn(output.Value, stack, stacks).filter(
    (one) => one.stack.resources[one.logicalId]?.Type === apiType,
  );
  return named.length === 0 || named.some((one) => one.stack === stack && one.logicalId === api.logicalId);
};

/** What the gateway's construct and the state's have in common, else the gateway's; an id that the CDK leaves out of names is nobody's. */
const doorPath = (gateway: string, state: string | undefined): string => {
  const own = gateway.replace(/\/Default$/, '');
  const around = parentOf(own);
  return around !== undefined && around === (state === undefined ? undefined : parentOf(state)) && around.includes('/')
    ? around
    : own;
};

/** The path of the construct that an output is of. */
const constructOf = ({ stack, id }: StackOutput): string | undefined => parentOf(stack.paths.get(id));

const parentOf = (path: string | undefined): string | undefined => {
  const slash = path?.lastIndexOf('/') ?? -1;
  return slash > 0 ? path?.slice(0, slash) : undefined;
};

const isBelow = (path: string | undefined, construct: string): boolean => path?.startsWith(`${construct}/`) === true;
