/**
 * The names of the environment variables that `lib/` sets and the functions read, and the readers.
 * Both sides import this file, so a name cannot be spelled in two ways.
 */
export const environment = {
  stage: 'STAGE',
  connectionsTable: 'CONNECTIONS_TABLE',
  membershipsTable: 'MEMBERSHIPS_TABLE',
  auditTable: 'AUDIT_TABLE',
  auditRetentionDays: 'AUDIT_RETENTION_DAYS',
  timerQueueUrl: 'TIMER_QUEUE_URL',
  callbackUrl: 'CALLBACK_URL',
  issuers: 'ISSUERS',
  allowedOrigins: 'ALLOWED_ORIGINS',
  authTimeoutSeconds: 'AUTH_TIMEOUT_SECONDS',
  budgetsTable: 'BUDGETS_TABLE',
  budgets: 'BUDGETS',
  eventsTable: 'EVENTS_TABLE',
  eventRetentionHours: 'EVENT_RETENTION_HOURS',
  eventQueueUrl: 'EVENT_QUEUE_URL',
  eventDeadLettersUrl: 'EVENT_DEAD_LETTERS_URL',
} as const;

/** The index of the connection table that holds the sessions of a restaurant, and nothing but sessions. */
export const liveIndexName = 'live';

export type EnvironmentName = (typeof environment)[keyof typeof environment];

/** A variable that must be set is not, or does not hold what it must. Thrown while a function starts, never while it serves. */
export class EnvironmentError extends Error {
  readonly code = 'ENVIRONMENT_INVALID';
  readonly variable: EnvironmentName;

  constructor(variable: EnvironmentName, expected: string, options?: ErrorOptions) {
    super(`environment variable ${variable} must be ${expected}`, options);
    this.name = 'EnvironmentError';
    this.variable = variable;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a variable; throws `EnvironmentError` when it is missing or empty. */
export const textFrom = (env: Environment, variable: EnvironmentName): string => {
  const value = env[variable];
  if (value === undefined || value === '') throw new EnvironmentError(variable, 'set');
  return value;
};

/** A whole number above 0; throws `EnvironmentError` otherwise. */
export const countFrom = (env: Environment, variable: EnvironmentName): number => {
  const value = Number(textFrom(env, variable));
  if (!Number.isSafeInteger(value) || value < 1) throw new EnvironmentError(variable, 'a whole number above 0');
  return value;
};

/** A JSON array; throws `EnvironmentError` otherwise. Its items are the caller's to check. */
export const listFrom = (env: Environment, variable: EnvironmentName): readonly unknown[] => {
  let value: unknown;
  try {
    value = JSON.parse(textFrom(env, variable));
  } catch (cause) {
    if (cause instanceof EnvironmentError) throw cause;
    throw new EnvironmentError(variable, 'a JSON array', { cause });
  }
  if (!Array.isArray(value)) throw new EnvironmentError(variable, 'a JSON array');
  return value;
};
