import { describe, expect, test } from '@jest/globals';
import { runs } from '../../harness/runs.ts';
import fc from 'fast-check';
import { contentHash } from '../../../lambdas/sqs/content-hash.ts';
import { canonicalJson } from '../../../protocol/json/canonical.ts';
import { canonicalNumber } from '../../../protocol/json/canonical-number.ts';
import { scannedBefore } from '../../../protocol/json/json-text.ts';
import { scanText } from '../../../protocol/json/scan.ts';
import { contentVectors } from './content-vectors.ts';
import { type Read, read } from './reference.ts';
import { jsonText, numberToken } from './texts.ts';

const canonical = (text: string): string => {
  const scanned = scanText(text, 32);
  if ('refused' in scanned) throw new Error(`refused: ${scanned.refused}`);
  return canonicalJson(scanned.text);
};
const { values, refused } = contentVectors;

describe('the vectors for publishers', () => {
  test.each(values)('one form and one hash for every text of a value: $why', ({ texts, canonical: form, sha256 }) => {
    for (const text of [...texts, form])
      expect([text, canonical(text), contentHash(scannedBefore(text))]).toEqual([text, form, sha256]);
  });

  test('another form and another hash for every other value', () => {
    expect(new Set(values.map(({ canonical: form }) => form)).size).toBe(values.length);
    expect(new Set(values.map(({ sha256 }) => sha256)).size).toBe(values.length);
  });

  test('most values are written in more than one way', () => {
    expect(values.filter(({ texts }) => texts.length > 1).length).toBeGreaterThan(values.length / 2);
  });

  test.each(refused)('a text that has no content is refused: $why', ({ text, reason }) => {
    expect(scanText(text, 32)).toMatchObject({ refused: reason });
  });

  test('say of each value whether doubles hold it', () => {
    for (const { why, texts, decimals } of values) {
      const asDoubles = texts.map((text) => canonical(JSON.stringify(JSON.parse(text))));
      expect([why, asDoubles.every((form) => form === canonical(texts[0] ?? ''))]).toEqual([why, decimals !== true]);
    }
  });
});

/** A number as a fraction of whole numbers: exact, and nothing of the canonical form in it. */
const fractionOf = (token: string): readonly [bigint, bigint] => {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const power = Number(exponent) - fraction.length;
  return power < 0
    ? [BigInt(whole + fraction), 10n ** BigInt(-power)]
    : [BigInt(whole + fraction) * 10n ** BigInt(power), 1n];
};
const isSameNumber = (one: string, other: string): boolean => {
  const [a, b] = fractionOf(one);
  const [c, d] = fractionOf(other);
  return a * d === c * b;
};

describe('a number', () => {
  /** A pair that is often the same number: a zero more, the point elsewhere. */
  const pair = fc
    .tuple(numberToken, fc.oneof(numberToken, fc.constant(undefined)), fc.nat({ max: 4 }))
    .map(([token, other, zeros]): readonly [string, string] => {
      const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
      const moved = `${mantissa}${mantissa.includes('.') ? '' : '.'}${'0'.repeat(zeros + 1)}e${exponent}`;
      return [token, other ?? moved];
    });

  test('has the same form as another exactly when both are the same number', () => {
    let same = 0;
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const isSame = isSameNumber(one, other);
        same += isSame ? 1 : 0;
        expect(canonicalNumber(one) === canonicalNumber(other)).toBe(isSame);
      }),
      { numRuns: runs(3_000) },
    );
    expect(same).toBeGreaterThan(runs(200));
  });

  test('has a form that is a number of JSON, the same number, and its own form', () => {
    fc.assert(
      fc.property(numberToken, (token) => {
        const form = canonicalNumber(token);
        expect(form).toMatch(/^(?:0|-?[1-9](?:[0-9]*[1-9])?(?:e-?[1-9][0-9]*)?)$/);
        expect([isSameNumber(form, token), canonicalNumber(form)]).toEqual([true, form]);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test.each([
    { why: 'many digits', token: `1${'0'.repeat(9_999)}e-9999`, form: '1' },
    { why: 'many zeros before a digit', token: `0.${'0'.repeat(9_999)}1`, form: '1e-10000' },
    { why: 'zeros around a digit, many times', token: `${'10'.repeat(5_000)}`, form: `${'10'.repeat(4_999)}1e1` },
    { why: 'an exponent with zeros in front', token: `1e-${'0'.repeat(9_999)}7`, form: '1e-7' },
    { why: 'an exponent of many digits', token: `10e-1${'0'.repeat(9_999)}`, form: `1e-${'9'.repeat(9_999)}` },
  ])('is exact with $why', ({ token, form }) => {
    expect(canonicalNumber(token)).toBe(form);
  });

  test('that is none is thrown back', () => {
    expect(() => canonicalNumber('1.')).toThrow(SyntaxError);
  });
});

describe('over texts of all kinds', () => {
  /** The same value in the plainest words: sorted lists of pairs, no text of ours. */
  const plain = (value: Read): unknown => {
    switch (value.kind) {
      case 'object':
        return ['object', ...value.members.map(([key, one]) => [key.value, plain(one)] as const).sort(byKey)];
      case 'list':
        return ['list', ...value.elements.map(plain)];
      case 'number':
        return ['number', canonicalNumber(value.raw)];
      default:
        return [value.kind, value.value];
    }
  };
  const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) => (one < other ? -1 : 1);
  const plainOf = (text: string) => {
    const value = read(text);
    return value === undefined ? undefined : JSON.stringify(plain(value));
  };
  /** Every object the other way round, every string in escapes, every number with a point. */
  const rewritten = (value: Read): string => {
    switch (value.kind) {
      case 'object':
        return `{ ${value.members
          .map(([key, one]) => `${rewritten(key)} : ${rewritten(one)}`)
          .reverse()
          .join(' , ')} }`;
      case 'list':
        return `[\n${value.elements.map(rewritten).join(',\n')}\n]`;
      case 'string':
        return `"${value.value
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join('')}"`;
      case 'number':
        return /[.e]/i.test(value.raw) ? value.raw : `${value.raw}.00`;
      default:
        return String(value.value);
    }
  };
  const taken = jsonText.filter((text) => !('refused' in scanText(text, 32)));

  test('the form is JSON of the same value, and its own form', () => {
    fc.assert(
      fc.property(taken, (text) => {
        const form = canonical(text);
        expect(plainOf(form)).toBe(plainOf(text));
        expect(canonical(form)).toBe(form);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('the form does not depend on how a value is written', () => {
    fc.assert(
      fc.property(taken, (text) => {
        const value = read(text);
        if (value === undefined) throw new Error('taken, and no JSON');
        expect(canonical(rewritten(value))).toBe(canonical(text));
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('two values that are not the same have two forms', () => {
    fc.assert(
      fc.property(taken, taken, (one, other) => {
        expect(canonical(one) === canonical(other)).toBe(plainOf(one) === plainOf(other));
      }),
      { numRuns: runs(2_000) },
    );
  });
});

test('a text that was never scanned is a mistake, and thrown', () => {
  expect(() => canonicalJson(scannedBefore('{"a":1,"a":1}'))).toThrow('duplicate_key');
  expect(() => canonicalJson(scannedBefore('{'))).toThrow(SyntaxError);
});

test('a value of thousands of levels has a form: no recursion', () => {
  const deep = `${'[{"a":'.repeat(4_000)}1.0${'}]'.repeat(4_000)}`;
  expect(canonicalJson(scannedBefore(deep))).toBe(deep.replace('1.0', '1'));
});
