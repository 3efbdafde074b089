import { describe, expect, test } from '@jest/globals';
import type { AuthenticateMessage } from '../../protocol/client-messages.ts';
import { parseClientMessage } from '../restaurant-domain.ts';

/** Parses a frame that must be an `authenticate`. */
const authenticate = (frame: string): AuthenticateMessage => {
  const message = parseClientMessage(frame);
  if (message.kind !== 'authenticate') throw new Error(`${message.kind} instead of authenticate: ${frame}`);
  return message;
};

describe('the shapes of the first message', () => {
  const whole: AuthenticateMessage = {
    kind: 'authenticate',
    dialect: 'v1',
    unverifiedToken: 'aa.bb.cc',
    claims: { userId: { form: 'canonical', userId: 'u-1' }, restaurantId: 'r-17', connectionType: 'kitchen' },
    batch: true,
  };
  const fields = {
    token: 'aa.bb.cc',
    restaurant_id: 'r-17',
    user_id: 'u-1',
    connection_type: 'kitchen',
    batch: true,
  };
  const { token, ...rest } = fields;
  const extras = { id: 'm-1', timestamp: 1_790_000_000_000, client_type: 'mobile', client_version: '3.2.1' };
  const wrong = { token: 'x', restaurant_id: 'x', user_id: 'x', connection_type: 'x', batch: false };

  test.each([
    { why: 'every field at top level', frame: { type: 'authenticate', ...fields } },
    { why: 'every field inside data', frame: { type: 'authenticate', data: fields } },
    { why: 'the token at top level and the rest in data', frame: { type: 'authenticate', token, data: rest } },
    { why: 'the rest at top level and the token in data', frame: { type: 'authenticate', ...rest, data: { token } } },
    { why: 'the fields shipped apps add', frame: { type: 'authenticate', ...fields, ...extras } },
    { why: 'those fields inside data', frame: { type: 'authenticate', data: { ...fields, ...extras } } },
    { why: 'both places at once: the top level wins', frame: { type: 'authenticate', ...fields, data: wrong } },
    { why: 'null at top level: data speaks', frame: { type: 'authenticate', ...fields, token: null, data: { token } } },
    { why: 'data that is null', frame: { type: 'authenticate', ...fields, data: null } },
    { why: 'the name a renewal may use', frame: { type: 'reauth', data: fields } },
    { why: 'the type behind the other fields', frame: { ...fields, type: 'authenticate' } },
  ])('are all read alike: $why', ({ frame }) => {
    expect(parseClientMessage(JSON.stringify(frame))).toEqual(whole);
  });

  test.each([
    { why: 'missing', frame: { type: 'authenticate' } },
    { why: 'missing, with empty data', frame: { type: 'authenticate', data: {} } },
    {
      why: 'null',
      frame: {
        type: 'authenticate',
        token: null,
        restaurant_id: null,
        user_id: null,
        connection_type: null,
        batch: null,
      },
    },
    {
      why: 'null in both places',
      frame: { type: 'authenticate', token: null, data: { token: null, user_id: null, restaurant_id: null } },
    },
  ])('say nothing where a field is $why', ({ frame }) => {
    expect(parseClientMessage(JSON.stringify(frame))).toStrictEqual({
      kind: 'authenticate',
      unverifiedToken: undefined,
      claims: { userId: { form: 'absent' } },
      batch: false,
    });
  });

  test.each([
    { why: 'a numeric token', fields: { token: 17 } },
    { why: 'a token in an array', fields: { token: ['aa.bb.cc'] } },
    { why: 'a token in an object', fields: { token: { jwt: 'aa.bb.cc' } } },
    { why: 'a token that is a boolean', fields: { token: true } },
    { why: 'a restaurant that is a fraction', fields: { restaurant_id: 1.5 } },
    { why: 'a restaurant below zero', fields: { restaurant_id: -1 } },
    { why: 'a restaurant that no number can be sure of', fields: { restaurant_id: 2 ** 53 } },
    { why: 'a restaurant that is a boolean', fields: { restaurant_id: false } },
    { why: 'a list of restaurants', fields: { restaurant_id: ['r-17'] } },
    { why: 'a numeric connection type', fields: { connection_type: 1 } },
    { why: 'a connection type in an object', fields: { connection_type: {} } },
    { why: 'batch as text', fields: { batch: 'true' } },
    { why: 'batch as a number', fields: { batch: 1 } },
  ])('are malformed with $why, wherever it stands', ({ fields }) => {
    const malformed = { kind: 'malformed', problem: 'wrong_field_type', field: Object.keys(fields)[0] };
    expect(parseClientMessage(JSON.stringify({ type: 'authenticate', ...fields }))).toEqual(malformed);
    expect(parseClientMessage(JSON.stringify({ type: 'authenticate', data: fields }))).toEqual(malformed);
  });

  test.each([
    { why: 'text', data: 'token' },
    { why: 'an array', data: [{ token: 'aa.bb.cc' }] },
    { why: 'a number', data: 1 },
    { why: 'a boolean', data: false },
  ])('are malformed when data is $why', ({ data }) => {
    expect(parseClientMessage(JSON.stringify({ type: 'authenticate', token: 'aa.bb.cc', data }))).toEqual({
      kind: 'malformed',
      problem: 'wrong_field_type',
      field: 'data',
    });
  });

  test('keep an empty token apart from a missing one, for the verifier to refuse', () => {
    expect(authenticate('{"type":"authenticate","token":""}').unverifiedToken).toBe('');
  });

  test('keep ids that no restaurant and no type can have as they are: the rules refuse them, not the parser', () => {
    const { claims } = authenticate('{"type":"authenticate","restaurant_id":"*","connection_type":"root"}');
    expect(claims).toMatchObject({ restaurantId: '*', connectionType: 'root' });
  });

  test.each([
    { why: 'empty', frame: '{"type":"authenticate","restaurant_id":""}', restaurantId: undefined },
    { why: 'empty in data', frame: '{"type":"authenticate","data":{"restaurant_id":""}}', restaurantId: undefined },
    { why: 'empty in both places', frame: '{"type":"reauth","restaurant_id":"","data":{"restaurant_id":""}}' },
    {
      why: 'empty at top level and an id in data, as old apps envelop it',
      frame: '{"type":"authenticate","restaurant_id":"","data":{"restaurant_id":"r-17"}}',
      restaurantId: 'r-17',
    },
    { why: 'a number', frame: '{"type":"authenticate","restaurant_id":17}', restaurantId: '17' },
    { why: 'a number in data', frame: '{"type":"authenticate","data":{"restaurant_id":17}}', restaurantId: '17' },
    { why: 'zero, an id like another', frame: '{"type":"authenticate","restaurant_id":0}', restaurantId: '0' },
    {
      why: 'the largest whole number',
      frame: '{"type":"authenticate","restaurant_id":9007199254740991}',
      restaurantId: '9007199254740991',
    },
    { why: 'a space, which is no id', frame: '{"type":"authenticate","restaurant_id":" "}', restaurantId: ' ' },
  ])('say of a restaurant that is $why: $restaurantId', ({ frame, restaurantId }) => {
    expect(authenticate(frame).claims.restaurantId).toBe(restaurantId);
  });

  test.each(['1.0', '1e0', '-0', '0.0', '17E0', '1e300'])('refuse a restaurant written as %s', (literal) => {
    const malformed = { kind: 'malformed', problem: 'wrong_field_type', field: 'restaurant_id' };
    expect(parseClientMessage(`{"type":"authenticate","restaurant_id":${literal}}`)).toEqual(malformed);
    expect(parseClientMessage(`{"type":"authenticate","data":{"restaurant_id":${literal}}}`)).toEqual(malformed);
  });

  test.each<{ why: string; frame: object; dialect: AuthenticateMessage['dialect'] }>([
    { why: 'everything at top level tells nothing', frame: { type: 'authenticate', token }, dialect: undefined },
    {
      why: 'what shipped apps add tells nothing',
      frame: { type: 'authenticate', token, ...extras },
      dialect: undefined,
    },
    { why: 'empty data tells nothing', frame: { type: 'authenticate', token, data: {} }, dialect: undefined },
    { why: 'a field in data', frame: { type: 'authenticate', token, data: { user_id: 'u-1' } }, dialect: 'old' },
    { why: 'empty text in data', frame: { type: 'authenticate', data: { restaurant_id: '' } }, dialect: 'old' },
    { why: 'the token in data', frame: { type: 'authenticate', data: { token } }, dialect: 'old' },
    {
      why: 'a field in data and at top level',
      frame: { type: 'authenticate', token, data: { token } },
      dialect: 'old',
    },
    { why: 'the old name', frame: { type: 'reauth', token }, dialect: 'old' },
    { why: 'batch', frame: { type: 'authenticate', token, batch: true }, dialect: 'v1' },
    { why: 'batch, and not wanted', frame: { type: 'authenticate', data: { token, batch: false } }, dialect: 'v1' },
  ])('tell whose words they are: $why: $dialect', ({ frame, dialect }) => {
    expect(authenticate(JSON.stringify(frame)).dialect).toBe(dialect);
  });
});

