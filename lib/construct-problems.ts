/** What a construct cannot be made of, each told in one sentence. */
import { Stack, Token } from 'aws-cdk-lib';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct, IConstruct } from 'constructs';

/** Construct and app do not go together. The message is one sentence. */
export class MaitredError extends Error {
  /** What does not. */
  readonly code:
    | 'TWO_CDKS'
    | 'ISSUER_ELSEWHERE'
    | 'PARTS_ELSEWHERE'
    | 'PARTS_DIFFER'
    | 'NAME_TAKEN'
    | 'REGION_UNKNOWN'
    | 'FUNCTIONS_MISSING';

  constructor(code: MaitredError['code'], problem: string) {
    super(problem);
    this.name = 'MaitredError';
    this.code = code;
  }
}

/** Throws where the app, or what it gives, is made with another copy of the CDK than these constructs: their resources would not know each other. */
export const demandOneCdk = (scope: IConstruct): void => {
  const stack: unknown = Stack.of(scope);
  if (!(stack instanceof Stack))
    throw new MaitredError(
      'TWO_CDKS',
      'maitred and the app have two copies of aws-cdk-lib: it must be in the node_modules of the app alone, got another beside maitred ("npm ls aws-cdk-lib" shows both)',
    );
};

/** Throws where nobody has said which region the stack goes to: a table names its key for each region. */
export const demandRegion = (scope: Construct): void => {
  const { stackName, region } = Stack.of(scope);
  if (Token.isUnresolved(region))
    throw new MaitredError(
      'REGION_UNKNOWN',
      `the stack ${stackName} must have a region in its env, since ${scope.node.path} is given an encryptionKey, got none`,
    );
};

/** Throws for a user pool of an app whose address no reference can bring to this stack. */
export const demandIssuersNearby = (
  scope: Construct,
  issuers: readonly Readonly<{ userPool?: IUserPool | undefined }>[],
): void => {
  for (const { userPool } of issuers) if (userPool !== undefined) demandNearby(scope, userPool);
};

const demandNearby = (scope: Construct, userPool: IUserPool): void => {
  demandOneCdk(userPool);
  // What is imported by its id has an address that is known.
  if (!Token.isUnresolved(userPool.userPoolId)) return;
  const here = Stack.of(scope);
  const there = Stack.of(userPool);
  if (here === there) return;
  const differs = (['region', 'account'] as const).find((part) => here[part] !== there[part]);
  if (differs !== undefined)
    throw new MaitredError(
      'ISSUER_ELSEWHERE',
      `the user pool ${userPool.node.path} must be in the ${differs} of ${scope.node.path}, ${shown(here[differs])}, got ${shown(there[differs])}: import it by UserPool.fromUserPoolArn, or name its issuer and audience in Issuer.oidc`,
    );
};

const shown = (part: string): string => (Token.isUnresolved(part) ? 'whichever the deployment has' : part);
