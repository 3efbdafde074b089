/** The address counters in memory: one step a call, as one conditional write of the real one. */

import type { AddressCounters } from '../../lambdas/ports.ts';
import { slotOf } from '../../lambdas/rate-limit/address-allowance.ts';
import { hostileWindowMs } from '../../lambdas/rate-limit/hostility.ts';
import type { Perform } from './port-call.ts';

type Minute = {
  slots: Map<number, number>;
  seconds: Map<number, number>;
  connects: number;
  refusals: number;
  isAggregateDue: boolean;
  blockedUntilMs: number;
};
type Hostility = {
  failures: number;
  windowStartMs: number | undefined;
  blockedUntilMs: number;
  blockedAtMs: number;
};

/** Minutes by address and start, and what each address is held for. */
export type AddressCounterTable = {
  readonly minutes: Map<string, Minute>;
  readonly hostility: Map<string, Hostility>;
  /** How many connects of an address the table takes in a second. */
  writesPerSecond: number;
};

export const emptyAddressCounterTable = (): AddressCounterTable => ({
  minutes: new Map(),
  hostility: new Map(),
  writesPerSecond: Number.POSITIVE_INFINITY,
});

export const minuteMs = 60_000;

export const memoryAddressCounters = (table: AddressCounterTable, perform: Perform): AddressCounters => {
  const { minutes, hostility } = table;
  const minuteAt = (address: string, atMs: number): Minute => {
    const key = `${address} ${startOf(atMs)}`;
    const minute = minutes.get(key) ?? {
      slots: new Map(),
      seconds: new Map(),
      connects: 0,
      refusals: 0,
      isAggregateDue: false,
      blockedUntilMs: 0,
    };
    minutes.set(key, minute);
    return minute;
  };
  const hostilityOf = (address: string): Hostility => {
    const found = hostility.get(address) ?? {
      failures: 0,
      windowStartMs: undefined,
      blockedUntilMs: 0,
      blockedAtMs: 0,
    };
    hostility.set(address, found);
    return found;
  };

  return {
    countConnect: (address, nowMs) =>
      perform('addressCounters.countConnect', () => {
        const minute = minuteAt(address, nowMs);
        const second = Math.floor(nowMs / 1_000);
        const written = minute.seconds.get(second) ?? 0;
        if (written >= table.writesPerSecond) return 'throttled';
        minute.seconds.set(second, written + 1);
        const slot = slotOf(nowMs);
        const connectsInSlot = (minute.slots.get(slot) ?? 0) + 1;
        minute.slots.set(slot, connectsInSlot);
        minute.connects++;
        return { connects: minute.connects, connectsInSlot, blockedUntilMs: minute.blockedUntilMs };
      }),
    countRefusal: (address, nowMs) =>
      perform('addressCounters.countRefusal', () => {
        const minute = minuteAt(address, nowMs);
        minute.refusals++;
        const { refusals, isAggregateDue } = minute;
        return { refusals, isAggregateDue, windowStartMs: startOf(nowMs) };
      }),
    aggregateIsDue: (address, windowStartMs) =>
      perform('addressCounters.aggregateIsDue', () => {
        minuteAt(address, windowStartMs).isAggregateDue = true;
      }),
    refusalsOf: (address, windowStartMs) =>
      perform('addressCounters.refusalsOf', () => minuteAt(address, windowStartMs).refusals),
    countHostileFailure: (address, nowMs) =>
      perform('addressCounters.countHostileFailure', () => {
        const held = hostilityOf(address);
        if (held.windowStartMs === undefined || held.windowStartMs <= nowMs - hostileWindowMs) {
          held.failures = 0;
          held.windowStartMs = nowMs;
        }
        held.failures++;
        const { failures, blockedUntilMs, blockedAtMs, windowStartMs } = held;
        return { failures, blockedUntilMs, blockedAtMs, windowStartMs };
      }),
    block: (address, nowMs, untilMs) =>
      perform('addressCounters.block', () => {
        const held = hostilityOf(address);
        if (held.blockedUntilMs < untilMs) Object.assign(held, { blockedUntilMs: untilMs, blockedAtMs: nowMs });
        for (let atMs = startOf(nowMs); atMs < untilMs; atMs += minuteMs) {
          const minute = minuteAt(address, atMs);
          minute.blockedUntilMs = Math.max(minute.blockedUntilMs, untilMs);
        }
      }),
  };
};

const startOf = (epochMs: number): number => Math.floor(epochMs / minuteMs) * minuteMs;
