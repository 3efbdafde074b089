/** The configurations of docs/issuers.md do what the page says: their providers' tokens enter, and what is not quite one does not. */
import { describe, expect, test } from '@jest/globals';
import { Issuers } from '../../config-schema/issuer.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { parseStageFile, stageFileOf } from '../../config-schema/stage-file.ts';
import { isRefusal } from '../../lambdas/identity/identity.ts';
import { filled, otherAlgorithms, shaped } from '../identity/shaped-tokens.ts';
import { verifierOf } from '../identity/tokens.ts';
import { issuerFixtures, type ProviderShape, testWithIssuerFixtures, type TokenShape } from '../issuer-fixtures.ts';
import { blocks, issuerUnder, providerBlocks } from './provider-blocks.ts';

type Fields = Readonly<Record<string, unknown>>;

const fixtures = issuerFixtures();
const cases = Object.entries(providerBlocks).flatMap(([heading, { fixtures: ids, more = [] }]) =>
  [...fixtures.filter(({ id }) => ids.includes(id)), ...more].map((provider) => ({
    heading,
    id: provider.id,
    provider,
  })),
);
const accepted = cases.flatMap(({ provider, ...rest }) =>
  provider.accept === null ? [] : [{ ...rest, provider, accept: provider.accept }],
);

/** What the gateway says of a token, with the configuration under this heading and the keys of its provider. */
const verdictOn = async (heading: string, keys: ProviderShape['jwks'], token: string) => {
  const issuer = issuerUnder(heading);
  const published = Object(filled(keys.keys ?? []));
  const { verify, asked } = verifierOf({ [issuer.jwksUri]: published }, [issuer]);
  const verdict = await verify(token);
  return { verdict, asked, said: isRefusal(verdict) ? verdict.detail : `accepted as ${verdict.userId}` };
};

const changed = (shape: TokenShape, set: Fields, without: readonly string[] = []): TokenShape => ({
  ...shape,
  payload: Object.fromEntries(Object.entries({ ...shape.payload, ...set }).filter(([name]) => !without.includes(name))),
});

test('every block of the page is tried, and each is a whole configuration', () => {
  expect([...blocks.keys()]).toEqual(Object.keys(providerBlocks));
  for (const heading of blocks.keys()) expect(issuerUnder(heading).algorithms).toHaveLength(1);
});

test.each([...blocks])('what the functions read of a block is what was configured: %s', (heading, text) => {
  const stage = parseConfig(StageConfig, heading, text);
  expect(parseStageFile(stageFileOf(stage)).issuers).toEqual(stage.issuers);
});

testWithIssuerFixtures('every provider of the fixtures has its block', () => {
  const tried = Object.values(providerBlocks).flatMap(({ fixtures: ids }) => ids);
  expect(tried.toSorted()).toEqual(fixtures.map(({ id }) => id).toSorted());
});

describe('a genuine token enters', () => {
  test.each(accepted)('$heading: $id', async ({ heading, provider, accept }) => {
    const { userIdClaim } = issuerUnder(heading);
    const { said, asked } = await verdictOn(heading, provider.jwks, shaped(accept));
    expect(said).toBe(`accepted as ${accept.payload[userIdClaim]}`);
    expect(asked).toEqual([issuerUnder(heading).jwksUri]);
  });
});

/** What says that it has no signature is a forgery here, and not merely of another algorithm. */
const expectedOf = ({ expect: words, header }: ProviderShape['refuse'][number]): readonly string[] =>
  header['alg'] === 'none' ? ['signature_bad'] : words.replace(/ \([^)]*\)/g, '').split(' or ');

describe('what a provider signs besides is refused', () => {
  const refusals = cases.flatMap(({ provider, ...rest }) =>
    provider.refuse.map((shape) => ({ ...rest, provider, shape, why: shape.why })),
  );
  test.each(refusals)('$heading: $id: $why', async ({ heading, provider, shape }) => {
    const { said, asked } = await verdictOn(heading, shape.jwks ?? provider.jwks, shaped(shape));
    expect(expectedOf(shape)).toContain(said);
    expect(asked.filter((uri) => uri !== issuerUnder(heading).jwksUri)).toEqual([]);
  });
});

