import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { StartError } from './start-error.ts';

/** What the gateway listens on, but for its WebSocket port where that was asked for: its issuer gives tokens to everybody who asks. */
export const loopback = '127.0.0.1';

/** An HTTP server, on this machine only unless another address was named. */
export type ListeningServer = { readonly server: Server; readonly port: number; readonly close: () => Promise<void> };

/**
 * Listens on a port of the loopback address, or of another one, 0 for any free one. Throws `StartError` when the port cannot be
 * had. Connections are kept open while they are idle; `close` ends them.
 */
export const listen = (port: number, listener: RequestListener, address = loopback): Promise<ListeningServer> =>
  new Promise((resolve, reject) => {
    const server = createServer(listener);
    // A client that reuses a connection which the server is just closing gets ECONNRESET; so closing is left to clients.
    server.keepAliveTimeout = 0;
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(port, address, cause)));
    server.listen(port, address, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve({ server, port: bound, close: () => close(server) });
    });
  });

/** Throws `StartError` when the port cannot be had now; whoever comes first may still have it afterwards. */
export const probePort = async (port: number): Promise<void> => (await listen(port, () => {})).close();

const ownNames = [loopback, 'localhost'];

/**
 * Whether a request was sent to this machine by a name that is its own. Another site's name can be made to point here (DNS
 * rebinding), and a browser then takes the answer for that site's.
 */
export const isOwnHost = (host: string | undefined, port: number | undefined): boolean =>
  ownNames.some((name) => host?.toLowerCase() === `${name}:${port}`);

/** Whether anybody takes connections on this port. */
export const isListening = async (port: number): Promise<boolean> => {
  const socket = connect(port, loopback);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const listenError = (port: number, address: string, cause: NodeJS.ErrnoException): Error => {
  if (cause.code === 'EADDRNOTAVAIL')
    return new StartError('ADDRESS_UNKNOWN', `${address} is no address of this machine.`, { cause });
  if (cause.code === 'EADDRINUSE')
    return new StartError(
      'PORT_TAKEN',
      `Port ${port} is taken: choose another one, as in --port ${port === 9000 ? 9001 : 9000}.`,
      { cause },
    );
  if (cause.code === 'EACCES')
    return new StartError('PORT_FORBIDDEN', `Port ${port} may not be used by this user; choose one above 1023.`, {
      cause,
    });
  return cause;
};
