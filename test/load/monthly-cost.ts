/** What a month of restaurant events costs, as a sum of units and list prices. Pure, so that the document can be recomputed. */
import { listPrices } from '../../cost/list-prices.ts';

export type Month = Readonly<{
  restaurants: number;
  devicesPerRestaurant: number;
  openHoursPerDay: number;
  days: number;
  eventsPerDay: number;
  /** Share of the devices that may see an event, on average. */
  audienceShare: number;
  /** Events that reach a device in one frame, on average. */
  eventsPerFrame: number;
  /** Events that one run of the fan-out handles, on average. */
  eventsPerRun: number;
  /** Heartbeats of a device in an open hour; left out: those that events at random moments leave room for. */
  pingsPerHour?: number;
  /** Hours a day in which the devices stay connected and nothing happens. */
  quietHoursPerDay: number;
  /** Share of the events that devices publish; backends publish the others. */
  fromDevices: number;
}>;

/** The plainest way to do it: every event for everybody, one in a frame, one in a run; devices are switched off at night. */
export const plainMonth: Month = {
  restaurants: 10_000,
  devicesPerRestaurant: 5,
  openHoursPerDay: 12,
  days: 30,
  eventsPerDay: 2_000,
  audienceShare: 1,
  eventsPerFrame: 1,
  eventsPerRun: 1,
  quietHoursPerDay: 0,
  fromDevices: 0,
};

/** Measured by `npm run bench:events` with 5 sockets and one event a run; the parts that a run has once are told apart. */
export const measured = {
  /** Event and mark are each event's own, the head is the run's. */
  writeUnitsPerEvent: 2,
  writeUnitsPerRun: 1,
  /** Mark; head, index and memberships. */
  readUnitsPerEvent: 1,
  readUnitsPerRun: 2.5,
  /** The publisher's; receive and delete. */
  sqsPerEvent: 1,
  sqsPerRun: 2,
  logBytesPerRun: 604,
  /** A ping: invocation, row, membership, head, and a message each way. */
  readUnitsPerPing: 2.5,
  /** The same, and the sessions of the restaurant: 4 KB of them half a unit. */
  readUnitsPerWhoOf10: 3.5,
  readUnitsPerWhoOf100: 9.5,
} as const;

/** Assumed, because only a deployment could tell. */
export const assumed = {
  /** Billed time of one run, and of one ping or publication. */
  runMs: 60,
  runGb: 1,
  messageMs: 15,
  messageGb: 0.5,
  /** Lambda starts with five pollers at a standard queue and keeps them where a maximum concurrency is set; so for FIFO. */
  pollersPerQueue: 5,
  secondsPerPoll: 20,
} as const;

/**
 * Heartbeats in an hour of a device that pings after each 60 s of silence and hears so many frames, at random moments (a Poisson
 * process): a gap of t seconds has floor(t / 60) pings. Nothing to hear: one a minute.
 */
export const pingsPerHour = (framesPerHour: number): number =>
  framesPerHour === 0 ? 60 : framesPerHour / Math.expm1(framesPerHour / 60);

/** API Gateway's second tier begins at a billion messages a month. */
const apiGatewayMessages = (count: number): number =>
  Math.min(count, 1e9) * listPrices.apiGatewayMessage + Math.max(0, count - 1e9) * listPrices.apiGatewayMessageBeyond;

