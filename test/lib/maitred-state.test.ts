import { describe, expect, test } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { resources, templates } from './templates.ts';

const issuers = [{ alias: 'shop', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' }];
const own = templates().state;
const foreign = templates({ issuers }).state;

describe('a table', () => {
  const tables = resources(own, 'AWS::DynamoDB::GlobalTable');

  test('there are five of them, and no old-style one', () => {
    expect(Object.keys(tables).sort()).toEqual(['Audit', 'Budgets', 'Connections', 'Events', 'Memberships']);
    own.resourceCountIs('AWS::DynamoDB::Table', 0);
  });

  test.each(['Audit', 'Budgets', 'Connections', 'Events', 'Memberships'])(
    '%s outlives its stack and every mistake',
    (id) => {
      const { DeletionPolicy, UpdateReplacePolicy, Properties } = tables[id] ?? {};
      expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
        ],
      });
      expect(Properties).not.toHaveProperty('TableName');
    },
  );

  test.each([
    { id: 'Connections', keys: ['connection_id HASH'], indexKeys: ['live_restaurant_id'], expires: 'expires_at' },
    { id: 'Memberships', keys: ['pk HASH', 'sk RANGE'], expires: undefined },
    { id: 'Audit', keys: ['pk HASH', 'sk RANGE'], expires: 'expires_at' },
    { id: 'Budgets', keys: ['pk HASH', 'sk RANGE'], expires: 'expires_at' },
    { id: 'Events', keys: ['pk HASH', 'sk RANGE'], expires: 'expires_at' },
  ])('$id has the keys $keys and ends its items by $expires', ({ id, keys, expires, indexKeys = [] }) => {
    const properties = tables[id]?.['Properties'];
    type Key = { AttributeName: string; KeyType: string };
    expect(properties.KeySchema.map((key: Key) => `${key.AttributeName} ${key.KeyType}`)).toEqual(keys);
    expect(properties.TimeToLiveSpecification).toEqual(expires && { AttributeName: expires, Enabled: true });
    expect(
      properties.AttributeDefinitions.map(({ AttributeType }: { AttributeType: string }) => AttributeType),
    ).toEqual([...keys, ...indexKeys].map(() => 'S'));
  });
});

describe('how a table is paid, and how fast it is', () => {
  const tablesOf = (config: object) => resources(templates(config).state, 'AWS::DynamoDB::GlobalTable');

  test('the table of events may be provisioned, in place: with a seed for the minutes until the scaling is there', () => {
    const { Events, ...others } = tablesOf({
      provisionedThroughput: { maxReads: 2_000, minWrites: 50, maxWrites: 4_000, targetPercent: 60 },
    });
    const scaled = (MinCapacity: number, MaxCapacity: number) => ({
      MinCapacity,
      MaxCapacity,
      SeedCapacity: MaxCapacity,
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 60 },
    });
    expect(Events?.['Properties']).toMatchObject({
      BillingMode: 'PROVISIONED',
      WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: scaled(50, 4_000) },
      Replicas: [{ ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: scaled(5, 2_000) } }],
    });
    for (const { Properties } of Object.values(others)) expect(Properties.BillingMode).toBe('PAY_PER_REQUEST');
  });

  test.each([
    { warmThroughput: {}, sent: undefined },
    { warmThroughput: { writesPerSecond: 16_000 }, sent: { WriteUnitsPerSecond: 16_000 } },
    { warmThroughput: { readsPerSecond: 20_000 }, sent: { ReadUnitsPerSecond: 20_000 } },
    {
      warmThroughput: { readsPerSecond: 20_000, writesPerSecond: 16_000 },
      sent: { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 16_000 },
    },
  ])(
    'the table of events may be warm, and is told no more than was said: $warmThroughput',
    ({ warmThroughput, sent }) => {
      const { Events, ...others } = tablesOf({ warmThroughput });
      expect(Events?.['Properties'].WarmThroughput).toEqual(sent);
      for (const { Properties } of Object.values(others)) expect(Properties).not.toHaveProperty('WarmThroughput');
    },
  );

  test('the audit table may be of the class for what is seldom read', () => {
    const { Audit } = tablesOf({ auditTableClass: 'infrequent' });
    expect(Audit?.['Properties'].Replicas).toMatchObject([{ TableClass: 'STANDARD_INFREQUENT_ACCESS' }]);
  });
});

