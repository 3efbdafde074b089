/** What the gateway sends is what the AsyncAPI document says, to the field, and the document says nothing more. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import type { DomainEvent } from '../../protocol/domain-event.ts';
import { eventData } from '../../protocol/schemas/event-data.ts';
import { eventFrame, packed, replayed } from '../../protocol/event-messages.ts';
import { publishedData } from '../../protocol/publication.ts';
import { closings, errors, refusals } from '../../protocol/reasons.ts';
import type { RestaurantEvent } from '../../protocol/restaurant-events.ts';
import {
  accepted,
  authError,
  authSuccess,
  closing,
  errorReply,
  type Frame,
  type HeadFound,
  pong,
} from '../../protocol/server-messages.ts';
import { runs } from '../harness/runs.ts';
import { keysOf } from '../keys-of.ts';
import {
  clientMessageNames,
  document,
  exact,
  isValid,
  messagesThatAre,
  platformMessageNames,
  type Schema,
  schemaOf,
  serverMessageNames,
  written,
} from './asyncapi-validation.ts';
import { valuesOf } from './schema-values.ts';
import { sentFrames } from './sent-frames.ts';
import { jsonText, membersOf } from './json/json-text.ts';
import { connectionTypes, deviceEventEntries, judgeData, roles, streamOf } from '../restaurant-domain.ts';

const heard = [...serverMessageNames, ...platformMessageNames];
const parsed = (frame: Frame) => JSON.parse(frame) as Readonly<Record<string, unknown>>;
const sent = sentFrames().map(({ name, frame }) => ({ name, message: parsed(frame) }));
const namesOf = (message: unknown) => messagesThatAre(message, heard);

describe('a frame of the gateway', () => {
  test.each(serverMessageNames)('%s is that message and no other', (name) => {
    const ofName = sent.filter((one) => one.name === name);
    expect(ofName.length).toBeGreaterThan(0);
    for (const { message } of ofName) expect([message, namesOf(message)]).toEqual([message, [name]]);
  });

  /** Fields that not every message of the name has. */
  const optional: Readonly<Record<string, readonly string[]>> = {
    auth_success: ['reentry_pass'],
    accepted: ['id'],
    error: ['id', 'field'],
    replayed: ['id', 'retry_after_ms'],
    present: ['id', 'next', 'retry_after_ms'],
    restaurant_event: ['user_id'],
  };

  test('is none without one of its fields', () => {
    for (const { name, message } of sent)
      for (const missing of Object.keys(message)) {
        const { [missing]: _, ...rest } = message;
        expect([missing, message, namesOf(rest)]).toEqual([
          missing,
          message,
          optional[name]?.includes(missing) ? [name] : [],
        ]);
      }
  });

  test('is none with one more', () => {
    for (const { message } of sent) expect([message, namesOf({ ...message, extra: null })]).toEqual([message, []]);
  });

  test('is none with a field of another type', () => {
    const another = (value: unknown): unknown => {
      if (value === null || Array.isArray(value)) return {};
      return { string: 17, number: 'x', boolean: 'true', object: [] }[typeof value as string];
    };
    for (const { message } of sent)
      for (const [field, value] of Object.entries(message)) {
        const mistyped = { ...message, [field]: another(value) };
        expect([mistyped, namesOf(mistyped)]).toEqual([mistyped, []]);
      }
  });

  test('is none with advice of another reason', () => {
    for (const { name, message } of sent.filter((one) => one.name === 'auth_error' || one.name === 'closing')) {
      const changed = ['reconnect', 'reauthenticate'].map((field) => ({ ...message, [field]: !message[field] }));
      const others = [{ code: 4000 }, { error: 'Oh' }, { reason: 'other' }].map((other) => ({ ...message, ...other }));
      for (const other of [...changed, ...others]) expect([name, other, namesOf(other)]).toEqual([name, other, []]);
    }
  });

  /** What the data of an event may not be: a field missing or wrong, or one more where others are dropped. */
  const wrongData = (event: DomainEvent): readonly object[] => {
    const { example, unknownFields } = event;
    const wrong = [undefined, 'nonsense\n', '', 0, -1, 0.5, 301, 1e300, true, [], {}];
    const spoilt = Object.entries(eventData(event).fields ?? {}).flatMap(([name, field]) =>
      wrong.filter((value) => !v.is(field, value)).map((value) => ({ ...example, [name]: value })),
    );
    return unknownFields === undefined ? spoilt : [...spoilt, { ...example, unheard_of: 'hot' }];
  };

  test.each([...deviceEventEntries])("is none with anything else in a device's %s", (type, event) => {
    const ofType = sent.filter(({ message }) => message['type'] === type && 'user_id' in message);
    expect(ofType.length).toBeGreaterThan(0);
    const data = wrongData(event);
    expect(data.length).toBeGreaterThan(5);
    const changes = [
      ...data.map((wrong) => ({ data: wrong })),
      { type: 'no.device_publishes_it' },
      ...connectionTypes.filter((other) => !event.from.includes(other)).map((connection_type) => ({ connection_type })),
    ];
    for (const { message } of ofType)
      for (const change of changes) {
        const other: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify({ ...message, ...change }));
        expect([other, namesOf(other)]).toEqual([other, []]);
        const { user_id, connection_type, ...ofBackend } = other;
        expect([ofBackend, namesOf(ofBackend)]).toEqual([ofBackend, ['restaurant_event']]);
      }
  });

  test('within another frame is held to the same', () => {
    for (const { message } of sent.filter(({ message: { events } }) => Array.isArray(events) && events.length > 0)) {
      const events = message['events'] as object[];
      const [first, ...others] = events;
      const spoiled = { ...message, events: [{ ...first, seq: '1' }, ...others] };
      expect([spoiled, namesOf(spoiled)]).toEqual([spoiled, []]);
    }
  });
});

