// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's
import { describe, expect, test } from '@jest/globals';
import type { Stack } from '../../local/assembly.ts';
import { createResolver, type Place } from '../../local/intrinsics.ts';

const resources = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
  Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] } } },
  Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: {} },
  Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
};

const stack = (name: string, more: Partial<Stack> = {}): Stack => ({
  name,
  region: undefined,
  parameters: { WithDefault: { Default: 'given' }, Without: {} },
  conditions: {},
  mappings: {},
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
const resolve = createResolver([state, app], 'http://127.0.0.1:9');
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
    { value: { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, is: { b: [1] } },
    { value: { Ref: 'Table', Other: 1 }, is: { Ref: 'Table', Other: 1 } },
  ])('$value is $is', ({ value, is }) => {
    expect(resolve(value, place)).toEqual(is);
  });
});

describe('what cannot be resolved names the resource and the path', () => {
  test.each([
    { value: { Ref: 'Nothing' }, problem: 'refers to Nothing, which is not in the template' },
    { value: { Ref: 'Without' }, problem: 'refers to the parameter Without, which has no default' },
    { value: { Ref: 'Pool' }, problem: 'refers to Pool, a AWS::Cognito::UserPool that does not exist locally' },
    { value: { 'Fn::GetAtt': ['Table', 'StreamArn'] }, problem: 'asks for Table.StreamArn, which is unknown locally' },
    { value: { 'Fn::ImportValue': 'nowhere' }, problem: 'imports nowhere, which no stack exports' },
    {
      value: { 'Fn::GetStackOutput': { StackName: 'state', OutputName: 'No' } },
      problem: 'asks for output No of state, which is not in the app',
    },
    { value: { 'Fn::If': ['Condition', 'a', 'b'] }, problem: 'uses Fn::If, which the local gateway does not resolve' },
    { value: { 'Fn::Base64': 'a' }, problem: 'uses Fn::Base64, which the local gateway does not resolve' },
    { value: { 'Fn::Select': [2, ['a']] }, problem: 'selects item 2 of a shorter list' },
    { value: { 'Fn::Join': ['-'] }, problem: 'has 1 arguments, expected 2' },
    { value: { 'Fn::Join': ['-', 'text'] }, problem: 'is string, expected a list' },
    { value: { 'Fn::Sub': '${Nothing}' }, problem: 'refers to Nothing, which is not in the template' },
    { value: '{{resolve:ssm:/name}}', problem: 'is a dynamic reference, which does not exist locally' },
  ])('$value: $problem', ({ value, problem }) => {
    const attempt = () => resolve({ Variables: { NAME: value } }, place);
    expect(attempt).toThrow(problem);
    expect(attempt).toThrow(/^Function in app: Properties\.Environment\.Variables\.NAME/);
  });
});
