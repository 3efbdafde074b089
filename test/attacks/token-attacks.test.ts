import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isRefusal } from '../../lambdas/identity/identity.ts';
import type { Issuer } from '../../config-schema/issuer.ts';
import { goodIdentity, nowMs, tokenOf } from '../identity/tokens.ts';
import { type Attack, bare, party } from './attack.ts';
import { forgedClaims, staff } from './forged-claims.ts';
import { forgedHeaders } from './forged-headers.ts';
import { forgedSignatures } from './forged-signatures.ts';
import { freshVerifier, issuerAt, keyEndpoint, publishing } from './key-endpoint.ts';
import { oddSpellings, sameToken } from './odd-spellings.ts';
import { watchOutgoing } from './outgoing.ts';
import { type Row, rowsReported, rowWritten } from './report.ts';
import { parseClientMessage } from '../restaurant-domain.ts';

const keys = await keyEndpoint(publishing());
const trap = await keyEndpoint(publishing());
const who = await party(trap.origin);

/** The issuer under attack publishes the first three; the second one, a user pool, another key under the same id. */
const published = [who.rsa.jwk, who.ec.jwk, who.ed.jwk, bare(who.rsa, 'rsa-bare'), bare(who.ec, 'ec-bare')];
keys.answerWith((request, response) =>
  publishing(...(request.url === '/staff.json' ? [who.other.jwk] : published))(request, response),
);
trap.answerWith(publishing(who.attacker.jwk, who.attackerRsa.jwk));

const issuers: readonly Issuer[] = [
  issuerAt(keys),
  {
    ...issuerAt(keys),
    alias: 'staff',
    issuer: staff.iss,
    jwksUri: `${keys.origin}/staff.json`,
    audience: ['client-1'],
    audienceClaim: 'client_id',
    tokenUse: 'access',
    algorithms: ['EdDSA'],
  },
];

const families: Readonly<Record<string, readonly Attack[]>> = {
  'algorithm and signature': forgedSignatures(who),
  'header, key id and key': forgedHeaders(who),
  claims: forgedClaims(who),
  'shape and spelling': await oddSpellings(who),
};

let outgoing: ReturnType<typeof watchOutgoing>;
beforeAll(() => {
  outgoing = watchOutgoing();
});
afterAll(async () => {
  outgoing.stop();
  await Promise.all([keys.stop(), trap.stop()]);
});

/** Nobody asked anybody but the configured key sets, at any depth of the network. */
const expectNoStrangers = () => {
  expect(trap.asked).toEqual([]);
  expect([...new Set(outgoing.targets)].filter((target) => `http://${target}` !== keys.origin)).toEqual([]);
};
afterEach(expectNoStrangers);

/** One attack on a new sandbox, which knows no key yet. */
const attacked = async ({ token }: Attack) => {
  keys.asked.length = 0;
  const { verify, fetched } = freshVerifier(issuers, () => nowMs);
  const verdict = await verify(token);
  expect(keys.asked.map((path) => keys.origin + path)).toEqual(fetched);
  return { verdict, asks: fetched.length, asked: fetched };
};

const allowedUris = issuers.map(({ jwksUri }) => jwksUri);

for (const [family, attacks] of Object.entries(families))
  describe(`attacks by ${family}`, () => {
    test.each(attacks)('$why', async (attack) => {
      const { verdict, asks, asked } = await attacked(attack);
      expect(verdict).toEqual(attack.verdict);
      expect(asks).toBe(attack.asks);
      expect(asked.filter((uri) => !allowedUris.includes(uri))).toEqual([]);
    });
  });

test('no two attacks have one name, and none is another one again', () => {
  const all = Object.values(families).flat();
  expect(new Set(all.map(({ why }) => why)).size).toBe(all.length);
  expect(new Set(all.map(({ token }) => token)).size).toBe(all.length);
});

test('a good token passes where the attacks are made, so that a refusal is the attack and not the scene', async () => {
  for (const key of [who.rsa, who.ec, who.ed])
    expect(await attacked({ why: '', token: tokenOf(key), verdict: goodIdentity, asks: 1 })).toMatchObject({
      verdict: goodIdentity,
      asks: 1,
    });
});

test('the watch on connections sees what the trap sees', async () => {
  const watch = watchOutgoing();
  await fetch(`${trap.origin}/hello`);
  watch.stop();
  expect(watch.targets).toEqual([trap.origin.replace('http://', '')]);
  expect(trap.asked).toEqual(['/hello']);
  trap.asked.length = 0;
  outgoing.targets.length = 0;
});

test('however a token is spelled, it is nobody but the user it names: its text is no key of anything', async () => {
  for (const attack of sameToken(who)) {
    const { verdict } = await attacked(attack);
    expect(isRefusal(verdict) ? 'refused' : verdict).toEqual(goodIdentity);
  }
});

test('a key id of 64 KB ends at the frame, before anybody looks at a token', () => {
  const token = tokenOf(who.ed, { header: { kid: 'k'.repeat(64 * 1024) } });
  const frame = JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17' });
  expect(parseClientMessage(frame)).toEqual({ kind: 'malformed', problem: 'too_large' });
});

test('the report says how many were tried and what became of them', () => {
  const counted = (family: string, attacks: readonly Attack[]): Row => {
    const passed = attacks.filter(({ verdict }) => !isRefusal(verdict)).length;
    const fetches = attacks.reduce((sum, { asks }) => sum + asks, 0);
    return [family, attacks.length, attacks.length - passed, passed, fetches, trap.asked.length];
  };
  const rows = Object.entries(families).map(([family, attacks]) => counted(family, attacks));
  expect(rowsReported('Token attacks')).toEqual(
    [...rows, counted('all', Object.values(families).flat())].map(rowWritten),
  );
});