/** A schema without `additionalProperties: false`, however deep. */
const opened = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== 'object' || schema === null) return schema;
  const fields = Object.entries(schema).filter(([name, value]) => name !== 'additionalProperties' || value !== false);
  return Object.fromEntries(fields.map(([name, value]) => [name, opened(value)]));
};

describe('the written document', () => {
  /** The value with one more field in it, once for each object that it is or has. */
  const widened = (value: unknown): readonly unknown[] => {
    if (Array.isArray(value))
      return value.flatMap((one, index) => widened(one).map((wider) => value.with(index, wider)));
    if (typeof value !== 'object' || value === null) return [];
    const within = Object.entries(value).flatMap(([name, one]) =>
      widened(one).map((wider) => ({ ...value, [name]: wider })),
    );
    return [{ ...value, unheard_of: { of: 1 } }, ...within];
  };

  test('takes a frame of a later gateway, with one more field anywhere, for what it is', () => {
    for (const { name, message } of sent)
      for (const later of [message, ...widened(message)])
        expect([later, messagesThatAre(later, heard, written)]).toEqual([later, [name]]);
  });

  test('closes no object, and otherwise says what frames are held to here', () => {
    expect(opened(exact)).not.toEqual(exact);
    expect(opened(exact)).toEqual(written);
    expect(opened(document)).toEqual(document);
  });
});

