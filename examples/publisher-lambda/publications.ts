/** What a change of the orders' table means to devices. Pure. */
import type { DynamoDBRecord } from 'aws-lambda';

export type Publication = Readonly<{
  restaurantId: string;
  body: string;
  /** Where the stream is tried again from, should this fail. */
  sequenceNumber: string;
}>;

/** What may be a restaurant's id. SQS would refuse a whole batch for the sake of others, and the stream would stop there. */
const restaurantIds = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Nothing of a change that devices need not hear of. */
export const publicationOf = ({ eventID, eventName, dynamodb }: DynamoDBRecord): Publication | undefined => {
  const order = dynamodb?.NewImage;
  const restaurantId = order?.['restaurant_id']?.S;
  const order_id = order?.['order_id']?.S;
  if (eventID === undefined || restaurantId === undefined || order_id === undefined) return undefined;
  if (!restaurantIds.test(restaurantId)) return undefined;
  const publication = (type: string, data: object): Publication => ({
    restaurantId,
    // The stream's name of the change is the same whenever it is tried again, so it stays one event.
    body: asciiJson({ v: 1, type, id: eventID, data }),
    sequenceNumber: dynamodb?.SequenceNumber ?? '',
  });
  if (eventName === 'INSERT') {
    const items = order?.['items']?.L?.flatMap(({ S }) => S ?? []) ?? [];
    return publication('order.created', { order_id, table: order?.['table']?.S, items });
  }
  const status = order?.['status']?.S;
  if (status === undefined || status === dynamodb?.OldImage?.['status']?.S) return undefined;
  return publication('order.status_changed', { order_id, status });
};

/** In ASCII, since SQS does not take every character; the value is the same. */
const asciiJson = (value: object): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