/** US dollars a month, item by item. */
export const monthlyCost = (month: Month) => {
  const devices = month.restaurants * month.devicesPerRestaurant;
  const hours = month.openHoursPerDay * month.days;
  const events = month.restaurants * month.eventsPerDay * month.days;
  const runs = events / month.eventsPerRun;
  const frames = (events * month.devicesPerRestaurant * month.audienceShare) / month.eventsPerFrame;
  const quietHours = month.quietHoursPerDay * month.days;
  const openPings = month.pingsPerHour ?? pingsPerHour(frames / (devices * hours));
  const pings = devices * (hours * openPings + quietHours * pingsPerHour(0));
  const published = events * month.fromDevices;
  const upstream = 2 * (pings + published);
  const perMessage = apiGatewayMessages(frames + upstream) / (frames + upstream);
  return {
    'deliveries (API Gateway messages)': frames * perMessage,
    'heartbeats and publications (messages)': upstream * perMessage,
    'connection minutes': devices * (hours + quietHours) * 60 * listPrices.apiGatewayConnectionMinute,
    'storing events (DynamoDB writes)':
      (events * measured.writeUnitsPerEvent + runs * measured.writeUnitsPerRun) * listPrices.dynamodbWriteUnit,
    'DynamoDB reads':
      (events * measured.readUnitsPerEvent + runs * measured.readUnitsPerRun + pings * measured.readUnitsPerPing) *
      listPrices.dynamodbReadUnit,
    'event queue (SQS FIFO)': (events * measured.sqsPerEvent + runs * measured.sqsPerRun) * listPrices.sqsFifoRequest,
    'Lambda requests': (runs + pings + published) * listPrices.lambdaRequest,
    'Lambda time (assumed)':
      (runs * (assumed.runMs / 1000) * assumed.runGb +
        (pings + published) * (assumed.messageMs / 1000) * assumed.messageGb) *
      listPrices.lambdaGbSecond,
    'logs of the fan-out': (runs * measured.logBytesPerRun * listPrices.cloudWatchLogsIngestedGb) / 1e9,
  };
};

/** US dollars a million questions who is there that read so many units; the answer is one frame of at most 32 KB. */
export const millionQuestions = (readUnits: number): number =>
  1e6 *
  (2 * listPrices.apiGatewayMessage +
    readUnits * listPrices.dynamodbReadUnit +
    listPrices.lambdaRequest +
    (assumed.messageMs / 1000) * assumed.messageGb * listPrices.lambdaGbSecond);

export const total = (items: Readonly<Record<string, number>>): number =>
  Object.values(items).reduce((sum, dollars) => sum + dollars, 0);

/** What numbering, storing and queueing cost here, deliveries and heartbeats apart: it costs the same beside another service. */
const besideDeliveries = (month: Month): number => {
  const {
    'deliveries (API Gateway messages)': _deliveries,
    'heartbeats and publications (messages)': _messages,
    'connection minutes': _minutes,
    ...rest
  } = monthlyCost({ ...month, pingsPerHour: 0, quietHoursPerDay: 0, fromDevices: 0 });
  return total(rest);
};

/** IoT Core's messages (5 KB each): $1.00 a million up to a billion a month, $0.80 up to five, $0.70 beyond. */
const iotMessages = (count: number): number =>
  (Math.min(count, 1e9) * 1.0 + Math.min(Math.max(0, count - 1e9), 4e9) * 0.8 + Math.max(0, count - 5e9) * 0.7) / 1e6;

/**
 * The same month on services that are bought whole, by their list prices; what runs beside them is in it only where the name
 * says so. Prices were looked up on 2026-11-26 in stored copies of the pages that `docs/cost.md` names.
 */
