/** What dynalite's parsers yield for a text they have read before is what they yielded when they read it. */
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { type Context, type Parser, rememberParses } from '../../local/engines/expression-cache.ts';

const load = createRequire(import.meta.url);
const parserOf = (name: string): Parser => ({ parse: load(`dynalite/db/${name}Parser`).parse });

type Request = Readonly<{ names?: Record<string, string>; values?: Record<string, object> }>;

/** As dynalite makes it for each request. */
const contextOf = ({ names = {}, values = {} }: Request) => ({
  attrNames: names,
  attrVals: values,
  unusedAttrNames: Object.fromEntries(Object.keys(names).map((name) => [name, true])),
  unusedAttrVals: Object.fromEntries(Object.keys(values).map((name) => [name, true])),
  isReserved: (name: string) => name === 'status',
  compare: (comparison: string, a: { N: string }, b: { N: string }) => comparison === 'GT' && Number(a.N) > Number(b.N),
});

const outcomeOf = (parser: Parser, text: string, context: Context) => {
  try {
    return { result: parser.parse(text, { context }), left: context };
  } catch (error) {
    return { error: String(error) };
  }
};

const n = (value: number) => ({ N: String(value) });

test.each([
  {
    parser: 'condition',
    text: '#s = :a AND b >= :b',
    request: { names: { '#s': 'status' }, values: { ':a': { S: 'x' }, ':b': n(1) } },
  },
  { parser: 'condition', text: ':b > b', request: { values: { ':b': n(1) } } },
  {
    parser: 'condition',
    text: 'attribute_not_exists(a) OR (contains(b, :a) AND size(c.d[1]) < :b)',
    request: { values: { ':a': { S: 'x' }, ':b': n(1) } },
  },
  { parser: 'condition', text: 'a IN (:a, :b)', request: { values: { ':a': { S: 'x' }, ':b': { S: 'y' } } } },
  { parser: 'condition', text: 'a BETWEEN :a AND :b', request: { values: { ':a': n(2), ':b': n(1) } } },
  { parser: 'condition', text: 'attribute_type(a, :a)', request: { values: { ':a': { S: 'N' } } } },
  { parser: 'condition', text: 'a = :a', request: { values: { ':a': { S: 'x' }, ':unused': n(1) } } },
  { parser: 'condition', text: 'a = :missing', request: { values: { ':a': { S: 'x' } } } },
  { parser: 'condition', text: 'status = :a', request: { values: { ':a': { S: 'x' } } } },
  { parser: 'condition', text: 'begins_with(a, :a)', request: { values: { ':a': n(1) } } },
  { parser: 'condition', text: 'a = = :a', request: { values: { ':a': n(1) } } },
  {
    parser: 'update',
    text: 'SET #s = :a, b = if_not_exists(b, :b) + :b REMOVE c[0].d ADD e :b',
    request: { names: { '#s': 'status' }, values: { ':a': { M: { x: { L: [] } } }, ':b': n(1) } },
  },
  { parser: 'update', text: 'SET a = a + :a', request: { values: { ':a': { S: 'x' } } } },
  { parser: 'update', text: 'SET a = :a, a.b = :a', request: { values: { ':a': { S: 'x' } } } },
  { parser: 'projection', text: '#s, a.b[2], c', request: { names: { '#s': 'status' } } },
  { parser: 'projection', text: 'a, a.b', request: {} },
])('$parser: $text', ({ parser: name, text, request }: { parser: string; text: string; request: Request }) => {
  const [plain, remembering] = [parserOf(name), parserOf(name)];
  rememberParses(remembering);
  const others = Object.entries(request.values ?? {}).map(([key, value], i) => [
    key,
    'N' in value
      ? n(10 - i)
      : Object.fromEntries(Object.keys(value).map((type) => [type, type === 'M' ? {} : `other${i}`])),
  ]);
  for (const values of [request.values, request.values, Object.fromEntries(others)]) {
    const asked = { ...request, ...(values && { values }) };
    const expected = outcomeOf(plain, text, contextOf(asked));
    expect(JSON.stringify(outcomeOf(remembering, text, contextOf(asked)))).toBe(JSON.stringify(expected));
  }
});

test('a name that another text of the same request has used is asked for again by a request that has this one alone', () => {
  const parser = parserOf('condition');
  rememberParses(parser);
  const request = { names: { '#s': 'status' }, values: { ':a': n(1) } };
  const together = contextOf(request);
  parser.parse('#s > :a', { context: together });
  parser.parse('#s < :a', { context: together });
  const alone = contextOf(request);
  parser.parse('#s < :a', { context: alone });
  expect(alone).toMatchObject({ unusedAttrNames: {}, unusedAttrVals: {} });
  expect(Object.keys(alone.unusedAttrNames)).toEqual([]);
});

test('what is done to one result is not seen in the next', () => {
  const parser = parserOf('condition');
  rememberParses(parser);
  const parse = () => parser.parse(':a > a', { context: contextOf({ values: { ':a': n(1) } }) });
  const first = JSON.stringify(parse());
  const second = parse() as { expression: { type: string; args: unknown[] } };
  second.expression.type = '<';
  second.expression.args.reverse();
  expect(JSON.stringify(parse())).toBe(first);
});

test('the values of a request are not kept', () => {
  const parser = parserOf('condition');
  rememberParses(parser);
  const value = n(1);
  parser.parse('a = :a', { context: contextOf({ values: { ':a': value } }) });
  const again = parser.parse('a = :a', { context: contextOf({ values: { ':a': n(2) } }) });
  expect(JSON.stringify(again)).toContain('"2"');
  expect(JSON.stringify(again)).not.toContain('"1"');
});
