/** What the AsyncAPI document lets clients send is what the gateway reads. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import type { DomainEvent } from '../../protocol/domain-event.ts';
import { eventData } from '../../protocol/schemas/event-data.ts';
import { isRestaurantId, isIssuedUserId, isUserId } from '../../protocol/identifiers.ts';
import { limits } from '../../protocol/limits.ts';
import { publicationName } from '../../protocol/schemas/client.ts';
import { issuedUserId as issuedUserIdSchema, userId as userIdSchema } from '../../protocol/schemas/fields.ts';
import { runs } from '../harness/runs.ts';
import { clientMessageNames, isValid, messagesThatAre, schemaOf } from './asyncapi-validation.ts';
import { valuesOf } from './schema-values.ts';
import { connectionTypes, deviceEventEntries, isConnectionType, parseClientMessage } from '../restaurant-domain.ts';

type Message = Readonly<Record<string, unknown>>;

/** What the document takes a message for. */
const documented = (message: Message): readonly string[] => messagesThatAre(message, clientMessageNames);

/** What the gateway takes it for; none where it, or a rule on the ids it claims, would refuse it or not repeat its id. */
const read = (message: Message): readonly string[] => {
  const said = parseClientMessage(JSON.stringify(message));
  switch (said.kind) {
    case 'authenticate': {
      const { unverifiedToken, claims, deviceId } = said;
      const { userId, restaurantId, connectionType } = claims;
      const isUsable =
        unverifiedToken &&
        userId.form !== 'refused' &&
        (restaurantId === undefined || isRestaurantId(restaurantId)) &&
        (connectionType === undefined || isConnectionType(connectionType)) &&
        // Let in, but not under this name.
        deviceId === (message['device_id'] ?? Object(message['data']).device_id ?? undefined);
      return isUsable ? ['authenticate'] : [];
    }
    case 'ping':
      return ['ping'];
    case 'replay':
      return said.id === (message['id'] ?? undefined) ? ['replay'] : [];
    case 'who':
      return said.id === (message['id'] ?? undefined) ? ['who'] : [];
    case 'publish':
      return [publicationName(said.event)];
    case 'other':
    case 'unusable':
    case 'malformed':
      return [];
  }
};

const id = fc.constantFrom<unknown>('m-1', 'i'.repeat(128), null);
const restaurant_id = fc.constantFrom<unknown>('r-17', 'R_1', null);
const claims = {
  restaurant_id,
  user_id: fc.constantFrom<unknown>('u-1', '17', 17, Number.MAX_SAFE_INTEGER, '0'.repeat(24) + 1, '0x', '1e', null),
  connection_type: fc.constantFrom<unknown>(...connectionTypes, null),
  batch: fc.constantFrom<unknown>(true, false, null),
  device_id: fc.constantFrom<unknown>('till-3', '_', 'd'.repeat(64), null),
};
const token = fc.constantFrom<unknown>('eyJhbGciOi…', 't'.repeat(8192));
const after = fc.constantFrom<unknown>(0, 1, Number.MAX_SAFE_INTEGER);
const limit = fc.constantFrom<unknown>(1, 1000, 5000, null);

/** Values that are wrong for some fields and right for others. */
const any = fc.constantFrom<unknown>(
  ...[
    null,
    '',
    '0',
    '00',
    '-0',
    '0x1',
    '1e0',
    '01',
    ' 1',
    'ü',
    'a b',
    'o\n',
    '*',
    'kitchen',
    'READY',
    '.r',
    't'.repeat(8193),
  ],
  ...[
    0,
    -1,
    0.5,
    1,
    301,
    2 ** 53,
    1e300,
    true,
    false,
    [],
    {},
    ['r-17'],
    { order_id: 1 },
    'o'.repeat(129),
    'r'.repeat(65),
  ],
);

type Values = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Fields of a message, most of them as they should be: one of them missing, or any value, or neither. */
const fieldsOf = (required: Values, optional: Values): fc.Arbitrary<Message> => {
  const values = { ...required, ...optional };
  const wellMade = fc.record(values, { requiredKeys: Object.keys(required) });
  const spoil = fc.option(fc.tuple(fc.constantFrom(...Object.keys(values)), fc.option(any, { nil: undefined })), {
    nil: undefined,
  });
  return fc.tuple(wellMade, spoil).map(([fields, spoilt]): Message => {
    if (spoilt === undefined) return fields;
    const [name, value] = spoilt;
    const others = Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
    return value === undefined ? others : { ...others, [name]: value };
  });
};

