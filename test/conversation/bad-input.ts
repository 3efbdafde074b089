/** Frames that no client of ours sends: each has one defined answer before authentication and one after it. */
import type { Ending, Turn } from '../../bin/smoke/conversation.ts';
import { authError, authSuccess, type ExpectedFrame, errorReply, pong } from '../../bin/smoke/frames.ts';
import { hello, messageOfBytes } from '../../bin/smoke/messages.ts';
import { cast } from './cast.ts';
import type { InsideConversation, Insider } from './refusals.ts';
import { authenticated, refusedUnheard, type Traces, undecided } from './traces.ts';

type Before = Readonly<{ hear?: ExpectedFrame; end: Ending; traces: Traces }>;
type After = Readonly<{ hear?: ExpectedFrame; end: Ending }>;

/** One bad frame; `frame` may need a token. */
type BadFrame = Readonly<{
  why: string;
  frame: Turn['say'] | ((insider: Insider) => Turn['say']);
  inFramesOf?: number;
  before: Before;
  after: After;
}>;

const kib = 1024;

const refused = (detail: string): Before => ({
  hear: authError('malformed_message'),
  end: 'ended',
  traces: refusedUnheard('malformed_message', 'WARNING', detail),
});
const unexpected: Before = {
  hear: authError('expected_authentication'),
  end: 'ended',
  traces: refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate'),
};
const malformed: After = { hear: errorReply('malformed_message'), end: 'open' };
const malformedIn = (field: string): After => ({
  hear: errorReply('malformed_message', undefined, field),
  end: 'open',
});
const unknownType: After = { hear: errorReply('unknown_type'), end: 'open' };
const ponged: After = { hear: pong, end: 'open' };
const cut = (end: Ending): { before: Before; after: After } => ({ before: { end, traces: undecided }, after: { end } });

const rows = (frames: Readonly<Record<string, Turn['say']>>, before: Before, after: After): readonly BadFrame[] =>
  Object.entries(frames).map(([why, frame]) => ({ why, frame, before, after }));

const noJson = rows(
  {
    'an empty text': '',
    'white space': ' \n\t',
    'text that is no JSON': 'authenticate',
    'JSON with something behind it': '{"type":"ping"} ping',
    'JSON with a trailing comma': '{"type":"ping",}',
    'JSON behind a byte order mark': '\ufeff{"type":"ping"}',
    'a number JSON does not have': '{"type":"ping","n":NaN}',
    'an object that never ends': '{"type":"ping"',
    '8,000 brackets that never close': '['.repeat(8_000),
  },
  refused('not_json'),
  malformed,
);

const noObject = rows(
  {
    null: 'null',
    'a number': '4711',
    'a text': '"authenticate"',
    'an empty array': '[]',
    'an array of messages': '[{"type":"ping"}]',
  },
  refused('not_an_object'),
  malformed,
);

const noType = rows(
  {
    'an empty object': '{}',
    'a type that is null': '{"type":null}',
    'a type that is a number': '{"type":1}',
    'a type that is a list': '{"type":["ping"]}',
    'a type that is an object': '{"type":{"type":"ping"}}',
    'a type in the prototype': '{"__proto__":{"type":"ping"}}',
    'a type spelled TYPE': '{"TYPE":"ping"}',
  },
  refused('type_not_text'),
  malformedIn('type'),
);

const strangeTypes = rows(
  Object.fromEntries(
    [
      '',
      'AUTHENTICATE',
      ' authenticate',
      '$connect',
      '$disconnect',
      '$default',
      '__proto__',
      'constructor',
      'toString',
    ].map((type) => [`the type ${JSON.stringify(type)}`, JSON.stringify({ type })]),
  ),
  unexpected,
  unknownType,
);

const strangeIds = rows(
  {
    'an id that is a number': '{"type":"dance","id":7}',
    'an id that is markup': '{"type":"dance","id":"<b>7</b>"}',
    'an id of 129 characters': JSON.stringify({ type: 'dance', id: 'x'.repeat(129) }),
  },
  unexpected,
  unknownType,
);

const pings = rows(
  {
    'a ping with a prototype': '{"type":"ping","__proto__":{"status":"authenticated"}}',
  },
  unexpected,
  ponged,
);

/** What two readers may read differently, wherever it stands. */
const ambiguous: readonly BadFrame[] = (
  [
    ['a ping that names its type twice', '{"type":"authenticate","type":"ping"}', 'duplicate_key', 'type'],
    ['an authenticate with two tokens', '{"type":"authenticate","token":"a","token":"b"}', 'duplicate_key', 'token'],
    ['half a character in a field nobody reads', '{"type":"ping","x":"\\ud800"}', 'lone_surrogate', 'x'],
    ['a number beyond a double', '{"type":"ping","x":[1e400]}', 'number_too_large', 'x'],
    [
      'a ping around 4,000 objects',
      `{"type":"ping","x":${'{"a":'.repeat(2_600)}1${'}'.repeat(2_600)}}`,
      'too_deep',
      'x',
    ],
  ] as const
).map(([why, frame, problem, field]) => ({ why, frame, before: refused(problem), after: malformedIn(field) }));

const deepArrays: BadFrame = {
  why: '8,000 arrays in one another',
  frame: '['.repeat(8_000) + ']'.repeat(8_000),
  before: refused('too_deep'),
  after: malformed,
};

const tooLarge = (why: string, frame: Turn['say'], inFramesOf?: number): BadFrame => ({
  why,
  frame,
  ...(inFramesOf === undefined ? {} : { inFramesOf }),
  before: refused('too_large'),
  after: malformed,
});

