import { type Duration, Stack, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type EnvironmentName, environment } from '../lambdas/env.ts';
import { grantKey } from './customer-key.ts';
import { demandSmallEnvironment } from './environment-size.ts';

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
   * Memory, and with it CPU: 1,769 MB are one whole core. With 512 a function that waits for tables is as fast as with more, and costs
   * less than with 256, of which it needs more than twice the time.
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

  /**
   * Where it runs.
   *
   * @default - outside of every network of the account's
   */
  readonly network?: NetworkProps | undefined;

  /**
   * Encrypts its log and its environment, and is what it may read tables and queues with.
   *
   * @default - keys that AWS keeps
   */
  readonly encryptionKey?: IKey | undefined;
}

/** A network of the account's: from its subnets DynamoDB, SQS, the API's own endpoint, the issuers and, for an outbox to a bus, EventBridge must be reachable. */
export interface NetworkProps {
  /** The network. */
  readonly vpc: IVpc;

  /**
   * Its subnets.
   *
   * @default - the private ones
   */
  readonly vpcSubnets?: SubnetSelection | undefined;

  /**
   * What the functions' interfaces belong to.
   *
   * @default - one of its own for each function
   */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;
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

    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    });
    // AWS's managed policy would let it write every log of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(this.role);
    grantKey(props.encryptionKey, this.role);
    if (props.network) this.enterNetwork();

    const variables = {
      ...props.environment,
      [environment.stage]: props.stage,
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
      // Lambda's own lines about runs that went well are left out. A metric's line has no level, counts as INFO, and must not be.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment: variables,
      ...(props.encryptionKey && { environmentEncryption: props.encryptionKey }),
      ...(props.network && networkOf(props.network)),
    });
    Validations.of(this.lambda).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason:
          'Lambda uses it for asynchronous calls only; API Gateway, a queue or a stream calls this function and waits.',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason:
          'API Gateway traces REST APIs only, so a trace would begin and end here. Log lines share the connection id instead, and the tracer would add 127 KB to each cold start.',
      },
    );
  }

  private enterNetwork(): void {
    const name = 'service-role/AWSLambdaVPCAccessExecutionRole';
    this.role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(name));
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
      reason:
        'The policy AWS made and documents for functions in a network: its actions are on interfaces that have no name before.',
    });
  }
}

const networkOf = ({ vpc, vpcSubnets, securityGroups }: NetworkProps) => ({
  vpc,
  ...(vpcSubnets && { vpcSubnets }),
  ...(securityGroups && { securityGroups: [...securityGroups] }),
});
