import * as v from 'valibot';
import { StartError } from '../start-error.ts';
import { count, type Template } from '../template.ts';

export type RouteBlueprint = {
  readonly key: string;
  readonly functionArn: string;
  /** Whether the template has what makes API Gateway send the function's `body` back. */
  readonly replies: boolean;
  /** Of the integration; the function has one of its own. */
  readonly timeoutMs: number;
};

export type ApiBlueprint = {
  readonly id: string;
  readonly region: string;
  readonly domainName: string;
  readonly stage: string;
  /** Path into the message that chooses the route: `['type']` for `$request.body.type`. */
  readonly selection: readonly string[];
  readonly routes: ReadonlyMap<string, RouteBlueprint>;
};

const apiProperties = v.object({
  ProtocolType: v.literal('WEBSOCKET'),
  RouteSelectionExpression: v.pipe(v.string(), v.regex(/^\$request\.body(\.\w+)+$/)),
});
const stageProperties = v.object({ ApiId: v.string(), StageName: v.string() });
const integrationProperties = v.object({
  IntegrationType: v.literal('AWS_PROXY'),
  IntegrationUri: v.string(),
  TimeoutInMillis: v.optional(count, 29_000),
});
const routeProperties = v.object({
  RouteKey: v.string(),
  Target: v.pipe(v.string(), v.startsWith('integrations/')),
  RouteResponseSelectionExpression: v.optional(v.string()),
});
const responseProperties = v.object({ RouteId: v.string(), RouteResponseKey: v.string() });

/** The app's one WebSocket API with its stage and routes; throws `StartError` when there is none or more than one. */
export const readApi = (template: Template): ApiBlueprint => {
  const apis = template.find(['AWS::ApiGatewayV2::Api'], apiProperties);
  const [api] = apis;
  if (api === undefined || apis.length !== 1)
    throw new StartError('TEMPLATE_UNRESOLVED', `the app has ${apis.length} WebSocket APIs, expected 1.`);
  const stage = template
    .find(['AWS::ApiGatewayV2::Stage'], stageProperties)
    .find(({ properties }) => properties.ApiId === api.ref);
  if (stage === undefined) throw api.problem('ApiId', 'is named by no stage');
  const routes = readRoutes(template);
  return {
    id: api.ref,
    region: api.region,
    domainName: `${api.ref}.execute-api.${api.region}.amazonaws.com`,
    stage: stage.properties.StageName,
    selection: api.properties.RouteSelectionExpression.split('.').slice(2),
    routes: new Map(routes.map((route) => [route.key, route])),
  };
};

const readRoutes = (template: Template): readonly RouteBlueprint[] => {
  const integrations = template.find(['AWS::ApiGatewayV2::Integration'], integrationProperties);
  const responses = template.find(['AWS::ApiGatewayV2::RouteResponse'], responseProperties);
  return template.find(['AWS::ApiGatewayV2::Route'], routeProperties).map(({ ref, properties, problem }) => {
    const integration = integrations.find((one) => properties.Target === `integrations/${one.ref}`);
    if (integration === undefined) throw problem('Target', `is ${properties.Target}, which is no integration`);
    return {
      key: properties.RouteKey,
      functionArn: functionArn.exec(integration.properties.IntegrationUri)?.[1] ?? '',
      replies:
        properties.RouteResponseSelectionExpression === '$default' &&
        responses.some((one) => one.properties.RouteId === ref && one.properties.RouteResponseKey === '$default'),
      timeoutMs: integration.properties.TimeoutInMillis,
    };
  });
};

/** `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations` */
const functionArn = /\/functions\/(.+)\/invocations$/;
