/** Constructs that somebody gives to one of ours: that they are what their property is for, and where it can reach them. */
import { Stack, Stage, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { ConfigError, shown } from '../config-schema/config-error.ts';
import { demandOneCdk, MaitredError } from './construct-problems.ts';

type Member = Readonly<{ has: string; is: string }>;

/** What such a construct has, own or imported, and nothing else that may be taken for it. */
const members = {
  state: { has: 'memberships', is: 'a MaitredState' },
  gateway: { has: 'metricDeliveryLag', is: 'a MaitredGateway' },
  encryptionKey: { has: 'keyArn', is: 'a key of aws-kms' },
  network: { has: 'vpc', is: 'an object with a vpc of aws-ec2' },
  vpc: { has: 'vpcId', is: 'a vpc of aws-ec2' },
  permissionsBoundary: { has: 'managedPolicyArn', is: 'a managed policy of aws-iam' },
  alarmTopic: { has: 'topicArn', is: 'a topic of aws-sns' },
  userPool: { has: 'userPoolProviderName', is: 'a user pool of aws-cognito' },
  client: { has: 'userPoolClientId', is: 'a client of a user pool' },
} satisfies Readonly<Record<string, Member>>;

/** Compilers refuse all of this, and an app may have none. Throws `ConfigError`, whose sentence begins with `at`. */
export const demandGiven = (at: string, props: unknown, required: readonly (keyof typeof members)[] = []): void => {
  if (!isObject(props)) throw new ConfigError({ file: at }, `must be an object, got ${told(props)}`);
  for (const [key, { has, is }] of Object.entries(members)) {
    const value = props[key];
    if (value === undefined && !required.some((one) => one === key)) continue;
    if (!(isObject(value) && has in value))
      throw new ConfigError({ file: at, key }, `must be ${is}, got ${told(value)}`);
  }
  const { network, issuers, outboxTarget } = props;
  if (network !== undefined) demandGiven(`${at}: network`, network, ['vpc']);
  if (
    outboxTarget !== undefined &&
    !(isObject(outboxTarget) && ('queueArn' in outboxTarget || 'eventBusArn' in outboxTarget))
  )
    throw new ConfigError({ file: at, key: 'outboxTarget' }, `must be a bus or a queue, got ${told(outboxTarget)}`);
  if (
    issuers !== undefined &&
    !(Array.isArray(issuers) && issuers.every((one) => isObject(one) && isObject(one['entry'])))
  )
    throw new ConfigError(
      { file: at, key: 'issuers' },
      `must be a list of what Issuer.userPool and Issuer.oidc make, got ${Array.isArray(issuers) ? told(issuers) : 'no list'}`,
    );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const told = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(told).join(', ')}]`;
  return Construct.isConstruct(value) ? `the construct ${value.node.path}` : shown(value);
};

/** What functions call by its name or within its region. Throws where that is another than theirs. */
export const demandBeside = (scope: Construct, key: string, given: IConstruct): void => {
  demandOneCdk(given);
  const [here, there] = [Stack.of(scope), envOf(given)];
  const differs = (['region', 'account'] as const).find(
    (part) =>
      here[part] !== there[part] &&
      (isOurs(given) || (!Token.isUnresolved(here[part]) && !Token.isUnresolved(there[part]))),
  );
  if (differs === undefined) return;
  throw new MaitredError(
    'PARTS_ELSEWHERE',
    `the ${key} of ${scope.node.path} must be in its ${differs}, ${shownPart(here[differs])}, got ${given.node.path} in ${shownPart(there[differs])}`,
  );
};

type Env = Readonly<{ region: string; account: string }>;

/** Of what is imported by its ARN the ARN says it. */
const envOf = (given: IConstruct): Env => ('env' in given && isEnv(given.env) ? given.env : Stack.of(given));
const isEnv = (value: unknown): value is Env =>
  isObject(value) && typeof value['region'] === 'string' && typeof value['account'] === 'string';
/** Names of tables are no addresses: nothing tells another region's from one that is not there. */
const isOurs = (given: IConstruct): boolean => members.state.has in given || members.gateway.has in given;

const shownPart = (part: string): string => (Token.isUnresolved(part) ? 'whichever the deployment has' : part);

type Door = Construct & Readonly<{ stageName: string; state: IConstruct }>;

/** Throws where another gateway of what is deployed together has the same name, stack or state. */
export const demandAlone = (door: Door, isDoor: (other: IConstruct) => other is Door): void => {
  const stack = Stack.of(door);
  for (const other of (Stage.of(door) ?? door.node.root).node.findAll()) {
    if (other === door || !isDoor(other)) continue;
    const its = Stack.of(other);
    if (other.state === door.state)
      throw new MaitredError(
        'PARTS_DIFFER',
        `the state of ${door.node.path} must be its own, got that of ${other.node.path}`,
      );
    if (its.region !== stack.region || its.account !== stack.account) continue;
    if (its !== stack && its.stackName === stack.stackName)
      throw new MaitredError(
        'NAME_TAKEN',
        `the stack of ${door.node.path} must have another name than that of ${other.node.path}, got ${stack.stackName} for both: the one deployed last would take the place of the other`,
      );
    if (other.stageName === door.stageName)
      throw new MaitredError(
        'NAME_TAKEN',
        `stageName of ${door.node.path} must be another than that of ${other.node.path} in the same account and region, got ${shown(door.stageName)} for both: metrics and alarms tell gateways apart by it`,
      );
  }
};
