import { Annotations, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { ApiMapping, CfnStage, IpAddressType, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CustomDomain, type CustomDomainProps } from './custom-domain.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { accessLogFormat, GatewayLogs } from './gateway-logs.ts';

/** API Gateway waits this much longer than Lambda, so that a slow function ends by Lambda's timeout and shows as such. */
const integrationSlack = Duration.seconds(1);

export interface GatewayApiProps {
  /** Name of the one stage: the path of the URL. */
  readonly stageName: string;

  /** Limits of each route by itself. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };

  /** How long API Gateway's logs are kept. */
  readonly logRetention: RetentionDays;

  /** The account's role for API Gateway's logs. `none` leaves the logs off: asking for them would fail the deployment. */
  readonly accountLogRole: 'none' | 'existing' | 'create';

  /**
   * A name of one's own.
   *
   * @default - the name API Gateway gives
   */
  readonly domain?: CustomDomainProps | undefined;

  /**
   * Encrypts its logs.
   *
   * @default - a key that AWS keeps
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The WebSocket API with its one stage. A message's `type` chooses its route. */
export class GatewayApi extends Construct {
  /** What devices connect to: `wss://…`. */
  readonly url: string;
  /** What functions call to post to a connection or to close it: `https://…`, never the custom domain. */
  readonly callbackUrl: string;
  /** Where API Gateway logs each request; none: its logs are off. */
  readonly accessLogGroupName: string | undefined;
  private readonly api: WebSocketApi;
  private readonly stageName: string;

  constructor(scope: Construct, id: string, props: GatewayApiProps) {
    super(scope, id);
    this.stageName = props.stageName;
    this.api = new WebSocketApi(this, 'Api', {
      // A label in the console; two APIs may share it.
      apiName: `maitred-${props.stageName}`,
      routeSelectionExpression: '$request.body.type',
      // IPv4 and IPv6.
      ipAddressType: IpAddressType.DUAL_STACK,
    });
    const domain = props.domain && new CustomDomain(this, 'Domain', props.domain);
    const logs = this.logs(props);
    this.accessLogGroupName = logs?.accessLogGroupName;

    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: props.stageName,
      autoDeploy: true,
      ...(logs && {
        accessLogSettings: {
          destination: logs.accessLog,
          format: AccessLogFormat.custom(accessLogFormat),
        },
      }),
    });
    if (domain) {
      new ApiMapping(stage, mappingId(domain), { api: this.api, domainName: domain.domainName, stage });
      stage.node.addDependency(domain.domainName);
    }
    if (logs) stage.node.addDependency(logs);
    else acknowledgeNoAccessLog(stage);
    if (stage.node.defaultChild instanceof CfnStage)
      stage.node.defaultChild.defaultRouteSettings = {
        throttlingRateLimit: props.throttle.ratePerSecond,
        throttlingBurstLimit: props.throttle.burst,
        loggingLevel: logs ? 'ERROR' : 'OFF',
        // It would write every message, tokens included.
        dataTraceEnabled: false,
      };

    this.url = props.domain ? `wss://${props.domain.name}` : stage.url;
    this.callbackUrl = stage.callbackUrl;
  }

  /** Sends a route's events to a function; what the function returns is dropped. */
  route(routeKey: string, handler: GatewayFunction): void {
    this.addRoute(routeKey, handler, false);
  }

  /** Sends a route's messages to a function; the `body` it returns is the reply. */
  routeWithReply(routeKey: string, handler: GatewayFunction): void {
    this.addRoute(routeKey, handler, true);
  }

  /** Lets a function post to this stage's connections and close them; looking at them is not included. */
  grantPostAndClose(handler: GatewayFunction): void {
    const pathOf = (method: string): string => `${this.stageName}/${method}/@connections/*`;
    const stack = Stack.of(this);
    const arns = ['POST', 'DELETE'].map((method) =>
      stack.formatArn({ service: 'execute-api', resource: this.api.apiId, resourceName: pathOf(method) }),
    );
    Grant.addToPrincipal({
      grantee: handler.lambda,
      actions: ['execute-api:ManageConnections'],
      resourceArns: arns,
    });
    Validations.of(handler.role).acknowledge(
      ...arns.map((arn) => ({
        id: `AwsSolutions-IAM5[Resource::${acknowledgedArn(stack.resolve(arn))}]`,
        reason:
          'A connection gets its id when it connects. The wildcard spans the connections of this stage and no more.',
      })),
    );
  }

  /** A metric that API Gateway keeps for this stage, a sum over 5 minutes. AWS lists the names for WebSocket APIs. */
  metric(metricName: 'ConnectCount' | 'MessageCount' | 'IntegrationError' | 'ClientError' | 'ExecutionError'): Metric {
    return this.metricOf(metricName, 'Sum');
  }

  /** Milliseconds between API Gateway's call of a function and its answer. */
  integrationLatency(statistic: string): Metric {
    return this.metricOf('IntegrationLatency', statistic);
  }

  private metricOf(metricName: string, statistic: string): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: this.api.apiId, Stage: this.stageName },
      statistic,
    });
  }

  private addRoute(routeKey: string, handler: GatewayFunction, returnResponse: boolean): void {
    const name = routeKey.replace('$', '');
    const route = this.api.addRoute(routeKey, {
      // An id is never "Default": the CDK would leave it out of the names below it.
      integration: new WebSocketLambdaIntegration(`${name}-integration`, handler.lambda, {
        timeout: handler.timeout.plus(integrationSlack),
      }),
      returnResponse,
    });
    Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: whyUnauthorized(routeKey) });
  }

  private logs(props: GatewayApiProps): GatewayLogs | undefined {
    if (props.accountLogRole === 'none') {
      Annotations.of(this).addInfoV2(
        'maitred:gateway-logs-off',
        'API Gateway writes no logs: the stage has accountLogRole "none". Security events are recorded all the same.',
      );
      return undefined;
    }
    return new GatewayLogs(this, 'Logs', {
      apiId: this.api.apiId,
      stageName: props.stageName,
      retention: props.logRetention,
      createAccountRole: props.accountLogRole === 'create',
      encryptionKey: props.encryptionKey,
    });
  }
}

