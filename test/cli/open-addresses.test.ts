import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from '@jest/globals';
import { addressesOf } from '../../bin/open-addresses.ts';
import { UsageError } from '../../bin/command.ts';

const one = (address: string, family: 'IPv4' | 'IPv6', internal = false): NetworkInterfaceInfo => {
  const common = { address, netmask: '', mac: '00:00:00:00:00:00', internal, cidr: null };
  return family === 'IPv4' ? { ...common, family } : { ...common, family, scopeid: 0 };
};
const interfaces = {
  lo: [one('127.0.0.1', 'IPv4', true), one('::1', 'IPv6', true)],
  wlan0: [one('192.168.1.20', 'IPv4'), one('fe80::20', 'IPv6')],
  docker0: [one('172.17.0.1', 'IPv4')],
};

test.each([
  { host: '0.0.0.0', why: 'is every IPv4 address that others can reach', addresses: ['192.168.1.20', '172.17.0.1'] },
  { host: '192.168.1.20', why: 'is that one', addresses: ['192.168.1.20'] },
  { host: 'fe80::20', why: 'is that one', addresses: ['fe80::20'] },
  { host: '127.0.0.2', why: 'is this machine, all of 127.0.0.0/8 is', addresses: ['127.0.0.2'] },
  { host: '127.0.0.1', why: 'is open already', addresses: [] },
  { host: 'localhost', why: 'is open already', addresses: [] },
])('--host $host $why', ({ host, addresses }) => {
  expect(addressesOf(host, interfaces)).toEqual(addresses);
});

test.each(['192.168.1.21', '::', 'my-mac.local', '', '0', '192.168.1.20:8787', 'evil.localhost'])(
  '--host %j is refused with those that there are',
  (host) => {
    expect(() => addressesOf(host, interfaces)).toThrow(
      new UsageError(
        `--host is 0.0.0.0 or an address of this machine, such as 192.168.1.20 or 172.17.0.1, got ${host}`,
      ),
    );
  },
);

test('without a network 0.0.0.0 would open nothing, and says so', () => {
  expect(() => addressesOf('0.0.0.0', { lo: interfaces.lo })).toThrow('this machine has no address in a network now');
});