describe('whatever it is made of, a frame of the gateway is what the document says', () => {
  const textOf = (pattern: RegExp) => fc.stringMatching(pattern);
  const id = textOf(/^[\w.:-]{1,128}$/);
  const maybeId = fc.option(id, { nil: undefined });
  const timeMs = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
  const connectionType = fc.constantFrom(...connectionTypes);
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const seqOf = fc.dictionary(connectionType, count);
  const head: fc.Arbitrary<HeadFound> = fc.oneof(
    fc.constantFrom('none' as const, 'unknown' as const),
    fc.record({ epoch: fc.uuid(), headSeq: count, headSeqOf: seqOf }),
  );
  const userId = textOf(/^u[\x21-\x7e]{0,127}$/);
  const restaurantId = textOf(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
  const client = fc.record({
    connectionId: fc.base64String({ minLength: 4 }),
    userId,
    issuer: fc.string({ minLength: 1 }),
    restaurantId,
    connectionType,
    role: fc.constantFrom(...roles),
    sessionExpiresAtMs: timeMs,
  });
  const dataOf = (published: ReturnType<typeof publishedData>) =>
    'data' in published ? published.data : jsonText({ unread: published.field });
  const anyData = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  /** What a device may say, and more, read as the gateway reads it. */
  const ofDevice = fc.oneof(
    ...deviceEventEntries.map(([type, event]) =>
      fc
        .record({
          said: valuesOf(eventData(event).whole),
          more: anyData,
          by: userId,
          from: fc.constantFrom(...event.from),
        })
        .map(({ said, more, by, from }) => ({
          type,
          // Every one of them is well made.
          data: dataOf(publishedData(membersOf({ type, data: Object.assign({}, more, said) }), event, judgeData)),
          publisher: { userId: by, connectionType: from },
        })),
    ),
  );
  const ofBackend = fc.record({
    type: fc.oneof(
      textOf(/^[a-z][a-z0-9_]{0,31}(?:\.[a-z][a-z0-9_]{0,31}){1,3}$/),
      fc.constantFrom(...deviceEventEntries.map(([type]) => type)),
    ),
    data: anyData.map(jsonText),
  });
  const event: fc.Arbitrary<RestaurantEvent> = fc
    .tuple(
      fc.record({
        id,
        seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        audience: fc.constant(connectionTypes),
        prevSeqOf: seqOf,
        occurredAtMs: timeMs,
      }),
      fc.oneof(ofDevice, ofBackend),
    )
    .map(([numbered, said]) => ({ ...numbered, ...said }));
  const eventFrames = fc
    .tuple(fc.array(event, { maxLength: 5 }), restaurantId, fc.uuid(), connectionType)
    .map(([events, restaurant, epoch, type]) =>
      events.map((one) => eventFrame(one, streamOf(type, epoch, restaurant))),
    );
  const keyOf = <K extends string>(record: Readonly<Record<K, unknown>>) => fc.constantFrom(...keysOf(record));
  const stageTimes = fc.record({
    retentionMs: fc.integer({ min: 1 }),
    pingIntervalMs: fc.integer({ min: 45_000, max: 300_000 }),
  });
  const only = (name: string, frame: Frame) => ({ name, frames: [frame] });

  test.each<{ name: string; made: fc.Arbitrary<{ name: string; frames: readonly Frame[] }> }>([
    {
      name: 'auth_success',
      made: fc.tuple(client, head, stageTimes, timeMs).map((of) => only('auth_success', authSuccess(...of))),
    },
    { name: 'pong', made: fc.tuple(client, head, timeMs).map((of) => only('pong', pong(...of))) },
    { name: 'auth_error', made: fc.tuple(keyOf(refusals), timeMs).map((of) => only('auth_error', authError(...of))) },
    {
      name: 'auth_error with a wait',
      made: fc
        .tuple(timeMs, fc.integer({ min: 1 }))
        .map(([atMs, waitMs]) => only('auth_error', authError('rate_limited', atMs, waitMs))),
    },
    { name: 'closing', made: fc.tuple(keyOf(closings), timeMs).map((of) => only('closing', closing(...of))) },
    { name: 'error', made: fc.tuple(keyOf(errors), timeMs, maybeId).map((of) => only('error', errorReply(...of))) },
    { name: 'accepted', made: fc.tuple(id, timeMs, maybeId).map((of) => only('accepted', accepted(...of))) },
    { name: 'restaurant_event', made: eventFrames.map((frames) => ({ name: 'restaurant_event', frames })) },
    {
      name: 'events',
      made: eventFrames.map((frames) => ({
        name: frames.length < 2 ? 'restaurant_event' : 'events',
        frames: packed(frames),
      })),
    },
    {
      name: 'replayed',
      made: fc
        .tuple(
          fc.record({
            events: eventFrames,
            nextAfter: count,
            more: fc.boolean(),
            gap: fc.boolean(),
            oldestSeq: fc.option(fc.integer({ min: 1 })),
          }),
          head,
          connectionType,
          timeMs,
          maybeId,
        )
        .map((of) => only('replayed', replayed(...of))),
    },
  ])('$name', ({ made }) => {
    fc.assert(
      fc.property(made, ({ name, frames }) => {
        for (const frame of frames) expect(namesOf(parsed(frame))).toEqual([name]);
      }),
      { numRuns: runs(200) },
    );
  });
});

/** The places of a schema that none of the values has: a shape, a field or a constant that nobody sends. */
const unsent = (schema: Schema, values: readonly unknown[], place: string): readonly string[] => {
  if (values.length === 0) return [place];
  if (schema.$ref !== undefined)
    return unsent(schemaOf(schema.$ref.replace('#/components/schemas/', '')), values, place);
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const fields = Object.entries(schema.properties ?? {});
  return [
    ...choices.flatMap((choice, index) =>
      unsent(
        choice,
        values.filter((value) => isValid(choice, value)),
        `${place} ${choice.title ?? index}`,
      ),
    ),
    ...fields.flatMap(([name, field]) => {
      const having = values.filter((value) => Object.hasOwn(value as object, name));
      return unsent(
        field,
        having.map((value) => (value as Readonly<Record<string, unknown>>)[name]),
        `${place}.${name}`,
      );
    }),
    ...(schema.items === undefined ? [] : unsent(schema.items, values.flat(), `${place}[]`)),
    ...(schema.enum ?? []).filter((one) => !values.includes(one)).map((one) => `${place} ${one}`),
  ];
};

describe('the document', () => {
  test('has no message, no shape, no field and no constant that the gateway does not send', () => {
    const places = serverMessageNames.flatMap((name) =>
      unsent(
        schemaOf(name),
        sent.filter(({ message }) => isValid(schemaOf(name), message)).map(({ message }) => message),
        name,
      ),
    );
    expect(places).toEqual([]);
  });

  test('would be found out if it had', () => {
    const values = [{ a: 1 }, { a: 2 }];
    const { properties } = { properties: { a: { enum: [1, 2] } } };
    expect(unsent({ properties }, values, 'x')).toEqual([]);
    expect(unsent({ properties: { ...properties, b: {} } }, values, 'x')).toEqual(['x.b']);
    expect(unsent({ properties: { a: { enum: [1, 2, 3] } } }, values, 'x')).toEqual(['x.a 3']);
    expect(
      unsent({ properties: { a: { anyOf: [{ const: 1 }, { const: 2 }, { const: 3, title: 'c' }] } } }, values, 'x'),
    ).toEqual(['x.a c']);
  });

  test('takes no frame of the gateway for a message of a client, but an event, which is one', () => {
    for (const { name, message } of sent)
      if (name !== 'restaurant_event')
        expect([message, messagesThatAre(message, clientMessageNames)]).toEqual([message, []]);
  });
});
