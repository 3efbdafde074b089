/** The AsyncAPI document: valid, complete, of this protocol and no other. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemasWithoutId as schemas } from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, test } from '@jest/globals';
import { asyncApiDocument } from '../../bin/asyncapi/document.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { domainOf } from '../../protocol/domain.ts';
import { type Advice, closings, errors, refusals } from '../../protocol/reasons.ts';
import { publicationName } from '../../protocol/schemas/client.ts';
import {
  clientMessageNames,
  document,
  messagesThatAre,
  platformMessageNames,
  type Schema,
  schemaOf,
  serverMessageNames,
} from './asyncapi-validation.ts';
import { deviceEventEntries, roles } from '../restaurant-domain.ts';

const root = join(import.meta.dirname, '../..');
const committed = join(root, 'docs/asyncapi.json');
const messageNames = [...clientMessageNames, ...serverMessageNames, ...platformMessageNames];

const isAsyncApi = new Ajv({ strict: false, validateFormats: false }).compile({
  ...schemas['3.0.0'],
  // Ajv's type takes no member that may be undefined, as these are in the schema's.
  $id: 'asyncapi',
  $schema: 'http://json-schema.org/draft-07/schema',
});
/** What AsyncAPI's own schema has against a document, and references that lead nowhere. `.ci/asyncapi` asks its parser. */
const findingsIn = (text: string): readonly string[] => {
  const read: unknown = JSON.parse(text);
  const at = (pointer: string) =>
    pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((value, step) => Object(value)[step], read);
  const gone = referencesIn(read).filter((reference) => !reference.startsWith('#/') || at(reference) === undefined);
  isAsyncApi(read);
  return [...(isAsyncApi.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`), ...gone];
};

describe("AsyncAPI's own schema", () => {
  test('has nothing against the document, whose references lead somewhere', () => {
    const text = readFileSync(committed, 'utf8');
    expect(findingsIn(text)).toEqual([]);
    expect(referencesIn(JSON.parse(text)).length).toBeGreaterThan(50);
  });

  // Examples it does not look at: they are tested below.
  test.each([
    { why: 'a reference that leads nowhere', from: '"#/components/schemas/pong"', to: '"#/components/schemas/gone"' },
    { why: 'a reference out of the document', from: '"#/components/schemas/pong"', to: '"pong.json"' },
    { why: 'an action there is not', from: '"action": "send"', to: '"action": "shout"' },
    { why: 'a schema that is none', from: '"type": "integer"', to: '"type": "whole"' },
  ])('would find $why', ({ from, to }) => {
    const text = readFileSync(committed, 'utf8');
    expect(text).toContain(from);
    expect(findingsIn(text.replace(from, to))).not.toEqual([]);
  });
});

describe('the committed document', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'maitred-asyncapi-'));
  afterAll(() => rmSync(scratch, { recursive: true }));
  const command = join(root, 'bin/asyncapi.ts');
  const check = (file: string) =>
    spawnSync(process.execPath, [command, '--check', '--file', file], { encoding: 'utf8', cwd: root });

  test('is what the schemas say, and the command says so', () => {
    const stdout = 'docs/asyncapi.json is what the schemas say.\n';
    expect(check(committed)).toMatchObject({ status: 0, stdout, stderr: '' });
  });

  test('is written by the command', () => {
    const file = join(scratch, 'written.json');
    execFileSync(process.execPath, [command, '--file', file]);
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(committed, 'utf8'));
  });

  test('is that of a stage without events of its own, which is printed', () => {
    const printed = execFileSync(process.execPath, [command, '--stage', 'dev'], { encoding: 'utf8' });
    expect(printed).toBe(readFileSync(committed, 'utf8'));
  });

  test('is missed in one sentence when it differs, or is not there', () => {
    const file = join(scratch, 'other.json');
    writeFileSync(file, readFileSync(committed, 'utf8').replace('"version"', '"Version"'));
    const differs = check(file);
    expect([differs.status, differs.stdout]).toEqual([1, '']);
    expect(differs.stderr).toMatch(
      /other\.json is not what the protocol's schemas say: run npm run asyncapi and commit it\n$/,
    );
    expect(differs.stderr.trim().split('\n')).toHaveLength(1);
    const missing = check(join(scratch, 'missing.json'));
    expect([missing.status, missing.stderr.trim().split('\n').length]).toEqual([1, 1]);
  });
});

test('a schema whose definitions double from one to the next is said to be too long, and not written out', () => {
  const twice = (of: number) => ({ $ref: `#/$defs/d${of}` });
  const doubled = Array.from({ length: 47 }, (_, nth) => [
    `d${nth + 1}`,
    { type: 'object', properties: { left: twice(nth), right: twice(nth) } },
  ]);
  const $defs = { d0: { type: 'object' }, ...Object.fromEntries(doubled) };
  const data = { type: 'object', $defs, properties: { x: twice(47) } };
  const event = { title: 'x', from: ['pos'], audience: ['pos'], example: {} };
  const config = { extends: 'restaurant', events: { 'a.b': { ...event, data } } };
  const domain = domainOf(parseConfig(StageConfig, 'x', JSON.stringify(config)));
  expect(() => asyncApiDocument('0.0.0-test', domain)).toThrow(
    'the schema of a.b has more than 20000 objects in it once its references are written out',
  );
});

describe('the document of a stage with a domain of its own', () => {
  const config = parseConfig(
    StageConfig,
    'x',
    JSON.stringify({
      connectionTypes: { van: {}, office: { seesPublishers: true } },
      defaultConnectionType: 'van',
      roles: { driver: { connectionTypes: ['van', 'office'] } },
      events: {
        'trip.begun': {
          title: 'A trip has begun',
          from: ['van'],
          audience: ['office'],
          data: {
            type: 'object',
            $defs: { place: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
            properties: { stops: { type: 'array', items: { $ref: '#/$defs/place' } }, note: { type: 'string' } },
            required: ['stops'],
            additionalProperties: false,
          },
          example: { stops: [{ x: 1.5 }] },
        },
        'trip.changed': {
          title: 'A trip has changed',
          from: ['van'],
          audience: ['office', 'van'],
          data: {
            type: 'object',
            oneOf: [
              {
                type: 'object',
                properties: { kind: { const: 'late' }, minutes: { type: 'integer' } },
                required: ['kind'],
              },
              { type: 'object', properties: { kind: { const: 'lost' } }, required: ['kind'] },
            ],
          },
          example: { kind: 'late', minutes: 5 },
        },
      },
    }),
  );
  const own = JSON.parse(JSON.stringify(asyncApiDocument('0.0.0-test', domainOf(config))));

  test('is valid, and says nothing of the restaurant preset', () => {
    const text = JSON.stringify(own);
    expect(findingsIn(text)).toEqual([]);
    for (const word of ['"kitchen"', '"pos"', 'order.created', '"employee"']) expect(text).not.toContain(word);
  });

  test('has each event as its JSON Schema is, with an example that is one', () => {
    const ajv = new Ajv({ strict: false, formats: { 'date-time': true } });
    for (const name of ['publish_trip_begun', 'publish_trip_changed', 'restaurant_event', 'replayed', 'authenticate']) {
      const { components } = own;
      const validate = ajv.compile({ ...components.schemas[name], components });
      const [{ payload }] = components.messages[name].examples;
      expect([name, validate(payload)]).toEqual([name, true]);
      if (name === 'publish_trip_begun') expect(validate({ ...payload, data: { stops: [{ y: 1 }] } })).toBe(false);
    }
  });
});

describe('the messages', () => {
  const saidIn = (action: string) =>
    Object.values(document.operations).flatMap(({ action: its, messages, reply }) => [
      ...(its === action ? messages : []),
      ...(action === 'send' ? (reply?.messages ?? []) : []),
    ]);
  const namesIn = (action: string) => [...new Set(saidIn(action).map(({ $ref }) => $ref.split('/').at(-1)))].sort();

  test('are each in the channel and in an operation, in the direction they go', () => {
    expect(Object.keys(document.channels.device.messages)).toEqual(messageNames);
    expect(Object.keys(document.components.messages)).toEqual(messageNames);
    expect(Object.keys(document.components.schemas)).toEqual(messageNames);
    expect(namesIn('receive')).toEqual([...clientMessageNames].sort());
    expect(namesIn('send')).toEqual([...serverMessageNames, ...platformMessageNames].sort());
  });

  test('of clients publish every kind of event there is', () => {
    const publishing = clientMessageNames.filter((name) => name.startsWith('publish_'));
    expect(publishing).toEqual(deviceEventEntries.map(([type]) => publicationName(type)));
  });

  test.each(messageNames)('%s has an example that is it, and a title and a description', (name) => {
    const message = document.components.messages[name];
    expect(message?.examples.length).toBeGreaterThan(0);
    for (const { payload } of message?.examples ?? []) {
      const side = clientMessageNames.includes(name)
        ? clientMessageNames
        : [...serverMessageNames, ...platformMessageNames];
      expect(messagesThatAre(payload, side)).toEqual([name]);
    }
    expect(document.components.schemas[name]).toMatchObject({
      title: expect.any(String),
      description: expect.any(String),
    });
    expect(message).toMatchObject({ title: expect.any(String), description: expect.any(String) });
  });
});

test('titles are unique among different schemas: generators name types by them', () => {
  const byTitle = new Map<string, Set<string>>();
  JSON.stringify(document.components.schemas, (_, value: Schema | string | null) => {
    if (typeof value === 'object' && typeof value?.title === 'string')
      byTitle.set(value.title, (byTitle.get(value.title) ?? new Set()).add(JSON.stringify(value)));
    return value;
  });
  expect(byTitle.size).toBeGreaterThan(30);
  expect([...byTitle].filter(([, schemas]) => schemas.size > 1).map(([title]) => title)).toEqual([]);
});

describe('the reasons', () => {
  const constantsOf = ({ properties = {} }: Schema) =>
    Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, field.const]));
  const byReason = (name: string, title = name) => {
    const choices = (schemaOf(name).oneOf ?? []).filter((choice) => choice.title?.startsWith(`${title}: `));
    return new Map(choices.map((choice) => [String(choice.properties?.['reason']?.const), choice]));
  };
  const expectAdvice = (name: string, reasons: Readonly<Record<string, Advice>>) => {
    expect([...byReason(name).keys()]).toEqual(Object.keys(reasons));
    for (const [reason, { code, error, reconnect, reauthenticate, retryAfterMs }] of Object.entries(reasons)) {
      expect(constantsOf(byReason(name).get(reason) ?? {})).toMatchObject({ code, error, reconnect, reauthenticate });
      expect(document.components.messages[name]?.description).toContain(
        `| ${reason} | ${reconnect} | ${reauthenticate} | ${retryAfterMs} |`,
      );
    }
  };

  test('of auth_error are those of the code, advice and all', () => expectAdvice('auth_error', refusals));
  test('of closing are those of the code, advice and all', () => expectAdvice('closing', closings));

  test('of an auth_error to a session of an old app are those of closing, less those that look like a refusal', () => {
    const told = byReason('auth_error', 'auth_error to a session');
    for (const [reason, choice] of told) {
      const { code, error, reconnect, reauthenticate } = closings[reason as keyof typeof closings];
      expect(constantsOf(choice)).toMatchObject({ type: 'auth_error', code, error, reconnect, reauthenticate });
    }
    const asRefused = ['access_denied', 'token_invalid', 'token_expired'];
    expect([...told.keys(), ...asRefused].sort()).toEqual(Object.keys(closings).sort());
  });

  test('of error are those of the code', () => {
    expect([...byReason('error')].map(([reason, choice]) => [reason, constantsOf(choice)['error']])).toEqual(
      Object.entries(errors).map(([reason, { error }]) => [reason, error]),
    );
  });

  test('are each explained', () => {
    for (const name of ['auth_error', 'closing', 'error'])
      for (const choice of byReason(name).values())
        expect(choice).toMatchObject({ description: expect.stringMatching(/\.$/) });
  });

  test('and the roles are those of the rules', () => {
    expect(schemaOf('auth_success').properties?.['role']?.enum).toEqual(roles);
  });
});

