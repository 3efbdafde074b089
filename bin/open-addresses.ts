/** The addresses of this machine that `npm start -- --host` opens the WebSocket port on. Pure. */
import { isIP, isIPv4 } from 'node:net';
import type { networkInterfaces } from 'node:os';
import { isLoopback } from '../config-schema/loopback.ts';
import { UsageError } from './command.ts';

/** Loopback is open already, so that port is taken there. `0.0.0.0` is each IPv4 address that others can reach. */
export const addressesOf = (host: string, interfaces: ReturnType<typeof networkInterfaces>): readonly string[] => {
  if (host === '127.0.0.1' || host === 'localhost') return [];
  const here = Object.values(interfaces).flatMap((one = []) => one);
  const reachable = here.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
  if (host === '0.0.0.0') {
    if (reachable.length > 0) return reachable;
    throw new UsageError('--host 0.0.0.0 opens nothing: this machine has no address in a network now');
  }
  const isOwn = here.some(({ address }) => address === host) || (isIPv4(host) && isLoopback(host));
  if (isIP(host) !== 0 && isOwn) return [host];
  const known = reachable.length === 0 ? '' : `, such as ${reachable.join(' or ')}`;
  throw new UsageError(`--host is 0.0.0.0 or an address of this machine${known}, got ${host}`);
};
