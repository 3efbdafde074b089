/** Who says what when, as AsyncAPI 3 puts it: the gateway `receive`s what clients send, and `send`s. */
import type { Domain } from '../../protocol/domain.ts';
import { publicationName } from '../../protocol/schemas/client.ts';
import type { MessageName } from './message-names.ts';

type Operation = Readonly<{
  action: 'receive' | 'send';
  title: string;
  description: string;
  messages: readonly MessageName[];
  /** What the gateway answers with: one of these. */
  reply?: readonly MessageName[];
}>;

export const operations = (domain: Domain): Readonly<Record<string, Operation>> => ({
  authenticate: {
    action: 'receive',
    title: 'A client says who it is',
    description: 'The first message of a connection, and its only attempt. After a refusal the socket closes.',
    messages: ['authenticate'],
    reply: ['auth_success', 'auth_error'],
  },
  renewSession: {
    action: 'receive',
    title: 'A client renews its session',
    description:
      'With a new token, before the old one expires. User, restaurant and connection type stay what they are.',
    messages: ['authenticate'],
    reply: ['auth_success', 'error', 'closing'],
  },
  ping: {
    action: 'receive',
    title: 'A client asks whether the connection works',
    description: 'It also learns how far the events of its restaurant have come.',
    messages: ['ping'],
    reply: ['pong', 'error', 'closing'],
  },
  replay: {
    action: 'receive',
    title: 'A client asks for the events it missed',
    description: 'From its cursor on, page by page.',
    messages: ['replay'],
    reply: ['replayed', 'error', 'closing'],
  },
  who: {
    action: 'receive',
    title: 'A client asks who is there',
    description: 'Of its own restaurant, page by page. Only some connection types may.',
    messages: ['who'],
    reply: ['present', 'error', 'closing'],
  },
  publish: {
    action: 'receive',
    title: 'A client publishes an event',
    description: 'No answer: send the same message with the same id again; the event is published once.',
    messages: domain.events.map(({ type }) => publicationName(type)),
    reply: ['accepted', 'error', 'closing'],
  },
  deliver: {
    action: 'send',
    title: 'The gateway delivers events',
    description: 'To everybody at the restaurant whose connection type is in their audience.',
    messages: ['restaurant_event', 'events'],
  },
  refuse: {
    action: 'send',
    title: 'The gateway refuses a client that did not say who it is',
    description: 'Nothing came in time, or something other than `authenticate` came first.',
    messages: ['auth_error'],
  },
  end: {
    action: 'send',
    title: 'The gateway ends a session',
    description: 'Unasked, for instance when access is revoked. Then the socket closes.',
    messages: ['closing'],
  },
  fail: {
    action: 'send',
    title: 'The platform beneath the gateway reports its own trouble',
    description: 'API Gateway sends this where no answer of the gateway came; no code of the gateway does.',
    messages: ['platform_error'],
  },
});
