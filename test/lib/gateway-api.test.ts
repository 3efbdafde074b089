import { describe, expect, test } from '@jest/globals';
import { plainId, resources, templates, textOf } from './templates.ts';

const dev = templates();
const stageOf = (made: ReturnType<typeof templates>) =>
  Object.values(resources(made.gateway, 'AWS::ApiGatewayV2::Stage'))[0]?.['Properties'];
const outputOf = (made: ReturnType<typeof templates>): string =>
  textOf(made, made.gateway.toJSON()['Outputs'].WebSocketUrl.Value);

describe('a route', () => {
  const byKey = Object.fromEntries(
    Object.entries(dev.gateway.findResources('AWS::ApiGatewayV2::Route')).map(([id, { Properties }]) => [
      Properties.RouteKey,
      { id, properties: Properties },
    ]),
  );
  const integrations = dev.gateway.findResources('AWS::ApiGatewayV2::Integration');
  const repliesTo = Object.values(resources(dev.gateway, 'AWS::ApiGatewayV2::RouteResponse')).map(
    ({ Properties }) => `${Properties.RouteId.Ref} ${Properties.RouteResponseKey}`,
  );

  test('is chosen by the type of the message', () => {
    dev.gateway.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.type',
    });
    expect(Object.keys(byKey).sort()).toEqual(['$connect', '$default', '$disconnect', 'authenticate', 'reauth']);
  });

  test.each([
    { key: '$connect', to: 'ConnectFunction', replies: false },
    { key: '$disconnect', to: 'DisconnectFunction', replies: false },
    { key: '$default', to: 'MessageFunction', replies: true },
    { key: 'authenticate', to: 'AuthenticateFunction', replies: true },
    { key: 'reauth', to: 'AuthenticateFunction', replies: true },
  ])('$key leads to $to, which may be called by it and replies: $replies', ({ key, to, replies }) => {
    const { id = '', properties } = byKey[key] ?? {};
    expect(properties.RouteResponseSelectionExpression).toBe(replies ? '$default' : undefined);
    expect(repliesTo.includes(`${id} $default`)).toBe(replies);
    expect(properties.AuthorizationType).toBe('NONE');

    const [, target] = properties.Target['Fn::Join'][1];
    const integration = integrations[target.Ref]?.['Properties'];
    expect(integration.IntegrationType).toBe('AWS_PROXY');
    expect(textOf(dev, integration.IntegrationUri)).toContain(`functions/<${to}>/invocations`);

    const callers = Object.values(resources(dev.gateway, 'AWS::Lambda::Permission')).filter(
      ({ Properties }) =>
        textOf(dev, Properties.FunctionName) === `<${to}>` &&
        textOf(dev, Properties.SourceArn).endsWith(`:<DoorApi>/*${key}`),
    );
    expect(callers.map(({ Properties }) => Properties.Principal)).toEqual(['apigateway.amazonaws.com']);
  });

  test('waits longer than its function runs, and no longer than API Gateway may', () => {
    const functions = resources(dev.gateway, 'AWS::Lambda::Function');
    for (const { Properties } of Object.values(integrations)) {
      const [, to = ''] = /functions\/<(\w+)>/.exec(textOf(dev, Properties.IntegrationUri)) ?? [];
      expect(Properties.TimeoutInMillis).toBeGreaterThan(functions[to]?.['Properties'].Timeout * 1000);
      expect(Properties.TimeoutInMillis).toBeLessThanOrEqual(29_000);
    }
  });
});

test('is reached over IPv4 and IPv6', () => {
  dev.gateway.hasResourceProperties('AWS::ApiGatewayV2::Api', { IpAddressType: 'dualstack' });
});

describe('the stage', () => {
  test('is called as the stage, throttles each route and never traces data', () => {
    expect(stageOf(templates({ throttle: { ratePerSecond: 50, burst: 20 } }))).toMatchObject({
      StageName: 'test',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20, DataTraceEnabled: false },
    });
    expect(stageOf(dev)).not.toHaveProperty('RouteSettings');
  });

  test('has its URL as output', () => {
    expect(outputOf(dev)).toBe('wss://<DoorApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/test');
  });
});

