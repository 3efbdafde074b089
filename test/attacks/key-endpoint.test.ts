import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { isRefusal } from '../../lambdas/identity/identity.ts';
import { goodIdentity, invalid, nowMs, signingKey, tokenOf } from '../identity/tokens.ts';
import { counted, flood, troubles } from './endpoint-troubles.ts';
import { freshVerifier, issuerAt, publishing, silent } from './key-endpoint.ts';
import { closeEndpoints, hourMs, key, minuteMs, openEndpoint, scene } from './key-scene.ts';
import { rowsReported, rowWritten } from './report.ts';

const newKey = await signingKey('EdDSA', 'k-2');
const unreachable = { reason: 'unavailable', detail: 'keys_unreachable' };

afterEach(closeEndpoints);

describe('an endpoint in trouble is asked once in 10 s at most', () => {
  test.each(troubles)('$why', async ({ play, say, fetches, answers }) => {
    const played = await play();
    const verdicts = await say(played);
    expect(counted(verdicts)).toBe(answers);
    expect(played.fetched).toHaveLength(fetches);
    // Nothing beneath `fetch` tries again by itself.
    expect(played.endpoint.asked.length).toBeLessThanOrEqual(fetches);
  });
});

describe('a key that is known', () => {
  test('verifies while a forged token keeps the endpoint busy: only the forged one waits', async () => {
    const { endpoint, clock, verifyNow, verifyForged } = await scene();
    await verifyNow();
    endpoint.answerWith(silent);
    clock.ms += minuteMs;
    let isForgedDone = false;
    const forged = verifyForged(0).finally(() => {
      isForgedDone = true;
    });
    for (let i = 0; i < 100; i++) expect(await verifyNow()).toMatchObject({ userId: 'u-1' });
    expect(isForgedDone).toBe(false);
    expect(await forged).toMatchObject(unreachable);
  });

  test('is not replaced by what a broken endpoint says', async () => {
    const { endpoint, clock, verifyNow, verifyForged } = await scene();
    await verifyNow();
    const forgersKey = await signingKey('EdDSA', 'k-1');
    const breakages: readonly RequestListener[] = [
      (_, response) => response.end('<html>'),
      (_, response) => response.end('{"keys":'),
      (_, response) => response.end(JSON.stringify({ keys: [null, { kid: 'k-1' }] })),
      (_, response) => response.end(JSON.stringify({ keys: [forgersKey.jwk], pad: 'x'.repeat(256 * 1024) })),
      (_, response) => response.writeHead(500).end(JSON.stringify({ keys: [forgersKey.jwk] })),
      (_, response) => response.writeHead(302, { location: `${endpoint.origin}/elsewhere` }).end(),
    ];
    for (const [i, breakage] of breakages.entries()) {
      endpoint.answerWith(breakage);
      clock.ms += hourMs;
      expect(await verifyForged(i)).toMatchObject(unreachable);
      expect(await verifyNow()).toMatchObject({ userId: 'u-1' });
      expect(await verifyNow(forgersKey)).toEqual(invalid('signature_bad'));
    }
    expect(endpoint.asked).toEqual(Array(1 + breakages.length).fill('/jwks.json'));
  });
});

test('a question that hangs is not asked again meanwhile, whatever the clock says', async () => {
  const { clock, fetched, verifyForged } = await scene(silent);
  const verdicts = [];
  for (let i = 0; i < 100; i++) {
    verdicts.push(verifyForged(i));
    clock.ms += minuteMs;
  }
  expect(await Promise.all(verdicts)).toMatchObject(Array(100).fill(unreachable));
  expect(fetched).toHaveLength(1);
});

describe('a new key', () => {
  test('of each of 24 rotations is found by its first token, and the old one goes with it', async () => {
    const { endpoint, clock, fetched, verifyNow } = await scene();
    let last = key;
    await verifyNow(last);
    for (let rotation = 1; rotation <= 24; rotation++) {
      const rotated = await signingKey('EdDSA', `rotated-${rotation}`);
      endpoint.answerWith(publishing(rotated.jwk));
      clock.ms += 10 * minuteMs;
      expect(await verifyNow(rotated)).toMatchObject({ userId: 'u-1' });
      expect(await verifyNow(last)).toEqual(invalid('key_unknown'));
      last = rotated;
    }
    expect(fetched).toHaveLength(25);
  });

  test('is found within 10 s also under a flood of forged key ids', async () => {
    const { endpoint, clock, fetched, verifyNow, verifyForged } = await scene();
    await verifyNow();
    endpoint.answerWith(publishing(key.jwk, newKey.jwk));
    let waitedMs = 0;
    for (let i = 0; isRefusal(await verifyNow(newKey)); i++) {
      expect(await verifyForged(i)).toEqual(invalid('key_unknown'));
      clock.ms += 100;
      waitedMs += 100;
    }
    expect(waitedMs).toBe(10_000);
    expect(fetched).toHaveLength(2);
  });

  test('is found once a dead endpoint is back, 10 s after the last question', async () => {
    const { endpoint, clock, fetched, verifyNow, verify } = await scene(silent);
    await endpoint.stop();
    expect(await verifyNow()).toMatchObject(unreachable);
    await endpoint.start();
    endpoint.answerWith(publishing(key.jwk));
    clock.ms += 9_999;
    expect(await verifyNow()).toMatchObject(unreachable);
    clock.ms += 1;
    expect(await verify(tokenOf(key))).toEqual(goodIdentity);
    expect(fetched).toHaveLength(2);
  });
});

test('one issuer in trouble is no trouble of another: each is asked for its own keys', async () => {
  const dead = await openEndpoint(silent);
  const alive = await openEndpoint(publishing(newKey.jwk));
  await dead.stop();
  const staff = { ...issuerAt(alive), alias: 'staff', issuer: 'https://staff.example' };
  const { verify, fetched } = freshVerifier([issuerAt(dead), staff], () => nowMs);
  for (let i = 0; i < 100; i++) {
    expect(await verify(tokenOf(key))).toMatchObject(unreachable);
    const claims = { iss: staff.issuer };
    expect(await verify(tokenOf(newKey, { claims }))).toEqual({ ...goodIdentity, issuer: 'staff' });
  }
  expect(fetched).toEqual([issuerAt(dead).jwksUri, staff.jwksUri]);
});

test('the report says how often the endpoint was asked', () => {
  expect(rowsReported('Key endpoint')).toEqual(
    troubles.map(({ why, fetches, answers }) => rowWritten([why, flood, fetches, answers])),
  );
});
