/**
 * What is used for one of each: counted by the local gateway's meter, and a test counts again. A turn is what one run of the
 * fan-out does for one restaurant.
 */
export const measured = {
  /** Event and mark are each event's own, the head is the turn's. */
  writeUnitsPerEvent: 2,
  writeUnitsPerTurn: 1,
  /** Mark; head, index and memberships. */
  readUnitsPerEvent: 1,
  readUnitsPerTurn: 2.5,
  /** Of these the head, which is in the events table as marks are. */
  headReadUnitsPerTurn: 1,
  /** The publisher's; receive and delete. */
  sqsPerEvent: 1,
  sqsPerRun: 2,
  /** The line of a restaurant, and its part of the run's metrics; the metrics of the run. */
  logBytesPerTurn: 195,
  logBytesPerRun: 355,
  /** A ping: invocation, row, membership, head, and a message each way. */
  readUnitsPerPing: 2.5,
  headReadUnitsPerPing: 0.5,
  /** The same, and the sessions of the restaurant: 4 KB of them half a unit. */
  readUnitsPerWhoOf10: 3.5,
  readUnitsPerWhoOf100: 9.5,
  /** A connection from its handshake to its end, and its timer. */
  invocationsPerConnection: 4,
  writeUnitsPerConnection: 8,
  readUnitsPerConnection: 5.5,
  sqsPerConnection: 3,
  logBytesPerConnection: 1720,
  writeUnitsPerRenewal: 2,
  readUnitsPerRenewal: 3.5,
  logBytesPerRenewal: 870,
  /** A replay that finds nothing: a ping's, its head consistently. */
  readUnitsPerReplay: 3,
} as const;

/** What the embedded database does not count, by reasoning: an entry is put and taken out; a renewal moves the end of its session. */
export const indexWrites = { perConnection: 2, perRenewal: 1 } as const;

/** Of a connection, its begin and its end; of a renewal, one. */
export const auditRecords = { perConnection: 2, perRenewal: 1 } as const;

/**
 * Lambda's own lines of an invocation, START, END and REPORT: 272 bytes where a function's log is text, and none of a run that went
 * well where its system level is WARN, as it is; a test looks.
 */
export const platformLogBytes: number = 0;

/** Megabytes of each function but the fan-out, whose are the stage's to say, by what it is in the templates; a test compares. */
export const functionMb = {
  connect: 512,
  authenticate: 512,
  message: 512,
  disconnect: 512,
  authTimeout: 512,
  outbox: 512,
} as const;

/**
 * Units a second that the events table has at least where its throughput is provisioned, as a stage has them by default; and the alarms
 * by which autoscaling follows: four for writes and four for reads, kept in the account.
 */
export const eventsTableLeast = { writes: 5, reads: 5 } as const;
export const autoscalingAlarms = 8;

/**
 * Who asks KMS where a stage has a key of its own, each at most once in five minutes: at a queue who sends, twice, and who receives;
 * at each table the functions that use it, of which some four are busy.
 */
export const keyAskers = { perQueue: 3, perTable: 4, tables: 5 } as const;

/** What a stage has that costs whether or not anybody connects; a test counts it in the templates. */
export const idleStage = {
  alarmMetrics: 44,
  alarmMetricsOfOutbox: 6,
  keys: 0,
  standardQueues: 2,
  fifoQueues: 1,
} as const;
