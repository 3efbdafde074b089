/** What the reference makes of what typedoc tells: a page with a table of each export. */
import { describe, expect, test } from '@jest/globals';
import { type Comment, type Declaration, kinds, type Type } from '../../reference/model.ts';
import { pageOf } from '../../reference/page.ts';
import { typeText } from '../../reference/type-text.ts';

const said = (text: string, fallback?: string): Comment => ({
  summary: [{ kind: 'text', text }],
  blockTags: fallback === undefined ? [] : [{ tag: '@default', content: [{ kind: 'text', text: fallback }] }],
});
let ids = 0;
const declared = (name: string, parts: Partial<Declaration>): Declaration => ({
  id: ++ids,
  name,
  kind: 1024,
  flags: {},
  ...parts,
});
const text: Type = { type: 'intrinsic', name: 'string' };
const nothing: Type = { type: 'intrinsic', name: 'undefined' };
const literal = (value: string): Type => ({ type: 'literal', value });
const reference = (name: string, ...typeArguments: readonly Type[]): Type => ({
  type: 'reference',
  name,
  target: 1,
  typeArguments,
});
const object = (...children: readonly Declaration[]): Type => ({
  type: 'reflection',
  declaration: declared('__type', { children }),
});
const call = (parameters: readonly Declaration[], type: Type, kind = 4096): Type => ({
  type: 'reflection',
  declaration: declared('__type', { signatures: [{ name: '__type', kind, parameters, type }] }),
});
const union = (...types: readonly Type[]): Type => ({ type: 'union', types });

describe('a type is written as people write it', () => {
  test.each([
    { type: reference('Readonly', object(declared('a', { type: text }))), is: '{ a: string }' },
    { type: reference('Readonly', reference('Options')), is: 'Readonly<Options>' },
    { type: { type: 'array', elementType: union(text, literal('x')) } as const, is: "(string | 'x')[]" },
    { type: union(call([], text), nothing), is: '(() => string) | undefined' },
    {
      type: call([declared('url', { type: text })], text, kinds.constructorSignature),
      is: 'new (url: string) => string',
    },
    {
      type: call(
        [
          declared('id', { type: text, flags: { isOptional: true } }),
          declared('rest', { type: text, flags: { isRest: true } }),
        ],
        text,
      ),
      is: '(id?: string, ...rest: string) => string',
    },
    { type: object(declared('a', { type: text, flags: { isOptional: true } })), is: '{ a?: string }' },
  ] satisfies readonly { type: Type; is: string }[])('$is', ({ type, is }) => {
    expect(typeText(type)).toBe(is);
  });
});

const page = { title: 'door', opening: 'Made.', groups: { All: ['Options'] } };
const links = new Map([
  ['Options', '#options'],
  ['Cursor', 'other.md#cursor'],
]);
const options = declared('Options', {
  comment: said('What it takes.'),
  type: reference(
    'Readonly',
    object(
      declared('url', { type: text, comment: said('Where to.') }),
      declared('wait', {
        type: union(text, nothing),
        flags: { isOptional: true },
        comment: said('How long.', '- for ever'),
      }),
      declared('mode', {
        type: union(literal('a'), literal('b')),
        flags: { isOptional: true },
        comment: said('Which.', 'a'),
      }),
      declared('cursor', { type: union(reference('Cursor'), nothing) }),
    ),
  ),
});

test('members are rows: what may be left out, its default in words or as code, and a link to what is told elsewhere', () => {
  expect(pageOf(page, [options], links)).toBe(`# door

Made.

- All: [Options](#options)

## All

### Options

What it takes.

|  | type | default |  |
| --- | --- | --- | --- |
| \`url\` | \`string\` |  | Where to. |
| \`wait?\` | \`string\` | for ever | How long. |
| \`mode?\` | \`'a' \\| 'b'\` | \`a\` | Which. |
| \`cursor\` | [\`Cursor \\| undefined\`](other.md#cursor) |  |  |
`);
});

test.each([
  {
    why: 'an export in no group',
    exported: [options, declared('connect', { comment: said('.') })],
    says: 'door: connect is in no group',
  },
  { why: 'a group that names none', exported: [], says: 'door: Options is in a group, and no export' },
  {
    why: 'an export without words',
    exported: [declared('Options', { type: text })],
    says: 'door: Options has no docstring',
  },
])('$why is no page', ({ exported, says }) => {
  expect(() => pageOf(page, exported, links)).toThrow(says);
});
