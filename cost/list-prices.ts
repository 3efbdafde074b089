/** AWS list prices in us-east-1, US dollars, and what is assumed where only a deployment could tell. */
export const listPrices = {
  /** API Gateway, WebSocket: per message (each 32 KB or part of it, either way), first billion. */
  apiGatewayMessage: 1.0 / 1e6,
  /** Beyond the first billion of a month. */
  apiGatewayMessageBeyond: 0.8 / 1e6,
  apiGatewayConnectionMinute: 0.25 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** arm64, first tier. */
  lambdaGbSecond: 0.0000133334,
  /** On-demand capacity. */
  dynamodbWriteUnit: 0.625 / 1e6,
  dynamodbReadUnit: 0.125 / 1e6,
  sqsStandardRequest: 0.4 / 1e6,
  sqsFifoRequest: 0.5 / 1e6,
  /** A custom event, each 64 KB or part of it. */
  eventBridgeEvent: 1.0 / 1e6,
  /** A provisioned unit for an hour, as so many units a second for 3,600 s at full use. */
  dynamodbProvisionedWriteUnit: 0.00065 / 3600,
  dynamodbProvisionedReadUnit: 0.00013 / 3600,
  /** A month, standard table class. */
  dynamodbStorageGb: 0.25,
  /** The class Standard-IA: storage is cheaper, and a write a quarter dearer. */
  dynamodbInfrequentStorageGb: 0.1,
  dynamodbInfrequentWriteUnit: 0.78 / 1e6,
  /** Point-in-time recovery, a month, by the size of the table. */
  dynamodbRecoveryGb: 0.2,
  cloudWatchLogsIngestedGb: 0.5,
  /** A month; compressed to about a seventh. */
  cloudWatchLogsStoredGb: 0.03,
  /** A month, each metric that an alarm of standard resolution looks at. */
  cloudWatchAlarmMetric: 0.1,
  /** A month, beyond the free ones, which have 50 metrics at most. */
  cloudWatchDashboard: 3,
  /** A month of 720 h, each name with its dimensions, for the hours in which it is written; first ten thousand. */
  cloudWatchMetric: 0.3,
  /** A month. */
  kmsKey: 1,
  kmsRequest: 0.03 / 1e4,
  /** Out to the internet, first 10 TB. */
  transferOutGb: 0.09,
  /** A user of the month beyond the first ten thousand, plan Lite. */
  cognitoLiteUser: 0.0055,
} as const;

export const assumptions = {
  /** Billed time of one invocation: a few calls to DynamoDB of about 5 ms each. */
  lambdaBilledMs: 25,
} as const;
