import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { CfnStage, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CustomDomain, type CustomDomainProps } from './custom-domain.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { accessLogFormat, GatewayLogs } from './gateway-logs.ts';

/** API Gateway waits this much longer than Lambda, so that a slow function ends by Lambda's timeout and shows as such. */
const integrationSlack = Duration.seconds(1);

export interface WebSocketDoorProps {
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
}

/** The WebSocket API with its one stage. A message's `type` chooses its route. */
export class WebSocketDoor extends Construct {
  /** What devices connect to: `wss://…`. */
  readonly url: string;
  /** What functions call to post to a connection or to close it: `https://…`, never the custom domain. */
  readonly callbackUrl: string;
  private readonly api: WebSocketApi;
  private readonly stageName: string;

  constructor(scope: Construct, id: string, props: WebSocketDoorProps) {
    super(scope, id);
    this.stageName = props.stageName;
    this.api = new WebSocketApi(this, 'Api', {
      // A label in the console; two APIs may share it.
      apiName: `maitred-${props.stageName}`,
      routeSelectionExpression: '$request.body.type',
    });
    const domain = props.domain && new CustomDomain(this, 'Domain', props.domain);
    const logs = this.logs(props);

    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: props.stageName,
      autoDeploy: true,
      ...(domain && { domainMapping: { domainName: domain.domainName } }),
      ...(logs && {
        accessLogSettings: {
          destination: logs.accessLog,
          format: AccessLogFormat.custom(accessLogFormat),
        },
      }),
    });
    if (logs) stage.node.addDependency(logs);
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
  grantPostAndClose(grantee: IGrantable): Grant {
    const arnOf = (method: string): string =>
      Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.apiId,
        resourceName: `${this.stageName}/${method}/@connections/*`,
      });
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:ManageConnections'],
      resourceArns: [arnOf('POST'), arnOf('DELETE')],
    });
  }

  private addRoute(routeKey: string, handler: GatewayFunction, returnResponse: boolean): void {
    const name = routeKey.replace('$', '');
    this.api.addRoute(routeKey, {
      // An id is never "Default": the CDK would leave it out of the names below it.
      integration: new WebSocketLambdaIntegration(`${name}-integration`, handler.lambda, {
        timeout: handler.timeout.plus(integrationSlack),
      }),
      returnResponse,
    });
  }

  private logs(props: WebSocketDoorProps): GatewayLogs | undefined {
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
    });
  }
}
