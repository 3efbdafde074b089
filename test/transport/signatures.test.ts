/** Each kind of request is the SDK's request, and is signed as the SDK signs it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signer } from '../../transport/signer.ts';
import { requests } from './requests.ts';
import { type Asked, type ScriptedService, scriptedService } from './scripted-service.ts';
import { expectedSignature } from './sigv4.ts';
import { sdk, type Transport, thin } from './transports.ts';

let service: ScriptedService;
beforeAll(async () => {
  service = await scriptedService();
});
afterAll(() => service.close());

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret/+=', sessionToken: 'session/token+=' };

/** What the service was sent; the queue's checksum, which it does not know, is no matter here. */
const sentBy = async (transport: Transport, { send }: (typeof requests)[number], path = ''): Promise<Asked> => {
  service.answers();
  const settings = { endpoint: `${service.endpoint}${path}`, region: 'eu-central-1', credentials, maxAttempts: 1 };
  await send(transport, settings).catch(() => {});
  const [asked, ...more] = service.asked;
  if (asked === undefined || more.length > 0)
    throw new Error(`one request was to be made, not ${service.asked.length}`);
  return asked;
};

/** By which the SDK tells AWS of itself. */
const ofTheSdk = ['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-user-agent', 'user-agent'];
const ofASignature = ['authorization', 'x-amz-date'];

const essential = ({ method, url, headers, body }: Asked) => ({
  method,
  url,
  headers: Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => ![...ofTheSdk, ...ofASignature, 'content-length', 'x-amz-content-sha256'].includes(name),
    ),
  ),
  // The SDK has its own order of members.
  body: headers['content-type']?.includes('json') ? JSON.parse(body.toString()) : body,
});

/** A signature again, made by the thin transport's signer of the very headers that were signed. */
const signedAgain = async ({ method = '', headers, url = '', body }: Asked): Promise<string | undefined> => {
  const { authorization = '', 'x-amz-date': date } = headers;
  const [, , region = '', name = '', signed = ''] =
    /Credential=AKID\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const at = String(date).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const again = await signer(
    name,
    region,
    () => credentials,
  )(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: url,
      headers: Object.fromEntries(
        signed
          .split(';')
          .filter((one) => !ofASignature.includes(one))
          .map((one) => [one, String(headers[one])]),
      ),
      body,
    },
    Date.parse(at),
  );
  return again.headers['authorization'];
};

describe.each(requests)('$kind', (request) => {
  test('is asked with the words of the SDK', async () => {
    const [theirs, ours] = [await sentBy(sdk, request, '/stage'), await sentBy(thin, request, '/stage')];
    expect(essential(ours)).toEqual(essential(theirs));
    expect(ours.headers['content-length']).toBe(ours.method === 'DELETE' ? undefined : String(ours.body.length));
  });

  test.each([sdk, thin])('is signed as the SDK signs it: $transport', async (transport) => {
    const asked = await sentBy(transport, request, '/stage');
    expect(asked.headers['x-amz-security-token']).toBe(credentials.sessionToken);
    expect(asked.headers.authorization).toMatch(/SignedHeaders=[^,]*host;[^,]*x-amz-date;x-amz-security-token/);
    expect(await signedAgain(asked)).toBe(asked.headers.authorization);
    expect(asked.headers.authorization).toMatch(
      new RegExp(`Signature=${expectedSignature(asked, credentials.secretAccessKey)}$`),
    );
  });
});
