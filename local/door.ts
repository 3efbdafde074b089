/** The gateways of an app, and what belongs to each: of all else that an app has nothing is looked at. */
import type { Output, Resource, Stack } from './assembly.ts';
import { outputsNamed } from './output-names.ts';
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

const partsOfApi = [
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::RouteResponse',
];

/**
 * The gateways in a set of stacks: a WebSocket API whose functions use a table that is put out as that of the connections.
 *
 * @param withoutVariables variables of functions that are not looked at
 */
export const doorsIn = (stacks: readonly Stack[], withoutVariables: readonly string[]): readonly Door[] => {
  const outputs = stacks.flatMap((stack) =>
    Object.entries(stack.outputs).map(([id, output]): StackOutput => ({ stack, id, output })),
  );
  return stacks.flatMap((stack) =>
    Object.entries(stack.resources)
      .filter(
        ([, { Type, Properties }]) => Type === 'AWS::ApiGatewayV2::Api' && Properties['ProtocolType'] === 'WEBSOCKET',
      )
      .flatMap(([logicalId]) => doorAt({ stack, logicalId }, stacks, outputs, withoutVariables) ?? []),
  );
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
): Door | undefined => {
  const [ofGateway] = outputsOfGateway
    .flatMap((name) => outputsNamed(outputs, ({ id }) => id, name))
    .filter(({ stack, output }) => stack === api.stack && referencesIn(output.Value, stack, stacks).some(isSame(api)));
  const part = ofGateway && parentOf(pathOf(ofGateway.stack, ofGateway.id));
  const reached = reach(api, part, stacks, withoutVariables);
  const has = (stack: Stack, logicalId: string): boolean => reached.get(stack)?.has(logicalId) === true;
  const uses = ({ stack, output }: StackOutput): boolean =>
    referencesIn(output.Value, stack, stacks).some((one) => has(one.stack, one.logicalId));
  const [ofState] = outputsNamed(outputs, ({ id }) => id, outputOfState).filter(uses);
  if (ofState === undefined) return undefined;

  const parts = [ofGateway, ofState, ...outputsNamed(outputs, ({ id }) => id, outputOfMonitoring)].flatMap(
    (one) => (one && parentOf(pathOf(one.stack, one.id))) ?? [],
  );
  const path = doorPath(part ?? `${api.stack.name}/${api.logicalId}`, parentOf(pathOf(ofState.stack, ofState.id)));
  return {
    path,
    gatewayPath: ofGateway?.id.replace(/(ManagementUrl|WebSocketUrl)(?:[0-9A-F]{8})?$/, '') ?? '',
    has,
    holds: (stack, logicalId) => {
      const its = pathOf(stack, logicalId);
      return has(stack, logicalId) || (its !== undefined && parts.some((one) => isBelow(its, one)));
    },
    outputs: (name) => {
      const candidates = outputsNamed(outputs, ({ id }) => id, name);
      const inPart = candidates.filter(({ stack, id }) => part !== undefined && parentOf(pathOf(stack, id)) === part);
      if (inPart.length > 0) return inPart;
      const used = candidates.filter(uses);
      return used.length > 0 ? used : candidates.filter(({ stack }) => stack === api.stack);
    },
  };
};

/**
 * Everything that a gateway is made of and uses, from its API on: its routes, their functions, what those have in their environment,
 * their roles, and what else calls a function of the gateway for a queue or table of it. A function of the app's own that reads one is
 * not the gateway's.
 */
const reach = (
  api: Reference,
  part: string | undefined,
  stacks: readonly Stack[],
  withoutVariables: readonly string[],
): ReadonlyMap<Stack, ReadonlySet<string>> => {
  const reached = new Map<Stack, Set<string>>(stacks.map((stack) => [stack, new Set()]));
  const has = ({ stack, logicalId }: Reference): boolean => reached.get(stack)?.has(logicalId) === true;
  const all = stacks.flatMap((stack) =>
    Object.entries(stack.resources).map(([logicalId, resource]) => ({ stack, logicalId, resource })),
  );
  const refersToReached = (value: unknown, stack: Stack): boolean => referencesIn(value, stack, stacks).some(has);
  const isDoors = (one: Reference): boolean => {
    const path = pathOf(one.stack, one.logicalId);
    return part === undefined || path === undefined || isBelow(path, part);
  };
  /** What comes to what is reached although nothing there names it. */
  const belongs = ({ stack, resource, ...one }: (typeof all)[number]): boolean => {
    const { Type, Properties } = resource;
    if (partsOfApi.includes(Type)) return refersToReached(Properties['ApiId'], stack);
    if (Type === 'AWS::Lambda::EventSourceMapping')
      return isDoors({ stack, ...one }) && refersToReached(Properties['EventSourceArn'], stack);
    if (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy')
      return refersToReached(Properties['Roles'], stack);
    return Type === 'AWS::SQS::QueuePolicy' && refersToReached(Properties['Queues'], stack);
  };

  let waiting: readonly Reference[] = [api];
  while (waiting.length > 0) {
    const named: Reference[] = [];
    for (const one of waiting) {
      if (has(one)) continue;
      reached.get(one.stack)?.add(one.logicalId);
      const resource = one.stack.resources[one.logicalId];
      if (resource === undefined) continue;
      named.push(...referencesIn(namedBy(resource, withoutVariables), one.stack, stacks));
    }
    waiting = [...named, ...all.filter((one) => !has(one) && belongs(one))].filter((one) => !has(one));
  }
  return reached;
};

/** Of a function what it is told and who it is, not where and by which key it runs; of a policy nothing: it may be about anything. */
const namedBy = ({ Type, Properties }: Resource, withoutVariables: readonly string[]): unknown => {
  if (Type === 'AWS::Lambda::Function')
    return { role: Properties['Role'], told: variablesIn(Properties, withoutVariables) };
  if (Type === 'AWS::IAM::Role') return Properties['ManagedPolicyArns'];
  if (Type === 'AWS::SQS::Queue') return Properties['RedrivePolicy'];
  if (Type === 'AWS::ApiGatewayV2::Integration') return Properties['IntegrationUri'];
  return Type === 'AWS::Lambda::EventSourceMapping' ? Properties['FunctionName'] : undefined;
};

/** The variables of a function as the template has them, but for those that are not looked at. */
export const variablesIn = (
  properties: Readonly<Record<string, unknown>>,
  withoutVariables: readonly string[],
): Readonly<Record<string, unknown>> => {
  const environment = properties['Environment'];
  const variables = isRecord(environment) ? environment['Variables'] : undefined;
  return Object.fromEntries(
    Object.entries(isRecord(variables) ? variables : {}).filter(([name]) => !withoutVariables.includes(name)),
  );
};

/** What the gateway's construct and the state's have in common, else the gateway's; an id that the CDK leaves out of names is nobody's. */
const doorPath = (gateway: string, state: string | undefined): string => {
  const own = gateway.replace(/\/Default$/, '');
  const around = parentOf(own);
  return around !== undefined && around === (state === undefined ? undefined : parentOf(state)) && around.includes('/')
    ? around
    : own;
};

const pathOf = (stack: Stack, id: string): string | undefined => stack.paths.get(id);

const parentOf = (path: string | undefined): string | undefined => {
  const slash = path?.lastIndexOf('/') ?? -1;
  return slash > 0 ? path?.slice(0, slash) : undefined;
};

const isBelow = (path: string, construct: string): boolean => path.startsWith(`${construct}/`);

const isSame =
  (api: Reference) =>
  ({ stack, logicalId }: Reference): boolean =>
    stack === api.stack && logicalId === api.logicalId;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
