/** A gateway in anybody's app: one construct in one stack, or its three parts, with what such an app has already. */
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { RootConstruct } from 'constructs';
import { parseStageFile } from '../../config-schema/stage-file.ts';
import { Issuers } from '../../config-schema/issuer.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { environment } from '../../lambdas/env.ts';
import { Maitred, type MaitredProps } from '../../lib/maitred.ts';
import { MaitredGateway } from '../../lib/maitred-gateway.ts';
import { MaitredMonitoring } from '../../lib/maitred-monitoring.ts';
import { MaitredState } from '../../lib/maitred-state.ts';
import { Issuer } from '../../lib/trusted-issuer.ts';
import { plainId } from './templates.ts';

const apps: App[] = [];
afterEach(() => {
  for (const app of apps.splice(0)) rmSync(app.outdir, { recursive: true, force: true });
});

/** Somebody's app, with none of this project's settings. */
const newStack = (id = 'Shop', env: { region?: string; account?: string } = {}): Stack => {
  const app = new App();
  apps.push(app);
  return new Stack(app, id, { env });
};

/** What the functions are told: their variables by plain id, and the file beside their code. */
const files: string[] = [];
const code = (stageFile: string) => {
  files.push(stageFile);
  return () => Code.fromInline('// none');
};
const lastFile = () => parseStageFile(files.at(-1) ?? '');

const door = (stack: Stack, props: MaitredProps = {}, id = 'Door'): Maitred =>
  new Maitred(stack, id, { ...props, code });

const byPlainId = (template: Template, type: string) =>
  Object.fromEntries(
    Object.entries(template.findResources(type)).map(([id, { Properties }]) => [plainId(id), Properties]),
  );

const variablesOf = (template: Template, id: string) =>
  byPlainId(template, 'AWS::Lambda::Function')[`DoorGateway${id}Function`].Environment.Variables;

/** A list of issuers as a deployment makes it of the environment, each deploy-time value a word. */
const issuersIn = (template: Template, id: string) => {
  const [, parts] = variablesOf(template, id)[environment.issuers]['Fn::Join'];
  const text = parts.map((part: unknown) => (typeof part === 'string' ? part : 'deployed.example')).join('');
  return parseConfig(Issuers, 'the environment', text);
};

describe('in one stack', () => {
  const stack = newStack();
  door(stack);
  const template = Template.fromStack(stack);
  apps.splice(0);

  test('has all three parts', () => {
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 5);
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.resourceCountIs('AWS::Cognito::UserPool', 1);
  });

  test('exports nothing, and no resource that keeps something has a name', () => {
    for (const output of Object.values(template.toJSON()['Outputs'])) expect(output).not.toHaveProperty('Export');
    const named = Object.values(template.toJSON()['Resources'] as Record<string, { Type: string; Properties: object }>)
      .filter(({ Type }) => !/Stage$|Index|Schema/.test(Type))
      .flatMap(({ Type, Properties }) =>
        Object.keys(Properties ?? {})
          .filter(
            (key) =>
              /^(Table|Queue|Function|Role|Topic|Alarm|Dashboard|UserPool)Name$/.test(key) &&
              !/Permission|Client|Mapping/.test(Type),
          )
          .map((key) => `${Type} ${key}`),
      );
    expect(named).toEqual([]);
  });

  test('can be there twice', () => {
    const two = newStack();
    door(two);
    door(two, {}, 'SecondDoor');
    const stages = Object.values(Template.fromStack(two).findResources('AWS::ApiGatewayV2::Stage'));
    expect(stages.map(({ Properties }) => Properties.StageName)).toEqual([
      expect.stringMatching(/^shopdoor[0-9a-f]{8}$/),
      expect.stringMatching(/^shopse\w+door[0-9a-f]{8}$/),
    ]);
  });

  test.each([
    { why: 'of any region', env: {} },
    { why: 'of one region and account', env: { region: 'eu-central-1', account: '111122223333' } },
  ])('has no finding of the rule packs that is not acknowledged, $why', ({ env }) => {
    const one = newStack('Shop', env);
    door(one);
    const app = one.node.root as App;
    const found = [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap((pack) =>
      pack
        .validateScope(app)
        .violations.map(({ ruleName, violatingResources: [resource] }) => `${ruleName} ${resource?.constructPath}`),
    );
    expect(found).toEqual([]);
  });
});

