import { beforeEach, describe, expect, test } from '@jest/globals';
import { type BusEvent, createBuses } from '../../local/engines/event-bus.ts';
import type { EntryRefusal } from '../../local/faults.ts';

let got: { event: BusEvent; bus: string }[];
let refusals: (EntryRefusal | undefined)[];
const buses = createBuses({
  region: 'us-east-1',
  refuse: () => refusals.shift(),
  now: () => Date.UTC(2026, 11, 1, 12, 30, 5, 999),
});
buses.subscribe((event, bus) => got.push({ event, bus }));
beforeEach(() => {
  got = [];
  refusals = [];
});

const good = { Source: 'maitred.events', DetailType: 'order.created', Detail: '{"v":1,"n":1.0}' };
const large = { ...good, Detail: `{"x":"${'x'.repeat(250 * 1024)}"}` };
const put = (...Entries: readonly object[]) => buses.call('PutEvents', { Entries });
const idOf = { EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) };

test('an event leaves a bus with all that EventBridge adds, its detail parsed', async () => {
  expect(await put({ ...good, EventBusName: 'arn:aws:events:us-east-1:123456789012:event-bus/theirs' })).toEqual({
    status: 200,
    body: { FailedEntryCount: 0, Entries: [idOf] },
  });
  expect(got).toEqual([
    {
      bus: 'arn:aws:events:us-east-1:123456789012:event-bus/theirs',
      event: {
        version: '0',
        id: idOf.EventId,
        'detail-type': 'order.created',
        source: 'maitred.events',
        account: '000000000000',
        time: '2026-12-01T12:30:05Z',
        region: 'us-east-1',
        resources: [],
        detail: { v: 1, n: 1 },
      },
    },
  ]);
});

test.each([
  { why: 'no name', entry: good, bus: 'arn:aws:events:us-east-1:000000000000:event-bus/default' },
  {
    why: 'a name',
    entry: { ...good, EventBusName: 'mine' },
    bus: 'arn:aws:events:us-east-1:000000000000:event-bus/mine',
  },
])('the bus of an entry with $why is $bus', async ({ entry, bus }) => {
  await put(entry);
  expect(got.map((one) => one.bus)).toEqual([bus]);
});

test('an entry may say its time and resources', async () => {
  await put({ ...good, Time: 1_000, Resources: ['arn:one'] });
  expect(got[0]?.event).toMatchObject({ time: '1970-01-01T00:16:40Z', resources: ['arn:one'] });
});

describe('an entry that is refused leaves the others alone, and the answers have the order of the entries', () => {
  test.each([
    {
      why: 'has no source',
      entry: { ...good, Source: '' },
      code: 'InvalidArgument',
      says: 'Source is a required argument',
    },
    {
      why: 'has no type',
      entry: { ...good, DetailType: undefined },
      code: 'InvalidArgument',
      says: 'DetailType is a required argument',
    },
    {
      why: 'has a type that is too long',
      entry: { ...good, DetailType: 'x'.repeat(129) },
      code: 'InvalidArgument',
      says: '128',
    },
    {
      why: 'has no detail',
      entry: { ...good, Detail: undefined },
      code: 'InvalidArgument',
      says: 'Detail is a required argument',
    },
    {
      why: 'has a detail that is no JSON',
      entry: { ...good, Detail: '{' },
      code: 'MalformedDetail',
      says: 'malformed',
    },
    {
      why: 'has a detail that is a list',
      entry: { ...good, Detail: '[]' },
      code: 'MalformedDetail',
      says: 'malformed',
    },
    {
      why: 'has a detail that is null',
      entry: { ...good, Detail: 'null' },
      code: 'MalformedDetail',
      says: 'malformed',
    },
    {
      why: 'has AWS as its source',
      entry: { ...good, Source: 'aws.ec2' },
      code: 'NotAuthorizedForSourceException',
      says: 'source',
    },
  ])('where it $why', async ({ entry, code, says }) => {
    expect(await put(good, entry, good)).toEqual({
      status: 200,
      body: {
        FailedEntryCount: 1,
        Entries: [idOf, { ErrorCode: code, ErrorMessage: expect.stringContaining(says) }, idOf],
      },
    });
    expect(got).toHaveLength(2);
  });

  test('where a fault says so', async () => {
    refusals = [undefined, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }];
    expect((await put(good, good, good)).body).toEqual({
      FailedEntryCount: 1,
      Entries: [idOf, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }, idOf],
    });
  });
});

describe('a call is refused as a whole, and no bus gets anything,', () => {
  test.each([
    { why: 'with eleven entries', entries: Array(11).fill(good), status: 400, type: 'ValidationException' },
    { why: 'without entries', entries: [], status: 400, type: 'ValidationException' },
    {
      why: 'with an entry of more than 256 KB',
      entries: [good, { ...good, Detail: `{"x":"${'x'.repeat(256 * 1024)}"}` }],
      status: 400,
      type: 'ValidationException',
    },
    { why: 'with entries of more than 1 MB', entries: Array(5).fill(large), status: 400, type: 'ValidationException' },
    {
      why: 'with a source that is no text',
      entries: [{ ...good, Source: 7 }],
      status: 400,
      type: 'ValidationException',
    },
  ])('$why', async ({ entries, status, type }) => {
    expect(await put(...entries)).toMatchObject({ status, body: { __type: type } });
    expect(got).toEqual([]);
  });

  test('with as much as it may have it is not', async () => {
    const bytes = 256 * 1024 - good.Source.length - good.DetailType.length - '{"x":""}'.length;
    const largest = { ...good, Detail: `{"x":"${'x'.repeat(bytes)}"}` };
    expect((await put(largest, large, large, large, ...Array(6).fill(good))).body).toMatchObject({
      FailedEntryCount: 0,
    });
  });

  test('for an action that is not known here', async () => {
    expect(await buses.call('PutRule', {})).toMatchObject({
      status: 400,
      body: { __type: expect.stringContaining('UnknownOperation') },
    });
  });
});
