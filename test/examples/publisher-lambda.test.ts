/** The publisher of examples/publisher-lambda: what it makes of a change, in which batches it goes, and from where it is tried again. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import { publishInBatches } from '../../examples/publisher-lambda/batches.ts';
import { type Publication, publicationOf } from '../../examples/publisher-lambda/publications.ts';
import { nobodyIsOwn } from '../../lambdas/events/verified-publisher.ts';
import { publicationOf as readByGateway } from '../restaurant-domain.ts';

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
const order = (more: Image = {}): Image => ({
  restaurant_id: { S: 'r-17' },
  order_id: { S: 'o-1' },
  table: { S: '4' },
  items: { L: [{ S: 'Crème 🍕' }] },
  status: { S: 'pending' },
  ...more,
});
const change = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', NewImage?: Image, OldImage?: Image): DynamoDBRecord => ({
  eventID: 'c81e728d9d4c2f636f067f89cc14862c',
  eventName,
  dynamodb: { SequenceNumber: '111', ...(NewImage && { NewImage }), ...(OldImage && { OldImage }) },
});

describe('a change of the table', () => {
  test('that is a new order is told with its content, under the name that the stream has for it', () => {
    const publication = publicationOf(change('INSERT', order()));
    expect(publication).toMatchObject({ restaurantId: 'r-17', sequenceNumber: '111' });
    const { body = '' } = publication ?? {};
    expect(body).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(body)).toEqual({
      v: 1,
      type: 'order.created',
      id: 'c81e728d9d4c2f636f067f89cc14862c',
      data: { order_id: 'o-1', table: '4', items: ['Crème 🍕'] },
    });
    const message = { messageId: 'm', body, attributes: { MessageGroupId: 'r-17' } };
    expect(readByGateway(message, nobodyIsOwn)).toMatchObject({ type: 'order.created', restaurantId: 'r-17' });
  });

  test('that is another status is told', () => {
    const { body = '' } = publicationOf(change('MODIFY', order({ status: { S: 'ready' } }), order())) ?? {};
    expect(JSON.parse(body)).toMatchObject({
      type: 'order.status_changed',
      data: { order_id: 'o-1', status: 'ready' },
    });
  });

  test.each([
    { why: 'nothing that devices are told of', record: change('MODIFY', order({ table: { S: '5' } }), order()) },
    { why: 'an order that is gone', record: change('REMOVE', undefined, order()) },
    { why: 'of no restaurant', record: change('INSERT', { order_id: { S: 'o-1' } }) },
    { why: 'of what can be no restaurant', record: change('INSERT', order({ restaurant_id: { S: 'r 17' } })) },
  ])('that is $why is not', ({ record }) => {
    expect(publicationOf(record)).toBeUndefined();
  });
});

const publications = (count: number): readonly Publication[] =>
  Array.from({ length: count }, (_, nth) => ({ restaurantId: 'r-17', body: '{}', sequenceNumber: String(nth) }));
const places = (some: readonly Publication[]) => some.map(({ sequenceNumber }) => Number(sequenceNumber));
const fails = (Id: string, SenderFault: boolean): BatchResultErrorEntry => ({
  Id,
  SenderFault,
  Code: SenderFault ? 'Bad' : 'Busy',
});

describe('in batches', () => {
  beforeEach(() => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** @param answers to each call in turn; an error is thrown */
  const publish = async (count: number, ...answers: readonly (readonly BatchResultErrorEntry[] | Error)[]) => {
    const calls: number[][] = [];
    const send = async (batch: readonly Publication[]) => {
      const answer = answers[calls.length] ?? [];
      calls.push(places(batch));
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const { retryFrom, refused } = await publishInBatches(send, publications(count));
    const [from] = places(retryFrom === undefined ? [] : [retryFrom]);
    return {
      calls: calls.map(({ length }) => length),
      from,
      refused: refused.map(({ publication, code }) => [...places([publication]), code]),
    };
  };

  test.each([
    { why: 'nothing is no call', count: 0, answers: [], calls: [], from: undefined, refused: [] },
    { why: 'ten are one call', count: 10, answers: [], calls: [10], from: undefined, refused: [] },
    { why: 'twenty-three are three', count: 23, answers: [], calls: [10, 10, 3], from: undefined, refused: [] },
    {
      why: 'one that is not taken ends it there, and is tried again with all behind it',
      count: 23,
      answers: [[], [fails('4', false)]],
      calls: [10, 10],
      from: 14,
      refused: [],
    },
    {
      why: 'of two that are not taken the earlier counts',
      count: 5,
      answers: [[fails('3', false), fails('1', false)]],
      calls: [5],
      from: 1,
      refused: [],
    },
    {
      why: 'a call that fails is tried again as a whole',
      count: 23,
      answers: [[], new Error('Busy')],
      calls: [10, 10],
      from: 10,
      refused: [],
    },
    {
      why: 'one that is never taken is passed over',
      count: 12,
      answers: [[fails('2', true)]],
      calls: [10, 2],
      from: undefined,
      refused: [[2, 'Bad']],
    },
    {
      why: 'and told once: not behind what is tried again',
      count: 5,
      answers: [[fails('0', true), fails('2', false), fails('4', true)]],
      calls: [5],
      from: 2,
      refused: [[0, 'Bad']],
    },
  ])('$why', async ({ count, answers, calls, from, refused }) => {
    expect(await publish(count, ...answers)).toEqual({ calls, from, refused });
  });
});