describe('with a user pool of the same app', () => {
  const withPool = (options: object = {}, more: readonly ReturnType<typeof Issuer.oidc>[] = []) => {
    const stack = newStack();
    const pool = new UserPool(stack, 'Users');
    const issuers = [Issuer.userPool(pool, pool.addClient('Tills'), options), ...more];
    door(stack, { issuers });
    return Template.fromStack(stack);
  };

  test('its address goes into the environment of the function that checks tokens, and the file has a stand-in', () => {
    const template = withPool();
    expect(issuersIn(template, 'Authenticate')).toEqual([
      expect.objectContaining({
        alias: 'cognito',
        issuer: 'https://deployed.example',
        jwksUri: 'https://deployed.example/.well-known/jwks.json',
        audience: ['deployed.example'],
        audienceClaim: 'client_id',
        tokenUse: 'access',
      }),
    ]);
    expect(lastFile().issuers).toMatchObject([
      { issuer: 'https://deploy-time-0.invalid', audience: ['deploy-time-1.invalid'] },
    ]);
    template.resourceCountIs('AWS::Cognito::UserPool', 1);
  });

  test('that grants at restaurants by name is known so to the function that delivers', () => {
    withPool({ membershipClaim: { path: ['app_metadata', 'r'], shape: 'roles', restaurants: ['r-1'] } });
    expect(lastFile().issuers).toMatchObject([{ membershipClaim: { restaurants: ['r-1'] } }]);
  });

  const others = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      Issuer.oidc({
        alias: `o-${n}`,
        issuer: `https://id-${n}.example.com`,
        audience: 'tills',
        idTokens: 'other_audience',
      }),
    );

  test('and four others all lie there, and with a fifth it is refused', () => {
    expect(issuersIn(withPool({}, others(4)), 'Authenticate').map(({ alias }) => alias)).toEqual([
      'cognito',
      'o-0',
      'o-1',
      'o-2',
      'o-3',
    ]);
    expect(() => withPool({}, others(5))).toThrow(
      'the properties of Shop/Door/Gateway: issuers must be a list of up to 5 where one has deploy-time values, got 6: they lie in the environment of a function',
    );
  });

  test('whose list is longer than an environment is refused', () => {
    const requiredClaims = { scope: 'x'.repeat(4000) };
    expect(() => withPool({ requiredClaims })).toThrow(
      /^the environment of the function Authenticate must be at most 3072 bytes/,
    );
  });

  test('is one issuer, and what is wrong with it is told as of any', () => {
    expect(() => withPool({ alias: 'Not this' })).toThrow(
      'the properties of Shop/Door/State: issuers.0.alias must be 1 to 16 of a-z, 0-9 and "-", got "Not this"',
    );
  });

  test('that is in another region cannot be reached by a reference', () => {
    const app = new App();
    apps.push(app);
    const pool = new UserPool(
      new Stack(app, 'Users', { env: { region: 'eu-west-1', account: '111122223333' } }),
      'Pool',
    );
    const stack = new Stack(app, 'Shop', { env: { region: 'eu-central-1', account: '111122223333' } });
    const issuers = [Issuer.userPool(pool, pool.addClient('Tills'))];
    expect(() => door(stack, { issuers })).toThrow(
      'the user pool Users/Pool must be in the region of Shop/Door/State, eu-central-1, got eu-west-1: import it by UserPool.fromUserPoolArn, or name its issuer and audience in Issuer.oidc',
    );
  });
});

test('an issuer whose whole URL is a deploy-time value is one', () => {
  const stack = newStack();
  const pool = new UserPool(stack, 'Users');
  const issuers = [
    Issuer.oidc({ alias: 'own', issuer: pool.userPoolProviderUrl, audience: 'tills', idTokens: 'other_audience' }),
  ];
  door(stack, { issuers });
  const { [environment.issuers]: value } = variablesOf(Template.fromStack(stack), 'Authenticate');
  expect(JSON.stringify(value)).toContain('ProviderURL');
  expect(JSON.stringify(value)).not.toContain('deploy-time');
});

