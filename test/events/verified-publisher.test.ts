import { expect, test } from '@jest/globals';
import { isRole } from '../../lambdas/events/verified-publisher.ts';
import { publicationOf } from '../restaurant-domain.ts';

const from = { user_id: 'u-owner', connection_type: 'management' };
const own = 'AROAMESSAGE';

/** Of a message that names a device, what is told to others. */
const published = (SenderId: string | undefined, roleId = own) => {
  const attributes = { MessageGroupId: 'r-17', ...(SenderId === undefined ? {} : { SenderId }) };
  const record = { messageId: 'm-1', body: JSON.stringify({ v: 1, type: 'a.b', data: {}, from }), attributes };
  const read = publicationOf(record, isRole(roleId));
  if (typeof read === 'string') throw new Error(read);
  return read;
};

test.each([
  { why: "of the gateway's own function", senderId: `${own}:maitred-dev-gateway-Message`, is: true },
  { why: 'of another session of that role', senderId: `${own}:somebody`, is: true },
  { why: 'of another role', senderId: 'AROABACKEND:orders', is: false },
  { why: 'of a role whose id goes on', senderId: `${own}2:orders`, is: false },
  { why: "of a session that has the role's id for a name", senderId: `AROABACKEND:${own}`, is: false },
  { why: 'of a session named like the sender', senderId: `AROABACKEND:${own}:x`, is: false },
  { why: 'of a user', senderId: 'AIDAOPERATOR', is: false },
  { why: 'of a user with the id of the role', senderId: own, is: false },
  { why: 'of nobody', senderId: '', is: false },
  { why: 'without a sender', senderId: undefined, is: false },
])('a message $why names its device: $is', ({ senderId, is }) => {
  const publisher = { userId: 'u-owner', connectionType: 'management' };
  const { publisher: named, ...event } = published(senderId);
  expect(named).toEqual(is ? publisher : undefined);
  // All else is as it was: the event is numbered and heard.
  expect(event).toMatchObject({ id: 'evt_m-1', type: 'a.b', restaurantId: 'r-17' });
  expect('publisher' in published(senderId)).toBe(is);
});
