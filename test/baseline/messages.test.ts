/** Today's functions read the queue messages that v0.1.0 and its publishers wrote. Records that wait have a file of their own. */
import { describe, expect, test } from '@jest/globals';
import { parseTimerMessage } from '../../lambdas/sqs/timer-message.ts';
import { writtenAtMs } from './filled-storage.ts';
import { messagesOf } from './fixtures.ts';
import { publicationOf } from '../restaurant-domain.ts';

describe('a message of the timer queue', () => {
  test.each([
    { what: 'deadline', reads: { kind: 'deadline', connectionId: 'pending00000000=', connectedAtMs: writtenAtMs } },
    { what: 'aggregate', reads: { kind: 'aggregate', address: '203.0.113.7', windowStartMs: writtenAtMs } },
  ])('is read: $what', ({ what, reads }) => {
    expect(parseTimerMessage(messagesOf('timer').get(what)?.MessageBody ?? '')).toMatchObject(reads);
  });
});

describe('a message of the event queue', () => {
  const received = { restaurantId: 'r-17', messageId: 'm-1', sentAtMs: writtenAtMs };
  const everybodyButCustomers = ['pos', 'kitchen', 'management', 'platform'];
  const created = (orderId: number) => ({
    ...received,
    id: `order-${orderId}`,
    type: 'order.created',
    data: JSON.stringify({ order_id: orderId }),
    audience: everybodyButCustomers,
  });
  const expected: Readonly<Record<string, object>> = {
    'of a device': {
      ...received,
      id: 'evt_zcAsh2DFtX92TDrkCTubkC',
      type: 'order.status_changed',
      data: '{"order_id":17,"status":"ready"}',
      audience: ['pos', 'kitchen', 'management', 'customer'],
      publisher: { userId: 'u-1', connectionType: 'kitchen' },
    },
    'of a backend in TypeScript': created(19),
    'of a backend in Python': { ...created(20), data: '{"order_id": 20}' },
    'of a backend by the AWS CLI': created(18),
    'of the publish command, with an audience': {
      ...received,
      id: 'menu-4',
      type: 'menu.updated',
      data: '{"dish":"soup"}',
      audience: ['management', 'customer'],
    },
    'of a backend, as short as it can be': {
      ...received,
      id: 'evt_m-1',
      type: 'staff.called',
      data: '{}',
      audience: everybodyButCustomers,
    },
  };

  test.each([...messagesOf('events')])('is read: %s', (what, { MessageBody: body, MessageGroupId = '' }) => {
    const attributes = { MessageGroupId, SentTimestamp: String(writtenAtMs) };
    expect(publicationOf({ messageId: 'm-1', body, attributes }, () => true)).toEqual(expected[what]);
  });

  test.each([...messagesOf('dead-letters')])(
    'that was put aside has the reason for which it still would be: %s',
    (_, { MessageBody: body, MessageAttributes }) => {
      const read = publicationOf({ messageId: 'm-1', body, attributes: { MessageGroupId: 'r-17' } }, () => true);
      expect(read).toBe(MessageAttributes?.['reason']?.StringValue);
    },
  );
});
