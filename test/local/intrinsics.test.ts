// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's
import { describe, expect, test } from '@jest/globals';
import type { Stack } from '../../local/assembly.ts';
import { givenValues } from '../../local/given-values.ts';
import { createResolver, type Place } from '../../local/intrinsics.ts';

const resources = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
  Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] } } },
  Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: {} },
  Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
  Key: { Type: 'AWS::KMS::Key', Properties: {} },
  Made: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/made', Value: { Ref: 'Table' } } },
};

const stack = (name: string, more: Partial<Stack> = {}): Stack => ({
  name,
  region: undefined,
  parameters: {
    WithDefault: { Default: 'given' },
    Without: {},
    Given: { Default: 'its default' },
    OfSsm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/made' },
    NotMade: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/elsewhere' },
  },
  conditions: {
    IsEu: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
    Neither: { 'Fn::And': [{ 'Fn::Not': [{ Condition: 'IsEu' }] }, { 'Fn::Or': [{ Condition: 'IsEu' }] }] },
  },
  mappings: { Sizes: { 'eu-central-1': { small: 1 } } },
  paths: new Map(),
  resources,
  outputs: {},
  assets: new Map(),
  ...more,
});

const state = stack('state', {
  outputs: {
    TableArn: {
      Value: { 'Fn::GetAtt': ['Table', 'Arn'] },
      Export: { Name: { 'Fn::Sub': '${AWS::StackName}:TableArn' } },
    },
  },
});
const app = stack('app', { region: 'eu-central-1' });
const given = givenValues(
  {
    Key: 'key-of-all',
    'app/Key': 'key-of-app',
    'Key.Arn': 'arn:aws:kms:x',
    Given: 'said',
    '/told': 'by ssm',
    '{{resolve:secretsmanager:shop:SecretString:key}}': 's3cret',
    'shop:Export': 'imported',
    'other.Output': 'put out',
    Zones: ['x', 'y'],
  },
  'values.json',
);
const resolve = createResolver([state, app], 'http://127.0.0.1:9', given);
const place: Place = { stack: app, resource: 'Function', path: 'Properties.Environment' };