/** What the stage's own `domainMapping` calls it, but for what the CDK leaves out of names: deployed stages have it under this id. */
const mappingId = (domain: CustomDomain): string =>
  `${domain.domainName.node.path
    .split('/')
    .filter((id) => id !== 'Default')
    .join('/')}undefined`;

/** As the rule packs spell a resolved ARN: what only the deployment knows by its name, `<AWS::Region>` where the stack has none. */
const acknowledgedArn = (resolved: unknown): string => {
  if (typeof resolved !== 'object' || resolved === null) return String(resolved);
  if ('Ref' in resolved) return `<${resolved.Ref}>`;
  const [, parts] = 'Fn::Join' in resolved && Array.isArray(resolved['Fn::Join']) ? resolved['Fn::Join'] : [];
  return Array.isArray(parts) ? parts.map(acknowledgedArn).join('') : '';
};

const whyUnauthorized = (routeKey: string): string =>
  routeKey === '$connect'
    ? 'A device connects without credentials and proves who it is with its first message; until then it is sent nothing but a refusal, and it is closed at its deadline.'
    : 'API Gateway has authorizers on $connect only. The handler serves what the row of the connection allows.';

const acknowledgeNoAccessLog = (stage: WebSocketStage): void => {
  const reason =
    'The stage is configured for an account whose API Gateway may not write logs (accountLogRole "none"): asking for them would fail the deployment. The functions log every outcome.';
  Validations.of(stage).acknowledge(
    { id: 'AwsSolutions-APIG1', reason },
    { id: 'Serverless-APIGWAccessLogging', reason },
  );
};
