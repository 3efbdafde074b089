/** What AWS lets an account have in a region by default: each quota once, with the page that says so. */
export const quotas = {
  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: a second; callbacks are requests, too. */
  connections: 500,
  requests: 10_000,
  requestBurst: 5_000,
  /** The same page: Cape Town, Milan, Jakarta, UAE, Hyderabad, Melbourne, Spain, Zurich, Tel Aviv, Calgary, Malaysia, Thailand, Mexico. */
  requestsInSmallRegions: 2_500,
  /** The same page: how old a connection may become. */
  connectionSeconds: 2 * 60 * 60,
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: runs at once; a new account has fewer. */
  concurrency: 1_000,
  newAccountConcurrency: 10,
  /** https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html: sandboxes that a function may add in so many seconds. */
  sandboxes: 1_000,
  sandboxSeconds: 10,
  /** https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html: sign-ins a second, and refreshes as many. */
  tokens: 120,
  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: requests of one action a second, FIFO with high throughput. */
  fifoSends: {
    'N. Virginia, Oregon, Ireland': 70_000,
    'Ohio, Frankfurt': 19_000,
    'Mumbai, Singapore, Sydney, Tokyo': 9_000,
    'London, São Paulo': 4_500,
    others: 2_400,
  },
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html: write units a second of a table on demand. */
  tableWrites: 40_000,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html: of a table that is new. */
  newTableWrites: 4_000,
  newTableReads: 12_000,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html: read units a second of one partition. */
  partitionReads: 3_000,
} as const;