const typed = (types: readonly string[]) => fc.constantFrom(...types);

const authenticate = fc
  .tuple(
    typed(['authenticate', 'reauth']),
    fieldsOf({ token }, claims),
    fc.constantFrom('top', 'data', 'token outside'),
  )
  .map(([type, fields, place]): Message => {
    if (place === 'top') return { type, ...fields };
    if (place === 'data') return { type, data: fields };
    const { token: said, ...data } = fields;
    return { type, ...('token' in fields ? { token: said } : {}), data };
  });

const replay = fieldsOf({ after }, { limit, id }).map((fields): Message => ({ type: 'replay', ...fields }));

const who = fieldsOf({}, { after: fc.constantFrom<unknown>('', 'u-1 demo kitchen till-3', null), limit, id }).map(
  (fields): Message => ({ type: 'who', ...fields }),
);

/** What may stand in the fields of an event, by their names. */
const valuesIn = (event: DomainEvent): Values =>
  Object.fromEntries(Object.entries(eventData(event).fields ?? {}).map(([name, field]) => [name, valuesOf(field)]));

const publish = (event: string, entry: DomainEvent) => {
  const { type: legacyType = event, object, beside } = entry.legacy ?? {};
  return fc
    .tuple(
      typed([event, legacyType]),
      fieldsOf({}, { id, restaurant_id }),
      fieldsOf(valuesIn(entry), {}),
      fc.constantFrom('top', 'data', 'legacy', 'legacy, one field beside it'),
    )
    .map(([type, envelope, fields, place]): Message => {
      if (place === 'data') return { type, ...envelope, data: fields };
      if (place === 'top' || object === undefined) return { type, ...envelope, ...fields };
      if (place === 'legacy') return { type, ...envelope, [object]: fields };
      const [outside, inside] = [true, false].map((isBeside) =>
        Object.fromEntries(Object.entries(fields).filter(([name]) => (name === beside) === isBeside)),
      );
      return { type, ...envelope, ...outside, [object]: { ...inside, total: 3 } };
    });
};

const publishing = deviceEventEntries.map(([type, event]) => publish(type, event));

describe('the document and the gateway take for the same', () => {
  test.each<{ name: string; message: fc.Arbitrary<Message> }>([
    { name: 'authenticate', message: authenticate },
    { name: 'replay', message: replay },
    { name: 'who', message: who },
    ...deviceEventEntries.map(([type, event]) => ({ name: publicationName(type), message: publish(type, event) })),
  ])('$name, well made or not', ({ name, message }) => {
    const seen = { [name]: 0, none: 0 };
    fc.assert(
      fc.property(message, (said) => {
        const [is = 'none', ...more] = documented(said);
        expect(more).toEqual([]);
        expect([said, is]).toEqual([said, read(said)[0] ?? 'none']);
        seen[is] = (seen[is] ?? 0) + 1;
      }),
      { numRuns: runs(2_000) },
    );
    // Both kinds came, and nothing else did.
    expect(Object.keys(seen)).toEqual([name, 'none']);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs(25));
  });

  test('a ping, whatever else is in it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (extra) => {
        const ping = { ...extra, type: 'ping' };
        expect(documented(ping)).toEqual(['ping']);
        expect(read(ping)).toEqual(['ping']);
      }),
    );
  });

  const said = { type: 'authenticate', token: 'a.b.c', restaurant_id: 'r-17', connection_type: 'kitchen' };
  test.each([
    {
      by: 'a client',
      isDocumented: (id: string) => documented({ ...said, user_id: id }).length > 0,
      field: userIdSchema,
      isOne: isUserId,
    },
    {
      by: 'its issuer',
      isDocumented: (id: string) => isValid(schemaOf('auth_success').properties?.['user_id'] ?? {}, id),
      field: issuedUserIdSchema,
      isOne: isIssuedUserId,
    },
  ] as const)('a user id, as $by says it', ({ isDocumented, field, isOne }) => {
    const longNumbers = fc
      .tuple(fc.constantFrom('0', '1', '+'), fc.integer({ min: 20, max: 26 }))
      .map(([first, length]) => first.padEnd(length, '7'));
    const nearNumbers = fc.stringMatching(/^[+-]?[0-9.xobXOBeEaf+-]{1,25}$/);
    fc.assert(
      fc.property(fc.oneof(nearNumbers, longNumbers, fc.string({ maxLength: 260 })), (id) => {
        expect([id, isDocumented(id), v.is(field, id)]).toEqual([id, isOne(id), isOne(id)]);
      }),
      { numRuns: runs(5_000) },
    );
  });
});

