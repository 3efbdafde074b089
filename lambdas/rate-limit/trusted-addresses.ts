/** The limits of an address: those of all, or of the addresses that a stage trusts more, such as a chain's one way out. */
import type { RateLimits } from '../../config-schema/rate-limits.ts';
import { addressBits } from './address.ts';

export type AddressLimits = Readonly<{ connectsPerMinute: number; hostileFailures: number }>;
export type AddressLimitsOf = (sourceIp: string) => AddressLimits;

export const addressLimits = ({
  budgets,
  trustedAddresses,
}: Readonly<{ budgets: RateLimits; trustedAddresses: readonly string[] }>): AddressLimitsOf => {
  const { connectsPerMinute, hostileFailures, trustedConnectsPerMinute, trustedHostileFailures } = budgets;
  const trusted = trustedAddresses.map(rangeOf);
  return (sourceIp) => {
    const bits = addressBits(sourceIp);
    return bits !== undefined && trusted.some((range) => bits.startsWith(range))
      ? { connectsPerMinute: trustedConnectsPerMinute, hostileFailures: trustedHostileFailures }
      : { connectsPerMinute, hostileFailures };
  };
};

/** The bits that all addresses of a range begin with. The configuration's schema has seen to it that it is one. */
const rangeOf = (cidr: string): string => {
  const [address = '', length = ''] = cidr.split('/');
  const bits = addressBits(address) ?? '';
  // Addresses are compared as IPv6; IPv4 ones begin with the 96 bits of ::ffff:0:0.
  return bits.slice(0, Number(length) + (address.includes(':') ? 0 : 96));
};
