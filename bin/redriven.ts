/** A dead letter as it is sent back. Pure. */
import { publicationOf } from '../lambdas/events/publication.ts';
import { nobodyIsOwn } from '../lambdas/events/verified-publisher.ts';
import type { Domain } from '../protocol/domain.ts';
import { scanObject } from '../protocol/json/members.ts';
import type { DeadLetter } from '../lambdas/sqs/dead-letters.ts';

/** The restaurant and the body, or the reason for which it would be put aside again. */
export const redriven = (
  domain: Domain,
  { body, messageId, restaurant }: Pick<DeadLetter, 'body' | 'messageId' | 'restaurant'>,
): Readonly<{ restaurantId: string; body: string }> | string => {
  if (restaurant === undefined) return 'nobody knows its restaurant: say --restaurant';
  const read = publicationOf({ messageId, body, attributes: { MessageGroupId: restaurant } }, nobodyIsOwn, domain);
  return typeof read === 'string' ? read : { restaurantId: restaurant, body: withId(body, read.id) };
};

/** Sent back it is another message of the queue, whose id must not become that of the event. The rest stays to the letter. */
const withId = (body: string, id: string): string => {
  const scanned = scanObject(body, Number.POSITIVE_INFINITY);
  // It was read a moment ago.
  if ('refused' in scanned) return body;
  const others = [...scanned.members].filter(([name]) => name !== 'id').map(([, { written }]) => written);
  return `{${[...others, `"id":${JSON.stringify(id)}`].join(',')}}`;
};
