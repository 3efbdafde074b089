/** For each usual provider, from one token and its documents: the entry that the command prints takes that token, and no other. */
import { describe, expect, test } from '@jest/globals';
import { checkIssuer } from '../../bin/issuer/check.ts';
import { documentsOf } from '../../bin/issuer/discovery.ts';
import { completeEntry, type Entry } from '../../bin/issuer/bare-entry.ts';
import { textOf } from '../../bin/issuer/report.ts';
import { readSampleToken } from '../../bin/issuer/sample-token.ts';
import { isRefusal } from '../../lambdas/identity/identity.ts';
import { issuerUnder, providerBlocks } from '../documents/provider-blocks.ts';
import { filled, shaped } from '../identity/shaped-tokens.ts';
import { nowMs, verifierOf } from '../identity/tokens.ts';
import { issuerFixtures, type ProviderShape, type TokenShape } from '../issuer-fixtures.ts';

const fixtures = issuerFixtures();
/** What no token tells: that an app has nothing but ID tokens, and that a client is meant where the token names an API. */
const toldByNobody = ['Amazon Cognito: ID tokens'];
const cases = Object.entries(providerBlocks)
  .filter(([heading]) => !toldByNobody.includes(heading))
  .flatMap(([heading, { fixtures: ids, more = [], idToken }]) =>
    [...fixtures.filter(({ id }) => ids.includes(id)), ...more].flatMap((provider) =>
      provider.accept === null ? [] : [{ heading, id: provider.id, provider, accept: provider.accept, idToken }],
    ),
  );

type Case = (typeof cases)[number];

/** What the command says of a token of this provider, whose document is at its place. */
const checked = ({ heading, provider }: Case, shape: TokenShape) => {
  const { jwksUri, issuer: configured } = issuerUnder(heading);
  const issuer = String(shape.payload['iss'] ?? configured);
  const isUrl = URL.canParse(issuer);
  const documents: Readonly<Record<string, unknown>> = {
    [jwksUri]: filled(provider.jwks),
    ...(isUrl && { [documentsOf(issuer)[0] ?? '']: { issuer, jwks_uri: jwksUri } }),
  };
  const fetchJson = async (url: string) => {
    if (!Object.hasOwn(documents, url)) throw new Error('not there');
    return JSON.parse(JSON.stringify(documents[url]));
  };
  const asked = { issuer, token: readSampleToken(shaped(shape)), ...(!isUrl && { jwksUri }) };
  return checkIssuer({ fetchJson, now: () => nowMs }, asked);
};

/** What a gateway that is configured with the entry says of a token. */
const saidOf = async (entry: Entry, jwks: ProviderShape['jwks'], shape: TokenShape): Promise<string> => {
  const complete = completeEntry(entry);
  if (!('issuer' in complete)) return `${complete.key} ${complete.problem}`;
  const published = Object(filled(jwks.keys ?? []));
  const { verify } = verifierOf({ [complete.issuer.jwksUri]: published }, [complete.issuer]);
  const verdict = await verify(shaped(shape));
  return isRefusal(verdict) ? verdict.detail : 'accepted';
};

const entryOf = async (one: Case): Promise<Entry> => {
  const report = await checked(one, one.accept);
  expect({ verdict: report.verdict, text: textOf(report) }).toMatchObject({ verdict: 'usable' });
  return report.entry ?? {};
};

describe('the entry that is printed for a token', () => {
  test.each(cases)('takes it: $heading: $id', async (one) => {
    const entry = await entryOf(one);
    expect(await saidOf(entry, one.provider.jwks, one.accept)).toBe('accepted');
    const { alias: _, ...onThePage } = issuerUnder(one.heading);
    const complete = completeEntry(entry);
    if (!('issuer' in complete)) throw new Error(complete.problem);
    const { issuer, jwksUri, keyIdOptional, ignoredHeaders } = complete.issuer;
    expect({ issuer, jwksUri, keyIdOptional, ignoredHeaders }).toEqual({
      issuer: onThePage.issuer,
      jwksUri: onThePage.jwksUri,
      keyIdOptional: onThePage.keyIdOptional,
      ignoredHeaders: onThePage.ignoredHeaders,
    });
  });

  test.each(cases)('refuses its ID token: $heading: $id', async (one) => {
    const { idToken, accept, provider } = one;
    if (typeof idToken === 'string') return;
    const left = Object.entries({ ...accept.payload, ...idToken.set }).filter(
      ([name]) => !(idToken.without ?? []).includes(name),
    );
    const twin = { ...accept, payload: Object.fromEntries(left) };
    expect(['audience_wrong', 'claim_refused', 'token_use_wrong']).toContain(
      await saidOf(await entryOf(one), provider.jwks, twin),
    );
    // A token of WorkOS that names an audience looks like one whose template names the API.
    if (one.heading !== 'WorkOS AuthKit') expect((await checked(one, twin)).verdict).toBe('refused');
  });

  test.each(cases.flatMap((one) => one.provider.refuse.map((shape) => ({ ...one, shape, why: shape.why }))))(
    'refuses what the provider signs besides: $heading: $id: $why',
    async ({ shape, ...one }) => {
      expect(await saidOf(await entryOf(one), shape.jwks ?? one.provider.jwks, shape)).not.toBe('accepted');
    },
  );
});