describe('a genuine token is refused after any one change', () => {
  test.each(accepted)('$heading: $id: into an ID token of the same login', async ({ heading, provider, accept }) => {
    const { idToken } = providerBlocks[heading] ?? { idToken: 'no block' };
    if (typeof idToken === 'string') return;
    const twin = changed(accept, idToken.set ?? {}, idToken.without);
    const { said } = await verdictOn(heading, provider.jwks, shaped(twin));
    expect(['audience_wrong', 'claim_refused', 'token_use_wrong']).toContain(said);
  });

  test.each(accepted)('$heading: $id: of another client', async ({ heading, provider, accept }) => {
    const { audience, audienceClaim } = issuerUnder(heading);
    const claim = audience === 'issuer' ? 'aud' : audienceClaim;
    for (const other of ['another-client', ['another-client', 'account'], [], '']) {
      const { said } = await verdictOn(heading, provider.jwks, shaped(changed(accept, { [claim]: other })));
      if (audience === 'issuer' && Array.isArray(other) && other.length === 0) continue;
      expect({ other, said }).toEqual({ other, said: 'audience_wrong' });
    }
  });

  test.each(accepted)('$heading: $id: of another tenant, by the same keys', async ({ heading, provider, accept }) => {
    const iss = String(accept.payload['iss']);
    const others = [
      iss.replace(/\w(?=\W*$)/, (last) => (last === '0' ? '1' : '0')),
      `${iss}/`,
      iss.replace(/\/$/, ''),
      iss.toUpperCase(),
    ];
    for (const other of others.filter((one) => one !== iss)) {
      const { said } = await verdictOn(heading, provider.jwks, shaped(changed(accept, { iss: other })));
      expect({ other, said }).toEqual({ other, said: 'issuer_unknown' });
    }
  });

  test.each(accepted)('$heading: $id: without a claim that is relied on', async ({ heading, provider, accept }) => {
    const { audience, audienceClaim, requiredClaims = {}, tokenUse, userIdClaim } = issuerUnder(heading);
    const reliedOn = [
      ...['iss', 'exp', 'iat', userIdClaim, ...Object.keys(requiredClaims)],
      ...(audience === 'issuer' ? [] : [audienceClaim]),
      ...(tokenUse === undefined ? [] : ['token_use']),
    ];
    for (const claim of reliedOn)
      for (const shape of [
        changed(accept, {}, [claim]),
        changed(accept, { [claim]: null }),
        changed(accept, { [claim]: '' }),
      ]) {
        const { verdict } = await verdictOn(heading, provider.jwks, shaped(shape));
        expect({ claim, isRefused: isRefusal(verdict) }).toEqual({ claim, isRefused: true });
      }
  });

  test.each(accepted)('$heading: $id: by another algorithm of its key', async ({ heading, provider, accept }) => {
    for (const alg of otherAlgorithms(accept.sign, String(accept.header['alg']))) {
      const sign = alg.startsWith('HS') || alg === 'none' ? alg : accept.sign;
      const shape = { ...accept, sign, header: { ...accept.header, alg } };
      const { said } = await verdictOn(heading, provider.jwks, shaped(shape));
      expect({ alg, said }).toEqual({ alg, said: alg === 'none' ? 'signature_bad' : 'algorithm_refused' });
    }
  });

  test.each(accepted)('$heading: $id: by a stranger under the same key id', async ({ heading, provider, accept }) => {
    const shape = { ...accept, sign: `${accept.sign.split(':')[0]}:stranger` };
    const { said } = await verdictOn(heading, provider.jwks, shaped(shape));
    expect(said).toBe('signature_bad');
  });
});

describe('the page says how ID tokens are told apart', () => {
  const withoutRules = [...blocks].filter(([, text]) => /requiredClaims|idTokens|tokenUse/.test(text));
  test.each(withoutRules.map(([heading]) => heading))('and its block is refused without it: %s', (heading) => {
    const { issuers } = JSON.parse(blocks.get(heading) ?? '');
    const { requiredClaims: _, idTokens: __, tokenUse: ___, ...bare } = issuers[0];
    const isKnown = ['Amazon Cognito: ID tokens', 'Supabase', 'Microsoft Entra ID: v1.0'].includes(heading);
    const parse = () => parseConfig(Issuers, 'issuers', JSON.stringify([bare]));
    if (isKnown) expect(parse).not.toThrow();
    else expect(parse).toThrow(/0\.(requiredClaims|idTokens) must/);
  });
});
