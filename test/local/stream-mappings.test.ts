import { describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { createRoleRights } from '../../local/rights/role-rights.ts';
import { addStream, type Fixture, writeAssembly } from './fixture-assembly.ts';

const blueprintOf = (change: (fixture: Fixture) => void) =>
  readBlueprint(readAssembly(writeAssembly(change)), 'http://127.0.0.1:9');

test('a stream and its mapping are those of the template', () => {
  const filter = { FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] } };
  const { tables, streamSources, eventSources } = blueprintOf((fixture) => addStream(fixture, filter));
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/app-Events/stream/1970-01-01T00:00:00.000';
  expect(tables.flatMap(({ name, stream }) => (stream === undefined ? [] : [{ name, stream }]))).toEqual([
    {
      name: 'app-Events',
      stream: { arn, region: 'us-east-1', viewType: 'NEW_AND_OLD_IMAGES', keyNames: ['pk', 'sk'] },
    },
  ]);
  expect(streamSources).toEqual([
    {
      name: 'StreamSource',
      streamArn: arn,
      functionName: 'app-Quiet',
      batchSize: 10,
      windowMs: 0,
      reportsItemFailures: true,
      patterns: [{ eventName: ['INSERT'] }],
    },
  ]);
  expect(eventSources).toHaveLength(1);
});

test('a mapping that is switched off reads nothing', () => {
  expect(blueprintOf((fixture) => addStream(fixture, { Enabled: false })).streamSources).toEqual([]);
});

describe('a mapping that says what is not known here is an error that names it', () => {
  test.each([
    {
      mapping: { BisectBatchOnFunctionError: true },
      names: /StreamSource in app: Properties.BisectBatchOnFunctionError/,
    },
    {
      mapping: { MaximumRetryAttempts: 3 },
      names: /MaximumRetryAttempts is not usable: is not supported locally, only -1/,
    },
    { mapping: { MaximumRecordAgeInSeconds: 60 }, names: /MaximumRecordAgeInSeconds/ },
    { mapping: { DestinationConfig: { OnFailure: { Destination: 'arn' } } }, names: /DestinationConfig/ },
    { mapping: { ParallelizationFactor: 2 }, names: /ParallelizationFactor/ },
    { mapping: { TumblingWindowInSeconds: 5 }, names: /TumblingWindowInSeconds/ },
    { mapping: { StartingPosition: 'AT_TIMESTAMP' }, names: /StartingPosition/ },
    {
      mapping: { FilterCriteria: { Filters: [{ Pattern: '{"a":[{"exists":true}]}' }] } },
      names: /FilterCriteria.Filters.0.Pattern uses {"exists":true}, which is not supported locally/,
    },
    {
      mapping: { EventSourceArn: { 'Fn::GetAtt': ['Audit', 'StreamArn'] } },
      names: /Audit.StreamArn, of a AWS::DynamoDB::GlobalTable/,
    },
  ])('$mapping', ({ mapping, names }) => {
    expect(() => blueprintOf((fixture) => addStream(fixture, mapping))).toThrow(names);
  });

  test('a function that may not read the stream', () => {
    const reading = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
    const blueprint = blueprintOf((fixture) => {
      addStream(fixture);
      const Statement = [{ Effect: 'Allow', Action: reading, Resource: '*' }];
      Object.assign(fixture.template.Resources['QuietRole']?.Properties ?? {}, {
        Policies: [{ PolicyName: 'some', PolicyDocument: { Statement } }],
      });
    });
    expect(() => createRoleRights(blueprint)).toThrow(/Quiet is to be handed the records of .*ListStreams/);
  });
});
