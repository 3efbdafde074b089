import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TraceEntry } from '../../client/src/index.ts';
import { observationsOf } from '../../console/observations.ts';

const at = { at: 1000, connection: 1 };
const sent = (frame: unknown): TraceEntry => ({ ...at, kind: 'sent', text: JSON.stringify(frame) });
const received = (frame: unknown): TraceEntry => ({ ...at, kind: 'received', text: JSON.stringify(frame) });
const event = { type: 'a.b', id: 'evt_1', seq: 1, user_id: 'u-1', connection_type: 'desk' };
const heard = { device: 'One', at: 1000, kind: 'heard', eventId: 'evt_1', type: 'a.b', publisher: 'u-1 (desk)' };

describe('of the wire of a device is told', () => {
  test.each([
    {
      why: 'what it sent',
      entry: sent({ type: 'a.b', id: 'p1', data: {} }),
      seen: [{ kind: 'sent', id: 'p1', type: 'a.b' }],
    },
    {
      why: 'what was accepted',
      entry: received({ type: 'accepted', id: 'p1', event_id: 'evt_1' }),
      seen: [{ kind: 'accepted', id: 'p1', eventId: 'evt_1' }],
    },
    {
      why: 'what was refused, and for which field',
      entry: received({ type: 'error', id: 'p1', reason: 'malformed_message', field: 'x' }),
      seen: [{ kind: 'refused', id: 'p1', reason: 'malformed_message', field: 'x' }],
    },
    {
      why: 'what was refused without a field',
      entry: received({ type: 'error', id: 'p1', reason: 'unavailable' }),
      seen: [{ kind: 'refused', id: 'p1', reason: 'unavailable', field: '' }],
    },
    { why: 'what it heard', entry: received(event), seen: [{ ...heard, isCaughtUp: false }] },
    {
      why: 'what it heard in one frame',
      entry: received({ type: 'events', events: [event, { ...event, id: 'evt_2' }] }),
      seen: [
        { ...heard, isCaughtUp: false },
        { ...heard, eventId: 'evt_2', isCaughtUp: false },
      ],
    },
    {
      why: 'what it caught up with',
      entry: received({ type: 'replayed', events: [event, 7] }),
      seen: [{ ...heard, isCaughtUp: true }],
    },
    {
      why: 'what a backend published',
      entry: received({ type: 'a.b', id: 'evt_1', seq: 1 }),
      seen: [{ ...heard, publisher: 'a backend', isCaughtUp: false }],
    },
    {
      why: 'what somebody published whom it is not told',
      entry: received({ ...event, user_id: undefined }),
      seen: [{ ...heard, publisher: 'desk', isCaughtUp: false }],
    },
  ])('$why', ({ entry, seen }) => {
    expect(observationsOf('One', entry)).toEqual(seen.map((one) => ({ device: 'One', at: 1000, ...one })));
  });

  test.each<{ why: string; entry: TraceEntry }>([
    { why: 'the first message', entry: sent({ type: 'authenticate', id: 'x' }) },
    { why: 'a publication without an id', entry: sent({ type: 'a.b' }) },
    { why: 'an error that answers nothing', entry: received({ type: 'error', reason: 'malformed_message' }) },
    { why: 'a pong', entry: received({ type: 'pong', id: 'x' }) },
    { why: 'half a frame', entry: { ...at, kind: 'received', text: '{"type":"a.b"' } },
    { why: 'a socket that opens', entry: { ...at, kind: 'open' } },
  ])('nothing by $why', ({ entry }) => {
    expect(observationsOf('One', entry)).toEqual([]);
  });

  test('something or nothing by any frame, but never a failure', () => {
    const frame = fc.oneof(
      fc.jsonValue(),
      fc.record({ type: fc.constantFrom('events', 'a.b', 'error'), id: fc.jsonValue(), events: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(frame, (one) => {
        for (const { device } of [...observationsOf('One', sent(one)), ...observationsOf('One', received(one))])
          expect(device).toBe('One');
      }),
    );
  });
});
