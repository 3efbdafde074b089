/** The text of an event's data, as the SDK finds it: held to the gateway's scanner. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseServerMessage } from '../../client/src/messages.ts';
import { memberText, pieces } from '../../client/src/raw.ts';
import { eventFrame, eventsFrame, replayed } from '../../protocol/event-messages.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import { scanList, scanObject } from '../../protocol/json/members.ts';
import { runs } from '../harness/runs.ts';
import { jsonText, objectText } from '../protocol/json/texts.ts';
import { streamOf } from '../restaurant-domain.ts';

const isSpace = /^[ \t\r\n]*$/;

describe('the pieces of a text', () => {
  test('are what the scanner finds in it', () => {
    fc.assert(
      fc.property(fc.oneof(jsonText, objectText), (text) => {
        const list = scanList(text, 99);
        const object = scanObject(text, 99);
        if ('elements' in list && list.elements.length > 0)
          expect(pieces(text)).toEqual(list.elements.map((element) => element.text));
        if ('members' in object && object.members.size > 0)
          expect(pieces(text)).toEqual([...object.members.values()].map(({ written }) => written));
        if ('members' in object)
          for (const [key, { text: value, written }] of object.members)
            if (written.startsWith(JSON.stringify(key)) && !key.includes(':'))
              expect(memberText(text, JSON.stringify(key).slice(1, -1))).toBe(value);
      }),
      { numRuns: runs(1_000) },
    );
  });

  test.each(['{}', '[]', ' { } ', '[\n]'])('of %j are nothing but space', (text) => {
    expect(pieces(text).every((piece) => isSpace.test(piece))).toBe(true);
  });
});

const texts = [
  { why: 'keys that look like numbers', raw: '{"10":1,"2":2}' },
  { why: 'a number that no double holds', raw: '{"n":9007199254740993}' },
  { why: 'a spelling of a number, and white space', raw: '{ "n" : 1.0 }' },
  { why: 'brackets, commas and quotes in strings', raw: '{"a":"}],{[\\"data\\":1,","b\\\\":["\\\\\\"}"]}' },
  { why: "a member that is called as the frame's own", raw: '{"data":{"data":1},"events":[1]}' },
  { why: 'characters as escapes and as themselves', raw: '{"\\u00e9":"é 🍕 \\ud83c\\udf55"}' },
  { why: 'keys that are more than keys elsewhere', raw: '{"__proto__":{"a":1},"":""}' },
  { why: 'half a character, as an earlier gateway let through', raw: '{"a":"\\ud800"}' },
];

describe('an event has the text of its data', () => {
  const stream = streamOf('pos');
  const frames = texts.map(({ raw }, nth) =>
    eventFrame(
      {
        id: `id-${nth}`,
        seq: nth + 1,
        type: 'order.created',
        data: scannedBefore(raw),
        audience: ['pos'],
        prevSeqOf: { pos: nth },
        occurredAtMs: 0,
      },
      stream,
    ),
  );
  const rawOf = (frame: string) => {
    const message = parseServerMessage(frame);
    const events = message.kind === 'events' ? message.events : message.kind === 'replayed' ? message.page.events : [];
    return events.map(({ raw }) => raw);
  };
  const all = texts.map(({ raw }) => raw);

  test.each(texts.map(({ why, raw }, nth) => ({ why, raw, frame: frames[nth] ?? '' })))(
    'with $why',
    ({ raw, frame }) => {
      expect(rawOf(frame)).toEqual([raw]);
      expect(rawOf(` ${frame.replace('"data":', '\n"data" : ')}`)).toEqual([raw]);
    },
  );

  test('in a frame of several, and in a replay', () => {
    expect(rawOf(eventsFrame(frames))).toEqual(all);
    const page = { events: frames, nextAfter: 9, more: false, gap: false, oldestSeq: 1 };
    const head = { epoch: 'e', headSeq: 9, headSeqOf: { pos: 9 } };
    expect(rawOf(replayed(page, head, 'pos', 0))).toEqual(all);
  });

  test('beside members that are no events', () => {
    const mixed = `{"type":"events","events":[null, ${frames[0]},[],"x,}" , ${frames[3]}]}`;
    expect(rawOf(mixed)).toEqual([all[0], all[3]]);
  });

  test('in some spelling, where it was written in a way that no gateway writes', () => {
    expect(rawOf((frames[0] ?? '').replace('"data"', '"d\\u0061ta"'))).toEqual(['{"2":2,"10":1}']);
  });
});
