/** Where a deployed stage is looked for and as whom, as the AWS CLI has it; and what to set when that is not known. */
import { FailedError, NotFoundError } from './command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The region that the environment names, by either of its two names: the SDK reads the first alone, the CLI both. Without one the SDK
 * takes the profile's (`AWS_PROFILE`, `~/.aws/config`), as it does for credentials, with SSO and roles.
 */
export const regionIn = ({ AWS_REGION, AWS_DEFAULT_REGION }: Environment): string | undefined =>
  AWS_REGION || AWS_DEFAULT_REGION || undefined;

/** What a call to AWS failed of, where the person can set it right: one sentence. Everything else is left as it is. */
export const inHelpfulWords = (error: unknown, stackName: string): unknown => {
  if (!(error instanceof Error)) return error;
  const [first = ''] = error.message.split('\n');
  const withStop = /[.!]$/.test(first) ? first : `${first}.`;
  if (first === 'Region is missing')
    return new FailedError(
      'No AWS region is set: set AWS_REGION or AWS_DEFAULT_REGION, or AWS_PROFILE to a profile of ~/.aws/config that has a region.',
      { cause: error },
    );
  if (['CredentialsProviderError', 'TokenProviderError', 'ProviderError'].includes(error.name))
    return new FailedError(
      `No AWS credentials are there: set AWS_PROFILE to a profile of ~/.aws/config (one with SSO after "aws sso login"), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. The SDK says: ${withStop}`,
      { cause: error },
    );
  if (refusedCredentials.includes(error.name))
    return new FailedError(
      `AWS does not take these credentials (${error.name}): log in anew, or set AWS_PROFILE to the profile that is meant.`,
      { cause: error },
    );
  if (error.name === 'ValidationError' && /does not exist/.test(first))
    return new NotFoundError(
      `There is no stack ${stackName} in this account and region: deploy it, or set AWS_REGION and AWS_PROFILE to where it is.`,
      { cause: error },
    );
  return error;
};

const refusedCredentials = [
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
];
