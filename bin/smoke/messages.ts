/** Messages of a client, good ones and bad ones. */
import type { Visitor } from './conversation.ts';

/** The first message as it should be; `fields` replace and add, `undefined` leaves one out. */
export const hello = (visitor: Visitor, fields: Readonly<Record<string, unknown>> = {}): object => ({
  type: 'authenticate',
  token: visitor.token,
  restaurant_id: visitor.restaurantId,
  connection_type: visitor.connectionType,
  ...fields,
});

/** The token with another signature. */
export const forged = (token: string): string => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)].join('.');
};

/** Text of exactly so many bytes that is JSON. */
export const messageOfBytes = (bytes: number, message: object): string => {
  const short = JSON.stringify({ ...message, padding: '' });
  return JSON.stringify({ ...message, padding: 'x'.repeat(bytes - short.length) });
};
