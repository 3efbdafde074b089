import { expect, test } from '@jest/globals';
import { webhookHeader } from '../../bin/webhook-address.ts';

test.each([
  { text: 'x-api-key: secret', headers: { 'x-api-key': 'secret' } },
  { text: 'X-Api-Key:a: b', headers: { 'x-api-key': 'a: b' } },
  { text: 'authorization:\tBasic dTpw', headers: { authorization: 'Basic dTpw' } },
])('$text is a header', ({ text, headers }) => {
  expect(webhookHeader(text)).toEqual(headers);
});

test.each([
  'secret',
  '',
  ':secret',
  'x-api-key:',
  'x-api-key: ',
  'x api key: secret',
  'x-api-key: sécret',
  'a: secret\r\nb: c',
])('%j is none, and is not repeated', (text) => {
  expect(() => webhookHeader(text)).toThrow(/^--webhook-header is a name and a value/);
});
