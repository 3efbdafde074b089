import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';

export type OldAddressProps = Readonly<{
  /** The stage that the apps are to reach, such as `dev`. */
  stage: string;
  /** The host of its WebSocket URL, such as `abc123.execute-api.eu-west-1.amazonaws.com`. */
  host: string;
}>;

/**
 * A CloudFront distribution before a stage, for apps that cannot be changed: it maps their paths and drops tokens from the query.
 * It keeps no log, since CloudFront's would have the query as the app sent it.
 */
export class OldAddress extends Construct {
  /** What the apps' address begins with from now on, behind `wss://`. */
  readonly domainName: string;

  constructor(scope: Construct, id: string, { stage, host }: OldAddressProps) {
    super(scope, id);
    const mapping = new EdgeFunction(this, 'Mapping', {
      code: FunctionCode.fromInline(oldAddressCode(stage)),
      runtime: FunctionRuntime.JS_2_0,
      comment: 'Paths of old apps, without tokens in the query',
    });
    const { domainName } = new Distribution(this, 'Distribution', {
      comment: `Old apps of the stage ${stage}`,
      enableLogging: false,
      defaultBehavior: {
        origin: new HttpOrigin(host, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // API Gateway knows its API by the host; all else is the app's, subprotocols and Origin among it.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: mapping }],
      },
    });
    this.domainName = domainName;
  }
}

/** The function's code for a stage. */
export const oldAddressCode = (stage: string): string =>
  readFileSync(join(import.meta.dirname, 'old-address.js'), 'utf8').replace("'/dev'", `'/${stage}'`);
