import { expect, test } from '@jest/globals';
import { isLoopback } from '../../config-schema/loopback.ts';

test.each([
  { why: 'its usual address', host: '127.0.0.1', is: true },
  { why: 'any other of 127.0.0.0/8', host: '127.0.0.2', is: true },
  { why: 'the last of them', host: '127.255.255.254', is: true },
  { why: 'IPv6', host: '[::1]', is: true },
  { why: 'its name', host: 'localhost', is: true },
  { why: 'a name under it', host: 'issuer.maitred.localhost', is: true },
  { why: 'a name that begins like an address', host: '127.0.0.1.example.com', is: false },
  { why: 'a name that begins like its name', host: 'localhost.example', is: false },
  { why: 'a name that ends like its name', host: 'evillocalhost', is: false },
  { why: 'three numbers', host: '127.0.1', is: false },
  { why: 'the network before', host: '126.0.0.1', is: false },
  { why: 'an address of a neighbour', host: '10.0.0.1', is: false },
  { why: 'the address of cloud metadata', host: '169.254.169.254', is: false },
  { why: 'another of IPv6', host: '[::2]', is: false },
  { why: 'every interface', host: '0.0.0.0', is: false },
  { why: 'nothing', host: '', is: false },
])('$why ($host): $is', ({ host, is }) => {
  expect(isLoopback(host)).toBe(is);
});
