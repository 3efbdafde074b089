import { describe, expect, test } from '@jest/globals';
import type { Item } from '../../../local/streams/item.ts';
import { type Change, recordOf, type StreamBlueprint } from '../../../local/streams/record.ts';

const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/1970-01-01T00:00:00.000';
const stream = (viewType: StreamBlueprint['viewType'] = 'NEW_AND_OLD_IMAGES'): StreamBlueprint => ({
  arn,
  region: 'us-east-1',
  viewType,
  keyNames: ['pk', 'sk'],
});
const keys = { pk: { S: 'a' }, sk: { N: '1' } };
const old: Item = { ...keys, text: { S: 'old' } };
const young: Item = { ...keys, text: { S: 'young' } };

const made = (change: Partial<Change>, viewType?: StreamBlueprint['viewType']) =>
  recordOf(stream(viewType), { before: undefined, after: undefined, byService: false, ...change }, '7', 1_999);

describe('a write', () => {
  test.each<{ why: string; change: Partial<Change>; eventName: string | undefined }>([
    { why: 'of an item that was not there', change: { after: young }, eventName: 'INSERT' },
    { why: 'over another', change: { before: old, after: young }, eventName: 'MODIFY' },
    { why: 'that deletes', change: { before: old }, eventName: 'REMOVE' },
    { why: 'that changes nothing', change: { before: old, after: { ...old } }, eventName: undefined },
    { why: 'that deletes what was not there', change: {}, eventName: undefined },
  ])('$why is told as $eventName', ({ change, eventName }) => {
    expect(made(change)?.eventName).toBe(eventName);
  });

  test('by the time to live says who did it, and another one does not', () => {
    expect(made({ before: old, byService: true })?.userIdentity).toEqual({
      type: 'Service',
      principalId: 'dynamodb.amazonaws.com',
    });
    expect(made({ before: old })).not.toHaveProperty('userIdentity');
  });
});

test.each<{ viewType: StreamBlueprint['viewType']; images: object; bytes: number }>([
  { viewType: 'KEYS_ONLY', images: {}, bytes: 7 },
  { viewType: 'NEW_IMAGE', images: { NewImage: young }, bytes: 7 + 16 },
  { viewType: 'OLD_IMAGE', images: { OldImage: old }, bytes: 7 + 14 },
  { viewType: 'NEW_AND_OLD_IMAGES', images: { NewImage: young, OldImage: old }, bytes: 7 + 16 + 14 },
])('a record of $viewType has what it says, and its bytes', ({ viewType, images, bytes }) => {
  expect(made({ before: old, after: young }, viewType)?.dynamodb).toEqual({
    ApproximateCreationDateTime: 1,
    Keys: keys,
    ...images,
    SequenceNumber: '7',
    SizeBytes: bytes,
    StreamViewType: viewType,
  });
});

test('the id of a record is its own, and the same each time it is told', () => {
  const ids = ['7', '7', '8'].map(
    (number) => recordOf(stream(), { before: undefined, after: young, byService: false }, number, 0)?.eventID,
  );
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});
