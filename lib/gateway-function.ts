import { type Duration, Stack, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type EnvironmentName, environment } from '../lambdas/env.ts';
import { demandSmallEnvironment } from './environment-size.ts';

/** What logs and metrics call the whole gateway, and the namespace of its metrics. */
export const serviceName = 'maitred';

export interface GatewayFunctionProps {
  /** The bundled entry: `index.mjs` that exports `handler`, and `stage.json` beside it. */
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
  /** What it may do, and nothing else. */
  readonly role: Role;
  /** Where it writes. */
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: GatewayFunctionProps) {
    super(scope, id);
    this.timeout = props.timeout;

    this.logGroup = new LogGroup(this, 'Log', { retention: props.logRetention });
    // AWS's managed policy would let it write every log of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(this.role);

    const variables = {
      ...props.environment,
      [environment.stage]: props.stage,
      POWERTOOLS_SERVICE_NAME: serviceName,
      POWERTOOLS_METRICS_NAMESPACE: serviceName,
      NODE_OPTIONS: '--enable-source-maps',
    };
    demandSmallEnvironment(id, Stack.of(this).resolve(variables));

    this.lambda = new LambdaFunction(this, 'Function', {
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMiB ?? 512,
      timeout: props.timeout,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
      role: this.role,
      logGroup: this.logGroup,
      environment: variables,
    });
    Validations.of(this.lambda).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason: 'Lambda uses it for asynchronous calls only; API Gateway and the queue call this function and wait.',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason:
          'API Gateway traces REST APIs only, so a trace would begin and end here. Log lines share the connection id instead, and the tracer would add 127 KB to each cold start.',
      },
    );
  }
}