test('an issuer that is known beforehand lies in the file, as that of a stage does', () => {
  const stack = newStack();
  door(stack, {
    issuers: [
      Issuer.oidc({ alias: 'shop', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' }),
    ],
  });
  expect(lastFile().issuers.map(({ alias }) => alias)).toEqual(['shop']);
  expect(variablesOf(Template.fromStack(stack), 'Authenticate')).not.toHaveProperty(environment.issuers);
});

test('it tells a backend the address of the queue that it publishes to', () => {
  const stack = newStack();
  const { Ref } = stack.resolve(door(stack).eventQueueUrl);
  expect(plainId(Ref)).toBe('DoorGatewayEventQueue');
});

describe('with what the app has already', () => {
  test('a key encrypts tables, queues, logs, environments and alarms, and who may use them may use it', () => {
    const stack = newStack('Shop', { region: 'eu-central-1' });
    const encryptionKey = new Key(stack, 'Key');
    const made = door(stack, { encryptionKey, outbox: 'queue' });
    const backend = new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    made.grantPublish(backend);
    const template = Template.fromStack(stack);
    const key = stack.resolve(encryptionKey.keyArn);
    for (const one of Object.values(byPlainId(template, 'AWS::SQS::Queue'))) expect(one.KmsMasterKeyId).toEqual(key);
    for (const one of Object.values(byPlainId(template, 'AWS::Logs::LogGroup'))) expect(one.KmsKeyId).toEqual(key);
    for (const one of Object.values(byPlainId(template, 'AWS::Lambda::Function'))) expect(one.KmsKeyArn).toEqual(key);
    for (const one of Object.values(byPlainId(template, 'AWS::DynamoDB::GlobalTable')))
      expect(one.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    template.resourceCountIs('AWS::KMS::Key', 1);
    for (const [id, policy] of Object.entries(byPlainId(template, 'AWS::IAM::Policy')))
      expect([id, JSON.stringify(policy)]).toEqual([id, expect.stringContaining('kms:GenerateDataKey')]);
  });

  test('a network holds every function', () => {
    const stack = newStack();
    door(stack, {
      network: {
        vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
          vpcId: 'vpc-1',
          availabilityZones: ['a', 'b'],
          privateSubnetIds: ['subnet-1', 'subnet-2'],
        }),
      },
    });
    const functions = Object.entries(byPlainId(Template.fromStack(stack), 'AWS::Lambda::Function')).filter(([id]) =>
      id.startsWith('Door'),
    );
    expect(functions).toHaveLength(7);
    for (const [, { VpcConfig }] of functions) expect(VpcConfig.SubnetIds).toHaveLength(2);
  });

  test('a permissions boundary bounds every role', () => {
    const stack = newStack();
    door(stack, {
      permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(
        stack,
        'Boundary',
        'arn:aws:iam::111122223333:policy/bound',
      ),
    });
    for (const role of Object.values(byPlainId(Template.fromStack(stack), 'AWS::IAM::Role')))
      expect(role.PermissionsBoundary).toBe('arn:aws:iam::111122223333:policy/bound');
  });

  test('a topic gets the alarms', () => {
    const stack = newStack();
    const alarmTopic = new Topic(stack, 'OnCall');
    const made = door(stack, { alarmTopic, alarmEmails: ['on-call@example.com'] });
    const also = new Topic(stack, 'Pager');
    made.addAlarmAction(new SnsAction(also));
    const template = Template.fromStack(stack);
    const alarms = Object.values(byPlainId(template, 'AWS::CloudWatch::Alarm'));
    expect(alarms).toHaveLength(made.alarms.length);
    for (const { AlarmActions } of alarms)
      expect(AlarmActions).toEqual([alarmTopic, also].map(({ topicArn }) => stack.resolve(topicArn)));
    template.resourceCountIs('AWS::SNS::Topic', 2);
    template.hasResourceProperties('AWS::SNS::Subscription', {
      TopicArn: stack.resolve(alarmTopic.topicArn),
      Protocol: 'email',
    });
  });

  test('a bus or a FIFO queue gets the outbox', () => {
    const stack = newStack();
    const bus = EventBus.fromEventBusName(stack, 'Bus', 'orders');
    door(stack, { outbox: 'bus', outboxTarget: bus });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Events::EventBus', 0);
    expect(
      byPlainId(template, 'AWS::Lambda::Function')['DoorGatewayOutboxFunction'].Environment.Variables[
        environment.outboxBusArn
      ],
    ).toEqual(stack.resolve(bus.eventBusArn));
    const another = newStack();
    const queue = new Queue(another, 'Orders', { fifo: true });
    expect(() => door(another, { outbox: 'bus', outboxTarget: queue })).toThrow(
      'outboxTarget of Shop/Door/Gateway/Outbox must be the one bus that the outbox goes to, got Shop/Orders',
    );
    expect(() => door(newStack(), { outboxTarget: queue })).toThrow(
      'outboxTarget of Shop/Door/Gateway is given, but the outbox of its state is "none"',
    );
    const standard = newStack();
    expect(() => door(standard, { outbox: 'queue', outboxTarget: new Queue(standard, 'Orders') })).toThrow(
      'outboxTarget of Shop/Door/Gateway/Outbox must be a FIFO queue, got Shop/Orders: another keeps no order',
    );
  });

  test('a queue with a key of its own lets the outbox use that key', () => {
    const stack = newStack();
    const encryptionMasterKey = new Key(stack, 'Key');
    door(stack, { outbox: 'queue', outboxTarget: new Queue(stack, 'Orders', { fifo: true, encryptionMasterKey }) });
    const policies = byPlainId(Template.fromStack(stack), 'AWS::IAM::Policy');
    expect(JSON.stringify(policies['DoorGatewayOutboxRoleDefaultPolicy'])).toContain(
      JSON.stringify(stack.resolve(encryptionMasterKey.keyArn)),
    );
  });

  test('where the gateway has another key than what it keeps, each function may use both', () => {
    const stack = newStack('Shop', { region: 'eu-central-1' });
    const [kept, running] = [new Key(stack, 'Kept'), new Key(stack, 'Running')];
    const state = new MaitredState(stack, 'State', { encryptionKey: kept });
    new MaitredGateway(stack, 'Gateway', { state, encryptionKey: running, code });
    const policies = Object.entries(byPlainId(Template.fromStack(stack), 'AWS::IAM::Policy')).filter(([id]) =>
      id.startsWith('Gateway'),
    );
    expect(policies).toHaveLength(7);
    for (const [id, policy] of policies)
      for (const key of [kept, running])
        expect([id, JSON.stringify(policy)]).toEqual([
          id,
          expect.stringContaining(JSON.stringify(stack.resolve(key.keyArn))),
        ]);
  });

  test('its certificate and zone give the gateway a name', () => {
    const stack = newStack();
    const zone = new HostedZone(stack, 'Zone', { zoneName: 'example.com' });
    const { certificateArn } = new Certificate(stack, 'Certificate', { domainName: 'door.example.com' });
    const made = door(stack, {
      domain: {
        name: 'door.example.com',
        certificateArn,
        hostedZoneId: zone.hostedZoneId,
        hostedZoneName: zone.zoneName,
      },
    });
    expect(made.webSocketUrl).toBe('wss://door.example.com');
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainNameConfigurations: [Match.objectLike({ CertificateArn: stack.resolve(certificateArn) })],
    });
  });
});

