import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rateLimitAddress } from '../../lambdas/rate-limit/address.ts';

describe('the address that a rate limit counts', () => {
  test.each([
    { why: 'an IPv4 address is its own', of: '203.0.113.7', is: '203.0.113.7' },
    { why: 'an IPv4-mapped address is its IPv4 address', of: '::ffff:203.0.113.7', is: '203.0.113.7' },
    { why: 'and in capitals', of: '::FFFF:203.0.113.7', is: '203.0.113.7' },
    { why: 'an IPv6 address shares its /64', of: '2001:db8:1:2:3:4:5:6', is: '2001:db8:1:2::/64' },
    { why: 'whatever the other half', of: '2001:db8:1:2:ffff::1', is: '2001:db8:1:2::/64' },
    { why: 'short', of: '2001:db8::1', is: '2001:db8:0:0::/64' },
    { why: 'with zeros and capitals', of: '2001:0DB8:0001:0002::1', is: '2001:db8:1:2::/64' },
    { why: 'the gap in front', of: '::1', is: '0:0:0:0::/64' },
    { why: 'the gap behind', of: '2001:db8:1:2::', is: '2001:db8:1:2::/64' },
    { why: 'a zone is no part of it', of: 'fe80::1%eth0', is: 'fe80:0:0:0::/64' },
    { why: 'two gaps are no address', of: '1::2::3', is: '1::2::3' },
    { why: 'nine groups are none', of: '1:2:3:4:5:6:7:8:9', is: '1:2:3:4:5:6:7:8:9' },
    { why: 'five digits are none', of: '12345::1', is: '12345::1' },
    { why: 'other text is itself, cut', of: 'x'.repeat(100), is: 'x'.repeat(45) },
    { why: 'nothing is itself', of: '', is: '' },
  ])('$why', ({ of, is }) => {
    expect(rateLimitAddress(of)).toBe(is);
  });

  const group = fc.integer({ min: 0, max: 0xffff });
  const groups = (count: number) => fc.array(group, { minLength: count, maxLength: count });
  const written = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(':');

  test('is one for all addresses of a /64, and another for the next', () =>
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), (network, host, other) => {
        const address = rateLimitAddress(`${written(network)}:${written(host)}`);
        expect(rateLimitAddress(`${written(network)}:${written(other)}`)).toBe(address);
        const next = [...network.slice(0, 3), ((network[3] ?? 0) + 1) % 0x10000];
        expect(rateLimitAddress(`${written(next)}:${written(host)}`)).not.toBe(address);
      }),
    ));

  test('is short, whatever the text, and never a throw', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4(), fc.stringMatching(/^[0-9a-f:.%]{0,60}$/)), (text) => {
        expect(rateLimitAddress(text).length).toBeLessThanOrEqual(45);
      }),
    ));
});
