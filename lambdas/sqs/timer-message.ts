import * as v from 'valibot';
import type { TimerMessage } from '../ports.ts';
import { QueuedRecord } from '../security/audit-record.ts';

const key = { connectionId: v.string(), connectedAtMs: v.number() };

const Message = v.variant('kind', [
  v.object({ v: v.literal(1), kind: v.literal('deadline'), ...key }),
  v.object({ v: v.literal(1), kind: v.literal('record'), record: QueuedRecord }),
  v.object({ v: v.literal(1), kind: v.literal('aggregate'), address: v.string(), windowStartMs: v.number() }),
]);

/**
 * Reads a message of the timer queue. A record of a newer version comes back whole, with words and fields that are not known
 * here. Of a kind that is not known nothing can be done: that throws `ValiError`, as a poisoned message throws that or
 * `SyntaxError`, and the message goes back to the queue, for the version that knows it or, after ten tries, the dead letters.
 */
export const parseTimerMessage = (body: string): TimerMessage => v.parse(Message, JSON.parse(body));