describe('a backend may', () => {
  const allowedOf = (grant: (made: Maitred, role: Role) => void, stack = newStack(), props: MaitredProps = {}) => {
    const role = new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    grant(door(stack, props), role);
    const { PolicyDocument } = byPlainId(Template.fromStack(stack), 'AWS::IAM::Policy')['BackendDefaultPolicy'];
    return PolicyDocument.Statement.map(
      ({ Action, Resource }: { Action: string[]; Resource: { 'Fn::GetAtt': [string] } }) => [
        [Action].flat().join(' '),
        plainId(Resource['Fn::GetAtt'][0]),
      ],
    );
  };

  test.each([
    {
      why: 'publish',
      grant: (made: Maitred, role: Role) => made.grantPublish(role),
      may: ['sqs:SendMessage', 'DoorGatewayEventQueue'],
      withKey: 'kms:Decrypt kms:GenerateDataKey',
    },
    {
      why: 'manage members',
      grant: (made: Maitred, role: Role) => made.grantManageMembers(role),
      may: [
        'dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
        'DoorStateMemberships',
      ],
      withKey: expect.stringContaining('kms:Encrypt'),
    },
    {
      why: 'read the audit record, and nothing more',
      grant: (made: Maitred, role: Role) => made.grantReadAudit(role),
      may: ['dynamodb:GetItem dynamodb:Query', 'DoorStateAudit'],
      withKey: 'kms:Decrypt kms:DescribeKey',
    },
  ])('$why, and of a key what that needs', ({ grant, may, withKey }) => {
    expect(allowedOf(grant)).toEqual([may]);
    const stack = newStack('Shop', { region: 'eu-central-1' });
    expect(allowedOf(grant, stack, { encryptionKey: new Key(stack, 'Key') })).toEqual([may, [withKey, 'Key']]);
  });
});