export const alternatives = (month: Month) => {
  const devices = month.restaurants * month.devicesPerRestaurant;
  const events = month.restaurants * month.eventsPerDay * month.days;
  const deliveries = events * month.devicesPerRestaurant * month.audienceShare;
  const openMinutes = month.restaurants * month.openHoursPerDay * month.days * 60;
  const connectionMinutes = openMinutes * month.devicesPerRestaurant;
  // $1.00 a million operations (a publication, a delivery, each 5 KB), $0.08 a million connection minutes.
  const appSync = (events + deliveries) * (1.0 / 1e6) + connectionMinutes * (0.08 / 1e6);
  const iotMinutes = connectionMinutes * (0.08 / 1e6);
  return {
    'AWS AppSync Events': appSync,
    'AWS AppSync Events, with numbering, storage and queue as here': appSync + besideDeliveries(month),
    // A device that is to get what it missed takes QoS 1, and its acknowledgement of each delivery is a message, too.
    'AWS IoT Core, QoS 1': iotMessages(events + 2 * deliveries) + iotMinutes,
    'AWS IoT Core, QoS 0': iotMessages(events + deliveries) + iotMinutes,
    // Pro: $399, and $2.50 a million messages, $1.00 a million connection minutes, $1.00 a million channel minutes.
    'Ably Pro': 399 + (events + deliveries) * (2.5 / 1e6) + (connectionMinutes + openMinutes) * (1.0 / 1e6),
    // Pro: $25 with 5 million messages and 500 connections; $2.50 each further million, $10 each further thousand.
    'Supabase Realtime Pro':
      25 + Math.ceil((events + deliveries) / 1e6 - 5) * 2.5 + Math.ceil((devices - 500) / 1_000) * 10,
  };
};

/** What a stage has that costs whether or not anybody connects; a test counts it in the templates. */
export const idleStage = {
  alarmMetrics: 44,
  dashboards: 1,
  keys: 1,
  standardQueuesRead: 2,
  fifoQueuesRead: 1,
} as const;

/** Dollars a month of a stage that nobody uses. */
export const idleCost = (stage: Readonly<Record<keyof typeof idleStage, number>>) => {
  const polls = (assumed.pollersPerQueue * 30 * 86_400) / assumed.secondsPerPoll;
  return {
    'alarms (44 metrics)': stage.alarmMetrics * listPrices.cloudWatchAlarmMetric,
    'the dashboard': stage.dashboards * listPrices.cloudWatchDashboard,
    'the key of the alarm topic': stage.keys * listPrices.kmsKey,
    'reading three empty queues':
      polls *
      (stage.standardQueuesRead * listPrices.sqsStandardRequest + stage.fifoQueuesRead * listPrices.sqsFifoRequest),
  };
};

/** What a run of the outbox writes into its log, its metrics among it; a test measures it. */
export const outboxLogBytesPerRun = 582;

/** Dollars for a million events that come one by one, each by a run and a call of its own. */
export const outboxCost = (target: 'bus' | 'queue') => ({
  'the target': 1e6 * (target === 'bus' ? listPrices.eventBridgeEvent : listPrices.sqsFifoRequest),
  'Lambda requests, outbox': 1e6 * listPrices.lambdaRequest,
  'Lambda time, outbox (assumed)': 1e6 * (assumed.runMs / 1000) * assumed.messageGb * listPrices.lambdaGbSecond,
  'logs of the outbox': (1e6 * outboxLogBytesPerRun * listPrices.cloudWatchLogsIngestedGb) / 1e9,
});

/** One thing changed at a time, against the plain month. */
export const levers: readonly Readonly<{ lever: string; month: Month }>[] = [
  {
    lever: 'three events in a frame (`batch`, in a rush)',
    month: { ...plainMonth, eventsPerFrame: 3, eventsPerRun: 3 },
  },
  { lever: 'narrower audiences: 3 of 5 devices see an event', month: { ...plainMonth, audienceShare: 0.6 } },
  { lever: 'a ping each minute whatever the traffic', month: { ...plainMonth, pingsPerHour: 60 } },
  { lever: 'every event published by a device', month: { ...plainMonth, fromDevices: 1 } },
  { lever: 'half as many events', month: { ...plainMonth, eventsPerDay: 1_000 } },
  {
    lever: 'four fifths of the events in four of the twelve hours',
    month: { ...plainMonth, pingsPerHour: (4 * pingsPerHour(1_600 / 4) + 8 * pingsPerHour(400 / 8)) / 12 },
  },
  { lever: 'devices that stay connected at night', month: { ...plainMonth, quietHoursPerDay: 12 } },
];

/** As the documents write dollars. */
export const inDollars = (dollars: number): string => `$${Math.round(dollars).toLocaleString('en-US')}`;
