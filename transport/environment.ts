/** What the SDK reads of a function's environment, by the same names. */

export type Credentials = Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;

/** Nobody said who calls. */
export class CredentialsMissing extends Error {
  readonly code = 'CREDENTIALS_MISSING';

  constructor() {
    super('the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
    this.name = 'CredentialsProviderError';
  }
}

/** As they are now: they may be others at the next call. Throws `CredentialsMissing`. */
export const credentialsFromEnvironment = (env = process.env): Credentials => {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = env['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey) throw new CredentialsMissing();
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
};

export const regionFromEnvironment = (env = process.env): string => {
  const region = env['AWS_REGION'];
  if (!region) throw new Error('Region is missing');
  return region;
};

/** @param name as in `AWS_USE_FIPS_ENDPOINT`; true or false, and nothing else */
export const flagFromEnvironment = (name: string, env = process.env): boolean => {
  const value = env[name];
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new Error(`${name} must be "true" or "false", got ${JSON.stringify(value)}`);
};

/** An address for one service, or for all. */
export const endpointFromEnvironment = (service: string, env = process.env): string | undefined =>
  flagFromEnvironment('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', env)
    ? undefined
    : env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'] || undefined;

/** By which Lambda finds functions that call each other in a circle; undefined outside of Lambda. */
export const traceFromEnvironment = (env = process.env): string | undefined =>
  (env['AWS_LAMBDA_FUNCTION_NAME'] && env['_X_AMZN_TRACE_ID']) || undefined;