describe('the examples of PROTOCOL.md', () => {
  const text = readFileSync(join(root, 'PROTOCOL.md'), 'utf8');
  const examples = [...text.matchAll(/^ *```json\n([\s\S]*?)\n *```$/gm)].map(
    ([, json = '']) => JSON.parse(json) as unknown,
  );
  /** In the order of the text. The gateway reads its own events as a client's, so that the direction has to be said. */
  const expected: readonly string[] = [
    ...Array(5).fill('authenticate'),
    ...[
      'auth_success',
      'auth_error',
      'ping',
      'pong',
      'authenticate',
      'error',
      'restaurant_event',
      'events',
      'replay',
      'replayed',
    ],
    ...['publish_order_created', 'accepted', 'who', 'present', 'closing', 'auth_error', 'platform_error'],
  ];

  test('are each exactly one message of their direction', () => {
    expect(examples).toHaveLength(expected.length);
    for (const [index, name] of expected.entries()) {
      const side = clientMessageNames.includes(name)
        ? clientMessageNames
        : [...serverMessageNames, ...platformMessageNames];
      expect([examples[index], messagesThatAre(examples[index], side)]).toEqual([examples[index], [name]]);
    }
  });
});

/** Every object of a schema, wherever it stands. */
const objectsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : [{ ...value }]), ...Object.values(value).flatMap(objectsIn)];
};

