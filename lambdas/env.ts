/**
 * The names of the environment variables that `lib/` sets and the functions read, and the reader. Both sides import this
 * file, so a name cannot be spelled in two ways. They hold what only a deployment knows; everything else a stage may be
 * configured with lies in a file beside the code (`config-schema/stage-file.ts`).
 */
export const environment = {
  stage: 'STAGE',
  connectionsTable: 'CONNECTIONS_TABLE',
  membershipsTable: 'MEMBERSHIPS_TABLE',
  auditTable: 'AUDIT_TABLE',
  timerQueueUrl: 'TIMER_QUEUE_URL',
  callbackUrl: 'CALLBACK_URL',
  /** The stage's own user pool, or a list of issuers of which one is a deploy-time value; all others are in the file. */
  issuers: 'ISSUERS',
  budgetsTable: 'BUDGETS_TABLE',
  eventsTable: 'EVENTS_TABLE',
  eventQueueUrl: 'EVENT_QUEUE_URL',
  eventDeadLettersUrl: 'EVENT_DEAD_LETTERS_URL',
  redeliveryQueueUrl: 'REDELIVERY_QUEUE_URL',
  /** The id of the role by which SQS knows the function that publishes for devices. */
  devicePublisher: 'DEVICE_PUBLISHER',
  /** Where the outbox goes: one of the two is set. */
  outboxBusArn: 'OUTBOX_BUS_ARN',
  outboxQueueUrl: 'OUTBOX_QUEUE_URL',
  outboxDeadLettersUrl: 'OUTBOX_DEAD_LETTERS_URL',
} as const;

/** What logs and metrics call the whole gateway, and the namespace of its metrics. */
export const serviceName = 'maitred';

/** The index of the connection table that holds the sessions of a restaurant, and nothing but sessions. */
export const liveIndexName = 'live';

export type EnvironmentName = (typeof environment)[keyof typeof environment];

/** A variable that must be set is not. Thrown while a function starts, never while it serves. */
export class EnvironmentError extends Error {
  readonly code = 'ENVIRONMENT_INVALID';
  readonly variable: EnvironmentName;

  constructor(variable: EnvironmentName) {
    super(`environment variable ${variable} must be set`);
    this.name = 'EnvironmentError';
    this.variable = variable;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a variable; throws `EnvironmentError` when it is missing or empty. */
export const textFrom = (env: Environment, variable: EnvironmentName): string => {
  const value = env[variable];
  if (value === undefined || value === '') throw new EnvironmentError(variable);
  return value;
};
