import { expect, test } from '@jest/globals';
import { isAllowedOrigin } from '../../lambdas/access/allowed-origin.ts';

const listed = 'https://till.example.com';

test.each([
  { why: 'a page of the gateway itself', origin: 'https://door.example', host: 'door.example', is: true },
  { why: 'the same without TLS', origin: 'http://door.example', host: 'door.example', is: false },
  { why: 'a page of the local gateway', origin: 'http://127.0.0.1:8787', host: '127.0.0.1:8787', is: true },
  { why: 'another address of this machine', origin: 'http://127.0.0.2:8787', host: '127.0.0.2:8787', is: true },
  { why: 'IPv6', origin: 'http://[::1]:8787', host: '[::1]:8787', is: true },
  { why: 'a name of this machine', origin: 'http://localhost:8787', host: 'localhost:8787', is: true },
  { why: 'a name under it', origin: 'http://door.localhost', host: 'door.localhost', is: true },
  { why: 'another port of it', origin: 'http://localhost:3000', host: 'localhost:8787', is: false },
  { why: 'a host that begins like it', origin: 'http://127.0.0.1.example', host: '127.0.0.1.example', is: false },
  { why: 'the list', origin: listed, host: 'door.example', is: true },
  { why: 'the list in other letters', origin: 'https://TILL.example.com', host: 'door.example', is: false },
  { why: 'nobody, as from a till', origin: undefined, host: 'door.example', is: true },
  { why: 'no host to be its own', origin: 'http://undefined', host: undefined, is: false },
])('an Origin of $why: $is', ({ origin, host, is }) => {
  expect(isAllowedOrigin(origin, [host], [listed])).toBe(is);
});
