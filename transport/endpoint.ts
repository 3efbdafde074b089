/** Where a service is: its host in a region of any partition, or the address that somebody gave. */

/** Of a partition, what hosts are made of. Those of AWS's public regions stand for regions that nobody knows yet. */
type Partition = Readonly<{ name: string; regions: RegExp; suffix: string; dualStackSuffix: string }>;

const publicPartition: Partition = {
  name: 'aws',
  regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
  suffix: 'amazonaws.com',
  dualStackSuffix: 'api.aws',
};

const partitions: readonly Partition[] = [
  publicPartition,
  {
    name: 'aws-cn',
    regions: /^cn-\w+-\d+$/,
    suffix: 'amazonaws.com.cn',
    dualStackSuffix: 'api.amazonwebservices.com.cn',
  },
  {
    name: 'aws-eusc',
    regions: /^eusc-(de)-\w+-\d+$/,
    suffix: 'amazonaws.eu',
    dualStackSuffix: 'api.amazonwebservices.eu',
  },
  { name: 'aws-iso', regions: /^us-iso-\w+-\d+$/, suffix: 'c2s.ic.gov', dualStackSuffix: 'api.aws.ic.gov' },
  { name: 'aws-iso-b', regions: /^us-isob-\w+-\d+$/, suffix: 'sc2s.sgov.gov', dualStackSuffix: 'api.aws.scloud' },
  {
    name: 'aws-iso-e',
    regions: /^eu-isoe-\w+-\d+$/,
    suffix: 'cloud.adc-e.uk',
    dualStackSuffix: 'api.cloud-aws.adc-e.uk',
  },
  { name: 'aws-iso-f', regions: /^us-isof-\w+-\d+$/, suffix: 'csp.hci.ic.gov', dualStackSuffix: 'api.aws.hci.ic.gov' },
  { name: 'aws-us-gov', regions: /^us-gov-\w+-\d+$/, suffix: 'amazonaws.com', dualStackSuffix: 'api.aws' },
];

export type EndpointService = Readonly<{
  /** What its hosts begin with. */
  hostPrefix: string;
  /** Whether its usual hosts in GovCloud are those with FIPS, so that none is called `-fips` there. */
  govIsFips: boolean;
  /** Whether the same is so of its dual-stack hosts there. */
  govDualStackIsFips: boolean;
}>;

export type EndpointWishes = Readonly<{
  region: string;
  fips: boolean;
  dualStack: boolean;
  /** An address that somebody gave. */
  endpoint?: string | undefined;
}>;

/** The service cannot be reached as it was asked for. */
export class EndpointError extends Error {
  readonly code = 'ENDPOINT_INVALID';

  constructor(problem: string) {
    super(problem);
    this.name = 'EndpointError';
  }
}

const hostLabel = /^(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$/;

/** The address of a service. Throws `EndpointError`. */
export const endpointOf = (
  { hostPrefix, govIsFips, govDualStackIsFips }: EndpointService,
  { region, fips, dualStack, endpoint }: EndpointWishes,
): URL => {
  if (!hostLabel.test(region)) throw new EndpointError(`the region must be part of a host name, got "${region}"`);
  if (endpoint !== undefined) {
    if (fips) throw new EndpointError('FIPS and a configured endpoint do not go together');
    if (dualStack) throw new EndpointError('dual-stack and a configured endpoint do not go together');
    if (!URL.canParse(endpoint)) throw new EndpointError(`the endpoint must be a URL, got "${endpoint}"`);
    return new URL(endpoint);
  }
  const partition = partitions.find(({ regions }) => regions.test(region)) ?? publicPartition;
  const isNamedFips = fips && !(partition.name === 'aws-us-gov' && (dualStack ? govDualStackIsFips : govIsFips));
  const suffix = dualStack ? partition.dualStackSuffix : partition.suffix;
  return new URL(`https://${hostPrefix}${isNamedFips ? '-fips' : ''}.${region}.${suffix}`);
};
