/** What the conversations of the smoke test leave behind, which only an inside view can tell. */
import { type OutsideWhy, outsideConversations } from '../../bin/smoke/outside-view.ts';
import { connectionTypeOfVisitor } from './demo-visitor.ts';
import {
  authenticated,
  authenticatedWith,
  deniedAs,
  endedOver,
  refusedAs,
  refusedUnheard,
  type Traces,
  undecided,
  verifiedRecord,
} from './traces.ts';

const renewed = verifiedRecord('renewal', 'session_renewed', 'INFO', 'renewed');

const traces: Readonly<Record<OutsideWhy, Traces>> = {
  'connecting needs no query parameters': undecided,
  'the first message authenticates': authenticated(),
  'an expired token is refused': refusedAs('token_expired', 'WARNING', 'expired'),
  'user_id 0 is refused though the token is good': deniedAs('invalid_user_id', 'ERROR', 'user_id_not_canonical', {
    user_id: '0',
  }),
  'a valid token needs no user_id': authenticated(),
  'all fields may stand in data': authenticated(),
  'the token may stand at top level and the rest in data': authenticated(),
  'a field at top level wins over the same field in data': authenticated(),
  'restaurant and connection type may be query hints': authenticated(),
  'a restaurant hint that differs from the message is refused': deniedAs(
    'cross_tenant_attempt',
    'CRITICAL',
    'hint_differs',
  ),
  'a token in the query lets nobody in': refusedAs('access_denied', 'CRITICAL', 'token_missing'),
  'the subprotocol is echoed': authenticated(),
  'a re-entry pass is not': authenticated(),
  'a message without a token is refused': refusedAs('access_denied', 'CRITICAL', 'token_missing'),
  'text that is no token is refused': refusedAs('access_denied', 'CRITICAL', 'token_malformed'),
  'a forged signature is refused': refusedAs('access_denied', 'CRITICAL', 'signature_bad'),
  'a restaurant that nobody knows is refused': deniedAs('cross_tenant_attempt', 'CRITICAL', 'membership_missing', {
    restaurant_id: 'no-such-place',
  }),
  "the restaurant * is nobody's to name": deniedAs('cross_tenant_attempt', 'CRITICAL', 'restaurant_id_invalid', {
    restaurant_id: '*',
  }),
  'an unknown connection type is refused': deniedAs(
    'privilege_escalation_attempt',
    'ERROR',
    'connection_type_unknown',
    { connection_type: 'oven' },
  ),
  'a ping before authentication is refused': refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate'),
  'an event before authentication is refused': refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate'),
  'text that is no JSON is refused before authentication': refusedUnheard('malformed_message', 'WARNING', 'not_json'),
  'a first message of 16 KB and a byte is refused': refusedUnheard('malformed_message', 'WARNING', 'too_large'),
  'a socket that stays silent is told so and closed': {
    ...refusedUnheard('auth_timeout', 'WARNING', 'silent'),
    row: 'timed_out',
  },
  'a binary frame is closed with 1003': undecided,
  'a message over 128 KB is closed with 1009': undecided,
  'a ping is answered by a pong': authenticated(),
  'an unknown type is answered with its id, and the session stays': authenticated(),
  'text that is no JSON is answered after authentication, and the session stays': authenticated(),
  'a session is renewed in place': authenticatedWith(renewed),
  'a renewal may be called reauth and have its fields in data': authenticatedWith(renewed),
  'a renewal with a forged token ends the session': endedOver('token_invalid', 'ERROR', 'signature_bad'),
  'a renewal for another restaurant ends the session': endedOver(
    'identity_change_refused',
    'CRITICAL',
    'restaurant_changed',
    {
      claimed: { restaurant_id: 'no-such-place', connection_type: connectionTypeOfVisitor },
    },
  ),
};

export const outsideRows = outsideConversations.map((conversation) => ({
  ...conversation,
  traces: traces[conversation.why],
}));