describe('the logs of API Gateway', () => {
  test('are off where the account has no role for them, so that the deployment succeeds', () => {
    expect(stageOf(dev)).not.toHaveProperty('AccessLogSettings');
    expect(stageOf(dev).DefaultRouteSettings.LoggingLevel).toBe('OFF');
    dev.gateway.resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  describe.each(['existing', 'create'])('with the role: %s', (accountLogRole) => {
    const made = templates({ accountLogRole, logRetentionDays: 30 });
    const logs = resources(made.gateway, 'AWS::Logs::LogGroup');

    test('are errors and accesses, kept as long as configured', () => {
      expect(stageOf(made).DefaultRouteSettings).toMatchObject({ LoggingLevel: 'ERROR', DataTraceEnabled: false });
      expect(textOf(made, stageOf(made).AccessLogSettings.DestinationArn)).toContain(':log-group:<DoorLogsAccess>');
      expect(logs['DoorLogsAccess']?.['Properties'].RetentionInDays).toBe(30);
      expect(logs['DoorLogsExecution']?.['Properties'].RetentionInDays).toBe(30);
      expect(textOf(made, logs['DoorLogsExecution']?.['Properties'].LogGroupName)).toBe(
        '/aws/apigateway/<DoorApi>/test',
      );
    });

    test('hold no path, query, body, header or free text of the client', () => {
      const format = JSON.parse(stageOf(made).AccessLogSettings.Format);
      expect(Object.values(format).sort()).toEqual([
        '$context.connectedAt',
        '$context.connectionId',
        '$context.error.responseType',
        '$context.eventType',
        '$context.identity.sourceIp',
        '$context.integration.integrationStatus',
        '$context.integration.latency',
        '$context.integration.requestId',
        '$context.messageId',
        '$context.requestId',
        '$context.requestTimeEpoch',
        '$context.routeKey',
        '$context.status',
      ]);
    });

    test('are there before the stage asks for them', () => {
      const [stage] = Object.values(resources(made.gateway, 'AWS::ApiGatewayV2::Stage'));
      const waitsFor = stage?.['DependsOn'].map(plainId);
      expect(waitsFor).toContain('DoorLogsExecution');
      if (accountLogRole === 'create') expect(waitsFor).toContain('DoorLogsAccount');
    });
  });

  test('bring a role for the account only when it is to be created, and leave it there', () => {
    templates({ accountLogRole: 'existing' }).gateway.resourceCountIs('AWS::ApiGateway::Account', 0);
    const { gateway } = templates({ accountLogRole: 'create' });
    gateway.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(resources(gateway, 'AWS::IAM::Role')['DoorLogsAccountRole']).toMatchObject({ DeletionPolicy: 'Retain' });
  });
});

describe('a custom domain', () => {
  const domain = {
    name: 'door.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/7b1e0a52-0000-4000-8000-000000000000',
    hostedZoneId: 'Z0123456789ABC',
    hostedZoneName: 'example.com',
  };
  const made = templates({ domain });

  test('is not there unless configured', () => {
    dev.gateway.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
    dev.gateway.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 0);
    dev.gateway.resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  test('leads to the stage with TLS 1.2 and the configured certificate', () => {
    made.gateway.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: 'door.example.com',
      DomainNameConfigurations: [
        {
          CertificateArn: domain.certificateArn,
          EndpointType: 'REGIONAL',
          IpAddressType: 'dualstack',
          SecurityPolicy: 'TLS_1_2',
        },
      ],
    });
    const [mapping] = Object.values(resources(made.gateway, 'AWS::ApiGatewayV2::ApiMapping'));
    expect(mapping?.['Properties']).not.toHaveProperty('ApiMappingKey');
    expect(textOf(made, mapping?.['Properties'].ApiId)).toBe('<DoorApi>');
    for (const Type of ['A', 'AAAA'])
      made.gateway.hasResourceProperties('AWS::Route53::RecordSet', {
        Name: 'door.example.com.',
        Type,
        HostedZoneId: 'Z0123456789ABC',
      });
  });

  test('is the URL for devices, but never for the functions', () => {
    expect(outputOf(made)).toBe('wss://door.example.com');
    const { Properties } = resources(made.gateway, 'AWS::Lambda::Function')['MessageFunction'] ?? {};
    expect(textOf(made, Properties.Environment.Variables.CALLBACK_URL)).toBe(
      'https://<DoorApi>.execute-api.<AWS::Region>.<AWS::URLSuffix>/test',
    );
  });
});
