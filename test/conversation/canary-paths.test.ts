/**
 * I12. A token that carries a marker takes every way through the gateway, good and bad, and into every place where a token
 * does not belong. Neither the marker nor a piece of a segment may turn up anywhere but in what the client itself sent.
 *
 * Guards: `withoutTokens` and the caps of `cappedText`; `logFields` and `auditItem`, which name what they take field by
 * field; `telemetry.failed`, which tells the class of an error and not its text.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Client, type ClientOptions, connect, HandshakeRefused } from '../../bin/smoke/client.ts';
import { forged, hello, messageOfBytes } from '../../bin/smoke/messages.ts';
import { stepOf } from './crashes.ts';
import { openGatewayFixture } from './gateway-fixture.ts';

const marker = randomBytes(24).toString('hex');
// What is down fails at once; with more time the pauses before it is tried again would only be longer.
const fixture = await openGatewayFixture({ timeScale: 3 });
fixture.keepSecret(marker);
const visitor = await fixture.orClose(fixture.visitor(undefined, { marker }));
const { token } = visitor;
const [header = '', payload = '', signature = ''] = token.split('.');

afterAll(() => fixture.close());

/** Everything that any client was sent, in frames and at handshakes. */
const heard: string[] = [];

const next = async (client: Client): Promise<string> => {
  const frame = await client.next();
  heard.push(frame);
  return frame;
};

/** Connects, says these one after another, each when the last was answered, and listens to the end. */
const converse = async (
  says: readonly (string | Buffer | object)[],
  options: ClientOptions = {},
): Promise<string[]> => {
  let client: Client;
  try {
    client = await connect(fixture.gateway.url, options);
  } catch (error) {
    heard.push(String(error));
    if (error instanceof HandshakeRefused) return [`handshake ${error.status}`];
    return ['no handshake'];
  }
  const answers: string[] = [];
  for (const said of says) {
    const bytes = typeof said === 'object' && !Buffer.isBuffer(said) ? JSON.stringify(said) : said;
    if (typeof bytes === 'string' && bytes.length > 32_768) client.sendInFrames(bytes, 32_768);
    else client.send(bytes);
    const frame = await next(client).catch(() => undefined);
    const { type, reason, message } = frame === undefined ? { message: 'closed' } : JSON.parse(frame);
    answers.push(type === undefined ? message : reason === undefined ? type : `${type} ${reason}`);
  }
  client.drop();
  heard.push(...client.untaken());
  return answers;
};

const withMarker = (claims = {}, more = {}): string =>
  fixture.keepSecret(fixture.issuers.pool.token({ marker, ...claims }, more));
const hi = hello(visitor);
const authError = (reason: string): string[] => [`auth_error ${reason}`];
const later = Math.floor(Date.now() / 1000) + 3_600;

type Path = Readonly<{
  why: string;
  says: readonly (string | Buffer | object)[];
  options?: ClientOptions;
  hears: readonly string[];
}>;

const good: readonly Path[] = [
  { why: 'the first message', says: [hi], hears: ['auth_success'] },
  { why: 'a renewal', says: [hi, hi], hears: ['auth_success', 'auth_success'] },
  { why: 'a ping that holds it', says: [hi, { type: 'ping', token }], hears: ['auth_success', 'pong'] },
  { why: 'all fields in data', says: [{ type: 'authenticate', data: hi }], hears: ['auth_success'] },
];

