import { DomainName, type IDomainName, IpAddressType, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';

/** A host name of one's own. */
export interface CustomDomainProps {
  /** Host name of the WebSocket URL. */
  readonly name: string;

  /** A certificate for the name, in the region of the deployment. */
  readonly certificateArn: string;

  /** The hosted zone that gets the name's record. */
  readonly hostedZoneId: string;

  /** Domain of that zone. */
  readonly hostedZoneName: string;
}

/** A host name of one's own: the API Gateway domain and the DNS records, for IPv4 and IPv6, that lead to it. TLS 1.2 and later. */
export class CustomDomain extends Construct {
  readonly domainName: IDomainName;

  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    const domain = new DomainName(this, 'Domain', {
      domainName: props.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
      ipAddressType: IpAddressType.DUAL_STACK,
    });
    const record = {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: props.hostedZoneId,
        zoneName: props.hostedZoneName,
      }),
      recordName: `${props.name}.`,
      target: RecordTarget.fromAlias(
        new ApiGatewayv2DomainProperties(domain.regionalDomainName, domain.regionalHostedZoneId),
      ),
    };
    new ARecord(this, 'Record', record);
    new AaaaRecord(this, 'Ipv6Record', record);
    this.domainName = domain;
  }
}
