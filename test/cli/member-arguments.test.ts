/** Whom a command can be about: everybody whom a token can be of. */
import { expect, test } from '@jest/globals';
import { userIdFrom } from '../../bin/members/arguments.ts';

test.each(['u-1', '17', '0042', '12e45', '1.0', '+7', 'auth0|5f7c8ec7'])('--user may be %s', (text) => {
  expect(userIdFrom(text)).toBe(text);
});

test.each(['', '0', '00', '0.0', 'u 1', 'josé', 'u'.repeat(256)])('--user may not be %j', (text) => {
  expect(() => userIdFrom(text)).toThrow('--user is 1-255 printable characters');
});
