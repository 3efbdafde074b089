import { expect, test } from '@jest/globals';
import { revocationNote } from '../../bin/revocation-note.ts';

const chef = { issuer: 'demo', userId: 'u-chef' };
const told = { userId: 'u-chef', loggedInAtMs: 1 };
const untold = { userId: 'u-chef' };

test.each([
  {
    why: 'no session',
    sessions: [],
    says: /^No session here tells whether tokens of demo say when .+suspend" keeps u-chef out/,
  },
  {
    why: 'a session that tells',
    sessions: [told],
    says: /^Tokens of demo say when .+u-chef comes back by logging in anew/,
  },
  {
    why: 'one that tells not',
    sessions: [untold],
    says: /^Tokens of demo do not say when .+suspend" keeps u-chef out/,
  },
  { why: 'both', sessions: [told, untold], says: /^Tokens of demo do not say/ },
  { why: 'none of their own', sessions: [{ ...told, userId: 'u-cashier' }], says: /^Tokens of demo say when/ },
  { why: 'their own before others', sessions: [told, { userId: 'u-cashier' }], says: /^Tokens of demo say when/ },
])('a revocation says what it does not do, by the sessions there: $why', ({ sessions, says }) => {
  expect(revocationNote(chef, sessions)).toMatch(says);
});
