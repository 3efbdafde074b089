/** Where a client can put a text, and what must come of any text there. */
import { isZero } from '../../protocol/identifiers.ts';
import type { RefusalReason } from '../../protocol/reasons.ts';
import { type SigningKey, tokenOf } from '../identity/tokens.ts';
import type { Platform, Visitor } from '../memory/platform.ts';
import { startMs } from '../memory/world.ts';

/** How the conversation ends for the client: refused at the handshake, refused and closed, authenticated, or authenticated and answered. */
export type Answer =
  | 'handshake refused'
  | RefusalReason
  | 'authenticated'
  | 'unknown_type'
  | 'malformed_message in a session'
  | 'unknown_type with its id';

export type Place = Readonly<{
  where: string;
  /** The whole conversation, but for the client's leaving, with this text in this place. */
  say: (door: Platform, text: string) => Promise<unknown>;
  answerTo: (text: string) => Answer;
}>;

export const placesFor = (key: SigningKey): readonly Place[] => {
  const token = (said: { header?: Record<string, unknown>; claims?: Record<string, unknown> } = {}): string => {
    const iat = startMs / 1000;
    return tokenOf(key, { ...said, claims: { sub: 'u-chef', iat, exp: iat + 3_600, ...said.claims } });
  };
  const chef = { token: token(), restaurant_id: 'r-17', connection_type: 'kitchen' };

  /** A handshake, an `authenticate` by the chef with these fields, and what is said after it. */
  const talk = async (door: Platform, visitor: Visitor, fields: object, ...more: readonly string[]) => {
    await door.connect(visitor);
    for (const frame of [JSON.stringify({ type: 'authenticate', ...chef, ...fields }), ...more]) await door.say(frame);
  };
  const only = async (door: Platform, frame: string) => {
    await door.connect();
    await door.say(frame);
  };
  const always = (answer: Answer) => () => answer;
  /** Half a character is read differently by two readers: no frame that has one is a message. */
  const inFrame =
    (answer: Answer, otherwise: Answer = 'malformed_message') =>
    (text: string) =>
      text.isWellFormed() ? answer : otherwise;
  /** An empty hint is no hint. */
  const unlessEmpty = (answer: Answer) => (text: string) => (text === '' ? 'authenticated' : answer);
  const headers = (name: string, text: string): Visitor => ({ headers: { [name]: text } });

  return [
    {
      where: '`type` of the first message',
      say: (door, text) => only(door, JSON.stringify({ type: text, ...chef })),
      answerTo: inFrame('expected_authentication'),
    },
    {
      where: '`type` of a first message that was routed as if it were `authenticate`',
      say: async (door, text) => {
        await door.connect();
        await door.say(JSON.stringify({ type: text, ...chef }), { route: 'authenticate' });
      },
      answerTo: always('malformed_message'),
    },
    {
      where: 'the whole first frame',
      say: only,
      answerTo: always('malformed_message'),
    },
    {
      where: 'a field of the first message that nobody reads, and its name',
      say: (door, text) => talk(door, {}, Object.fromEntries([[text, text], ...Object.entries(chef)])),
      answerTo: inFrame('authenticated'),
    },
    {
      where: '`user_id`',
      say: (door, text) => talk(door, {}, { user_id: text }),
      answerTo: inFrame('access_denied'),
    },
    {
      where: '`device_id`',
      say: (door, text) => talk(door, {}, { device_id: text }),
      answerTo: inFrame('authenticated'),
    },
    {
      where: '`restaurant_id`',
      say: (door, text) => talk(door, {}, { restaurant_id: text }),
      // An empty one is none, and a message has to say its restaurant.
      answerTo: (text) => (text === '' ? 'malformed_message' : inFrame('access_denied')(text)),
    },
    {
      where: '`connection_type`',
      say: (door, text) => talk(door, {}, { connection_type: text }),
      answerTo: inFrame('access_denied'),
    },
    {
      where: 'all three in `data`, with a forged token',
      say: (door, text) =>
        only(
          door,
          JSON.stringify({
            type: 'authenticate',
            token: 'x.y.z',
            data: { user_id: text, restaurant_id: text, connection_type: text },
          }),
        ),
      answerTo: inFrame('token_invalid'),
    },
    {
      where: 'the hint `user_id`',
      say: (door, text) => talk(door, { query: { user_id: text } }, {}),
      answerTo: always('access_denied'),
    },
    {
      where: 'the hint `restaurant_id`',
      say: (door, text) => talk(door, { query: { restaurant_id: text } }, {}),
      answerTo: unlessEmpty('access_denied'),
    },
    {
      where: 'the hint `connection_type`',
      say: (door, text) => talk(door, { query: { connection_type: text } }, {}),
      answerTo: unlessEmpty('access_denied'),
    },
    {
      where: 'every hint, and a token among them',
      say: (door, text) =>
        talk(
          door,
          { query: { user_id: text, restaurant_id: text, connection_type: text, token: text, [text]: text } },
          {},
        ),
      answerTo: always('access_denied'),
    },
    {
      where: '`token`',
      say: (door, text) => talk(door, {}, { token: text }),
      answerTo: inFrame('token_invalid'),
    },
    {
      where: '`kid` of a genuine token',
      say: (door, text) => talk(door, {}, { token: token({ header: { kid: text } }) }),
      answerTo: always('token_invalid'),
    },
    {
      where: '`alg` of a genuine token',
      say: (door, text) => talk(door, {}, { token: token({ header: { alg: text } }) }),
      answerTo: always('token_invalid'),
    },
    {
      where: '`iss` of a genuine token',
      say: (door, text) => talk(door, {}, { token: token({ claims: { iss: text } }) }),
      answerTo: always('token_invalid'),
    },
    {
      where: '`sub` of a genuine token',
      say: (door, text) => talk(door, {}, { token: token({ claims: { sub: text } }) }),
      answerTo: (text) => (/^[!-~]{1,128}$/.test(text) && !isZero(text) ? 'access_denied' : 'token_invalid'),
    },
    {
      where: 'Origin',
      say: (door, text) => door.connect(headers('Origin', text)),
      answerTo: always('handshake refused'),
    },
    {
      where: 'User-Agent, of somebody who gets in',
      say: (door, text) => talk(door, { ...headers('User-Agent', text), userAgent: text }, {}),
      answerTo: always('authenticated'),
    },
    {
      where: 'User-Agent, of somebody who does not',
      say: (door, text) => talk(door, { ...headers('User-Agent', text), userAgent: text }, { token: 'x.y.z' }),
      answerTo: always('token_invalid'),
    },
    {
      where: 'Sec-WebSocket-Protocol',
      say: (door, text) => talk(door, headers('Sec-WebSocket-Protocol', text), {}),
      answerTo: always('authenticated'),
    },
    {
      where: 'another header, and its name',
      say: (door, text) => talk(door, headers(text, text), {}),
      answerTo: always('authenticated'),
    },
    {
      where: '`type` in a session',
      say: (door, text) => talk(door, {}, {}, JSON.stringify({ type: text })),
      answerTo: inFrame('unknown_type', 'malformed_message in a session'),
    },
    {
      where: '`id` of a message in a session',
      say: (door, text) => talk(door, {}, {}, JSON.stringify({ type: 'hello', id: text })),
      answerTo: (text) =>
        /^[\w.:-]{1,128}$/.test(text)
          ? 'unknown_type with its id'
          : inFrame('unknown_type', 'malformed_message in a session')(text),
    },
  ];
};