describe('the index of the sessions of a restaurant', () => {
  const { Properties } = resources(own, 'AWS::DynamoDB::GlobalTable')['Connections'] ?? {};

  test('projects everything: an index cannot learn of an attribute later', () => {
    expect(Properties.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'live',
        KeySchema: [
          { AttributeName: 'live_restaurant_id', KeyType: 'HASH' },
          { AttributeName: 'connection_id', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ]);
  });
});

describe('without an issuer', () => {
  test('the stage has users of its own, whom only administrators make', () => {
    own.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        DeletionProtection: 'ACTIVE',
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        MfaConfiguration: 'OPTIONAL',
        EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
        Policies: {
          PasswordPolicy: {
            MinimumLength: 12,
            RequireLowercase: true,
            RequireNumbers: true,
            RequireSymbols: true,
            RequireUppercase: true,
          },
        },
      },
    });
  });

  test('their devices sign in with name and password, without a secret and without OAuth pages', () => {
    own.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      GenerateSecret: false,
      AllowedOAuthFlowsUserPoolClient: false,
      AllowedOAuthFlows: Match.absent(),
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      AccessTokenValidity: 60,
      TokenValidityUnits: { AccessToken: 'minutes' },
    });
  });
});

test('its plan is the one that has all it needs, and its client outlives the stack as the pool does', () => {
  own.hasResourceProperties('AWS::Cognito::UserPool', { UserPoolTier: 'LITE' });
  own.hasResource('AWS::Cognito::UserPoolClient', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});

describe('with an issuer and the pool kept', () => {
  const kept = templates({ issuers, keepUserPool: true });
  const pools = (template: Template) => [
    template.findResources('AWS::Cognito::UserPool'),
    template.findResources('AWS::Cognito::UserPoolClient'),
  ];

  test('pool and client are the very resources that they are without the issuer', () => {
    expect(pools(kept.state)).toEqual(pools(own));
    expect(Object.keys(kept.state.toJSON()['Outputs'])).toEqual(
      expect.arrayContaining(['UserPoolId', 'UserPoolClientId']),
    );
  });

  test('nobody of the pool enters: the gateway trusts the issuer alone', () => {
    expect(kept.state.toJSON()['Outputs'].IssuerAliases.Value).toBe('shop');
    expect(JSON.stringify(kept.gateway.toJSON())).not.toContain('UserPool');
    expect(JSON.stringify(templates().gateway.toJSON())).toContain('UserPool');
  });
});

test('with an issuer there is no user pool', () => {
  foreign.resourceCountIs('AWS::Cognito::UserPool', 0);
  foreign.resourceCountIs('AWS::Cognito::UserPoolClient', 0);
});

test('every output for people or commands says what it is, and what stacks read of each other does not', () => {
  const made = templates();
  const outputs = [made.state, made.gateway, made.monitoring].flatMap((template) =>
    Object.entries(template.toJSON()['Outputs']),
  );
  const isForStacks = (name: string) => name.startsWith('PublishOutput');
  expect(outputs.some(([name]) => isForStacks(name))).toBe(true);
  expect(outputs.filter(([name]) => !isForStacks(name)).length).toBeGreaterThan(10);
  for (const [name, output] of outputs)
    expect([name, output]).toEqual([
      name,
      isForStacks(name) ? { Value: expect.anything() } : { Value: expect.anything(), Description: expect.any(String) },
    ]);
});

test.each([
  { why: 'its own users', template: own, pool: ['UserPoolClientId', 'UserPoolId'], aliases: 'cognito' },
  { why: 'an issuer', template: foreign, pool: [], aliases: 'shop' },
])('the outputs of a stage with $why tell what the commands need', ({ template, pool, aliases }) => {
  const outputs = template.toJSON()['Outputs'];
  const named = Object.keys(outputs).filter((name) => !name.startsWith('PublishOutput'));
  const tables = ['Audit', 'Budgets', 'Connections', 'Events', 'Memberships'].map((id) => `${id}TableName`);
  expect(named.sort()).toEqual([...tables, ...pool, 'IssuerAliases'].sort());
  expect(outputs.IssuerAliases.Value).toBe(aliases);
});
