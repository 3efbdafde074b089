import { expect, test } from '@jest/globals';
import { senderIn, withSender } from '../../local/senders.ts';
import { forbidden } from '../forbidden.ts';

const reason = { DataType: 'String', StringValue: 'late' };
const forged = { DataType: 'String', StringValue: 'AROAMESSAGE:x' };
const input = (MessageAttributes: object | undefined) => ({
  QueueUrl: 'q',
  MessageBody: 'b',
  ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
});

test.each([
  { why: 'a function', says: undefined, sender: 'AROA1:f', senderId: 'AROA1:f', others: {} },
  { why: 'a function with attributes', says: { reason }, sender: 'AROA1:f', senderId: 'AROA1:f', others: { reason } },
  { why: 'an operator', says: undefined, sender: undefined, senderId: 'AIDALOCALOPERATOR', others: {} },
  {
    why: 'an operator who says to be a function',
    says: { reason, 'local.SenderId': forged },
    sender: undefined,
    senderId: 'AIDALOCALOPERATOR',
    others: { reason },
  },
  {
    why: 'a function that says to be another',
    says: { 'local.SenderId': forged },
    sender: 'AROA1:f',
    senderId: 'AROA1:f',
    others: {},
  },
])('a message tells its receiver that it is from $why', ({ says, sender, senderId, others }) => {
  const one = withSender('SendMessage', input(says), sender);
  const batch = withSender('SendMessageBatch', { QueueUrl: 'q', Entries: [input(says)] }, sender);
  for (const sent of [one, (batch['Entries'] as (typeof one)[])[0]]) {
    expect(senderIn(forbidden(sent?.['MessageAttributes'] ?? {}))).toEqual({ senderId, others });
    expect(sent).toMatchObject({ MessageBody: 'b' });
  }
});

test('no other call is touched', () => {
  expect(withSender('ReceiveMessage', { QueueUrl: 'q' }, 'AROA1:f')).toEqual({ QueueUrl: 'q' });
});
