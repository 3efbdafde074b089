import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { plainId, resources, templates, textOf } from '../lib/templates.ts';

const made = templates({ alarmEmails: ['oncall@example.com', 'owner@example.com'] });
const statementsOf = (type: string, document: string) =>
  Object.values(resources(made.monitoring, type))[0]?.['Properties'][document].Statement;

describe('the topic of the alarms', () => {
  test('is encrypted with a key that CloudWatch may use and that is rotated', () => {
    const [topic] = Object.values(resources(made.monitoring, 'AWS::SNS::Topic'));
    expect(plainId(topic?.['Properties'].KmsMasterKeyId['Fn::GetAtt'][0])).toBe('AlarmsKey');
    made.monitoring.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    expect(statementsOf('AWS::KMS::Key', 'KeyPolicy')).toContainEqual({
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
