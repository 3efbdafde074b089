/** Streams of audit records, put in order with no more than a fixed number of them in memory. */
import type { StoredAuditRecord } from '../security/audit-columns.ts';

export type Trail = AsyncGenerator<StoredAuditRecord, void, undefined>;

/** Several trails as one, each in the order of its sort keys. */
export async function* merged(trails: readonly Trail[]): Trail {
  const firsts = await Promise.all(trails.map(async (trail) => ({ trail, next: await trail.next() })));
  for (;;) {
    let first: { trail: Trail; record: StoredAuditRecord } | undefined;
    for (const { trail, next } of firsts)
      if (next.done !== true && (first === undefined || next.value.sk < first.record.sk))
        first = { trail, record: next.value };
    if (first === undefined) return;
    yield first.record;
    const { trail } = first;
    for (const one of firsts) if (one.trail === trail) one.next = await trail.next();
  }
}

/** More are not held: beyond it, records of sessions that end an hour or two later come in the order of their connections. */
export const maxHeld = 20_000;

/**
 * By time, where they came by the beginning of their connections. A record is held until one comes whose connection began later
 * than that: no earlier one can follow.
 */
export async function* inOrderOfTime(trail: Trail, most = maxHeld): Trail {
  // In order; those before `next` have left, and are dropped a thousand at a time.
  let held: StoredAuditRecord[] = [];
  let next = 0;
  for await (const record of trail) {
    const beganAt = record.sk.slice(0, record.time.length);
    for (let first = held[next]; first !== undefined; first = held[next]) {
      if (first.time >= beganAt && held.length - next < most) break;
      yield first;
      next += 1;
    }
    if (next >= 1_000) {
      held = held.slice(next);
      next = 0;
    }
    held.splice(placeOf(record, held, next), 0, record);
  }
  yield* held.slice(next);
}

/** Behind those of the same time, which came earlier. Most belong at the end. */
const placeOf = ({ time }: StoredAuditRecord, held: readonly StoredAuditRecord[], first: number): number => {
  let from = first;
  let to = held.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((held[middle]?.time ?? '') > time) to = middle;
    else from = middle + 1;
  }
  return from;
};
