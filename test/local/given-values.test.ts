/** What somebody gives for this machine: a file that is wrong is refused before anything is opened. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { givenValues, readGivenValues } from '../../local/given-values.ts';
import { type Fixture, writeAssembly } from './fixture-assembly.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-values-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (text: string) => {
  const path = join(folder, 'values.json');
  writeFileSync(path, text);
  return readGivenValues(path, 'values.json');
};

test('texts and lists of texts are values', () => {
  const { find } = read('{ "Bus": "a", "Zones": ["b", "c"] }');
  expect(['Bus', 'Zones', 'Other'].map((key) => find(key, { name: 'Shop' }))).toEqual(['a', ['b', 'c'], undefined]);
});

describe('a file of values is refused', () => {
  test.each([
    { why: 'that is a list', text: '[]', says: /^values\.json must be an object of texts/ },
    { why: 'that is a text', text: '"x"', says: /^values\.json must be an object of texts/ },
    { why: 'with a number', text: '{"Bus":1}', says: /, which Bus is not\.$/ },
    { why: 'with a text that is empty', text: '{"Bus":""}', says: /, which Bus is not\.$/ },
    { why: 'that is no JSON', text: '{', says: 'values.json cannot be read as JSON.' },
  ])('$why', ({ text, says }) => {
    expect(() => read(text)).toThrow(says);
  });

  test('that is not there', () => {
    expect(() => readGivenValues(join(folder, 'none.json'), 'none.json')).toThrow('none.json is not there.');
  });
});

describe('an outbox that goes where somebody says', () => {
  const target = (
    value: unknown,
    given = '',
    change: (resources: Fixture['template']['Resources']) => void = () => {},
  ) => {
    const dir = writeAssembly(({ template }) => {
      Object.assign(template.Outputs, { OutboxTarget: { Value: value } });
      change(template.Resources);
    });
    const values = givenValues({ Target: given }, 'values.json');
    return readBlueprint(readAssembly(dir), 'http://127.0.0.1:9', { given: values }).outboxTarget;
  };
  const imported = { 'Fn::ImportValue': 'Target' };

  test('goes to a bus by its ARN', () => {
    const arn = 'arn:aws:events:eu-central-1:123456789012:event-bus/shop';
    expect(target(imported, arn)).toBe(arn);
  });

  test('goes to a FIFO queue of the app, and to one that it may send to', () => {
    const own = target({ Ref: 'Orders' }, '', (resources) => {
      resources['Orders'] = { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } };
    });
    expect(own).toBe('http://127.0.0.1:9/000000000000/app-Orders.fifo');
    const theirs = 'https://sqs.eu-central-1.amazonaws.com/123456789012/a.fifo';
    const statement = {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: 'arn:aws:sqs:eu-central-1:123456789012:a.fifo',
    };
    const policies = [{ PolicyName: 'theirs', PolicyDocument: { Statement: [statement] } }];
    const granted = target(imported, theirs, ({ ReplyRole }) =>
      Object.assign(ReplyRole?.Properties ?? {}, { Policies: policies }),
    );
    expect(granted).toBe(theirs);
  });

  test.each([
    { why: 'no ARN', given: 'x' },
    { why: 'the ARN of a topic', given: 'arn:aws:sns:eu-central-1:123456789012:shop.fifo' },
    {
      why: "a queue's URL that it may not send to",
      given: 'https://sqs.eu-central-1.amazonaws.com/123456789012/a.fifo',
    },
  ])('is refused where it is $why', ({ given }) => {
    expect(() => target(imported, given)).toThrow(`The outbox goes to ${JSON.stringify(given)}, which is no ARN of`);
  });
});
