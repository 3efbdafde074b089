/** What devices cost by what they send: publications and pings. */
import type { Assumed } from './assumptions.ts';
import type { Counts } from './counts.ts';
import { eventsTable } from './event-uses.ts';
import type { Fleet } from './fleet.ts';
import { measured } from './units.ts';
import { gb, invoked, type Purpose, type Use } from './use.ts';

export const publicationUses = (
  fleet: Fleet,
  { fromDevices, requestsOfBackends }: Counts,
  assumption: Assumed,
): readonly Use[] => {
  const purpose = 'publishing';
  return [
    { purpose, price: 'sqsFifoRequest', quantity: requestsOfBackends + fromDevices * measured.sqsPerEvent },
    { purpose, price: 'apiGatewayMessage', quantity: 2 * fromDevices },
    ...calledByDevice(fleet, purpose, fromDevices, measured.readUnitsPerPing, assumption),
  ];
};

/** A message that reads the row, the membership and the head. */
export const calledByDevice = (
  fleet: Fleet,
  purpose: Purpose,
  times: number,
  reads: number,
  assumption: Assumed,
): readonly Use[] => [
  { purpose, price: 'dynamodbReadUnit', quantity: times * (reads - measured.headReadUnitsPerPing) },
  ...eventsTable(fleet, purpose, { writes: 0, reads: times * measured.headReadUnitsPerPing }, assumption.utilization),
  ...invoked(purpose, times, assumption.messageMs, gb('message'), assumption),
];

export const pingUses = (fleet: Fleet, { pings }: Counts, assumption: Assumed): readonly Use[] => [
  { purpose: 'heartbeats', price: 'apiGatewayMessage', quantity: 2 * pings },
  ...calledByDevice(fleet, 'heartbeats', pings, measured.readUnitsPerPing, assumption),
];