describe('what generators make code of', () => {
  /** Titles that different schemas have: a generator names its types by them, and keeps one of each name. */
  const sharedTitles = (schemas: unknown): readonly unknown[] => {
    const titled = objectsIn(schemas).flatMap((schema) =>
      typeof schema['title'] === 'string' ? [{ title: schema['title'], is: JSON.stringify(schema) }] : [],
    );
    return titled
      .filter(({ title, is }) => titled.some((other) => other.title === title && other.is !== is))
      .map(({ title }) => title);
  };
  const typesOf = (value: unknown): readonly unknown[] => {
    if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number'];
    return [value === null ? 'null' : typeof value];
  };
  /** Constants whose schema does not say of which type they are. */
  const untyped = (schemas: unknown) =>
    objectsIn(schemas).filter(({ const: constant, enum: options, type }) =>
      [...(constant === undefined ? [] : [constant]), ...(Array.isArray(options) ? options : [])].some(
        (one) => !typesOf(one).includes(type),
      ),
    );

  test('has one title for one schema', () => {
    expect(sharedTitles(document.components.schemas)).toEqual([]);
    expect(sharedTitles([{ title: 'a', const: 1 }, { anyOf: [{ title: 'a', const: 2 }] }])).toEqual(['a', 'a']);
    expect(sharedTitles([{ title: 'a' }, { title: 'a' }, { title: 'b' }])).toEqual([]);
  });

  test('has constants of a type', () => {
    expect(untyped(document.components.schemas)).toEqual([]);
    expect(
      untyped([{ const: 4003 }, { const: 'x', type: 'integer' }, { properties: { a: { enum: ['b'] } } }]),
    ).toHaveLength(3);
    expect(
      untyped([
        { const: 1, type: 'integer' },
        { enum: ['b'], type: 'string' },
      ]),
    ).toEqual([]);
  });
});

