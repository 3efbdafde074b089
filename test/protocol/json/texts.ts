/** JSON texts as clients in every language might write them, and some that nobody should. */
import fc from 'fast-check';

const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r ');
const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${maxLength}}$`));
const hex = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One character in one of the ways to write it. */
const character = fc
  .oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      'é',
      '🍕',
      '\ufffe',
      '\uffff',
      '\ufeff',
      '\u2028',
      '\u2029',
      '\u0000',
      '\n',
      '"',
      '\\',
      '/',
      '\u007f',
    ),
  )
  .chain((one) => {
    const escapes = one.split('').map(hex).join('');
    const usual = JSON.stringify(one).slice(1, -1);
    return fc.constantFrom(usual, usual, usual, escapes, escapes.toUpperCase().replaceAll('\\U', '\\u'));
  });

const half = fc.constantFrom('\ud83c', '\udf55', '\\ud83c', '\\uDF55', '\\ud800', '\\udfff');

const stringToken = (rare: number) =>
  fc
    .array(fc.oneof({ weight: 100, arbitrary: character }, { weight: rare, arbitrary: half }), { maxLength: 6 })
    .map((parts) => `"${parts.join('')}"`);

/** Few, so that some come twice, and some in two spellings. */
const usualKey = fc.constantFrom(
  '"a"',
  '"\\u0061"',
  '"b"',
  '""',
  '"10"',
  '"2"',
  '"__proto__"',
  '"data"',
  '"constructor"',
);

export const numberToken = fc
  .tuple(
    fc.constantFrom('', '', '-'),
    fc.oneof(
      fc.constant('0'),
      fc
        .tuple(fc.integer({ min: 1, max: 9 }), fc.oneof(fc.constant(''), digits(3), digits(25), fc.constant('0000')))
        .map((parts) => parts.join('')),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      digits(4).map((fraction) => `.${fraction}`),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-', 'e-'), digits(3)).map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

const spaced = (tokens: readonly string[]) =>
  fc
    .array(space, { minLength: tokens.length + 1, maxLength: tokens.length + 1 })
    .map((spaces) => tokens.reduce((text, token, i) => text + token + spaces[i + 1], spaces[0] ?? ''));

/** `rare`: how often a hundred characters hold half of one; keys that come twice are as they fall. */
const textOf = (rare: number) =>
  fc.letrec<{ value: string; list: string; object: string; scalar: string }>((tie) => ({
    value: fc.oneof({ depthSize: 'medium', maxDepth: 5 }, tie('scalar'), tie('object'), tie('list')),
    scalar: fc.oneof(stringToken(rare), numberToken, fc.constantFrom('true', 'false', 'null')),
    list: fc
      .array(tie('value'), { maxLength: 4 })
      .chain((elements) => spaced(['[', ...elements.flatMap((one, i) => (i === 0 ? [one] : [',', one])), ']'])),
    object: fc
      .array(fc.tuple(fc.oneof({ weight: 2, arbitrary: usualKey }, stringToken(rare)), tie('value')), { maxLength: 4 })
      .chain((members) =>
        spaced(['{', ...members.flatMap(([key, one], i) => [...(i === 0 ? [] : [',']), key, ':', one]), '}']),
      ),
  }));

/** Texts that are JSON. Some hold what receivers read differently. */
export const jsonText = textOf(3).value;
export const objectText = textOf(1).object;

/** Texts with a piece taken out, put in or said twice: mostly no JSON, and hardly so. */
export const damagedText = fc
  .tuple(
    jsonText,
    fc.array(
      fc.record({
        at: fc.nat(),
        length: fc.nat({ max: 3 }),
        put: fc.oneof(
          fc.constantFrom(
            '',
            '',
            '{',
            '}',
            '[',
            ']',
            ',',
            ':',
            '"',
            '\\',
            '\\u',
            '0',
            '-',
            '.',
            'e',
            '+',
            'tru',
            'null',
          ),
          fc.constantFrom(
            '\u0000',
            '\n',
            '\ufeff',
            '\ufffe',
            '\u2028',
            '\u00a0',
            '\v',
            '\ud83c',
            '\udf55',
            '//',
            "'",
            'NaN',
          ),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((damaged, { at, length, put }) => {
      const from = at % (damaged.length + 1);
      return damaged.slice(0, from) + put + damaged.slice(from + length);
    }, text),
  );
