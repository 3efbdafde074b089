/** What is given to the constructs: in a language whose compiler refuses nothing, from another place than theirs, and twice. */
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { App, Stack, type StackProps, Stage } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct, RootConstruct } from 'constructs';
import { Maitred } from '../../lib/maitred.ts';
import { MaitredGateway } from '../../lib/maitred-gateway.ts';
import { MaitredMonitoring } from '../../lib/maitred-monitoring.ts';
import { MaitredState } from '../../lib/maitred-state.ts';
import { Issuer } from '../../lib/trusted-issuer.ts';
import { forbidden } from '../forbidden.ts';

const apps: App[] = [];
afterEach(() => {
  for (const app of apps.splice(0)) rmSync(app.outdir, { recursive: true, force: true });
});

const newApp = (): App => {
  const app = new App();
  apps.push(app);
  return app;
};
const code = () => () => Code.fromInline('// none');
const frankfurt: StackProps = { env: { region: 'eu-central-1', account: '111111111111' } };
const virginia: StackProps = { env: { region: 'us-east-1', account: '111111111111' } };
const gateway = (stack: Construct, id: string, stageName?: string): MaitredGateway =>
  new MaitredGateway(stack, id, { state: new MaitredState(stack, `${id}State`), stageName, code });

describe('what is no construct of its kind is refused by the name of its property', () => {
  test.each<{ why: string; make: (stack: Stack) => unknown; says: string }>([
    {
      why: 'nothing at all',
      make: (stack) => new Maitred(stack, 'Door', forbidden(null)),
      says: 'the properties of Shop/Door must be an object, got null',
    },
    {
      why: 'a name for a key',
      make: (stack) => new Maitred(stack, 'Door', { encryptionKey: forbidden('alias/door') }),
      says: 'the properties of Shop/Door: encryptionKey must be a key of aws-kms, got "alias/door"',
    },
    {
      why: 'a VPC for a network: no function would be in it',
      make: (stack) => new Maitred(stack, 'Door', { network: forbidden(new Vpc(stack, 'Net')) }),
      says: 'the properties of Shop/Door: network must be an object with a vpc of aws-ec2, got the construct Shop/Net',
    },
    {
      why: 'a name for a VPC',
      make: (stack) => new Maitred(stack, 'Door', { network: { vpc: forbidden('vpc-1') } }),
      says: 'the properties of Shop/Door: network: vpc must be a vpc of aws-ec2, got "vpc-1"',
    },
    {
      why: 'a name for a boundary: no role would have it',
      make: (stack) => new Maitred(stack, 'Door', { permissionsBoundary: forbidden('arn:aws:iam::1:policy/x') }),
      says: 'the properties of Shop/Door: permissionsBoundary must be a managed policy of aws-iam, got "arn:aws:iam::1:policy/x"',
    },
    {
      why: 'a name for a topic',
      make: (stack) => new Maitred(stack, 'Door', { alarmTopic: forbidden('pager') }),
      says: 'the properties of Shop/Door: alarmTopic must be a topic of aws-sns, got "pager"',
    },
    {
      why: 'a topic for a bus',
      make: (stack) => new Maitred(stack, 'Door', { outboxTarget: forbidden(new Topic(stack, 'Pager')) }),
      says: 'the properties of Shop/Door: outboxTarget must be a bus or a queue, got the construct Shop/Pager',
    },
    {
      why: 'a user pool for an issuer',
      make: (stack) => new Maitred(stack, 'Door', { issuers: forbidden([new UserPool(stack, 'Users')]) }),
      says: 'the properties of Shop/Door: issuers must be a list of what Issuer.userPool and Issuer.oidc make, got [the construct Shop/Users]',
    },
    {
      why: 'an issuer without a list around it',
      make: (stack) => new Maitred(stack, 'Door', { issuers: forbidden(Issuer.oidc(forbidden({}))) }),
      says: 'the properties of Shop/Door: issuers must be a list of what Issuer.userPool and Issuer.oidc make, got no list',
    },
    {
      why: 'an entry that says nothing',
      make: (stack) => new Maitred(stack, 'Door', { issuers: [Issuer.oidc(forbidden({}))] }),
      says: 'the properties of Shop/Door/State: issuers.0.alias must be 1 to 16 of a-z, 0-9 and "-", got nothing',
    },
    {
      why: 'no pool',
      make: () => Issuer.userPool(forbidden(undefined), []),
      says: 'Issuer.userPool: userPool must be a user pool of aws-cognito, got nothing',
    },
    {
      why: 'the id of a client',
      make: (stack) => Issuer.userPool(new UserPool(stack, 'Users'), forbidden('3n4b')),
      says: 'Issuer.userPool: client must be a client of a user pool, got "3n4b"',
    },
    {
      why: 'no state',
      make: (stack) => new MaitredGateway(stack, 'Gateway', forbidden({})),
      says: 'the properties of Shop/Gateway: state must be a MaitredState, got nothing',
    },
    {
      why: 'a state for a gateway',
      make: (stack) =>
        new MaitredMonitoring(stack, 'Monitoring', { gateway: forbidden(new MaitredState(stack, 'State')) }),
      says: 'the properties of Shop/Monitoring: gateway must be a MaitredGateway, got the construct Shop/State',
    },
  ])('$why', ({ make, says }) => {
    expect(() => make(new Stack(newApp(), 'Shop'))).toThrow(new Error(says));
  });
});