const large: readonly BadFrame[] = [
  tooLarge('16 KB and a byte', messageOfBytes(16 * kib + 1, { type: 'ping' })),
  tooLarge('16 KB and a byte in 5,000 characters', JSON.stringify({ type: 'ping', text: '€'.repeat(5_455) })),
  tooLarge('100,000 arrays in one another', '['.repeat(50_000) + ']'.repeat(50_000), 32 * kib),
  tooLarge('128 KB', messageOfBytes(128 * kib, { type: 'ping' }), 32 * kib),
  {
    why: 'a ping of 16 KB',
    frame: messageOfBytes(16 * kib, { type: 'ping' }),
    before: unexpected,
    after: ponged,
  },
  {
    why: '128 KB and a byte',
    frame: messageOfBytes(128 * kib + 1, { type: 'ping' }),
    inFramesOf: 32 * kib,
    ...cut(1009),
  },
  { why: 'one frame over 32 KB', frame: messageOfBytes(32 * kib + 1, { type: 'ping' }), ...cut(1009) },
  { why: '100,000 arrays in one frame', frame: '['.repeat(50_000) + ']'.repeat(50_000), ...cut(1009) },
];

const noText: readonly BadFrame[] = [
  { why: 'a binary frame', frame: Buffer.from('{"type":"ping"}'), ...cut(1003) },
  { why: 'text that is no UTF-8', frame: Buffer.of(0x22, 0xc3, 0x28, 0x22), inFramesOf: 32 * kib, ...cut(1007) },
];

const wrongFields: readonly BadFrame[] = (
  [
    ['a token that is a number', { token: 1 }, 'token'],
    ['a token that is a list', { token: ['x'] }, 'token'],
    ['a token that is an object', { token: { toString: 'x' } }, 'token'],
    ['a restaurant that is a fraction', { restaurant_id: 17.5 }, 'restaurant_id'],
    ['a restaurant that is a list', { restaurant_id: ['r-17'] }, 'restaurant_id'],
    ['a user that is true', { user_id: true }, 'user_id'],
    ['a user that is a list', { user_id: [7] }, 'user_id'],
    ['a connection type that is an object', { connection_type: {} }, 'connection_type'],
    ['a batch that is text', { batch: 'yes' }, 'batch'],
    ['data that is text', { data: 'x' }, 'data'],
    ['data that is a list', { data: [] }, 'data'],
    ['data with a token that is a number', { token: undefined, data: { token: 1 } }, 'token'],
  ] as const
).map(([what, fields, blamed]) => ({
  why: `an authenticate with ${what}`,
  frame: (insider) => hello(insider, fields),
  before: refused('wrong_field_type'),
  after: malformedIn(blamed),
}));

const tokenTooLarge: BadFrame = {
  why: 'a token of 8 KB and a byte',
  frame: (insider) => hello(insider, { token: 'x'.repeat(8 * kib + 1) }),
  before: refused('token_too_large'),
  after: malformedIn('token'),
};

const badFrames: readonly BadFrame[] = [
  ...noJson,
  ...noObject,
  ...noType,
  ...strangeTypes,
  ...strangeIds,
  ...pings,
  ...ambiguous,
  deepArrays,
  ...large,
  ...noText,
  ...wrongFields,
  tokenTooLarge,
];

const turnOf = ({ frame, inFramesOf }: BadFrame, insider: Insider, hear: ExpectedFrame | undefined): Turn => {
  const say = typeof frame === 'function' ? frame(insider) : frame;
  return {
    ...(say === undefined ? {} : { say }),
    ...(inFramesOf === undefined ? {} : { inFramesOf }),
    ...(hear === undefined ? {} : { hear }),
  };
};

const before = (bad: BadFrame): InsideConversation => ({
  why: `before authentication: ${bad.why}`,
  turns: (insider) => [turnOf(bad, insider, bad.before.hear)],
  end: bad.before.end,
  traces: bad.before.traces,
});

/** The session is as it was: a ping is answered. */
const after = (bad: BadFrame): InsideConversation => ({
  why: `after authentication: ${bad.why}`,
  turns: (insider) => [
    { say: hello(insider), hear: authSuccess(insider) },
    turnOf(bad, insider, bad.after.hear),
    ...(bad.after.end === 'open' ? [{ say: { type: 'ping' }, hear: pong }] : []),
  ],
  end: bad.after.end,
  traces: authenticated(),
});

/** Frames that are bad only for those who expect something else of them. */
const odd: readonly InsideConversation[] = [
  {
    why: 'an authenticate that names its type twice is none, though its token is good',
    turns: (insider) => [
      { say: JSON.stringify(hello(insider)).replace('{', '{"type":"ping",'), hear: authError('malformed_message') },
    ],
    end: 'ended',
    traces: refusedUnheard('malformed_message', 'WARNING', 'duplicate_key'),
  },
  {
    why: 'an authenticate of 16 KB is read',
    turns: (insider) => [{ say: messageOfBytes(16 * kib, hello(insider)), hear: authSuccess(insider) }],
    end: 'open',
    traces: authenticated(),
  },
  {
    why: 'fields that are not in the protocol are ignored',
    turns: (insider) => [
      {
        say: hello(insider, {
          role: cast.roles.everywhere,
          status: 'authenticated',
          session_expires_at_ms: 9e15,
          _aws: {},
        }),
        hear: { ...authSuccess(insider), role: cast.roles.member },
      },
    ],
    end: 'open',
    traces: authenticated(),
  },
];

export const badInput: readonly InsideConversation[] = [
  ...badFrames.flatMap((bad) => [before(bad), after(bad)]),
  ...odd,
];
