/**
 * The conversations that need no inside view: a URL, a token and a restaurant are enough, so that the smoke test plays
 * them against any deployed stage. The tests on this machine play them, too, and look at what each leaves behind.
 */
import type { Conversation, Turn, Visitor } from './conversation.ts';
import { authError, authSuccess, closing, errorReply, pong } from './frames.ts';
import { forged, hello, messageOfBytes } from './messages.ts';

export type OutsideConversation = Conversation &
  Readonly<{
    /** The visitor's token must be genuine but expired. */
    needsExpiredToken?: true;
    /** It waits for a deadline, and does nothing meanwhile. */
    isSlow?: true;
  }>;

const says = (message: (visitor: Visitor) => Turn['say'], hear: Turn['hear']) => (visitor: Visitor) => {
  const say = message(visitor);
  return [{ ...(say === undefined ? {} : { say }), ...(hear === undefined ? {} : { hear }) }];
};
const enters: (visitor: Visitor) => Turn = (visitor) => ({ say: hello(visitor), hear: authSuccess(visitor) });

const kib = 1024;

const conversations = [
  { why: 'connecting needs no query parameters', turns: () => [], end: 'open' },
  {
    why: 'the first message authenticates',
    turns: (visitor) => [enters(visitor)],
    end: 'open',
  },
  {
    why: 'an expired token is refused',
    needsExpiredToken: true,
    turns: says((visitor) => hello(visitor), authError('token_expired')),
    end: 'ended',
  },
  {
    why: 'user_id 0 is refused though the token is good',
    turns: says((visitor) => hello(visitor, { user_id: 0 }), authError('access_denied')),
    end: 'ended',
  },
  {
    why: 'a valid token needs no user_id',
    turns: (visitor) => [{ say: hello(visitor, { user_id: null }), hear: authSuccess(visitor) }],
    end: 'open',
  },
  {
    why: 'all fields may stand in data',
    turns: (visitor) => {
      const { type, ...data } = { type: '', ...hello(visitor) };
      return [{ say: { type, id: 'm-1', timestamp: 1_700_000_000_000, data }, hear: authSuccess(visitor) }];
    },
    end: 'open',
  },
  {
    why: 'the token may stand at top level and the rest in data',
    turns: (visitor) => {
      const { type, token, ...data } = { type: '', token: '', ...hello(visitor) };
      return [{ say: { type, token, data, client_type: 'till', client_version: '2.0' }, hear: authSuccess(visitor) }];
    },
    end: 'open',
  },
  {
    why: 'a field at top level wins over the same field in data',
    turns: (visitor) => [
      {
        say: hello(visitor, { data: { token: 'not this one', restaurant_id: 'r-0', connection_type: 'elsewhere' } }),
        hear: authSuccess(visitor),
      },
    ],
    end: 'open',
  },
  {
    why: 'restaurant and connection type may be query hints',
    query: ({ restaurantId, connectionType }) => ({ restaurant_id: restaurantId, connection_type: connectionType }),
    turns: (visitor) => [{ say: { type: 'authenticate', token: visitor.token }, hear: authSuccess(visitor) }],
    end: 'open',
  },
  {
    why: 'a restaurant hint that differs from the message is refused',
    query: { restaurant_id: 'r-0' },
    turns: says((visitor) => hello(visitor), authError('access_denied')),
    end: 'ended',
  },
  {
    why: 'a token in the query lets nobody in',
    query: ({ token }) => ({ token }),
    turns: says((visitor) => hello(visitor, { token: undefined }), authError('token_invalid')),
    end: 'ended',
  },
  {
    why: 'the subprotocol is echoed',
    protocols: ['other', 'maitred.v1'],
    subprotocol: 'maitred.v1',
    turns: (visitor) => [enters(visitor)],
    end: 'open',
  },
  {
    why: 'a re-entry pass is not',
    protocols: ['maitred.v1', `maitred.pass.mrp_${'A'.repeat(56)}`],
    subprotocol: 'maitred.v1',
    turns: (visitor) => [enters(visitor)],
    end: 'open',
  },
  {
    why: 'a message without a token is refused',
    turns: says((visitor) => hello(visitor, { token: undefined }), authError('token_invalid')),
    end: 'ended',
  },
  {
    why: 'text that is no token is refused',
    turns: says((visitor) => hello(visitor, { token: 'open sesame' }), authError('token_invalid')),
    end: 'ended',
  },
  {
    why: 'a forged signature is refused',
    turns: says((visitor) => hello(visitor, { token: forged(visitor.token) }), authError('token_invalid')),
    end: 'ended',
  },
  {
    why: 'a restaurant that nobody knows is refused',
    turns: says((visitor) => hello(visitor, { restaurant_id: 'no-such-place' }), authError('access_denied')),
    end: 'ended',
  },
  {
    why: "the restaurant * is nobody's to name",
    turns: says((visitor) => hello(visitor, { restaurant_id: '*' }), authError('access_denied')),
    end: 'ended',
  },
  {
    why: 'an unknown connection type is refused',
    turns: says((visitor) => hello(visitor, { connection_type: 'oven' }), authError('access_denied')),
    end: 'ended',
  },
  {
    why: 'a ping before authentication is refused',
    turns: says(() => ({ type: 'ping' }), authError('expected_authentication')),
    end: 'ended',
  },
  {
    why: 'an event before authentication is refused',
    turns: says(() => ({ type: 'something.happened', data: { id: 'o-1' } }), authError('expected_authentication')),
    end: 'ended',
  },
  {
    why: 'text that is no JSON is refused before authentication',
    turns: says(() => 'hello', authError('malformed_message')),
    end: 'ended',
  },
  {
    why: 'a first message of 16 KB and a byte is refused',
    turns: says((visitor) => messageOfBytes(16 * kib + 1, hello(visitor)), authError('malformed_message')),
    end: 'ended',
  },
  {
    why: 'a socket that stays silent is told so and closed',
    isSlow: true,
    turns: () => [{ hear: authError('auth_timeout') }],
    end: 'ended',
  },
  { why: 'a binary frame is closed with 1003', turns: () => [{ say: Buffer.of(1) }], end: 1003 },
  {
    why: 'a message over 128 KB is closed with 1009',
    turns: () => [{ say: messageOfBytes(128 * kib + 1, { type: 'ping' }), inFramesOf: 32 * kib }],
    end: 1009,
  },
  {
    why: 'a ping is answered by a pong',
    turns: (visitor) => [enters(visitor), { say: { type: 'ping', restaurant_id: '', extra: 1 }, hear: pong }],
    end: 'open',
  },
  {
    why: 'an unknown type is answered with its id, and the session stays',
    turns: (visitor) => [
      enters(visitor),
      { say: { type: 'dance', id: 'm-7' }, hear: errorReply('unknown_type', 'm-7') },
      { say: { type: 'ping' }, hear: pong },
    ],
    end: 'open',
  },
  {
    why: 'text that is no JSON is answered after authentication, and the session stays',
    turns: (visitor) => [
      enters(visitor),
      { say: 'hello', hear: errorReply('malformed_message') },
      { say: { type: 'ping' }, hear: pong },
    ],
    end: 'open',
  },
  {
    why: 'a session is renewed in place',
    turns: (visitor) => [enters(visitor), enters(visitor), { say: { type: 'ping' }, hear: pong }],
    end: 'open',
  },
  {
    why: 'a renewal may be called reauth and have its fields in data',
    turns: (visitor) => [
      enters(visitor),
      { say: { type: 'reauth', data: { token: visitor.token } }, hear: authSuccess(visitor) },
    ],
    end: 'open',
  },
  {
    why: 'a renewal with a forged token ends the session',
    turns: (visitor) => [
      enters(visitor),
      { say: hello(visitor, { token: forged(visitor.token) }), hear: closing('token_invalid') },
    ],
    end: 'ended',
  },
  {
    why: 'a renewal for another restaurant ends the session',
    turns: (visitor) => [
      enters(visitor),
      { say: hello(visitor, { restaurant_id: 'no-such-place' }), hear: closing('access_denied') },
    ],
    end: 'ended',
  },
] as const satisfies readonly OutsideConversation[];

/** What the smoke test and the tests know a conversation by. */
export type OutsideWhy = (typeof conversations)[number]['why'];

export const outsideConversations: readonly (OutsideConversation & Readonly<{ why: OutsideWhy }>)[] = conversations;