describe('what functions could not reach is refused with both places', () => {
  test.each<{ why: string; make: (here: Stack, there: Stack) => unknown; says: string }>([
    {
      why: 'a state',
      make: (here, there) => new MaitredGateway(here, 'Gateway', { state: new MaitredState(there, 'State'), code }),
      says: 'the state of Here/Gateway must be in its region, eu-central-1, got There/State in us-east-1',
    },
    {
      why: 'a key',
      make: (here, there) => new MaitredState(here, 'State', { encryptionKey: new Key(there, 'Key') }),
      says: 'the encryptionKey of Here/State must be in its region, eu-central-1, got There/Key in us-east-1',
    },
    {
      why: 'a key whose ARN says so',
      make: (here) =>
        new MaitredState(here, 'State', {
          encryptionKey: Key.fromKeyArn(here, 'Key', 'arn:aws:kms:us-east-1:111111111111:key/1'),
        }),
      says: 'the encryptionKey of Here/State must be in its region, eu-central-1, got Here/Key in us-east-1',
    },
    {
      why: 'a network',
      make: (here, there) =>
        new MaitredGateway(here, 'Gateway', {
          state: new MaitredState(here, 'State'),
          network: { vpc: forbidden(new Vpc(there, 'Net')) },
          code,
        }),
      says: 'the network of Here/Gateway must be in its region, eu-central-1, got There/Net in us-east-1',
    },
    {
      why: 'a gateway to watch',
      make: (here, there) => new MaitredMonitoring(here, 'Monitoring', { gateway: gateway(there, 'Gateway') }),
      says: 'the gateway of Here/Monitoring must be in its region, eu-central-1, got There/Gateway in us-east-1',
    },
  ])('$why', ({ make, says }) => {
    const app = newApp();
    const places = [new Stack(app, 'Here', frankfurt), new Stack(app, 'There', virginia)] as const;
    expect(() => make(...places)).toThrow(new Error(says));
  });

  test('what nobody knows the place of is taken', () => {
    const stack = new Stack(newApp(), 'Shop', { env: { region: 'eu-central-1' } });
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:222222222222:key/1');
    expect(() => new MaitredState(stack, 'State', { encryptionKey })).not.toThrow();
  });
});

test('what another copy of the CDK made is refused as that', () => {
  // What such a copy leaves for this one to see: a stack by its mark, and not by its class.
  const foreign = new RootConstruct('Elsewhere');
  Object.defineProperty(foreign, Symbol.for('@aws-cdk/core.Stack'), { value: true });
  const encryptionKey = Object.assign(new Construct(foreign, 'Key'), { keyArn: 'arn' });
  expect(
    () =>
      new MaitredState(new Stack(newApp(), 'Here', frankfurt), 'State', { encryptionKey: forbidden(encryptionKey) }),
  ).toThrow(/^maitred and the app have two copies of aws-cdk-lib: /);
});

describe('two gateways', () => {
  test('of one name in one account and region are refused', () => {
    const app = newApp();
    gateway(new Stack(app, 'One'), 'Gateway', 'live');
    expect(() => gateway(new Stack(app, 'Two'), 'Gateway', 'live')).toThrow(
      'stageName of Two/Gateway must be another than that of One/Gateway in the same account and region, got "live" for both: metrics and alarms tell gateways apart by it',
    );
  });

  test('in two stacks of one name are refused', () => {
    const app = newApp();
    gateway(new Stack(app, 'One', { stackName: 'Shop' }), 'Gateway');
    expect(() => gateway(new Stack(app, 'Two', { stackName: 'Shop' }), 'Gateway')).toThrow(
      'the stack of Two/Gateway must have another name than that of One/Gateway, got Shop for both: the one deployed last would take the place of the other',
    );
  });

  test('of one state are refused', () => {
    const stack = new Stack(newApp(), 'Shop');
    const { state } = gateway(stack, 'One');
    expect(() => new MaitredGateway(stack, 'Two', { state, code })).toThrow(
      'the state of Shop/Two must be its own, got that of Shop/One',
    );
  });

  test.each<{ where: string; scopes: (app: App) => readonly [Construct, Construct] }>([
    { where: 'two regions', scopes: (app) => [new Stack(app, 'One', frankfurt), new Stack(app, 'Two', virginia)] },
    {
      where: 'two stages of a pipeline, which go to accounts that it knows',
      scopes: (app) => [new Stack(new Stage(app, 'Test'), 'Shop'), new Stack(new Stage(app, 'Live'), 'Shop')],
    },
  ])('of one name in $where are two gateways', ({ scopes }) => {
    const [one, two] = scopes(newApp());
    gateway(one, 'Gateway', 'live');
    expect(() => gateway(two, 'Gateway', 'live')).not.toThrow();
  });
});
