/**
 * What a month costs, everything counted. Pure: a fleet and assumptions in, uses out, each a quantity at a price for a purpose; what
 * is shown is summed from them, by purpose or by AWS's service.
 */
import { type Assumed, assumed } from './assumptions.ts';
import type { Fleet } from './fleet.ts';
import { pingsPerDay } from './heartbeats.ts';
import { type Price, priced } from './price.ts';
import { runsPerDay } from './shared-runs.ts';
import { auditRecords, functionMb, idleStage, indexWrites, measured, platformLogBytes } from './units.ts';

/** What something is for, dearest first as a fleet has it. */
export const purposes = [
  'deliveries',
  'numbering and storing events',
  'handing events to runs',
  'runs of the fan-out',
  'connection minutes',
  'publishing',
  'heartbeats',
  'connections',
  'renewals',
  'kept: events, audit, logs',
  'data transfer out',
  'the outbox',
  'the user pool',
  'alarms, metrics, dashboard',
  'reading empty queues',
] as const;
export type Purpose = (typeof purposes)[number];

export type Use = Readonly<{ purpose: Purpose; price: Price; quantity: number }>;

/** Every use of a month. */
export const usesOf = (fleet: Fleet, assumption: Assumed = assumed): readonly Use[] => {
  const counts = countsOf(fleet, assumption);
  const uses = [
    ...deliveryUses(fleet, counts, assumption),
    ...eventUses(fleet, counts, assumption),
    ...runUses(counts, assumption),
    ...publicationUses(fleet, counts, assumption),
    ...pingUses(fleet, counts, assumption),
    ...connectionUses(fleet, counts, assumption),
    ...keptUses(fleet, counts, assumption),
    ...outboxUses(fleet, counts, assumption),
    ...poolUses(fleet),
    ...standingUses(fleet, assumption),
  ];
  return [...uses, ...logUses(fleet, uses)].filter(({ quantity }) => quantity > 0);
};

/** What the logs keep of what they took: as long as a stage does by default, and compressed to about a seventh. */
const logUses = ({ days }: Fleet, uses: readonly Use[]): readonly Use[] => {
  const taken = uses.reduce(
    (sum, { price, quantity }) => sum + (price === 'cloudWatchLogsIngestedGb' ? quantity : 0),
    0,
  );
  return [
    { purpose: 'kept: events, audit, logs', price: 'cloudWatchLogsStoredGb', quantity: ((taken / days) * 90) / 7 },
  ];
};

/** How often what happens in a month. */
export const countsOf = (fleet: Fleet, assumption: Assumed = assumed) => {
  const deviceDays = fleet.restaurants * fleet.devices * fleet.days;
  const connectedHours = fleet.hours + fleet.nightHours;
  const events = fleet.restaurants * fleet.events * fleet.days;
  const turns = events / fleet.frame;
  const runs = fleet.days * runsPerDay(fleet, turns / fleet.days, assumption);
  const eventsPerSecond = events / fleet.days / fleet.hours / 3600;
  const collected = 1 + (eventsPerSecond * assumption.publisherCollectMs) / 1000;
  const connections = deviceDays * (connectedHours / assumption.connectionHours + assumption.lostLinks);
  return {
    events,
    turns,
    runs,
    frames: turns * fleet.devices * fleet.audience,
    fromDevices: fleet.publishers === 'devices' ? events : 0,
    requestsOfBackends: fleet.publishers === 'devices' ? 0 : events / (fleet.batch ? Math.min(10, collected) : 1),
    pings: deviceDays * pingsPerDay(fleet, assumption),
    connections,
    replays: deviceDays * assumption.lostLinks,
    // Whatever connections there are meanwhile: the SDK opens the next one with the token it has.
    renewals: (deviceDays * connectedHours) / fleet.tokenHours,
    connectedMinutes: deviceDays * connectedHours * 60,
  };
};
export type Counts = ReturnType<typeof countsOf>;

const gb = (functionName: keyof typeof functionMb): number => functionMb[functionName] / 1024;

/** Invocations of a function, their time, and what Lambda itself writes of each. */
const invoked = (
  purpose: Purpose,
  times: number,
  ms: number,
  memoryGb: number,
  { coldShare }: Assumed,
  logBytes = 0,
): readonly Use[] => [
  { purpose, price: 'lambdaRequest', quantity: times },
  { purpose, price: 'lambdaGbSecond', quantity: times * (ms / 1000 + coldShare * coldSeconds) * memoryGb },
  { purpose, price: 'cloudWatchLogsIngestedGb', quantity: (times * (platformLogBytes + logBytes)) / 1e9 },
];
/** An import and a first call. */
const coldSeconds = 0.3;

const deliveryUses = (_: Fleet, { frames, connectedMinutes }: Counts, { frameBytes }: Assumed): readonly Use[] => [
  { purpose: 'deliveries', price: 'apiGatewayMessage', quantity: frames },
  { purpose: 'connection minutes', price: 'apiGatewayConnectionMinute', quantity: connectedMinutes },
  { purpose: 'data transfer out', price: 'transferOutGb', quantity: (frames * frameBytes) / 1e9 },
];

