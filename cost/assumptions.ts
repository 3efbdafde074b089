/** What a month depends on and nobody here could measure: each with where it is from. `docs/cost.md` lists them with what ±50 % does. */
type Assumption = Readonly<{ value: number; unit: string; what: string; source: string }>;

export const assumptions = {
  runMs: {
    value: 60,
    unit: 'ms',
    what: 'a run of the fan-out for one restaurant, billed',
    source: 'three writes and four reads of about 5 ms, five posts of 15 to 20 ms side by side',
  },
  furtherTurnMs: {
    value: 13,
    unit: 'ms',
    what: 'each further restaurant of the same run, with 1,024 MB',
    source:
      'its waiting is side by side with the others; what is added is the work of the processor, of which 1,024 MB bring 0.58: measured 6.2 ms of a core for five posts and seven calls, and a fifth to a half more where it is stopped in between. Twice as much with half the memory',
  },
  furtherPostMs: {
    value: 1.2,
    unit: 'ms',
    what: 'each device beyond five that an event of a restaurant is posted to, with 1,024 MB',
    source: 'measured 0.7 ms of a core a post, of which 1,024 MB bring 0.58. Twice as much with half the memory',
  },
  slotMs: {
    value: 100,
    unit: 'ms',
    what: 'one of the event source’s places from one batch to the next',
    source: 'the run, and a receive and a delete of 20 ms. How Lambda polls a FIFO queue is documented nowhere',
  },
  messageMs: {
    value: 15,
    unit: 'ms',
    what: 'a ping, a publication or a replay, billed',
    source: 'two calls of about 5 ms, one after the other, and the processor',
  },
  connectionMs: {
    value: 25,
    unit: 'ms',
    what: 'each of the four invocations of a connection, and a renewal, billed',
    source: 'a few calls of about 5 ms each',
  },
  coldShare: {
    value: 0.002,
    unit: 'of all invocations',
    what: 'those that start a sandbox, 0.3 s more each',
    source: 'a guess; less where traffic is steady',
  },
  publisherCollectMs: {
    value: 20,
    unit: 'ms',
    what: 'for which a backend collects what it sends in one request',
    source: 'one backend publishes for all restaurants; the example on a table’s stream has up to 250 ms at hand',
  },
  doubtfulMoments: {
    value: 6,
    unit: 'a device and day',
    what: 'after which the first ping comes early',
    source:
      'an app that comes to the front, another network, a hole in the numbers, a message without an answer: a guess',
  },
  quietNetworkShare: {
    value: 0.02,
    unit: 'of all devices',
    what: 'are behind a network that forgot a silent connection within the day, and ping after 45 s',
    source: 'a guess; it is nearly none at a restaurant’s own line',
  },
  connectionHours: {
    value: 1.9,
    unit: 'h',
    what: 'a connection, before the SDK opens the next one',
    source: 'API Gateway ends it after two; counted with the SDK’s state machine',
  },
  lostLinks: {
    value: 1,
    unit: 'a device and day',
    what: 'connections that end by themselves, each followed by a new one and a replay',
    source: 'a guess',
  },
  frameBytes: {
    value: 520,
    unit: 'bytes',
    what: 'a frame on its way out, with TLS and its headers',
    source: 'events of the restaurant preset as they are delivered, 330 to 480 bytes',
  },
  eventBytes: {
    value: 900,
    unit: 'bytes',
    what: 'an event and the mark of its id in the table, with DynamoDB’s 100 bytes for each item',
    source: 'items as the functions make them: 411 to 1,372 bytes an event, 139 a mark',
  },
  expiryHours: {
    value: 24,
    unit: 'h',
    what: 'until DynamoDB has deleted what expired',
    source: 'AWS says within a few days; paid as storage until then',
  },
  largeEvents: {
    value: 0.05,
    unit: 'of all events',
    what: 'are beyond 1 KB, such as an order of seven lines, and cost a write unit more',
    source: 'a guess',
  },
  auditBytes: {
    value: 625,
    unit: 'bytes',
    what: 'an audit record, with DynamoDB’s 100 bytes',
    source: 'items as the functions make them',
  },
  metricNames: {
    value: 13,
    unit: 'names',
    what: 'metrics of its own that a healthy stage writes in an hour',
    source: 'three of deliveries, two each of five security events: entered, renewed, ended, expired, timed out',
  },
  utilization: {
    value: 0.5,
    unit: 'of what is provisioned',
    what: 'is used, where throughput is provisioned',
    source: 'autoscaling follows a day of peaks minutes late: a guess',
  },
  pollersPerQueue: {
    value: 5,
    unit: 'pollers',
    what: 'of Lambda at each queue, which wait 20 s each time',
    source: 'AWS documents it for standard queues; a maximum concurrency keeps them from becoming fewer',
  },
} as const satisfies Readonly<Record<string, Assumption>>;

export type AssumptionName = keyof typeof assumptions;
export type Assumed = Readonly<Record<AssumptionName, number>>;
export const assumptionNames = Object.keys(assumptions) as readonly AssumptionName[];

/** Every assumption at its value. */
export const assumed = Object.fromEntries(
  Object.entries(assumptions).map(([name, { value }]) => [name, value]),
) as Assumed;