const badTokens: readonly Path[] = Object.entries({
  token_invalid: {
    'another signature': forged(token),
    'no signature': `${header}.${payload}.`,
    'one segment': payload,
    'four segments': `${token}.${signature}`,
    'text behind it': `${token} `,
    'another alphabet': `${token.replaceAll('-', '+').replaceAll('_', '/').slice(0, -1)}+`,
    'its name before it': `Bearer ${token}`,
    'another issuer': withMarker({ iss: `https://${marker}.example` }),
    'another audience': withMarker({ client_id: marker }),
    'another use': withMarker({ token_use: marker }),
    'no exp': withMarker({ exp: undefined }),
    'exp that is the marker': withMarker({ exp: marker }),
    'no user': withMarker({ sub: undefined }),
    'another algorithm': withMarker({}, { alg: 'HS256' }),
    'an algorithm that is the marker': withMarker({}, { alg: 'none', extra: marker }),
    'a key id that is the marker': withMarker({}, { kid: marker }),
    'a kind that is the marker': withMarker({}, { typ: marker }),
    'a key address that holds the marker': withMarker({}, { jku: `https://${marker}.example` }),
  },
  token_expired: {
    'an end that is past': withMarker({ exp: 1_700_000_000 }),
    'a beginning that is to come': withMarker({ nbf: later }),
  },
  unavailable: { 'an issuer whose keys cannot be had': fixture.keepSecret(fixture.issuers.dark.token({ marker })) },
  access_denied: { 'no membership': withMarker() },
}).flatMap(([reason, tokens]) =>
  Object.entries(tokens).flatMap(([why, bad]): Path[] => [
    { why: `a first message: ${why}`, says: [hello(visitor, { token: bad })], hears: authError(reason) },
    ...(reason === 'access_denied'
      ? []
      : [
          {
            why: `a renewal: ${why}`,
            says: [hi, hello(visitor, { token: bad })],
            hears: ['auth_success', reason === 'unavailable' ? 'error unavailable' : `closing ${reason}`],
          },
        ]),
  ]),
);

const badFrames: readonly Path[] = [
  { why: 'the token alone', says: [token], hears: authError('malformed_message') },
  { why: 'the token as JSON text', says: [JSON.stringify(token)], hears: authError('malformed_message') },
  { why: 'JSON that breaks off behind it', says: [`{"token":"${token}"`], hears: authError('malformed_message') },
  { why: 'the token as the type', says: [{ type: token, token }], hears: authError('expected_authentication') },
  {
    why: 'the token as its own name',
    says: [{ type: 'ping', [token]: token }],
    hears: authError('expected_authentication'),
  },
  { why: 'a token that is a list', says: [hello(visitor, { token: [token] })], hears: authError('malformed_message') },
  {
    why: 'a token of more than 8 KB',
    says: [hello(visitor, { token: token.repeat(30) })],
    hears: authError('malformed_message'),
  },
  { why: 'a frame of more than 16 KB', says: [messageOfBytes(17_000, hi)], hears: authError('malformed_message') },
  { why: 'a message of more than 128 KB', says: [messageOfBytes(140_000, hi)], hears: ['closed'] },
  { why: 'bytes', says: [Buffer.from(JSON.stringify(hi))], hears: ['closed'] },
  {
    why: 'a type nobody knows, in a session',
    says: [hi, { type: token, id: token, token }],
    hears: ['auth_success', 'error unknown_type'],
  },
  { why: 'no JSON, in a session', says: [hi, token], hears: ['auth_success', 'error malformed_message'] },
];

const wrongPlaces: readonly Path[] = [
  ...['user_id', 'restaurant_id', 'connection_type'].flatMap((field): Path[] => [
    { why: `the field ${field}`, says: [hello(visitor, { [field]: token })], hears: authError('access_denied') },
    {
      why: `the field ${field}, a piece`,
      says: [hello(visitor, { [field]: payload.slice(0, 80) })],
      hears: authError('access_denied'),
    },
    {
      why: `the hint ${field}`,
      says: [{ ...hi, [field]: undefined }],
      options: { query: { [field]: token } },
      hears: authError('access_denied'),
    },
    {
      why: `the hint ${field}, in silence`,
      says: [{ type: 'ping' }],
      options: { query: { [field]: token } },
      hears: authError('expected_authentication'),
    },
    {
      why: `the field ${field} of a renewal`,
      says: [hi, hello(visitor, { [field]: token })],
      hears: ['auth_success', 'closing access_denied'],
    },
  ]),
  ...['token', 'access_token', 'Authorization', token].map(
    (name): Path => ({
      why: `the query, as ${name.slice(0, 20)}`,
      says: [hi],
      options: { query: { [name]: token } },
      hears: ['auth_success'],
    }),
  ),
  ...['authorization', 'cookie', 'x-token', 'sec-websocket-protocol-x', 'x-forwarded-for'].map(
    (name): Path => ({
      why: `the header ${name}`,
      says: [hi],
      options: { headers: { [name]: `Bearer ${token}` } },
      hears: ['auth_success'],
    }),
  ),
  {
    why: 'the user agent, of somebody who gets in',
    says: [hi],
    options: { headers: { 'user-agent': `app ${token}` } },
    hears: ['auth_success'],
  },
  {
    why: 'the user agent, of somebody who does not',
    says: ['x'],
    options: { headers: { 'user-agent': token } },
    hears: authError('malformed_message'),
  },
  {
    why: 'the origin',
    says: [],
    options: { headers: { origin: `https://${header}.example/${token}` } },
    hears: ['handshake 403'],
  },
  { why: 'the subprotocol', says: [], options: { protocols: [token] }, hears: ['no handshake'] },
];

