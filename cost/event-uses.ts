/** What events cost, from the queue to the devices: numbering and storing, runs of the fan-out, deliveries. */
import type { Assumed } from './assumptions.ts';
import type { Counts } from './counts.ts';
import type { Fleet } from './fleet.ts';
import { slotOf } from './shared-runs.ts';
import { autoscalingAlarms, eventsTableLeast, measured } from './units.ts';
import { gbOf, invoked, type Purpose, type Use } from './use.ts';

export const deliveryUses = ({ frames, connectedMinutes }: Counts, { frameBytes }: Assumed): readonly Use[] => [
  { purpose: 'deliveries', price: 'apiGatewayMessage', quantity: frames },
  { purpose: 'connection minutes', price: 'apiGatewayConnectionMinute', quantity: connectedMinutes },
  { purpose: 'data transfer out', price: 'transferOutGb', quantity: (frames * frameBytes) / 1e9 },
];

export const eventUses = (
  fleet: Fleet,
  { events, turns }: Counts,
  { largeEvents, utilization }: Assumed,
): readonly Use[] => {
  const purpose = 'numbering and storing events';
  const writes = events * (measured.writeUnitsPerEvent + largeEvents) + turns * measured.writeUnitsPerTurn;
  const readsOfEvents = events * measured.readUnitsPerEvent + turns * measured.headReadUnitsPerTurn;
  return [
    ...eventsTable(fleet, purpose, { writes, reads: readsOfEvents }, utilization),
    {
      purpose,
      price: 'dynamodbReadUnit',
      quantity: turns * (measured.readUnitsPerTurn - measured.headReadUnitsPerTurn),
    },
  ];
};

/** Units of the events table, as they are paid there. */
export const eventsTable = (
  { provisioned }: Fleet,
  purpose: Purpose,
  { writes, reads }: Readonly<{ writes: number; reads: number }>,
  utilization: number,
): readonly Use[] =>
  provisioned
    ? [
        { purpose, price: 'dynamodbProvisionedWriteUnit', quantity: writes / utilization },
        { purpose, price: 'dynamodbProvisionedReadUnit', quantity: reads / utilization },
      ]
    : [
        { purpose, price: 'dynamodbWriteUnit', quantity: writes },
        { purpose, price: 'dynamodbReadUnit', quantity: reads },
      ];

/** What provisioned throughput is paid for beyond its use: the least of it, by night, too, and the alarms of the autoscaling. */
export const leastUses = (fleet: Fleet, uses: readonly Use[]): readonly Use[] => {
  if (!fleet.provisioned) return [];
  const purpose = 'numbering and storing events';
  const connectedHours = fleet.hours + fleet.nightHours;
  const unused = (price: Use['price'], perSecond: number): number => {
    const provisioned = uses.reduce((sum, use) => sum + (use.price === price ? use.quantity : 0), 0);
    const leastOf = (hours: number): number => perSecond * hours * 3600 * fleet.days;
    return Math.max(0, leastOf(connectedHours) - provisioned) + leastOf(24 - connectedHours);
  };
  return [
    ...(
      [
        ['dynamodbProvisionedWriteUnit', eventsTableLeast.writes],
        ['dynamodbProvisionedReadUnit', eventsTableLeast.reads],
      ] as const
    ).map(([price, perSecond]) => ({ purpose, price, quantity: unused(price, perSecond) }) as const),
    { purpose: 'alarms, metrics, dashboard', price: 'cloudWatchAlarmMetric', quantity: autoscalingAlarms },
  ];
};

export const runUses = (fleet: Fleet, { runs, turns }: Counts, assumption: Assumed): readonly Use[] => {
  const purpose = 'runs of the fan-out';
  const turnsPerRun = runs === 0 ? 1 : turns / runs;
  const slot = slotOf(fleet, assumption);
  const ms = assumption.runMs + (slot.slotMs - assumption.slotMs) + (turnsPerRun - 1) * slot.furtherTurnMs;
  return [
    { purpose: 'handing events to runs', price: 'sqsFifoRequest', quantity: runs * measured.sqsPerRun },
    ...invoked(
      purpose,
      runs,
      ms,
      gbOf(fleet.fanOutMemoryMiB),
      assumption,
      measured.logBytesPerRun + measured.logBytesPerTurn * turnsPerRun,
    ),
  ];
};
