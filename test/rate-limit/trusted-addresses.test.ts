import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { RateLimits } from '../../config-schema/rate-limits.ts';
import { addressLimits } from '../../lambdas/rate-limit/trusted-addresses.ts';

const budgets = v.parse(RateLimits, {});
const usual = { connectsPerMinute: 300, hostileFailures: 30 };
const trusted = { connectsPerMinute: 6000, hostileFailures: 600 };

describe('the limits of an address', () => {
  test.each([
    { why: 'first of a range', cidr: '203.0.113.0/24', address: '203.0.113.0', is: trusted },
    { why: 'last of a range', cidr: '203.0.113.0/24', address: '203.0.113.255', is: trusted },
    { why: 'before a range', cidr: '203.0.113.0/24', address: '203.0.112.255', is: usual },
    { why: 'after a range', cidr: '203.0.113.0/24', address: '203.0.114.0', is: usual },
    { why: 'one address alone', cidr: '203.0.113.7/32', address: '203.0.113.7', is: trusted },
    { why: 'beside one address alone', cidr: '203.0.113.7/32', address: '203.0.113.6', is: usual },
    { why: 'a range that is written from its middle', cidr: '203.0.113.9/29', address: '203.0.113.15', is: trusted },
    { why: 'an IPv4 address as IPv6', cidr: '203.0.113.0/24', address: '::ffff:203.0.113.7', is: trusted },
    { why: 'IPv6', cidr: '2001:db8:7::/48', address: '2001:db8:7:ffff::1', is: trusted },
    { why: 'another IPv6', cidr: '2001:db8:7::/48', address: '2001:db8:8::1', is: usual },
    { why: 'IPv6 in capitals and in full', cidr: '2001:DB8:7::/48', address: '2001:0db8:0007:0:0:0:0:1', is: trusted },
    { why: 'IPv4 against an IPv6 range', cidr: '2001:db8::/32', address: '32.1.13.184', is: usual },
    { why: 'text that is no address', cidr: '203.0.113.0/24', address: 'unknown', is: usual },
    { why: 'a byte too large', cidr: '203.0.113.0/24', address: '203.0.113.256', is: usual },
  ])('$why', ({ cidr, address, is }) => {
    expect(addressLimits({ budgets, trustedAddresses: ['192.0.2.0/24', cidr] })(address)).toEqual(is);
    expect(addressLimits({ budgets, trustedAddresses: [] })(address)).toEqual(usual);
  });
});
