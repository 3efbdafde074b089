/** Which gateways an app has, and what of it is theirs. */
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { missingLookups, readAssembly } from '../../local/assembly.ts';
import { chosenDoor, type Door, doorsIn, leftAlone } from '../../local/door.ts';
import { doorStack, ofTheApp, writeForeignApp } from './foreign-app.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

const written = (...app: Parameters<typeof writeForeignApp>): string => {
  const dir = writeForeignApp(...app);
  dirs.push(dir);
  return dir;
};
const stacksOf = (...app: Parameters<typeof writeForeignApp>) => readAssembly(written(...app));
const doorsOf = (...app: Parameters<typeof writeForeignApp>) => doorsIn(stacksOf(...app), []);
const pathsOf = (doors: readonly Door[]) => doors.map(({ path }) => path);

describe('the gateways of an app', () => {
  test('are called like their constructs, and a socket API of its own is none', () => {
    expect(pathsOf(doorsOf({ Shop: doorStack('Shop', {}, { resources: ofTheApp }) }))).toEqual(['Shop/Door']);
    expect(doorsOf({ Shop: { resources: ofTheApp, paths: { 'Shop/OwnSockets/Resource': 'OwnSockets' } } })).toEqual([]);
  });

  test.each([
    {
      why: 'of another table, under the name of that of the connections',
      outputs: { ConnectionsTableName: { Ref: 'OwnTable' } },
      paths: { 'Shop/ConnectionsTableName': 'ConnectionsTableName' },
    },
    {
      why: 'of the connections again',
      outputs: { ConnectionsTableName: { Ref: 'DoorConnections' } },
      paths: { 'Shop/ConnectionsTableName': 'ConnectionsTableName' },
    },
    {
      why: 'of the connections again, in a construct beside the gateway',
      outputs: { InfoConnectionsTableName00000000: { Ref: 'DoorConnections' } },
      paths: { 'Shop/Info/ConnectionsTableName': 'InfoConnectionsTableName00000000' },
    },
    {
      why: 'with a text where the gateway has its address',
      outputs: { ManagementUrl: 'https://app', WebSocketUrl: 'wss://app' },
      paths: { 'Shop/ManagementUrl': 'ManagementUrl', 'Shop/WebSocketUrl': 'WebSocketUrl' },
    },
    {
      why: "of the gateway's addresses again",
      outputs: { ManagementUrl: { Ref: 'DoorApi' }, WebSocketUrl: { Ref: 'DoorApi' } },
      paths: { 'Shop/ManagementUrl': 'ManagementUrl', 'Shop/WebSocketUrl': 'WebSocketUrl' },
    },
    {
      why: 'of a socket API of its own',
      outputs: { ManagementUrl: { Ref: 'OwnSockets' }, WebSocketUrl: { Ref: 'OwnSockets' } },
      paths: { 'Shop/ManagementUrl': 'ManagementUrl', 'Shop/WebSocketUrl': 'WebSocketUrl' },
    },
    {
      why: 'of an outbox and of a dashboard of its own',
      outputs: {
        OutboxTarget: { Ref: 'OwnTable' },
        DashboardName: 'own',
        PartnerOutboxTarget00000000: { Ref: 'DoorQueue' },
      },
      paths: {
        'Shop/OutboxTarget': 'OutboxTarget',
        'Shop/DashboardName': 'DashboardName',
        'Shop/Partner/OutboxTarget': 'PartnerOutboxTarget00000000',
      },
    },
  ])('are what they are beside an output of the app $why', ({ outputs, paths }) => {
    const own = { 'Shop/OwnSockets/Resource': 'OwnSockets', 'Shop/OwnTable/Resource': 'OwnTable' };
    const stacks = stacksOf({
      Shop: doorStack('Shop', {}, { resources: ofTheApp, outputs, paths: { ...own, ...paths } }),
    });
    const doors = doorsIn(stacks, []);
    expect(pathsOf(doors)).toEqual(['Shop/Door']);
    const [door] = doors;
    expect(door?.gatewayPath).toBe('DoorGateway');
    expect(
      ['ManagementUrl', 'ConnectionsTableName', 'OutboxTarget'].map((name) => door?.outputs(name).map(({ id }) => id)),
    ).toEqual([['DoorGatewayManagementUrl0A1B2C3D'], ['DoorStateConnectionsTableName0A1B2C3D'], []]);
    const [stack] = stacks;
    expect(
      ['OwnTable', 'OwnSockets'].filter((id) => stack && (door?.has(stack, id) || door?.holds(stack, id))),
    ).toEqual([]);
  });

  test('are found in the stages of the app, too', () => {
    const stages = { Dev: { 'Dev-Shop': doorStack('Dev/Shop') }, Prod: { 'Prod-Shop': doorStack('Prod/Shop') } };
    expect(pathsOf(doorsOf({}, stages))).toEqual(['Dev/Shop/Door', 'Prod/Shop/Door']);
  });

  test('have what stands in their construct and what their functions use, and nothing else', () => {
    const bus = { Bus: { Type: 'AWS::Events::EventBus' }, BusOfAll: { Type: 'AWS::Events::EventBus' } };
    const stacks = stacksOf({
      Base: { resources: bus, outputs: { BusArn: { 'Fn::GetAtt': ['Bus', 'Arn'] } } },
      Shop: doorStack(
        'Shop',
        { BUS: { 'Fn::GetStackOutput': { StackName: 'Base', OutputName: 'BusArn' } }, POOL: { Ref: 'OwnTable' } },
        {
          resources: {
            ...ofTheApp,
            ThePolicy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'DoorRole' }] } },
            AnotherPolicy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'OwnRole' }] } },
          },
        },
      ),
    });
    const [door] = doorsIn(stacks, ['POOL']);
    const its = stacks.flatMap((stack) => Object.keys(stack.resources).filter((id) => door?.has(stack, id)));
    expect(its).toEqual([
      'Bus',
      'DoorApi',
      'DoorStage',
      'DoorIntegration',
      'DoorRoute',
      'DoorRole',
      'DoorConnect',
      'DoorQueue',
      'DoorConnections',
      'DoorAudit',
      'ThePolicy',
    ]);
  });

  test('leave alone what else there is, counted by type', () => {
    const stacks = stacksOf({ Shop: doorStack('Shop', {}, { resources: ofTheApp }) });
    expect(Object.fromEntries(leftAlone(stacks, doorsIn(stacks, [])))).toEqual({
      'AWS::ApiGatewayV2::Api': 1,
      'AWS::Lambda::Function': 1,
      'AWS::Lambda::EventSourceMapping': 1,
      'AWS::DynamoDB::Table': 1,
      'AWS::KMS::Key': 1,
      'AWS::EC2::VPC': 1,
      'AWS::EC2::Subnet': 2,
    });
  });

  test('have each its own outputs', () => {
    const [first, second] = doorsOf({ Shop: doorStack('Shop'), Bar: doorStack('Bar') });
    for (const [door, stack] of [
      [first, 'Shop'],
      [second, 'Bar'],
    ] as const)
      for (const name of ['ManagementUrl', 'WebSocketUrl', 'ConnectionsTableName'])
        expect(door?.outputs(name).map((output) => output.stack.name)).toEqual([stack]);
    expect(first?.outputs('OutboxTarget')).toEqual([]);
  });
});

