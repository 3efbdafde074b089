/** Schemas that make much of the largest frame, and the data that fill it. Each is valid, so that nothing ends early. */
import { limits } from '../../protocol/limits.ts';

export type SchemaCase = Readonly<{ why: string; schema: unknown; data: string }>;

/** As a device sends it. */
export const frameOf = (data: string): string => `{"type":"bench.frame","data":${data}}`;

const room = limits.maxFrameBytes - frameOf('').length;
/** As many items as a frame holds. */
const listOf = (item: (at: number) => unknown): string => {
  const items: string[] = [];
  let bytes = 2;
  for (let at = 0; ; at++) {
    const text = JSON.stringify(item(at));
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > room) return `[${items.join(',')}]`;
    items.push(text);
  }
};
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const words = (count: number): readonly string[] => numbers(count).map((at) => `w${at}`);
const text = (length: number, of = 'a'): string => of.repeat(length);

/** An object of one kind that holds one of the same kinds, so many times. */
const deepKinds = (depth: number): unknown =>
  depth === 0
    ? { type: 'null' }
    : {
        oneOf: words(2).map((kind) => ({
          type: 'object',
          properties: { kind: { const: kind }, in: { $ref: `#/$defs/d${depth - 1}` } },
          required: ['kind', 'in'],
          additionalProperties: false,
        })),
      };
const deepest = 30;
const deepValue = (): unknown => numbers(deepest).reduce((within: unknown) => ({ kind: 'w1', in: within }), null);

export const worstCases: readonly SchemaCase[] = [
  {
    why: 'one long text, each character looked at by all that may be left out',
    schema: { type: 'string', minLength: 1, maxLength: room, pattern: '^b*c*d*e*f*g*[ah-z]+$' },
    data: JSON.stringify(text(room - 2)),
  },
  {
    why: 'short texts, each of a pattern with much that may be left out',
    schema: { type: 'array', items: { type: 'string', minLength: 1, pattern: '^a?b?c?d?e?f?[g-z]+$' } },
    data: listOf(() => 'zzzzzzzz'),
  },
  {
    why: 'a class of a hundred ranges',
    schema: {
      type: 'string',
      pattern: `^[${numbers(120)
        .map((at) => String.fromCharCode(0x100 + 2 * at))
        .join('')}]+$`,
    },
    data: JSON.stringify(text(room / 2 - 1, String.fromCharCode(0x100 + 2 * 119))),
  },
  {
    why: 'numbers with all their bounds',
    schema: {
      type: 'array',
      items: {
        type: ['null', 'boolean', 'string', 'integer'],
        minimum: 0,
        maximum: 9,
        exclusiveMinimum: -1,
        exclusiveMaximum: 10,
        multipleOf: 1,
      },
    },
    data: listOf(() => 7),
  },
  {
    why: 'empty lists',
    schema: { type: 'array', items: { type: ['null', 'array'], items: { type: 'null' }, maxItems: 1 } },
    data: listOf(() => []),
  },
  {
    why: 'words of a list of three thousand',
    schema: { type: 'array', items: { type: 'string', enum: words(3000) } },
    data: listOf((at) => `w${(at * 7) % 3000}`),
  },
  {
    why: 'one word of a list of texts that begin alike',
    schema: { type: 'array', items: { enum: words(100).map((word) => text(1000) + word) } },
    data: listOf((at) => `${text(1000)}w${at}`),
  },
  {
    why: 'one object of many names',
    schema: {
      type: 'object',
      properties: Object.fromEntries(words(2000).map((name) => [name, { type: 'integer' }])),
      required: words(1500),
      additionalProperties: false,
    },
    data: JSON.stringify(Object.fromEntries(words(1600).map((name) => [name, 1]))),
  },
  {
    why: 'one object of names that nobody knows',
    schema: { type: 'object', additionalProperties: { type: 'integer' } },
    data: JSON.stringify(Object.fromEntries(words(1600).map((name) => [name, 1]))),
  },
  {
    why: 'small objects with what is required',
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['a', 'b'],
        properties: { a: { $ref: '#/$defs/one' }, b: { $ref: '#/$defs/one' } },
        additionalProperties: false,
      },
      $defs: { one: { $ref: '#/$defs/two' }, two: { const: 1 } },
    },
    data: listOf(() => ({ a: 1, b: 1 })),
  },
  {
    why: 'objects of a thousand kinds',
    schema: {
      type: 'array',
      items: {
        oneOf: words(1000).map((kind) => ({ type: 'object', properties: { k: { const: kind } }, required: ['k'] })),
      },
    },
    data: listOf((at) => ({ k: `w${at % 1000}` })),
  },
  {
    why: 'objects of a kind within one another',
    schema: {
      type: 'array',
      items: { $ref: `#/$defs/d${deepest}` },
      $defs: Object.fromEntries(numbers(deepest + 1).map((depth) => [`d${depth}`, deepKinds(depth)])),
    },
    data: listOf(deepValue),
  },
];
