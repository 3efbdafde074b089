import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { journeyWording } from '../../console/journey-wording.ts';
import { afterObservation, type Journey, maxJourneys } from '../../console/journeys.ts';
import type { Observation } from '../../console/observations.ts';

const base = 1_795_000_000_000;
const sent = (ms: number, device = 'Till', id = 'p1'): Observation => ({
  kind: 'sent',
  device,
  at: base + ms,
  id,
  type: 'a.b',
});
const accepted = (ms: number, device = 'Till', id = 'p1'): Observation => ({
  kind: 'accepted',
  device,
  at: base + ms,
  id,
  eventId: 'evt_1',
});
const refused = (ms: number, field = ''): Observation => ({
  kind: 'refused',
  device: 'Till',
  at: base + ms,
  id: 'p1',
  reason: 'malformed_message',
  field,
});
const heard = (ms: number, device: string, isCaughtUp = false, eventId = 'evt_1'): Observation => ({
  kind: 'heard',
  device,
  at: base + ms,
  eventId,
  type: 'a.b',
  publisher: 'u-1 (pos)',
  isCaughtUp,
});
const journeysOf = (seen: readonly Observation[]) => seen.reduce<readonly Journey[]>(afterObservation, []);
const courses = (seen: readonly Observation[]) => journeysOf(seen).map((one) => journeyWording(one).course);

describe('the journey of an event', () => {
  test.each([
    { why: 'that was sent', seen: [sent(0)], course: 'no answer yet' },
    { why: 'that was accepted', seen: [sent(0), accepted(12)], course: 'accepted after 12 ms' },
    {
      why: 'that others heard, too',
      seen: [sent(0), accepted(12), heard(30, 'Board'), heard(34, 'Till')],
      course: 'accepted after 12 ms; heard by Board after 30 ms, Till after 34 ms',
    },
    {
      why: 'that others heard before its device heard that it is accepted',
      seen: [sent(0), heard(9, 'Board'), accepted(12), heard(34, 'Till')],
      course: 'accepted after 12 ms; heard by Board after 9 ms, Till after 34 ms',
    },
    {
      why: 'that was sent again, on another socket',
      seen: [sent(0), sent(2100), accepted(2112)],
      course: 'accepted after 2.1 s',
    },
    {
      why: 'that a device heard twice',
      seen: [sent(0), accepted(12), heard(30, 'Board'), heard(2030, 'Board')],
      course: 'accepted after 12 ms; heard by Board after 30 ms',
    },
    {
      why: 'that a device caught up with',
      seen: [sent(0), accepted(12), heard(12_345, 'Board', true)],
      course: 'accepted after 12 ms; heard by Board after 12 s, catching up',
    },
    { why: 'that was refused', seen: [sent(0), refused(8)], course: 'refused after 8 ms: malformed_message' },
    {
      why: 'that was refused for a field',
      seen: [sent(0), refused(8, 'order_id')],
      course: 'refused after 8 ms: malformed_message, order_id',
    },
    {
      why: 'that was refused once and accepted then',
      seen: [sent(0), refused(8), accepted(50)],
      course: 'accepted after 50 ms',
    },
    {
      why: 'that no device here sent',
      seen: [heard(0, 'Board'), heard(3, 'Till')],
      course: 'heard by Board, Till 3 ms later',
    },
  ])('$why is one line', ({ seen, course }) => {
    expect(courses(seen)).toEqual([course]);
  });

  test('says who sent it: a device of the page, or whom those know who heard it', () => {
    const from = (seen: readonly Observation[]) => journeysOf(seen).map((one) => journeyWording(one).from);
    expect(from([sent(7)])).toEqual([expect.stringMatching(/^from Till, \d\d:\d\d:\d\d\.007$/)]);
    expect(from([heard(7, 'Board')])).toEqual([expect.stringMatching(/^from u-1 \(pos\), /)]);
  });

  test('is told from another by device and id', () => {
    expect(courses([sent(0), sent(1, 'Board'), accepted(5, 'Board')])).toEqual([
      'no answer yet',
      'accepted after 4 ms',
    ]);
  });

  test('an answer to what is not known changes nothing', () => {
    const before = journeysOf([heard(0, 'Board')]);
    expect(afterObservation(before, accepted(3))).toBe(before);
    expect(afterObservation(before, refused(3))).toEqual(before);
  });

  test('of the many the newest are remembered', () => {
    const many = Array.from({ length: maxJourneys + 5 }, (_, nth) => heard(nth, 'Board', false, `evt_${nth}`));
    expect(
      journeysOf(many)
        .map(({ eventId }) => eventId)
        .slice(0, 1),
    ).toEqual(['evt_5']);
    expect(journeysOf(many)).toHaveLength(maxJourneys);
  });

  test('whatever comes in whatever order, a device hears an event once and no publication is told twice', () => {
    const device = fc.constantFrom('Till', 'Board');
    const id = fc.constantFrom('p1', 'p2');
    const seen: fc.Arbitrary<Observation> = fc.oneof(
      fc.tuple(device, id).map(([one, of]) => sent(0, one, of)),
      fc.tuple(device, id).map(([one, of]) => ({ ...accepted(1, one, of), eventId: `evt_${one}_${of}` })),
      fc.tuple(device, device, id).map(([one, by, of]) => heard(2, one, false, `evt_${by}_${of}`)),
    );
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 30 }), (all) => {
        const journeys = journeysOf(all);
        const publications = journeys.flatMap((one) => (one.sent ? [`${one.sent.device} ${one.sent.id}`] : []));
        const events = journeys.flatMap(({ eventId }) => eventId ?? []);
        expect(new Set(publications).size).toBe(publications.length);
        expect(new Set(events).size).toBe(events.length);
        for (const one of journeys) expect(new Set(one.heard.map((by) => by.device)).size).toBe(one.heard.length);
      }),
    );
  });
});
