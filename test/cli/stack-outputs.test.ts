/** A deployed app's gateway by what its stacks put out: in a stack of its own, in one of somebody's, in three. */
import { expect, test } from '@jest/globals';
import { stacksAsked } from '../../bin/asked-gateway.ts';
import { outputsIn } from '../../bin/stack-outputs.ts';

const outputs = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([id, value]) => ({ id, value, description: undefined }));

test.each([
  { why: 'a stack of its own', given: { WebSocketUrl: 'wss://own', ManagementUrl: 'https://own' } },
  {
    why: 'a construct of a stack, among outputs of the app',
    given: {
      DoorGatewayWebSocketUrl1A2B3C4D: 'wss://own',
      DoorGatewayManagementUrl0F0F0F0F: 'https://own',
      ShopUrl12345678: 'https://shop',
    },
  },
  {
    why: 'its very name, beside one of an app that ends in it',
    given: { WebSocketUrl: 'wss://own', OldWebSocketUrl: 'wss://old', ManagementUrl: 'https://own' },
  },
])('is found in $why', ({ given }) => {
  const output = outputsIn(['Shop'], outputs(given));
  expect([output('WebSocketUrl'), output('ManagementUrl')]).toEqual(['wss://own', 'https://own']);
  expect(output.optional('OutboxTarget')).toBeUndefined();
});

const oneOfAnApp = {
  DoorGatewayWebSocketUrl11111111: 'wss://own',
  DoorGatewayManagementUrl11111111: 'https://own',
  DoorGatewayEventQueueUrl11111111: 'own queue',
  DoorStateIssuerAliases11111111: 'shop',
  DoorStateConnectionsTableName11111111: 'own connections',
  DoorStateAuditTableName11111111: 'own audit',
};

test.each([
  { why: 'has the very name', name: 'EventQueueUrl', given: { EventQueueUrl: 'queue of the app' }, is: 'own queue' },
  { why: 'has the very name', name: 'AuditTableName', given: { AuditTableName: 'of the app' }, is: 'own audit' },
  {
    why: 'has the very name of what a gateway is known by',
    name: 'ManagementUrl',
    given: { ManagementUrl: 'https://app', ConnectionsTableName: 'of the app' },
    is: 'https://own',
  },
  {
    why: "is of a construct of the app's",
    name: 'EventQueueUrl',
    given: { OrdersEventQueueUrl22222222: 'queue of the app' },
    is: 'own queue',
  },
  {
    why: 'has the very name of what this gateway has not',
    name: 'OutboxTarget',
    given: { OutboxTarget: 'of the app' },
    is: undefined,
  },
  {
    why: 'ends in what this gateway has not',
    name: 'OutboxDeadLettersUrl',
    given: { PartnerOutboxDeadLettersUrl: 'of the app', PartnerOutboxDeadLettersUrl22222222: 'of the app' },
    is: undefined,
  },
])('an output of the app that $why is not $name', ({ name, given, is }) => {
  expect(outputsIn(['Shop'], outputs({ ...given, ...oneOfAnApp })).optional(name)).toBe(is);
});

test.each([
  { why: 'under a name that ends in it', again: { OrdersEventQueueUrl: 'own queue' } },
  { why: 'under its very name', again: { EventQueueUrl: 'own queue' } },
  {
    why: 'with all that a gateway is known by',
    again: { WebSocketUrl: 'wss://own', ManagementUrl: 'https://own', EventQueueUrl: 'own queue' },
  },
])('an output of the gateway that the app puts out again $why is no other gateway', ({ again }) => {
  expect(outputsIn(['Shop'], outputs({ ...again, ...oneOfAnApp }))('EventQueueUrl')).toBe('own queue');
});

test('a state in a stack of its own goes with a gateway that is a construct of another', () => {
  const output = outputsIn(
    ['Kept', 'Running'],
    outputs({
      IssuerAliases: 'shop',
      ConnectionsTableName: 'own',
      AuditTableName: 'own audit',
      DoorWebSocketUrl11111111: 'wss://own',
      DoorManagementUrl11111111: 'https://own',
    }),
  );
  expect([output('AuditTableName'), output('ManagementUrl')]).toEqual(['own audit', 'https://own']);
});

test('names the stacks where an output is missing, and both of two', () => {
  expect(() => outputsIn(['Shop'], outputs({ ShopUrl12345678: 'x' }))('WebSocketUrl')).toThrow(
    'Stack Shop has no output WebSocketUrl: name each stack that the gateway stands in.',
  );
  expect(() => outputsIn(['Kept', 'Running'], [])('AuditTableName')).toThrow(
    'None of the stacks Kept, Running has an output AuditTableName: name each stack that the gateway stands in.',
  );
  const two = outputs({
    NorthGatewayWebSocketUrl11111111: 'a',
    NorthGatewayManagementUrl11111111: 'a',
    SouthGatewayWebSocketUrl22222222: 'b',
    SouthGatewayManagementUrl22222222: 'b',
  });
  expect(() => outputsIn(['Shop'], two)('WebSocketUrl')).toThrow(
    'There are several gateways in Shop, with the outputs NorthGatewayWebSocketUrl11111111 and SouthGatewayWebSocketUrl22222222: commands are for stacks with one.',
  );
});

test.each([
  { why: 'a stage', asked: { stage: 'dev' }, stacks: ['maitred-dev-state', 'maitred-dev-gateway'] },
  { why: "an app's stacks", asked: { stack: ['Kept', 'Running'] }, stacks: ['Kept', 'Running'] },
  { why: 'a gateway on this machine', asked: { port: '8787' }, stacks: undefined },
])('$why has these stacks', ({ asked, stacks }) => {
  expect(stacksAsked(asked)).toEqual(stacks);
});

test.each([
  { asked: { stage: 'dev', port: '1' }, says: '--stage is for a deployed stage and --port for a gateway on this' },
  { asked: { stack: ['Shop'], port: '1' }, says: '--stack is for a deployed app and --port for a gateway on this' },
  {
    asked: { stage: 'dev', stack: ['Shop'] },
    says: "--stage is for a stage of this project and --stack for somebody's",
  },
])('refuses $asked', ({ asked, says }) => {
  expect(() => stacksAsked(asked)).toThrow(says);
});