describe('a token with a marker goes through', () => {
  test.each([...good, ...badTokens, ...badFrames, ...wrongPlaces])('$why', async ({ says, options, hears }) => {
    expect(await converse(says, options)).toEqual(hears);
  });
});

describe('a token with a marker goes through while something is down', () => {
  const outage = (step: string) =>
    fixture.recorder.interfere((call) =>
      stepOf(call) === step && call.functionName !== 'DisconnectFunction' ? 'unavailable' : undefined,
    );

  test.each([
    { step: 'PutItem', says: [hi], hears: 'handshake 500' },
    { step: 'SendMessage', says: [hi], hears: 'handshake 500' },
    { step: 'UpdateItem verifying', says: [hi], hears: 'auth_error unavailable' },
    { step: 'BatchGetItem', says: [hi], hears: 'auth_error unavailable' },
    { step: 'UpdateItem granting', says: [hi], hears: 'auth_error unavailable' },
    { step: 'UpdateItem authenticated', says: [hi], hears: 'auth_error unavailable' },
    { step: 'GetItem', says: [{ type: 'ping', token }], hears: 'error unavailable' },
  ])('$step', async ({ step, says, hears }) => {
    const end = outage(step);
    const options = { query: { token, user_id: token } };
    expect(
      (await converse(says, step.includes('granting') || step.includes('authenticated') ? {} : options)).at(-1),
    ).toBe(hears);
    end();
  });

  test('the audit table: a success becomes unavailable, a refusal waits in the queue', async () => {
    const end = fixture.recorder.interfere((call) =>
      call.action === 'PutItem' && call.functionName !== 'ConnectFunction' ? 'unavailable' : undefined,
    );
    expect(await converse([hi])).toEqual(authError('unavailable'));
    expect(await converse([hello(visitor, { token: forged(token), user_id: token })])).toEqual(
      authError('token_invalid'),
    );
    end();
  });

  test('the management API: the last message cannot be sent', async () => {
    fixture.gateway.faults.throttledPosts = 3;
    expect(await converse([hello(visitor, { token: forged(token) })])).toEqual(['closed']);
    fixture.gateway.faults.throttledPosts = 0;
  });

  test('the function itself: an event that it does not understand', async () => {
    const types = [undefined, 'CONNECT', 'MESSAGE', 'DISCONNECT', token];
    const contexts = types.map((eventType) => ({ requestContext: { eventType, [token]: token }, body: token }));
    const outcomes: string[] = [];
    for (const functionName of ['ConnectFunction', 'AuthenticateFunction', 'MessageFunction', 'DisconnectFunction'])
      for (const event of [{ body: JSON.stringify(hi) }, ...contexts, token, null]) {
        const outcome = await fixture.gateway.invoke(functionName, event);
        outcomes.push(JSON.stringify(outcome));
      }
    const Records = [
      { messageId: 'x', body: token },
      { messageId: 'y', body: JSON.stringify({ v: 1, kind: token }) },
    ];
    outcomes.push(JSON.stringify(await fixture.gateway.invoke('AuthTimeoutFunction', { Records })));
    expect(outcomes.filter((outcome) => outcome.includes('"threw"')).length).toBeGreaterThan(8);
    heard.push(...outcomes);
  });
});

describe('it turned up', () => {
  test('in no log line, metric, event, queue message and no write', () => {
    expect(fixture.logLines().length).toBeGreaterThan(100);
    expect(fixture.leaks()).toEqual([]);
  });

  test('in no item of any table', async () => {
    const stored = await fixture.everythingStored();
    expect(stored.length).toBeGreaterThan(100);
    expect(fixture.leaks(stored)).toEqual([]);
  });

  test('in no frame, close or error that a client or a caller got', () => {
    expect(heard.length).toBeGreaterThan(100);
    expect(fixture.leaks(heard)).toEqual([]);
  });

  test('and would have been found', () => {
    const pieces = [marker, header, payload, signature].map((piece) => `"${piece.slice(0, 40)}"`);
    expect(fixture.leaks(pieces)).toEqual(pieces);
  });
});
