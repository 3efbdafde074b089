import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type EnvironmentName, environment } from '../lambdas/env.ts';

export interface GatewayFunctionProps {
  /** The bundled entry: `index.mjs` that exports `handler`. */
  readonly code: Code;

  /** Name of the stage, for logs and metrics. */
  readonly stage: string;

  /** The variables the entry reads beside the stage's name. */
  readonly environment: Readonly<Partial<Record<EnvironmentName, string>>>;

  /** Time after which Lambda ends it. */
  readonly timeout: Duration;

  /** How long its log is kept. */
  readonly logRetention: RetentionDays;

  /**
   * Memory, and with it CPU: 1,769 MB are one whole core.
   *
   * @default 512
   */
  readonly memoryMiB?: number;

  /**
   * Concurrency set aside for this function, which is its limit, too.
   *
   * @default - what the account has left
   */
  readonly reservedConcurrency?: number | undefined;
}

/**
 * A function of the gateway as all of them run: Node 24 on arm64, a log group with an end, and a role that may write
 * that log and nothing else until something is granted.
 */
export class GatewayFunction extends Construct {
  readonly lambda: LambdaFunction;
  /** Time after which Lambda ends it. */
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: GatewayFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout;

    const logGroup = new LogGroup(this, 'Log', { retention: props.logRetention });
    // AWS's managed policy would let it write every log of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);

    this.lambda = new LambdaFunction(this, 'Function', {
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB ?? 512,
      timeout: props.timeout,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
      role,
      logGroup,
      environment: {
        ...props.environment,
        [environment.stage]: props.stage,
        POWERTOOLS_SERVICE_NAME: 'maitred',
        POWERTOOLS_METRICS_NAMESPACE: 'maitred',
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
  }
}
