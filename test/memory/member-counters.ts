/** The counters of members in memory: one step a call, as one conditional write of the real one. */
import type { MemberCounters } from '../../lambdas/ports.ts';
import type { Perform } from './port-call.ts';

/** Handshakes by member and minute, and until when each member is distrusted. */
export type MemberCounterTable = Readonly<{ handshakes: Map<string, number>; distrusted: Map<string, number> }>;

export const emptyMemberCounterTable = (): MemberCounterTable => ({ handshakes: new Map(), distrusted: new Map() });

export const memoryMemberCounters = (
  { handshakes, distrusted }: MemberCounterTable,
  perform: Perform,
): MemberCounters => ({
  countHandshake: (member, nowMs) =>
    perform('memberCounters.countHandshake', () => {
      const minute = `${member} ${Math.floor(nowMs / 60_000)}`;
      const counted = (handshakes.get(minute) ?? 0) + 1;
      handshakes.set(minute, counted);
      return { handshakes: counted, distrustedUntilMs: distrusted.get(member) ?? 0 };
    }),
  distrust: (member, _nowMs, untilMs) =>
    perform('memberCounters.distrust', () => {
      distrusted.set(member, Math.max(distrusted.get(member) ?? 0, untilMs));
    }),
});
