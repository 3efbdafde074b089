import { devNull } from 'node:os';
import type { FunctionBlueprint } from '../blueprint/functions.ts';
import type { SessionCredentials } from '../callers.ts';
import { type Address, withLocalAddresses } from './addresses.ts';

/**
 * The environment of a function's sandbox: what the template gives it, with deployed addresses answered locally as a
 * name server would, and the variables of the Lambda runtime. Nothing of the gateway's own environment.
 */
export const environmentOf = (
  lambda: FunctionBlueprint,
  runtime: {
    readonly region: string;
    readonly credentials: SessionCredentials;
    readonly awsEndpoint: string;
  },
  addresses: readonly Address[],
): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(lambda.environment).map(([name, value]) => [name, withLocalAddresses(value, addresses)]),
  ),
  AWS_REGION: runtime.region,
  AWS_DEFAULT_REGION: runtime.region,
  AWS_ACCESS_KEY_ID: runtime.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: runtime.credentials.secretAccessKey,
  AWS_SESSION_TOKEN: runtime.credentials.sessionToken,
  AWS_LAMBDA_FUNCTION_NAME: lambda.functionName,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_FORMAT: lambda.logFormat,
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${lambda.functionName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: lambda.codeDir,
  _HANDLER: `${lambda.moduleFile.replace(/\.\w+$/, '')}.${lambda.exportName}`,
  TZ: ':UTC',
  AWS_ENDPOINT_URL_DYNAMODB: runtime.awsEndpoint,
  AWS_ENDPOINT_URL_SQS: runtime.awsEndpoint,
  AWS_ENDPOINT_URL_EVENTBRIDGE: runtime.awsEndpoint,
  // A sandbox in the cloud has no profile files; those of the person at this machine must not change a function.
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
});
