/** How apps from before the protocol open, and how clients of it do: the same visitor in every shape there is. */
import type { Visitor } from '../../bin/smoke/conversation.ts';
import { hello } from '../../bin/smoke/messages.ts';

export type Opening = Readonly<{
  query: Readonly<Record<string, string>>;
  protocols: readonly string[];
  say: object;
}>;

export type Shape = Readonly<{
  why: string;
  /** What its client knows as the last message of a session. */
  knows: 'closing' | 'auth_error';
  opens: (visitor: Visitor) => Opening;
}>;

const fieldsOf = ({ token, restaurantId, connectionType }: Visitor) => ({
  token,
  restaurant_id: restaurantId,
  connection_type: connectionType,
});

/** What shipped apps put around every message. */
const envelope = { id: '1790000000000-k3j9x2', timestamp: '2026-11-23T18:30:05.007Z' };
const extras = { client_type: 'mobile_pos', client_version: '1.0.0' };

const shape = (why: string, knows: Shape['knows'], opens: (visitor: Visitor) => Partial<Opening>): Shape => ({
  why,
  knows,
  opens: (visitor) => ({ query: {}, protocols: [], say: hello(visitor), ...opens(visitor) }),
});

export const inData = shape('everything in data, as the shipped app has it', 'auth_error', (visitor) => ({
  say: {
    ...envelope,
    type: 'authenticate',
    restaurant_id: visitor.restaurantId,
    data: { ...fieldsOf(visitor), ...extras },
  },
}));

export const atTopLevel = shape('everything at top level', 'closing', () => ({}));

export const shapes: readonly Shape[] = [
  inData,
  shape('everything in data, and an empty restaurant around it', 'auth_error', (visitor) => ({
    say: { ...envelope, type: 'authenticate', restaurant_id: '', data: { ...fieldsOf(visitor), ...extras } },
  })),
  shape('the token at top level and the rest in data, as the dashboard has it', 'auth_error', (visitor) => {
    const { token, ...data } = fieldsOf(visitor);
    return { say: { type: 'authenticate', token, restaurant_id: '', data } };
  }),
  shape('the token alone, the rest in the address', 'auth_error', (visitor) => {
    const { token, ...query } = fieldsOf(visitor);
    return { query, say: { type: 'authenticate', token } };
  }),
  shape('an empty restaurant in the message, the rest in the address', 'auth_error', (visitor) => {
    const { token, ...query } = fieldsOf(visitor);
    return { query, say: { type: 'authenticate', token, restaurant_id: '' } };
  }),
  shape('everything at top level, and a token in the address', 'auth_error', () => ({ query: { token: 'not-read' } })),
  shape('the name of a renewal', 'auth_error', (visitor) => ({ say: { type: 'reauth', data: fieldsOf(visitor) } })),
  atTopLevel,
  shape('everything at top level, and what shipped apps add', 'closing', (visitor) => ({
    say: { ...envelope, ...hello(visitor), ...extras },
  })),
  shape('everything in data, and our subprotocol', 'closing', (visitor) => ({
    protocols: ['maitred.v1'],
    say: { type: 'authenticate', data: fieldsOf(visitor) },
  })),
  shape('everything in data, and batch', 'closing', (visitor) => ({
    say: { type: 'authenticate', data: { ...fieldsOf(visitor), batch: false } },
  })),
  shape('the rest in the address, and our subprotocol', 'closing', (visitor) => {
    const { token, ...query } = fieldsOf(visitor);
    return { query, protocols: ['maitred.v1'], say: { type: 'authenticate', token } };
  }),
];