const eventUses = (fleet: Fleet, { events, turns }: Counts, { largeEvents, utilization }: Assumed): readonly Use[] => {
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
const eventsTable = (
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

const runUses = ({ runs, turns }: Counts, assumption: Assumed): readonly Use[] => {
  const purpose = 'runs of the fan-out';
  const turnsPerRun = runs === 0 ? 1 : turns / runs;
  const ms = assumption.runMs + (turnsPerRun - 1) * assumption.furtherTurnMs;
  return [
    { purpose: 'handing events to runs', price: 'sqsFifoRequest', quantity: runs * measured.sqsPerRun },
    ...invoked(
      purpose,
      runs,
      ms,
      gb('fanOut'),
      assumption,
      measured.logBytesPerRun + measured.logBytesPerTurn * turnsPerRun,
    ),
  ];
};

const publicationUses = (
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
const calledByDevice = (
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

const pingUses = (fleet: Fleet, { pings }: Counts, assumption: Assumed): readonly Use[] => [
  { purpose: 'heartbeats', price: 'apiGatewayMessage', quantity: 2 * pings },
  ...calledByDevice(fleet, 'heartbeats', pings, measured.readUnitsPerPing, assumption),
];

const connectionUses = (fleet: Fleet, counts: Counts, assumption: Assumed): readonly Use[] => {
  const { connections, renewals, replays } = counts;
  const purpose = 'connections';
  const records = connections * auditRecords.perConnection;
  const writes = connections * (measured.writeUnitsPerConnection + indexWrites.perConnection);
  const recordsOfRenewals = renewals * auditRecords.perRenewal;
  const writesOfRenewals = renewals * (measured.writeUnitsPerRenewal + indexWrites.perRenewal);
  const audited = (of: Purpose, units: number, quantity: number): readonly Use[] => [
    {
      purpose: of,
      price: fleet.auditTableClass === 'standard' ? 'dynamodbWriteUnit' : 'dynamodbInfrequentWriteUnit',
      quantity,
    },
    { purpose: of, price: 'dynamodbWriteUnit', quantity: units - quantity },
  ];
  const times = connections / 4;
  const each = measured.invocationsPerConnection;
  const memoryGb = (gb('connect') + gb('authenticate') + gb('disconnect') + gb('authTimeout')) / 4;
  return [
    // What is said first and its answer; the replay that follows a loss and its own.
    { purpose, price: 'apiGatewayMessage', quantity: 2 * connections + 2 * replays },
    ...calledByDevice(fleet, purpose, replays, measured.readUnitsPerReplay, assumption),
    ...audited(purpose, writes, records),
    { purpose, price: 'dynamodbReadUnit', quantity: connections * measured.readUnitsPerConnection },
    { purpose, price: 'sqsStandardRequest', quantity: connections * measured.sqsPerConnection },
    ...invoked(
      purpose,
      times * 4 * each,
      assumption.connectionMs,
      memoryGb,
      assumption,
      measured.logBytesPerConnection / each,
    ),
    { purpose: 'renewals', price: 'apiGatewayMessage', quantity: 2 * renewals },
    ...audited('renewals', writesOfRenewals, recordsOfRenewals),
    { purpose: 'renewals', price: 'dynamodbReadUnit', quantity: renewals * measured.readUnitsPerRenewal },
    ...invoked(
      'renewals',
      renewals,
      assumption.connectionMs,
      gb('authenticate'),
      assumption,
      measured.logBytesPerRenewal,
    ),
  ];
};

const keptUses = (fleet: Fleet, { events, connections, renewals }: Counts, assumption: Assumed): readonly Use[] => {
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

/** One record to the backend: a run of the function and a call of its target each, as they are while they come alone. */
export const outboxLogBytesPerRun = 582;
const outboxRunMs = 60;

const outboxUses = (fleet: Fleet, { events, connections }: Counts, assumption: Assumed): readonly Use[] => {
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

const poolUses = ({ issuer, restaurants, devices }: Fleet): readonly Use[] =>
  issuer === 'own'
    ? []
    : [
        {
          purpose: 'the user pool',
          price: 'cognitoLiteUser',
          quantity: Math.max(0, restaurants * devices - freeUsers),
        },
      ];

/** What a stage has whether or not anybody connects, and the metrics that it writes while somebody does. */
const standingUses = (fleet: Fleet, { pollersPerQueue, metricNames }: Assumed): readonly Use[] => {
  const polls = (pollersPerQueue * fleet.days * 86_400) / secondsPerPoll;
  const purpose = 'alarms, metrics, dashboard';
  const isUsed = fleet.restaurants * fleet.devices > 0;
  const shareOfHours = (fleet.hours + fleet.nightHours) / 24;
  return [
    { purpose, price: 'cloudWatchAlarmMetric', quantity: idleStage.alarmMetrics },
    { purpose, price: 'cloudWatchDashboard', quantity: fleet.dashboard === 'full' ? 1 : 0 },
    { purpose, price: 'kmsKey', quantity: idleStage.keys },
    { purpose, price: 'cloudWatchMetric', quantity: isUsed ? metricNames * shareOfHours : 0 },
    { purpose: 'reading empty queues', price: 'sqsStandardRequest', quantity: polls * idleStage.standardQueues },
    { purpose: 'reading empty queues', price: 'sqsFifoRequest', quantity: polls * idleStage.fifoQueues },
  ];
};
/** The longest that SQS waits for a message. */
const secondsPerPoll = 20;

/** US dollars a month by purpose; what is not used is not there. */
export const monthOf = (fleet: Fleet, assumption: Assumed = assumed): ReadonlyMap<Purpose, number> => {
  const dollars = priced(usesOf(fleet, assumption));
  const sums = new Map<Purpose, number>();
  for (const { purpose, dollars: some } of dollars) sums.set(purpose, (sums.get(purpose) ?? 0) + some);
  return new Map(purposes.flatMap((purpose) => (sums.has(purpose) ? [[purpose, sums.get(purpose) ?? 0]] : [])));
};

/** US dollars a month. */
export const totalOf = (fleet: Fleet, assumption: Assumed = assumed): number =>
  [...monthOf(fleet, assumption).values()].reduce((sum, dollars) => sum + dollars, 0);