describe('values', () => {
  test.each([
    { value: 'plain', is: 'plain' },
    { value: 5, is: 5 },
    { value: { Ref: 'AWS::Region' }, is: 'eu-central-1' },
    { value: { Ref: 'AWS::AccountId' }, is: '000000000000' },
    { value: { Ref: 'AWS::Partition' }, is: 'aws' },
    { value: { Ref: 'AWS::URLSuffix' }, is: 'amazonaws.com' },
    { value: { Ref: 'AWS::StackName' }, is: 'app' },
    { value: { Ref: 'WithDefault' }, is: 'given' },
    { value: { Ref: 'Table' }, is: 'app-Table' },
    { value: { Ref: 'Queue' }, is: 'http://127.0.0.1:9/000000000000/app-Queue.fifo' },
    { value: { Ref: 'Named' }, is: 'http://127.0.0.1:9/000000000000/a-eu-central-1' },
    { value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, is: 'arn:aws:sqs:eu-central-1:000000000000:app-Queue.fifo' },
    { value: { 'Fn::GetAtt': 'Queue.QueueName' }, is: 'app-Queue.fifo' },
    { value: { 'Fn::Join': ['/', ['a', { Ref: 'AWS::Partition' }, 5]] }, is: 'a/aws/5' },
    { value: { 'Fn::Join': [',', { 'Fn::Split': ['-', 'a-b'] }] }, is: 'a,b' },
    { value: { 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b'] }] }, is: 'b' },
    { value: { 'Fn::Select': ['0', ['a', 'b']] }, is: 'a' },
    {
      value: { 'Fn::Sub': '${Table}/${Table.Arn}/${AWS::Region}/${!Literal}' },
      is: 'app-Table/arn:aws:dynamodb:eu-central-1:000000000000:table/app-Table/eu-central-1/${Literal}',
    },
    { value: { 'Fn::Sub': ['${Mine}-${Table}', { Mine: { Ref: 'AWS::Partition' } }] }, is: 'aws-app-Table' },
    { value: { 'Fn::ImportValue': 'state:TableArn' }, is: 'arn:aws:dynamodb:us-east-1:000000000000:table/state-Table' },
    {
      value: { 'Fn::GetStackOutput': { StackName: 'state', OutputName: 'TableArn' } },
      is: 'arn:aws:dynamodb:us-east-1:000000000000:table/state-Table',
    },
    { value: { 'Fn::Base64': { Ref: 'AWS::Partition' } }, is: 'YXdz' },
    { value: { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, is: 'eu-central-1b' },
    { value: { 'Fn::Select': [0, { 'Fn::GetAZs': 'us-west-2' }] }, is: 'us-west-2a' },
    { value: { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, is: 1 },
    { value: { 'Fn::If': ['IsEu', 'a', { Ref: 'Without' }] }, is: 'a' },
    { value: { a: { 'Fn::If': ['Neither', 'a', { Ref: 'AWS::NoValue' }] } }, is: {} },
    { value: { Ref: 'OfSsm' }, is: 'state-Table' },
    { value: '{{resolve:ssm:/made}}', is: 'state-Table' },
    { value: { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, is: { b: [1] } },
    { value: { Ref: 'Table', Other: 1 }, is: { Ref: 'Table', Other: 1 } },
  ])('$value is $is', ({ value, is }) => {
    expect(resolve(value, place)).toEqual(is);
  });
});

describe('what only a deployment knows is what somebody gives', () => {
  test.each([
    { why: 'of this stack, before that of all', value: { Ref: 'Key' }, is: 'key-of-app' },
    { why: 'an attribute', value: { 'Fn::Sub': 'key ${Key.Arn}' }, is: 'key arn:aws:kms:x' },
    { why: 'a parameter, its default or not', value: { Ref: 'Given' }, is: 'said' },
    { why: "SSM's parameter", value: 'is {{resolve:ssm:/told:2}}', is: 'is by ssm' },
    { why: 'a secret', value: '{{resolve:secretsmanager:shop:SecretString:key}}', is: 's3cret' },
    { why: 'an export of another app', value: { 'Fn::ImportValue': 'shop:Export' }, is: 'imported' },
    {
      why: 'an output of another app',
      value: { 'Fn::GetStackOutput': { StackName: 'other', OutputName: 'Output' } },
      is: 'put out',
    },
  ])('$why', ({ value, is }) => {
    expect(resolve(value, place)).toEqual(is);
  });

  test('but not what the gateway makes itself', () => {
    expect(createResolver([app], 'http://127.0.0.1:9', givenValues({ Table: 'x' }, 'f'))({ Ref: 'Table' }, place)).toBe(
      'app-Table',
    );
  });
});

describe('what cannot be resolved names the resource and the path', () => {
  test.each([
    { value: { Ref: 'Nothing' }, problem: 'refers to Nothing, which is not in the template' },
    { value: { Ref: 'Without' }, problem: 'refers to the parameter Without, which' },
    { value: { Ref: 'NotMade' }, problem: "SSM's parameter /elsewhere, which does not exist locally" },
    {
      value: { Ref: 'Pool' },
      problem:
        'refers to Pool, a AWS::Cognito::UserPool, which does not exist locally: give its value as "Pool": "…" in values.json',
    },
    {
      value: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      problem: 'asks for Table.StreamArn, of a AWS::DynamoDB::GlobalTable, which',
    },
    { value: { 'Fn::ImportValue': 'nowhere' }, problem: 'as "nowhere": "…"' },
    {
      value: { 'Fn::GetStackOutput': { StackName: 'state', OutputName: 'No' } },
      problem: 'asks for output No of state, which does not exist locally: give its value as "state.No"',
    },
    { value: { 'Fn::If': ['Condition', 'a', 'b'] }, problem: 'names a condition that is not in the template' },
    { value: { 'Fn::FindInMap': ['Sizes', 'a', 'b'] }, problem: 'finds nothing in Sizes, a, b' },
    { value: { 'Fn::Cidr': 'a' }, problem: 'uses Fn::Cidr, which the local gateway does not resolve' },
    { value: { 'Fn::Select': [2, ['a']] }, problem: 'selects item 2 of a shorter list' },
    { value: { 'Fn::Join': ['-'] }, problem: 'has 1 arguments, expected 2' },
    { value: { 'Fn::Join': ['-', 'text'] }, problem: 'is string, expected a list' },
    { value: { 'Fn::Sub': '${Nothing}' }, problem: 'refers to Nothing, which is not in the template' },
    { value: '{{resolve:ssm:/name}}', problem: 'as "/name": "…" in values.json' },
  ])('$value: $problem', ({ value, problem }) => {
    const attempt = () => resolve({ Variables: { NAME: value } }, place);
    expect(attempt).toThrow(problem);
    expect(attempt).toThrow(/^Function in app: Properties\.Environment\.Variables\.NAME/);
  });
});