/** Every `$ref`, wherever it stands. */
const referencesIn = (value: unknown): readonly string[] =>
  objectsIn(value).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));

/** Every regular expression of a schema, wherever it stands. */
const patternsIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) =>
        key === 'pattern' && typeof inner === 'string' ? [inner] : patternsIn(inner),
      );

/** Lookaround or a backreference, which RE2 (Go) and Rust's regex have not. */
const isBeyondRe2 = (pattern: string): boolean =>
  /\(\?<?[=!]|\\[1-9k]/.test(pattern.replaceAll('\\\\', '').replaceAll('\\(', ''));

describe('the regular expressions', () => {
  test('look neither ahead nor behind nor back: RE2 and Rust compile them', () => {
    const patterns = patternsIn(document);
    expect(patterns.length).toBeGreaterThan(50);
    expect([...new Set(patterns)].filter(isBeyondRe2)).toEqual([]);
  });

  test.each(['^(?!0$)', '^(?=.{24})', '(?<!a)b', '(?<=a)b', '(a)\\1', '(?<a>b)\\k<a>', '\\\\(?!a)'])(
    'would be found out with %s',
    (pattern) => {
      expect(patternsIn({ anyOf: [{ not: { pattern } }] }).filter(isBeyondRe2)).toEqual([pattern]);
    },
  );

  test.each(['^(?:a|b)$', '\\(?=', '(?<name>a)', '\\\\1', '[\\w.:-]'])('may be %s', (pattern) => {
    expect(isBeyondRe2(pattern)).toBe(false);
  });
});
