import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AlarmTopic } from '../../lib/alarm-topic.ts';
import { resources, templates, textOf } from '../lib/templates.ts';

const made = templates({ alarmEmails: ['oncall@example.com', 'owner@example.com'] });
const statementsOf = (type: string, document: string) =>
  Object.values(resources(made.monitoring, type))[0]?.['Properties'][document].Statement;

describe('the topic of the alarms', () => {
  test('has no key that costs a dollar a month, and none that alarms may not use', () => {
    const [topic] = Object.values(resources(made.monitoring, 'AWS::SNS::Topic'));
    expect(topic?.['Type']).toBe('AWS::SNS::Topic');
    expect(topic?.['Properties'] ?? {}).not.toHaveProperty('KmsMasterKeyId');
    made.monitoring.resourceCountIs('AWS::KMS::Key', 0);
  });

  test('has the key it is given, and CloudWatch may use that', () => {
    const stack = new Stack();
    new AlarmTopic(stack, 'Alarms', { emails: [], encryptionKey: new Key(stack, 'Key') });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    });
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(key?.['Properties'].KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
    });
  });

  test('takes messages from the alarms of this account and region, and over TLS only', () => {
    const statements = statementsOf('AWS::SNS::TopicPolicy', 'PolicyDocument');
    expect(statements).toHaveLength(2);
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sns:Publish',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
    const [allowed] = statements.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(allowed).toMatchObject({ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' });
    expect(textOf(made, allowed.Resource)).toBe('<AlarmsTopic>');
    expect(textOf(made, allowed.Condition.ArnLike['aws:SourceArn'])).toBe(
      'arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*',
    );
  });

  test('mails to whom the configuration names, and to nobody by default', () => {
    const subscriptions = Object.values(resources(made.monitoring, 'AWS::SNS::Subscription'));
    expect(subscriptions.map(({ Properties }) => `${Properties.Protocol} ${Properties.Endpoint}`)).toEqual([
      'email oncall@example.com',
      'email owner@example.com',
    ]);
    templates().monitoring.resourceCountIs('AWS::SNS::Subscription', 0);
  });

  test('is an output, for whoever wants to subscribe', () => {
    made.monitoring.hasOutput('AlarmTopicArn', { Value: { Ref: Match.stringLikeRegexp('^AlarmsTopic') } });
  });
});
