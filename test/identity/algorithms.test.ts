/** Every algorithm that can be configured, by a key of its own and under either of its names. */
import { constants } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { filled, shaped } from './shaped-tokens.ts';
import { goodIdentity, invalid, demoIssuer, verifierOf } from './tokens.ts';

type Algorithm = (typeof demoIssuer.algorithms)[number];
type Case = Readonly<{ alg: Algorithm; pair: string; key: Readonly<Record<string, unknown>> }>;

const rsa = (alg: Algorithm): Case => ({ alg, pair: 'rsa:a', key: { kty: 'RSA', n: '<rsa:a:n>', e: 'AQAB' } });
const ec = (alg: Algorithm, pair: string, crv: string): Case => ({
  alg,
  pair,
  key: { kty: 'EC', crv, x: `<${pair}:x>`, y: `<${pair}:y>` },
});
const edwards = (alg: Algorithm): Case => ({
  alg,
  pair: 'ed25519:a',
  key: { kty: 'OKP', crv: 'Ed25519', x: '<ed25519:a:x>' },
});
const cases: readonly Case[] = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const).map(rsa),
  ...[ec('ES256', 'ec256:a', 'P-256'), ec('ES384', 'ec384:a', 'P-384'), ec('ES512', 'ec521:a', 'P-521')],
  ...(['EdDSA', 'Ed25519'] as const).map(edwards),
];

const payload = { iss: demoIssuer.issuer, aud: 'maitred-demo', sub: 'u-1', iat: '@-10', exp: '@+3600' };
const verdictOn = async (
  one: Case,
  said: { sign?: string; alg?: string; published?: object; claims?: object; saltLength?: number } = {},
) => {
  const { verify } = verifierOf(
    { [demoIssuer.jwksUri]: [{ ...Object(filled(one.key)), kid: 'k', ...said.published }] },
    [{ ...demoIssuer, algorithms: [one.alg] }],
  );
  const header = { alg: said.alg ?? one.alg, kid: 'k' };
  return verify(
    shaped({ sign: said.sign ?? one.pair, header, payload: { ...payload, ...said.claims } }, said.saltLength),
  );
};

describe('an algorithm that is configured', () => {
  test.each(cases)('takes what its key has signed, by the library or here: $alg', async (one) => {
    expect(await verdictOn(one)).toEqual(goodIdentity);
    expect(await verdictOn(one, { published: { alg: one.alg, use: 'sig' } })).toEqual(goodIdentity);
    expect(await verdictOn(one, { claims: { scope: ['a'] } })).toEqual(goodIdentity);
  });

  test.each(cases)('takes nothing that another key has signed: $alg', async (one) => {
    const sign = one.pair.replace(':a', ':b');
    for (const claims of [{}, { scope: ['a'] }])
      expect(await verdictOn(one, { sign, claims })).toEqual(invalid('signature_bad'));
  });

  test.each(cases)('takes no signature of zeros or of other algorithms: $alg', async (one) => {
    expect(await verdictOn(one, { sign: 'zeros', claims: { scope: ['a'] } })).toEqual(invalid('signature_bad'));
    const others = cases.filter(({ pair, alg }) => pair === one.pair && alg !== one.alg && one.pair.startsWith('rsa'));
    for (const { alg } of others) {
      expect(await verdictOn(one, { alg })).toEqual(invalid('algorithm_refused'));
      expect(await verdictOn(one, { published: { alg } })).toEqual(invalid('key_unfit'));
    }
  });

  test.each(cases.filter(({ alg }) => alg.startsWith('PS')))('takes no other length of salt: $alg', async (one) => {
    for (const saltLength of [0, 20, constants.RSA_PSS_SALTLEN_MAX_SIGN])
      expect(await verdictOn(one, { saltLength })).toEqual(invalid('signature_bad'));
  });

  test.each([
    { configured: 'EdDSA', header: 'Ed25519', published: 'EdDSA' },
    { configured: 'EdDSA', header: 'Ed25519', published: 'Ed25519' },
    { configured: 'EdDSA', header: 'EdDSA', published: 'Ed25519' },
    { configured: 'Ed25519', header: 'EdDSA', published: 'EdDSA' },
    { configured: 'Ed25519', header: 'EdDSA', published: 'Ed25519' },
    { configured: 'Ed25519', header: 'Ed25519', published: 'EdDSA' },
  ] as const)('may have two names: configured $configured, said $header, published $published', async (names) => {
    const one = edwards(names.configured);
    const said = { alg: names.header, published: { alg: names.published } };
    expect(await verdictOn(one, said)).toEqual(goodIdentity);
    expect(await verdictOn(one, { ...said, sign: 'ed25519:b' })).toEqual(invalid('signature_bad'));
  });
});
