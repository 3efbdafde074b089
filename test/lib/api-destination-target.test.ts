import { expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ApiDestinationTarget, type ApiDestinationTargetProps } from '../../lib/api-destination-target.ts';
import { stacks, templatesOf } from './templates.ts';

const templateOf = (props: Partial<ApiDestinationTargetProps> = {}): Template => {
  const stack = new Stack(new App(), 'backend');
  new ApiDestinationTarget(stack, 'Orders', {
    bus: EventBus.fromEventBusName(stack, 'Bus', 'outbox'),
    endpoint: 'https://orders.example.com/maitred',
    secret: Secret.fromSecretNameV2(stack, 'Secret', 'orders/maitred'),
    ...props,
  });
  return Template.fromStack(stack);
};

test('what comes to the bus is posted with the secret in a header, and the template has no secret in it', () => {
  const template = templateOf();
  template.hasResourceProperties('AWS::Events::ApiDestination', {
    InvocationEndpoint: 'https://orders.example.com/maitred',
    HttpMethod: 'POST',
    InvocationRateLimitPerSecond: 50,
  });
  template.hasResourceProperties('AWS::Events::Connection', {
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-maitred-key' } },
  });
  expect(JSON.stringify(template.toJSON())).toContain('{{resolve:secretsmanager:');
});

test('what is posted in vain is tried for a day and ends in a dead-letter queue', () => {
  const template = templateOf();
  template.hasResourceProperties('AWS::Events::Rule', {
    EventBusName: 'outbox',
    EventPattern: { source: ['maitred.events', 'maitred.sessions', 'maitred.security'] },
    Targets: [
      Match.objectLike({
        DeadLetterConfig: { Arn: Match.anyValue() },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      }),
    ],
  });
  template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
});

test('some types alone, at another rate, under another header', () => {
  const template = templateOf({ detailTypes: ['order.created'], postsPerSecond: 5, header: 'authorization' });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.objectLike({ 'detail-type': ['order.created'] }),
  });
  template.hasResourceProperties('AWS::Events::ApiDestination', { InvocationRateLimitPerSecond: 5 });
  template.hasResourceProperties('AWS::Events::Connection', {
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'authorization' } },
  });
});

test("hangs on a stage's own bus, from a stack of one's own", () => {
  const made = stacks({ outbox: 'bus' });
  const { outbox } = made.gateway;
  if (outbox?.bus === undefined) throw new Error('the stage has no bus');
  const stack = new Stack(made.app, 'backend');
  new ApiDestinationTarget(stack, 'Orders', {
    bus: outbox.bus,
    endpoint: 'https://orders.example.com/maitred',
    secret: Secret.fromSecretNameV2(stack, 'Secret', 'orders/maitred'),
  });
  Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 1);
  templatesOf(made);
});
