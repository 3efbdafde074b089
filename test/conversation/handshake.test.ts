import { afterAll, describe, expect, test } from '@jest/globals';
import { type ClientOptions, connect } from '../../bin/smoke/client.ts';
import { authSuccess, differenceFrom } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { allowedOrigin, openGatewayFixture } from './gateway-fixture.ts';
import { lookAt } from './row.ts';
import type { AuditView } from './traces.ts';

const fixture = await openGatewayFixture();
const { url } = fixture.gateway;

afterAll(() => fixture.close());

const refusedOrigin: AuditView = {
  trail: 'unverified',
  kind: 'handshake',
  event: 'origin_refused',
  severity: 'ERROR',
  detail: 'origin_not_allowed',
};

const letsIn = async (headers: Readonly<Record<string, string>>): Promise<void> => {
  const visitor = await fixture.visitor();
  const client = await fixture.connect({ headers });
  client.send(hello(visitor));
  expect(differenceFrom(authSuccess(visitor), await client.next())).toBe(undefined);
  await client.leave();
};

describe('a page may connect from the origins on the list only', () => {
  test.each([
    { why: 'no origin, as from an app', headers: {} },
    { why: 'an origin on the list', headers: { origin: allowedOrigin } },
    { why: 'an origin on the list, the header spelled in capitals', headers: { ORIGIN: allowedOrigin } },
  ])('$why is let in', ({ headers }) => letsIn(headers));

  test("the gateway's own origin, as from React Native, is let in", () =>
    letsIn({ origin: `http://${new URL(url).host}` }));

  test.each([
    { why: 'another origin', origin: 'https://elsewhere.example.com' },
    { why: 'an origin on the list with a port', origin: `${allowedOrigin}:8443` },
    { why: 'an origin on the list without TLS', origin: allowedOrigin.replace('https', 'http') },
    { why: 'an origin under one on the list', origin: allowedOrigin.replace('//', '//evil.') },
    { why: 'an origin that begins like one on the list', origin: `${allowedOrigin}.evil.example` },
    { why: 'the origin null, as from a file', origin: 'null' },
    { why: 'an empty origin', origin: '' },
  ])('$why is refused with 403 and recorded', async ({ origin }) => {
    const { name, ...options } = fixture.introduce({ headers: { origin } });
    await expect(connect(url, options)).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 403 });
    expect(await lookAt(fixture, fixture.connectionOf(name))).toEqual({ row: undefined, records: [refusedOrigin] });
  });
});

describe('a subprotocol', () => {
  const chosen = async (protocols: ClientOptions['protocols']): Promise<string> => {
    const client = await connect(url, { protocols: protocols ?? [] });
    await client.leave();
    return client.subprotocol;
  };

  test.each([
    { offered: [], answer: '' },
    { offered: ['maitred.v1'], answer: 'maitred.v1' },
    { offered: ['other', 'maitred.v1'], answer: 'maitred.v1' },
  ])('$offered is answered with "$answer"', async ({ offered, answer }) => {
    expect(await chosen(offered)).toBe(answer);
  });

  test.each([['other'], ['maitred.v2'], ['MAITRED.V1']])(
    '%s is not echoed, so that the client traces',
    async (offered) => {
      await expect(chosen([offered])).rejects.toThrow('Server sent no subprotocol');
    },
  );
});

describe('a handshake whose half is missing', () => {
  test.each([
    { why: 'the row cannot be written', action: 'PutItem' },
    { why: 'the timer cannot be armed', action: 'SendMessage' },
  ])('is refused when $why', async ({ action }) => {
    const end = fixture.recorder.interfere((call) =>
      call.functionName === 'ConnectFunction' && call.action === action ? 'unavailable' : undefined,
    );
    const { name: _, ...options } = fixture.introduce();
    await expect(connect(url, options)).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 500 });
    end();
  });

  test.each([
    { fate: 'unavailable', action: 'PutItem' },
    { fate: 'answer_lost', action: 'PutItem' },
    { fate: 'unavailable', action: 'SendMessage' },
    { fate: 'answer_lost', action: 'SendMessage' },
  ] as const)('is made good by a second try after $fate at $action', async ({ fate, action }) => {
    let failures = 0;
    const end = fixture.recorder.interfere((call) =>
      call.functionName === 'ConnectFunction' && call.action === action && failures++ === 0 ? fate : undefined,
    );
    const client = await fixture.connect();
    expect(failures).toBe(2);
    expect((await lookAt(fixture, client.connectionId)).row).toBe('pending');
    await client.leave();
    end();
  });
});

test('hints that are too long, too strange or said twice let nobody in and break nothing', async () => {
  const visitor = await fixture.visitor();
  const queries = ['x'.repeat(2_000), '\u0000\u001b[31m', '{"_aws":1}', '../../r-17', '%00', 'r-17,r-18'];
  for (const restaurant_id of queries) {
    const client = await fixture.connect({ query: { restaurant_id } });
    client.send(hello(visitor));
    expect(JSON.parse(await client.next())).toMatchObject({ type: 'auth_error', reason: 'access_denied' });
    expect(await client.closed()).toBe(1000);
  }
  const twice = await connect(`${url}?restaurant_id=r-17&restaurant_id=r-18`);
  twice.send(hello(visitor));
  expect(JSON.parse(await twice.next())).toMatchObject({ type: 'auth_error', reason: 'access_denied' });
  for (const [, records] of await fixture.allRecords())
    for (const { claimed = {} } of records)
      for (const value of Object.values(claimed)) expect(value).toMatch(/^[\x20-\x7e]{0,64}$/);
});

test('no token is in a log line, a table or a queue, and no function fails', () => {
  expect(fixture.leaks()).toEqual([]);
  expect(fixture.failures()).toEqual([]);
});
