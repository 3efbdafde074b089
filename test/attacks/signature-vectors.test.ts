import { describe, expect, test } from '@jest/globals';
import { type Identity, isRefusal, type TokenRefusal } from '../../lambdas/identity/identity.ts';
import { goodIdentity, invalid } from '../identity/tokens.ts';
import { testWithVectors } from '../vectors.ts';
import { type Row, rowsReported, rowWritten } from './report.ts';
import { isSupported, ownVerdictOn, type SignatureVector, signatureVectors, verdictOn } from './signature-vectors.ts';

type Judged = SignatureVector & Readonly<{ verdict: Identity | TokenRefusal }>;

/** One after the other: the stub stands for one payload at a time. */
const judged = async (): Promise<readonly Judged[]> => {
  const all: Judged[] = [];
  for (const one of signatureVectors()) all.push({ ...one, verdict: await verdictOn(one) });
  return all;
};

/** Valid by the file and refused here, each for a reason that is no fault. There is no exception the other way round. */
const exceptions = [
  ...[259, 264, 268, 272, 320, 325].map((id) => ({
    id,
    verdict: invalid('token_malformed'),
    why: 'the payload is empty: no claims',
  })),
  ...[346, 350].map((id) => ({
    id,
    verdict: invalid('key_unfit'),
    why: 'the key is for PS256, and the signature is of PS384',
  })),
  ...[347, 351].map((id) => ({
    id,
    verdict: invalid('key_unfit'),
    why: 'the key is for ES521, which no registry has',
  })),
];
const isException = ({ id }: SignatureVector): boolean => exceptions.some((exception) => exception.id === id);

describe('the vectors of JSON Web Signature', () => {
  testWithVectors('that are valid are accepted, where maitred has the algorithm', async () => {
    const wanted = (await judged()).filter((one) => one.isValid && isSupported(one) && !isException(one));
    expect(wanted.filter(({ verdict }) => isRefusal(verdict))).toEqual([]);
    expect(wanted.map(({ verdict }) => verdict)).toEqual(wanted.map(() => goodIdentity));
    expect(new Set(wanted.map(({ family }) => family))).toEqual(
      new Set(['ES256', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']),
    );
  });

  testWithVectors('that are invalid are refused, whatever the algorithm', async () => {
    const unwanted = (await judged()).filter(({ isValid }) => !isValid);
    expect(unwanted.filter(({ verdict }) => !isRefusal(verdict))).toEqual([]);
    expect(unwanted.length).toBeGreaterThan(300);
  });

  testWithVectors('that are of HMAC are refused, valid or not', async () => {
    const foreign = (await judged()).filter((one) => !isSupported(one));
    expect(foreign.filter(({ verdict }) => !isRefusal(verdict))).toEqual([]);
    const forged = foreign.filter(({ verdict }) => isRefusal(verdict) && verdict.detail === 'signature_bad');
    // They say that they have no signature.
    expect(new Set(forged.map(({ name }) => name))).toEqual(new Set(['rejectsNoneAlgorithmAndMissingSignature']));
  });

  testWithVectors('are answered otherwise in these cases and no others', async () => {
    const surprises = (await judged())
      .filter((one) => isSupported(one) && isRefusal(one.verdict) === one.isValid)
      .map(({ id, verdict }) => ({ id, verdict }));
    expect(surprises).toEqual(
      exceptions.map(({ id, verdict }) => ({ id, verdict })).toSorted((one, other) => one.id - other.id),
    );
  });

  testWithVectors('of ES521 are accepted once their key has the registered name', async () => {
    for (const one of signatureVectors().filter(({ key }) => key['alg'] === 'ES521'))
      expect(await verdictOn({ ...one, key: { ...one.key, alg: 'ES512' } })).toEqual(goodIdentity);
  });

  testWithVectors(
    'are judged by their signatures: an accepted one with a character of it changed is refused',
    async () => {
      const accepted = (await judged()).filter(({ verdict }) => !isRefusal(verdict));
      for (const { jws, key } of accepted) {
        const [header, payload, signature = ''] = jws.split('.');
        const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
        expect(await verdictOn({ jws: `${header}.${payload}.${changed}`, key })).toEqual(invalid('signature_bad'));
      }
      expect(accepted).toHaveLength(26);
    },
  );

  testWithVectors("are judged by the gateway's own check as by the library", async () => {
    const own = (await judged())
      .filter((one) => isSupported(one) && !isException(one))
      .map((one) => ({ ...one, ownVerdict: ownVerdictOn(one) }));
    // What is refused for its header, such as a `crit`, may well be signed by its key; what is accepted is, and a bad signature is bad.
    for (const { id, verdict, ownVerdict } of own) {
      if (!isRefusal(verdict)) expect({ id, ownVerdict }).toEqual({ id, ownVerdict: true });
      else if (verdict.detail === 'signature_bad') expect({ id, ownVerdict }).not.toEqual({ id, ownVerdict: true });
    }
    expect(own.filter(({ ownVerdict }) => ownVerdict === true).length).toBeGreaterThan(15);
    expect(own.filter(({ ownVerdict }) => ownVerdict === false).length).toBeGreaterThan(250);
  });

  testWithVectors('are counted in the report', async () => {
    const all = await judged();
    const counted = (family: string, isApplicable: string, some: readonly Judged[]): Row => {
      const refusals = some.filter(({ verdict }) => isRefusal(verdict));
      const bySignature = refusals.filter(({ verdict }) => isRefusal(verdict) && verdict.detail === 'signature_bad');
      const accepted = some.length - refusals.length;
      return [
        family,
        isApplicable,
        some.length,
        accepted,
        refusals.length,
        bySignature.length,
        some.filter(isException).length,
      ];
    };
    const families = [...new Set(all.map(({ family }) => family))].sort();
    const rows = families.map((family) => {
      const some = all.filter((one) => one.family === family);
      return counted(family, some.every(isSupported) ? 'tried' : 'not applicable', some);
    });
    expect(rowsReported('Signature vectors')).toEqual([...rows, counted('all', '', all)].map(rowWritten));
  });
});

test('the report says why each exception is none', () => {
  expect(rowsReported('Signature vectors that are answered otherwise')).toEqual(
    exceptions.map(({ id, verdict, why }) => [String(id), 'valid', `refused, \`${verdict.detail}\``, why]),
  );
});
