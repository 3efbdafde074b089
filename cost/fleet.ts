/** Whose month is computed: how many there are, what happens at them, and what their stage has chosen. */
export const arrivals = ['random', 'peaked', 'orders'] as const;
/**
 * When events happen. `random`: at any moment of the open hours alike; `peaked`: four fifths of them in a third of the hours;
 * `orders`: likewise, and those of one order in two clusters some minutes apart.
 */
export type Arrivals = (typeof arrivals)[number];

export const publishers = ['backends', 'devices'] as const;
export const issuers = ['own', 'pool'] as const;
export const outboxes = ['none', 'bus', 'queue'] as const;
export const dashboards = ['small', 'full', 'none'] as const;
export const tableClasses = ['standard', 'infrequent'] as const;

export type Fleet = Readonly<{
  restaurants: number;
  /** Devices of one restaurant. */
  devices: number;
  /** Events of one restaurant and day. */
  events: number;
  /** Hours of a day in which events happen. */
  hours: number;
  /** Hours of a day in which devices stay connected and nothing happens. */
  nightHours: number;
  days: number;
  arrivals: Arrivals;
  /** Who publishes the events. */
  publishers: (typeof publishers)[number];
  /** Whether backends put what they have at hand into one request, up to ten events. */
  batch: boolean;
  /** Share of the devices that may see an event, on average. */
  audience: number;
  /** Events of one restaurant that go out in one frame, on average: more than one only in a rush. */
  frame: number;
  /** `own`: tokens come from an issuer that is there anyway; `pool`: from the stage's user pool, one user a device. */
  issuer: (typeof issuers)[number];
  tokenHours: number;
  /** `pingIntervalSeconds` of the stage, or what a client says: seconds in which it heard no event, and then pings. */
  heartbeat: number;
  outbox: (typeof outboxes)[number];
  /** `fanOutConcurrency` of the stage's configuration. */
  fanOutConcurrency: number;
  /** `fanOutMemoryMiB` of the stage's configuration. */
  fanOutMemoryMiB: number;
  /** `provisionedThroughput`: the events table is paid by what is provisioned, and not by what is used. */
  provisioned: boolean;
  auditTableClass: (typeof tableClasses)[number];
  auditRetentionDays: number;
  eventRetentionHours: number;
  dashboard: (typeof dashboards)[number];
  /** `encryptionKey`: a key of the stage's own. */
  encryptionKey: boolean;
}>;

/** The reference month: a fleet of ten thousand restaurants as they come, with everything at its default. */
export const reference: Fleet = {
  restaurants: 10_000,
  devices: 5,
  events: 2_000,
  hours: 12,
  nightHours: 0,
  days: 30,
  arrivals: 'peaked',
  publishers: 'backends',
  batch: true,
  audience: 1,
  frame: 1,
  issuer: 'own',
  tokenHours: 1,
  heartbeat: 120,
  outbox: 'none',
  fanOutConcurrency: 30,
  fanOutMemoryMiB: 1_024,
  provisioned: false,
  auditTableClass: 'standard',
  auditRetentionDays: 400,
  eventRetentionHours: 24,
  dashboard: 'small',
  encryptionKey: false,
};

type NumberKey = {
  [Key in keyof Fleet]: Fleet[Key] extends number ? (number extends Fleet[Key] ? Key : never) : never;
}[keyof Fleet];

/** What each number may be; whole where a half of one makes no sense. */
export const bounds: Readonly<Record<NumberKey, readonly [from: number, to: number, kind?: 'whole']>> = {
  restaurants: [0, 10_000_000, 'whole'],
  devices: [0, 10_000, 'whole'],
  events: [0, 10_000_000],
  hours: [0.5, 24],
  nightHours: [0, 23.5],
  days: [1, 31],
  audience: [0, 1],
  frame: [1, 10],
  tokenHours: [0.05, 24],
  /** As `pingIntervalSeconds`. */
  heartbeat: [45, 300],
  fanOutConcurrency: [2, 1000, 'whole'],
  fanOutMemoryMiB: [512, 3008, 'whole'],
  auditRetentionDays: [1, 3653, 'whole'],
  eventRetentionHours: [1, 168, 'whole'],
};

/** What a number may be, in words. */
export const wordsOf = (key: NumberKey): string => {
  const [from, to, kind] = bounds[key];
  return `a ${kind === undefined ? '' : 'whole '}number from ${from} to ${to}`;
};

/** What is wrong with a fleet, as the rest of a sentence that begins with the key; nothing where it is right. */
export const problemOf = (fleet: Fleet): Readonly<{ key: keyof Fleet; says: string }> | undefined => {
  for (const [key, [from, to, kind]] of Object.entries(bounds) as [NumberKey, (typeof bounds)[NumberKey]][]) {
    const value = fleet[key];
    if (!(value >= from && value <= to && (kind === undefined || Number.isInteger(value))))
      return { key, says: `is ${wordsOf(key)}, got ${value}` };
  }
  return fleet.hours + fleet.nightHours > 24
    ? { key: 'nightHours', says: `and the open hours are a day at most, got ${fleet.hours} and ${fleet.nightHours}` }
    : undefined;
};