test('its metrics are those of its own stage', () => {
  const made = door(newStack(), { stageName: 'live' });
  for (const metric of [
    made.metricEntered(),
    made.metricEvents(),
    made.metricDeliveryLag(),
    made.metricFailures(),
    made.metricSecurityEvent('token_expired'),
  ])
    expect(metric.dimensions).toMatchObject({ stage: 'live' });
  for (const metric of [made.metricConnections(), made.metricMessages()])
    expect(metric.dimensions).toMatchObject({ Stage: 'live' });
  expect(() => made.metricSecurityEvent('no_such')).toThrow(
    'metricSecurityEvent must be asked for a security event of docs/log-inventory.md, got "no_such"',
  );
});

test('its parts stand in stacks of their own, and are one gateway', () => {
  const app = new App();
  apps.push(app);
  const state = new MaitredState(new Stack(app, 'Kept'), 'State');
  const gateway = new MaitredGateway(new Stack(app, 'Running'), 'Gateway', { state, code, stageName: 'live' });
  const monitoring = new MaitredMonitoring(new Stack(app, 'Watching'), 'Monitoring', { gateway });
  const assembly = app.synth();
  expect(assembly.stacks.map(({ stackName }) => stackName)).toEqual(['Kept', 'Running', 'Watching']);
  expect(monitoring.alarms.length).toBeGreaterThan(30);
});

describe('what cannot be is told in a sentence', () => {
  test.each<{ why: string; props: MaitredProps; says: string }>([
    {
      why: 'a number that is none of its key',
      props: { authTimeoutSeconds: 60 },
      says: 'the properties of Shop/Door/Gateway: authTimeoutSeconds must be a whole number from 1 to 30, got 60',
    },
    {
      why: 'a name that no stage can have',
      props: { stageName: 'Live!' },
      says: 'stageName of Shop/Door/Gateway must be up to 20 of a-z, 0-9 and "-", a letter first, got "Live!"',
    },
    {
      why: 'pages of the local gateway on AWS',
      props: { developmentOrigins: true },
      says: 'the properties of Shop/Door/Gateway: developmentOrigins must be false unless every issuer is on this machine, got true: it is for the local gateway alone',
    },
    {
      why: 'security events for an outbox that is not there',
      props: { outboxSecurityEvents: true },
      says: 'the properties of Shop/Door/Gateway: outboxSecurityEvents needs outbox to be "bus" or "queue", got true',
    },
    {
      why: 'a mail address that is none',
      props: { alarmEmails: ['nobody'] },
      says: 'the properties of Shop/Door/Monitoring: alarmEmails.0 must be a mail address, got "nobody"',
    },
    {
      why: 'a domain whose events nobody may publish',
      props: { connectionTypes: { 'NOT A NAME': {} } },
      says: 'the properties of Shop/Door/Gateway: connectionTypes.NOT A NAME must be called by 1 to 16 of a-z, 0-9 and "_", a letter first, and not "constructor" or "prototype", got "NOT A NAME"',
    },
  ])('$why', ({ props, says }) => {
    expect(() => door(newStack(), props)).toThrow(new Error(says));
  });
});

test('a key in a stack of no region is refused', () => {
  const stack = newStack();
  expect(() => door(stack, { encryptionKey: new Key(stack, 'Key') })).toThrow(
    'the stack Shop must have a region in its env, since Shop/Door/State is given an encryptionKey, got none',
  );
});

test('an app of another copy of the CDK is refused', () => {
  // What another copy leaves for this one to see: a stack by its mark, and not by its class.
  const foreign = new RootConstruct('Shop');
  Object.defineProperty(foreign, Symbol.for('@aws-cdk/core.Stack'), { value: true });
  expect(() => new Maitred(foreign, 'Door')).toThrow(/^maitred and the app have two copies of aws-cdk-lib: /);
});

test('without the functions of the package it says where they should be', () => {
  expect(() => new Maitred(newStack(), 'Door')).toThrow(
    /^the functions of maitred must be in .*functions, got no sdk\/connect: install the package anew$/,
  );
});