describe('the gateway that is meant', () => {
  const two = () => doorsOf({ Shop: doorStack('Shop') }, { Dev: { 'Dev-Shop': doorStack('Dev/Shop') } });

  test('is the only one, or the one that is named by its path or the beginning of it', () => {
    expect(chosenDoor(doorsOf({ Shop: doorStack('Shop') }), undefined).path).toBe('Shop/Door');
    expect(chosenDoor(two(), 'Dev').path).toBe('Dev/Shop/Door');
    expect(chosenDoor(two(), 'Shop/Door').path).toBe('Shop/Door');
  });

  test.each([
    {
      why: 'none is there',
      doors: () => [],
      asked: undefined,
      code: 'DOOR_MISSING',
      says: /^The app has no gateway: /,
    },
    {
      why: 'there are several',
      doors: two,
      asked: undefined,
      code: 'DOOR_UNCLEAR',
      says: 'The app has several gateways, choose one with --door: Shop/Door, Dev/Shop/Door.',
    },
    {
      why: 'none is called so',
      doors: two,
      asked: 'De',
      code: 'DOOR_UNKNOWN',
      says: 'The app has no gateway De; it has Shop/Door, Dev/Shop/Door.',
    },
    {
      why: 'several begin so',
      doors: () => doorsOf({}, { Dev: { A: doorStack('Dev/A'), B: doorStack('Dev/B') } }),
      asked: 'Dev',
      code: 'DOOR_UNCLEAR',
      says: 'There are several gateways in Dev, choose one with --door: Dev/A/Door, Dev/B/Door.',
    },
  ])('is told in one sentence where $why', ({ doors, asked, code, says }) => {
    const choose = () => chosenDoor(doors(), asked);
    expect(choose).toThrow(says);
    expect(choose).toThrow(expect.objectContaining({ code }));
  });
});

test('the account that a stack is for is the one that there is here, in what is a number of its own alone', () => {
  const [stack] = stacksOf({
    Shop: {
      environment: 'aws://123456789012/eu-central-1',
      resources: {
        A: { Type: 'T', Properties: { Arn: 'arn:aws:sqs:eu-central-1:123456789012:x', Hash: 'a123456789012b' } },
      },
    },
  });
  expect(stack).toMatchObject({
    region: 'eu-central-1',
    resources: { A: { Properties: { Arn: 'arn:aws:sqs:eu-central-1:000000000000:x', Hash: 'a123456789012b' } } },
  });
});

test('what was not looked up is told', () => {
  expect(missingLookups(written({}, {}, ['vpc-provider:account=1', 'ami:x']))).toEqual([
    'vpc-provider:account=1',
    'ami:x',
  ]);
  expect(missingLookups(written({}, { Dev: {} }))).toEqual([]);
});