describe('a claimed user id', () => {
  test.each([
    { why: 'a plain id', literal: '"u-1"', userId: 'u-1' },
    { why: 'a number', literal: '17', userId: '17' },
    { why: 'a number as text', literal: '"17"', userId: '17' },
    { why: 'the largest safe integer', literal: '9007199254740991', userId: '9007199254740991' },
    {
      why: 'a long integer as text, which no number has to hold',
      literal: '"9007199254740993"',
      userId: '9007199254740993',
    },
    {
      why: 'a UUID',
      literal: '"0b0f2c1e-7f6a-4d8e-9b53-2f0c8f0a1d11"',
      userId: '0b0f2c1e-7f6a-4d8e-9b53-2f0c8f0a1d11',
    },
    {
      why: 'a UUID of zeros and one e',
      literal: '"00000000-0000-0000-0000-0000000000e0"',
      userId: '00000000-0000-0000-0000-0000000000e0',
    },
    {
      why: 'a hexadecimal object id of digits only',
      literal: '"012345678901234567890123"',
      userId: '012345678901234567890123',
    },
    {
      why: 'a provider and an id',
      literal: '"auth0|5f7c8ec7c33c6c004bbafe82"',
      userId: 'auth0|5f7c8ec7c33c6c004bbafe82',
    },
    { why: 'an e-mail address', literal: '"chef@example.com"', userId: 'chef@example.com' },
    { why: 'escapes that spell a plain id', literal: '"\\u0075-1"', userId: 'u-1' },
    { why: '255 characters', literal: `"${'u'.repeat(255)}"`, userId: 'u'.repeat(255) },
  ])('is taken as it is: $why', ({ literal, userId }) => {
    const said = { form: 'canonical', userId };
    expect(authenticate(`{"type":"authenticate","user_id":${literal}}`).claims.userId).toEqual(said);
    expect(authenticate(`{"type":"authenticate","data":{"user_id":${literal}}}`).claims.userId).toEqual(said);
  });

  test.each([
    { why: 'zero', literal: '0' },
    { why: 'zero as text', literal: '"0"' },
    { why: 'empty text', literal: '""' },
    { why: 'two zeros', literal: '"00"' },
    { why: 'forty zeros', literal: `"${'0'.repeat(40)}"` },
    { why: 'minus zero', literal: '-0' },
    { why: 'minus zero as text', literal: '"-0"' },
    { why: 'plus zero as text', literal: '"+0"' },
    { why: 'zero with a point', literal: '0.0' },
    { why: 'zero with a point as text', literal: '"0.0"' },
    { why: 'zero with an exponent', literal: '0e10' },
    { why: 'zero with an exponent as text', literal: '"0E+10"' },
    { why: 'a hexadecimal zero', literal: '"0x0"' },
    { why: 'a hexadecimal number', literal: '"0x11"' },
    { why: 'a binary number', literal: '"0b1"' },
    { why: 'an octal number', literal: '"0o7"' },
    { why: 'one with an exponent', literal: '1e0' },
    { why: 'one with a capital exponent', literal: '1E0' },
    { why: 'one with an exponent as text', literal: '"1e0"' },
    { why: 'one with a point', literal: '1.0' },
    { why: 'one with a point as text', literal: '"1.0"' },
    { why: 'one and a point as text', literal: '"1."' },
    { why: 'a padded number as text', literal: '"01"' },
    { why: 'a plus sign', literal: '"+1"' },
    { why: 'a negative number', literal: '-1' },
    { why: 'a negative number as text', literal: '"-1"' },
    { why: 'a fraction', literal: '1.5' },
    { why: 'a fraction that begins with its point', literal: '".5"' },
    { why: 'one above the largest safe integer', literal: '9007199254740992' },
    { why: 'a number so small that it is zero', literal: '1e-400' },
    { why: 'a space before', literal: '" 17"' },
    { why: 'a space after', literal: '"17 "' },
    { why: 'a space inside', literal: '"u 1"' },
    { why: 'a tab after', literal: '"17\\t"' },
    { why: 'a line break after', literal: '"17\\n"' },
    { why: 'spaces only', literal: '"   "' },
    { why: 'a NUL inside', literal: '"u\\u0000-1"' },
    { why: 'a zero-width space inside', literal: '"u\u200b-1"' },
    { why: 'digits of another script', literal: '"１７"' },
    { why: 'a letter of another script', literal: '"и-1"' },
    { why: '256 characters', literal: `"${'u'.repeat(256)}"` },
  ])('is nobody, and never missing: $why', ({ literal }) => {
    expect(authenticate(`{"type":"authenticate","user_id":${literal}}`).claims.userId.form).toBe('refused');
    expect(authenticate(`{"type":"authenticate","data":{"user_id":${literal}}}`).claims.userId.form).toBe('refused');
  });

  test.each([
    { why: 'a number no double can hold', literal: '1e400', problem: 'number_too_large' },
    { why: 'a number of 400 digits', literal: '9'.repeat(400), problem: 'number_too_large' },
    { why: 'half a surrogate pair', literal: '"\\ud800"', problem: 'lone_surrogate' },
    { why: 'true', literal: 'true', problem: 'wrong_field_type' },
    { why: 'false', literal: 'false', problem: 'wrong_field_type' },
    { why: 'an empty array', literal: '[]', problem: 'wrong_field_type' },
    { why: 'an id in an array', literal: '["u-1"]', problem: 'wrong_field_type' },
    { why: 'an empty object', literal: '{}', problem: 'wrong_field_type' },
    { why: 'an object that pretends to be text', literal: '{"toString":"u-1"}', problem: 'wrong_field_type' },
    { why: 'a padded number, which is not JSON', literal: '01', problem: 'not_json' },
    { why: 'a plus sign, which is not JSON', literal: '+1', problem: 'not_json' },
    { why: 'NaN, which is not JSON', literal: 'NaN', problem: 'not_json' },
  ])('makes the message malformed: $why', ({ literal, problem }) => {
    expect(parseClientMessage(`{"type":"authenticate","user_id":${literal}}`)).toEqual({
      kind: 'malformed',
      problem,
      ...(problem === 'not_json' ? {} : { field: 'user_id' }),
    });
  });

  test.each([
    { why: 'of a field nobody reads', frame: '{"type":"authenticate","user_id":17,"device":{"user_id":4.0}}' },
    {
      why: 'of data, below the one at top level',
      frame: '{"type":"authenticate","user_id":17,"data":{"user_id":1.0}}',
    },
    { why: 'deep in data', frame: '{"type":"authenticate","data":{"user_id":17,"order":[{"user_id":-0}]}}' },
  ])('is not taken from elsewhere: $why', ({ frame }) => {
    expect(authenticate(frame).claims.userId).toEqual({ form: 'canonical', userId: '17' });
  });

  test('in data is judged when the one at top level is null', () => {
    const frame = '{"type":"authenticate","user_id":null,"data":{"user_id":1.0}}';
    expect(authenticate(frame).claims.userId).toEqual({ form: 'refused', text: '1.0' });
  });

  test('that comes twice is no message, whatever it says', () => {
    for (const [first, last] of [
      ['1.0', '17'],
      ['17', '17'],
      ['"u-1"', 'null'],
    ])
      expect(parseClientMessage(`{"type":"authenticate","user_id":${first},"user_id":${last}}`)).toEqual({
        kind: 'malformed',
        problem: 'duplicate_key',
        field: 'user_id',
      });
  });
});

