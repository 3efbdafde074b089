/** What a stage costs besides: what it keeps, what it sends to the backend, its users, and what stands there. */
import type { Assumed } from './assumptions.ts';
import type { Counts } from './counts.ts';
import type { Fleet } from './fleet.ts';
import { auditRecords, idleStage, keyAskers } from './units.ts';
import { gb, invoked, type Use } from './use.ts';

export const keptUses = (
  fleet: Fleet,
  { events, connections, renewals }: Counts,
  assumption: Assumed,
): readonly Use[] => {
  const purpose = 'kept: events, audit, logs';
  const eventDays = (fleet.eventRetentionHours + assumption.expiryHours) / 24;
  const eventGb = ((events / fleet.days) * eventDays * assumption.eventBytes) / 1e9;
  const records = connections * auditRecords.perConnection + renewals * auditRecords.perRenewal;
  // As it is when the first of them are deleted.
  const auditGb = ((records / fleet.days) * fleet.auditRetentionDays * assumption.auditBytes) / 1e9;
  return [
    { purpose, price: 'dynamodbStorageGb', quantity: eventGb },
    {
      purpose,
      price: fleet.auditTableClass === 'standard' ? 'dynamodbStorageGb' : 'dynamodbInfrequentStorageGb',
      quantity: auditGb,
    },
    { purpose, price: 'dynamodbRecoveryGb', quantity: eventGb + auditGb },
  ];
};

/** What the logs keep of what they took: as long as a stage does by default, and compressed to about a seventh. */
export const logUses = ({ days }: Fleet, uses: readonly Use[]): readonly Use[] => {
  const taken = uses.reduce(
    (sum, { price, quantity }) => sum + (price === 'cloudWatchLogsIngestedGb' ? quantity : 0),
    0,
  );
  return [
    { purpose: 'kept: events, audit, logs', price: 'cloudWatchLogsStoredGb', quantity: ((taken / days) * 90) / 7 },
  ];
};

/** One record to the backend: a run of the function and a call of its target each, as they are while they come alone. */
export const outboxLogBytesPerRun = 564;
const outboxRunMs = 60;

export const outboxUses = (fleet: Fleet, { events, connections }: Counts, assumption: Assumed): readonly Use[] => {
  if (fleet.outbox === 'none') return [];
  const purpose = 'the outbox';
  const records = events + 2 * connections;
  return [
    { purpose, price: fleet.outbox === 'bus' ? 'eventBridgeEvent' : 'sqsFifoRequest', quantity: records },
    ...invoked(purpose, records, outboxRunMs, gb('outbox'), assumption, outboxLogBytesPerRun),
    { purpose, price: 'cloudWatchAlarmMetric', quantity: idleStage.alarmMetricsOfOutbox },
  ];
};

const freeUsers = 10_000;

export const poolUses = ({ issuer, restaurants, devices }: Fleet): readonly Use[] =>
  issuer === 'own'
    ? []
    : [
        {
          purpose: 'the user pool',
          price: 'cognitoLiteUser',
          quantity: Math.max(0, restaurants * devices - freeUsers),
        },
      ];

/** A key of your own; of a stage without one there is none. Its requests are in the hours in which somebody is connected. */
export const keyUses = ({ encryptionKey, restaurants, devices, hours, nightHours, days }: Fleet): readonly Use[] => {
  const purpose = 'the key';
  const queues = idleStage.standardQueues + idleStage.fifoQueues;
  const askers = keyAskers.perQueue * queues + keyAskers.perTable * keyAskers.tables;
  const askedHours = restaurants * devices > 0 ? days * (hours + nightHours) : 0;
  return [
    { purpose, price: 'kmsKey', quantity: idleStage.keys + (encryptionKey ? 1 : 0) },
    { purpose, price: 'kmsRequest', quantity: encryptionKey ? askers * askedHours * 12 : 0 },
  ];
};

/** What a stage has whether or not anybody connects, and the metrics that it writes while somebody does. */
export const standingUses = (fleet: Fleet, { pollersPerQueue, metricNames }: Assumed): readonly Use[] => {
  const polls = (pollersPerQueue * fleet.days * 86_400) / secondsPerPoll;
  const purpose = 'alarms, metrics, dashboard';
  const isUsed = fleet.restaurants * fleet.devices > 0;
  const shareOfHours = (fleet.hours + fleet.nightHours) / 24;
  return [
    { purpose, price: 'cloudWatchAlarmMetric', quantity: idleStage.alarmMetrics },
    { purpose, price: 'cloudWatchDashboard', quantity: fleet.dashboard === 'full' ? 1 : 0 },
    { purpose, price: 'cloudWatchMetric', quantity: isUsed ? metricNames * shareOfHours : 0 },
    { purpose: 'reading empty queues', price: 'sqsStandardRequest', quantity: polls * idleStage.standardQueues },
    { purpose: 'reading empty queues', price: 'sqsFifoRequest', quantity: polls * idleStage.fifoQueues },
  ];
};
/** The longest that SQS waits for a message. */
const secondsPerPoll = 20;
