/** The CloudFront function for apps with an old address, run as CloudFront runs it: a script, an event, and no more. */
import { createContext, runInContext } from 'node:vm';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { transformSync } from 'esbuild';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OldAddress, oldAddressCode } from '../../lib/migration/old-address.ts';
import { runs } from '../harness/runs.ts';

type Parameter = Readonly<{ value: string; multiValue?: readonly Readonly<{ value: string }>[] }>;
type Query = Readonly<Record<string, Parameter>>;
type Answer = Readonly<{ uri?: string; querystring?: Query; statusCode?: number; headers?: object }>;

const code = oldAddressCode('prod');
const sandbox = createContext(Object.create(null));
runInContext(code, sandbox);

const headers = { host: { value: 'd1.cloudfront.net' }, 'sec-websocket-protocol': { value: 'maitred.v1' } };
const handle = (uri: string, querystring: Query = {}): Answer => {
  const event = {
    version: '1.0',
    context: { eventType: 'viewer-request', requestId: 'r' },
    viewer: { ip: '198.51.100.11' },
    request: { method: 'GET', uri, querystring, headers, cookies: {} },
  };
  // In and out as text, as CloudFront does it.
  return JSON.parse(runInContext(`JSON.stringify(handler(${JSON.stringify(event)}))`, sandbox));
};
const one = (value: string): Parameter => ({ value });
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1LTEifQ.c2ln';

describe('a path of an old app', () => {
  test.each([
    { uri: '/api/v1/websocket/ws/pos/r-17', restaurant: 'r-17', type: 'pos' },
    { uri: '/api/v1/websocket/ws/kitchen/r-17', restaurant: 'r-17', type: 'kitchen' },
    { uri: '/api/v1/websocket/ws/management/r-17/', restaurant: 'r-17', type: 'management' },
    { uri: '/api/v1/websocket/ws/r-17', restaurant: 'r-17', type: undefined },
    { uri: '/ws/pos/1', restaurant: '1', type: 'pos' },
  ])('$uri is restaurant $restaurant as $type', ({ uri, restaurant, type }) => {
    expect(handle(uri, { user_id: one('u-1') })).toMatchObject({
      uri: '/prod',
      querystring: {
        user_id: one('u-1'),
        restaurant_id: one(restaurant),
        ...(type === undefined ? {} : { connection_type: one(type) }),
      },
      headers,
    });
  });

  test('counts, whatever the query says, as the old gateway had it', () => {
    const { querystring } = handle('/ws/pos/r-17', { restaurant_id: one('r-99'), connection_type: one('management') });
    expect(querystring).toEqual({ restaurant_id: one('r-17'), connection_type: one('pos') });
  });

  test.each(['/prod', '/prod/'])('%s is the stage itself, for apps that were changed', (uri) => {
    expect(handle(uri, { restaurant_id: one('r-17'), token: one(jwt) })).toMatchObject({
      uri: '/prod',
      querystring: { restaurant_id: one('r-17') },
    });
  });

  test.each([
    '/',
    '/dev',
    '/production',
    '/ws/pos/r-17/more',
    '/ws/pos/a%26b',
    '/ws/pos/',
    '/ws/kitchen',
    `/ws/pos/${'r'.repeat(65)}`,
  ])('%s leads nowhere', (uri) => {
    expect(handle(uri)).toEqual({ statusCode: 404, statusDescription: 'Not Found' });
  });
});

describe('a token in the query', () => {
  test.each<{ why: string; query: Query }>([
    { why: 'by its name', query: { token: one('opaque') } },
    { why: 'empty', query: { token: one('') } },
    { why: 'in capitals', query: { TOKEN: one('opaque') } },
    { why: 'in mixed letters', query: { ToKeN: one('opaque') } },
    { why: 'with an escaped letter', query: { '%74oken': one('opaque') } },
    { why: 'with all letters escaped', query: { '%54%4F%4b%45%4E': one('opaque') } },
    { why: 'escaped twice', query: { '%2574oken': one('opaque') } },
    { why: 'with spaces around', query: { '+token%20': one('opaque') } },
    { why: 'more than once', query: { token: { value: 'a', multiValue: [one('a'), one('b')] } } },
    { why: 'in several spellings', query: { token: one('a'), Token: one('b'), 'to%6Ben': one('c') } },
    { why: 'under another name', query: { access_token: one(jwt) } },
    { why: 'under another name and escaped', query: { jwt: one(jwt.replaceAll('.', '%2E')) } },
    { why: 'under another name, in front of which is more', query: { auth: one(`Bearer+${jwt}`) } },
    { why: 'among other values', query: { t: { value: 'x', multiValue: [one('x'), one(jwt)] } } },
  ])('$why gets no further, and the rest does', ({ query }) => {
    const rest = { user_id: one('u-1'), 'bad%E0': one('%'), tokens: { value: '1', multiValue: [one('1'), one('2')] } };
    expect(handle('/prod', { ...query, ...rest }).querystring).toEqual(rest);
  });

  test('is in no answer, wherever it stood', () => {
    const name = fc.constantFrom('token', 'TOKEN', '%74oken', 'to%6ben', '%2574oken', 'user_id', 'x', '__proto__');
    const values = fc.array(fc.constantFrom(jwt, encodeURIComponent(jwt), 'u-1', '%', ''), { minLength: 1 });
    fc.assert(
      fc.property(fc.dictionary(name, values), fc.constantFrom('/prod', '/ws/pos/r-17', '/x'), (said, uri) => {
        const query = Object.fromEntries(
          Object.entries(said).map(([key, all]) => [key, { value: all[0] ?? '', multiValue: all.map(one) }]),
        );
        expect(decodeURIComponent(JSON.stringify(handle(uri, query)).replaceAll('%', '%25'))).not.toContain('eyJ');
      }),
      { numRuns: runs(1_000) },
    );
  });
});

describe('the function', () => {
  test('is written in what its runtime has: ES 5.1, const, arrows and templates, no global of a browser or of Node', () => {
    const options = {
      legalComments: 'none',
      supported: { 'const-and-let': true, arrow: true, 'template-literal': true },
    } as const;
    const { code: asIs } = transformSync(code, { ...options, target: 'esnext' });
    expect(transformSync(code, { ...options, target: 'es5' }).code).toBe(asIs);
    expect(asIs).not.toMatch(/\b(?:URL|URLSearchParams|Buffer|process|require|import|globalThis|console)\b/);
  });

  test('has room: a CloudFront function has 10 KB', () => {
    expect(Buffer.byteLength(code)).toBeLessThan(10_240);
  });

  test('stands before the stage in a distribution that caches and logs nothing and hands on all that the app sends', () => {
    const stack = new Stack(new App(), 'old');
    new OldAddress(stack, 'OldAddress', { stage: 'prod', host: 'abc.execute-api.eu-west-1.amazonaws.com' });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::CloudFront::Function', {
      FunctionCode: code,
      FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    });
    const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
    const config = distribution?.['Properties'].DistributionConfig;
    expect(config).not.toHaveProperty('Logging');
    expect(config.Origins).toMatchObject([
      {
        DomainName: 'abc.execute-api.eu-west-1.amazonaws.com',
        CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
      },
    ]);
    expect(config.DefaultCacheBehavior).toMatchObject({
      // The managed policies CachingDisabled and AllViewerExceptHostHeader.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      ViewerProtocolPolicy: 'https-only',
      FunctionAssociations: [{ EventType: 'viewer-request' }],
    });
  });
});
