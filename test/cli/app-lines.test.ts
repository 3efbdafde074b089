/** What `start` says of the app around the gateway. */
import { expect, test } from '@jest/globals';
import { leftAloneLine, lookUpLines, unaskedLine } from '../../bin/app-lines.ts';
import { givenValues } from '../../local/given-values.ts';

test('what is left alone stands in one line, by type, and is nothing to tell where there is nothing', () => {
  const counts = new Map([
    ['AWS::S3::Bucket', 1],
    ['AWS::EC2::Subnet', 4],
    ['Custom::Thing', 2],
  ]);
  expect(leftAloneLine(counts)).toBe(
    'What else the app has is left alone: 4 EC2::Subnet, S3::Bucket, 2 Custom::Thing.\n\n',
  );
  expect(leftAloneLine(new Map())).toBe('');
});

test('what was not looked up stands in one line', () => {
  expect(lookUpLines([])).toEqual([]);
  expect(lookUpLines(['vpc:x'])).toEqual([
    expect.stringMatching(/^cdk\.context\.json does not have vpc:x, and nothing/),
  ]);
  expect(lookUpLines(['vpc:x', 'ami:y', 'az:z'])).toEqual([
    expect.stringMatching(/does not have vpc:x and 2 more, and/),
  ]);
});

test('a value that nobody has asked for is named, and one for a stack does not stand for that of all', () => {
  const given = givenValues({ Key: 'a', 'Shop/Key': 'b', Bus: 'c' }, 'values.json');
  expect(given.find('Key', { name: 'Shop' })).toBe('b');
  expect(unaskedLine(given)).toBe('Nothing of this gateway asks for "Key", "Bus" of values.json.\n\n');
  for (const key of ['Key', 'Bus']) given.find(key, { name: 'Other' });
  expect(unaskedLine(given)).toBe('');
});