describe('what a device calls itself', () => {
  const first = { type: 'authenticate', token: 'aa.bb.cc', restaurant_id: 'r-17' };
  const said = (device_id: unknown, data?: object) =>
    authenticate(JSON.stringify({ ...first, device_id, ...(data === undefined ? {} : { data }) }));

  test.each([
    'a',
    'till-3',
    'T_1.2:3-',
    '0',
    'd'.repeat(64),
    '__proto__',
    'u-1',
    '550e8400-e29b-41d4-a716-446655440000',
  ])('is a name: %s', (name) => {
    expect(said(name).deviceId).toBe(name);
    expect(said(undefined, { device_id: name }).deviceId).toBe(name);
    expect(said(null, { device_id: name }).deviceId).toBe(name);
    expect(said(name, { device_id: 'another' }).deviceId).toBe(name);
  });

  test.each<{ why: string; name: unknown }>([
    { why: 'null', name: null },
    { why: 'empty text', name: '' },
    { why: '65 characters', name: 'd'.repeat(65) },
    { why: 'a space', name: 'till 3' },
    { why: 'a line break', name: 'till-3\n' },
    { why: 'a letter beyond ASCII', name: 'küche' },
    { why: 'a character of two halves', name: '🍜' },
    { why: 'a zero byte', name: 'till\u0000' },
    { why: 'markup', name: '<b>till</b>' },
    { why: 'a number', name: 17 },
    { why: 'yes', name: true },
    { why: 'a list', name: ['till-3'] },
    { why: 'an object', name: { toString: 'till-3' } },
  ])('is none where it is $why, and the message is read as if it were left out', ({ name }) => {
    const without = parseClientMessage(JSON.stringify(first));
    expect(said(name)).toStrictEqual(without);
    expect(said(undefined, { device_id: name })).toStrictEqual(without);
  });

  test('at top level counts, whatever it is', () => {
    expect(said('till 3', { device_id: 'till-3' })).not.toHaveProperty('deviceId');
  });

  test('makes nobody an old app, wherever it stands', () => {
    expect(said(undefined, { device_id: 'till-3' })).not.toHaveProperty('dialect');
    expect(parseClientMessage(JSON.stringify({ ...first, type: 'reauth', device_id: 'till-3' }))).toMatchObject({
      dialect: 'old',
      deviceId: 'till-3',
    });
  });

  test('said twice is refused like every field that is', () => {
    expect(parseClientMessage('{"type":"authenticate","token":"t","device_id":"a","device_id":"b"}')).toMatchObject({
      kind: 'malformed',
      field: 'device_id',
    });
  });
});
