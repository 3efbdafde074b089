import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import type { IAccessLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/**
 * One line of JSON a request. No path, query, body or user agent: a token may be in the first three, anything in the
 * last. `$context` names are those AWS lists for WebSocket APIs.
 */
export const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  requestTimeEpoch: '$context.requestTimeEpoch',
  eventType: '$context.eventType',
  routeKey: '$context.routeKey',
  connectionId: '$context.connectionId',
  connectedAt: '$context.connectedAt',
  messageId: '$context.messageId',
  sourceIp: '$context.identity.sourceIp',
  status: '$context.status',
  errorType: '$context.error.responseType',
  integrationStatus: '$context.integration.integrationStatus',
  integrationRequestId: '$context.integration.requestId',
  integrationLatencyMs: '$context.integration.latency',
});

export interface GatewayLogsProps {
  /** The API whose stage writes. */
  readonly apiId: string;

  /** That stage. */
  readonly stageName: string;

  /** How long both logs are kept. */
  readonly retention: RetentionDays;

  /** Whether to make the account's role, too. It is one for all APIs of the account in the region, and stays. */
  readonly createAccountRole: boolean;

  /**
   * Encrypts both.
   *
   * @default - a key that AWS keeps
   */
  readonly encryptionKey?: IKey | undefined;
}

/** Where API Gateway writes: the access log, and the execution log under the name API Gateway gives it. */
export class GatewayLogs extends Construct {
  readonly accessLog: IAccessLogDestination;
  /** Name of the log group behind it. */
  readonly accessLogGroupName: string;

  constructor(scope: Construct, id: string, props: GatewayLogsProps) {
    super(scope, id);
    const encrypted = props.encryptionKey && { encryptionKey: props.encryptionKey };
    const accessLog = new LogGroup(this, 'Access', { retention: props.retention, ...encrypted });
    this.accessLogGroupName = accessLog.logGroupName;
    // Not the group's own ARN: it ends in ":*", which API Gateway drops, and then the stage counts as drifted.
    const destinationArn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      resourceName: accessLog.logGroupName,
    });
    this.accessLog = { bind: () => ({ destinationArn }) };

    // API Gateway would make this group by itself and keep its content for ever. It finds it by this very name, so a
    // group left behind would block the next deployment.
    new LogGroup(this, 'Execution', {
      logGroupName: `/aws/apigateway/${props.apiId}/${props.stageName}`,
      retention: props.retention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...encrypted,
    });
    if (props.createAccountRole) this.createAccountRole();
  }

  private createAccountRole(): void {
    const role = new Role(this, 'AccountRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs')],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason:
        'The policy AWS made and documents for this role. It is the role of the whole account, not of this stage.',
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}