describe('whatever the document allows', () => {
  const ofEvents = deviceEventEntries.map(([, event]) => valuesIn(event));
  const values: Values = Object.assign({ token, ...claims, id, after, limit }, ...ofEvents);
  const objects = deviceEventEntries.flatMap(([, { legacy }]) => (legacy?.object === undefined ? [] : [legacy.object]));
  const places = ['data', ...objects];
  const names = [...Object.keys(values), ...places, 'extra'];
  const scalar = fc.oneof(any, ...Object.values(values));
  const fields = fc.dictionary(fc.constantFrom(...names), scalar, { maxKeys: 3 });
  const value = fc.oneof(scalar, fields, fc.jsonValue());
  const whole = fc.oneof(authenticate, replay, who, ...publishing);
  /** Messages as above with up to three more fields of any kind, at top level and in the objects they have. */
  const mixed = fc
    .tuple(
      whole,
      fc.array(fc.tuple(fc.constantFrom('top', ...places), fc.constantFrom(...names), value), {
        maxLength: 3,
      }),
    )
    .map(([message, more]) => {
      let mixture = message;
      for (const [place, name, said] of more) {
        const within = mixture[place];
        const isPlace = typeof within === 'object' && within !== null;
        mixture = { ...mixture, ...(isPlace ? { [place]: { ...within, [name]: said } } : { [name]: said }) };
      }
      return mixture;
    });

  test('the gateway reads, in whatever mixture of shapes', () => {
    let allowed = 0;
    fc.assert(
      fc.property(mixed, (message) => {
        fc.pre(JSON.stringify(message).length <= limits.maxFrameBytes);
        const is = documented(message);
        if (is.length === 0) return;
        allowed += 1;
        expect([message, is]).toEqual([message, read(message)]);
      }),
      { numRuns: runs(5_000) },
    );
    expect(allowed).toBeGreaterThan(runs(125));
  });

  test('the gateway reads, though a legacy object stands within itself', () => {
    for (const [event, { legacy, example }] of deviceEventEntries) {
      const { type = event, object, beside } = legacy ?? {};
      if (object === undefined || beside === undefined) continue;
      const within = (inner: unknown): Message => ({
        type,
        [beside]: example[beside],
        [object]: { ...example, [beside]: null, [object]: inner },
      });
      for (const inner of [{ [beside]: [] }, { [beside]: 8 }, {}, [], null, 'soup']) {
        const message = within(inner);
        if (documented(message).length > 0) expect([message, read(message)]).toEqual([message, documented(message)]);
      }
      expect(documented(within(null))).toHaveLength(1);
    }
  });

  test('but a token too many bytes long, and what is nested too deep: no schema can say so', () => {
    const long = { type: 'authenticate', token: 'ü'.repeat(5000) };
    const deep = { type: 'order.created', data: { order_id: 1, deep: JSON.parse('['.repeat(33) + ']'.repeat(33)) } };
    for (const message of [long, deep]) {
      expect(documented(message)).toHaveLength(1);
      expect(read(message)).toEqual([]);
    }
  });
});

describe('every place the document names for the fields of a message', () => {
  const messages = fc.oneof(authenticate, ...publishing);

  test('is one that the messages above use', () => {
    const choices = clientMessageNames.flatMap((name) =>
      (schemaOf(name).anyOf ?? []).map((choice, index) => ({ choice, place: `${name} ${choice.title ?? index}` })),
    );
    const samples = fc.sample(messages, { numRuns: 2_000, seed: 17 });
    expect(choices.length).toBeGreaterThan(8);
    const unused = choices.filter(({ choice }) => !samples.some((message) => isValid(choice, message)));
    expect(unused.map(({ place }) => place)).toEqual([]);
  });
});
