/** The network between a client and a gateway: a TCP line on loopback that a test can break, silence and mend. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Line = Readonly<{
  /** The gateway's address by way of this line. */
  url: string;
  /** Breaks every connection; new ones break at once, until `mend`. */
  cut: () => void;
  mend: () => void;
  /** What is open now stays open, and no more comes through it: neither way, or only nothing from the gateway. */
  silence: (what: 'both ways' | 'answers') => void;
  /** Cuts the line when the gateway has sent so many more bytes, the last of which still come through; resolves then. */
  cutAfter: (bytes: number) => Promise<void>;
  /** Connections that were asked for, also those that broke at once. */
  calls: () => number;
  close: () => Promise<void>;
}>;

type Call = { readonly device: Socket; readonly gateway: Socket; hears: boolean; speaks: boolean };

export const openLine = async (gatewayUrl: string): Promise<Line> => {
  const open = new Set<Call>();
  const gatewayPort = Number(new URL(gatewayUrl).port);
  let isCut = false;
  let calls = 0;
  let limit: { left: number; reached: () => void } | undefined;

  const hangUp = (call: Call): void => {
    open.delete(call);
    call.device.destroy();
    call.gateway.destroy();
  };
  const cut = (): void => {
    isCut = true;
    for (const call of open) hangUp(call);
  };
  const answer = (call: Call, bytes: Buffer): void => {
    if (!call.hears) return;
    if (limit === undefined || bytes.length < limit.left) {
      if (limit) limit.left -= bytes.length;
      call.device.write(bytes);
      return;
    }
    const { left, reached } = limit;
    limit = undefined;
    // The last bytes are on their way before the end is.
    call.device.write(bytes.subarray(0, left), () => {
      cut();
      reached();
    });
    call.hears = false;
  };

  const server = createServer((device) => {
    calls += 1;
    device.on('error', () => {});
    if (isCut) {
      device.destroy();
      return;
    }
    const gateway = connect(gatewayPort, '127.0.0.1');
    gateway.on('error', () => {});
    const call: Call = { device, gateway, hears: true, speaks: true };
    open.add(call);
    device.on('data', (bytes) => call.speaks && gateway.write(bytes));
    gateway.on('data', (bytes) => answer(call, bytes));
    for (const end of [device, gateway]) end.on('close', () => hangUp(call));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: Object.assign(new URL(gatewayUrl), { port: String((server.address() as AddressInfo).port) }).href,
    cut,
    mend: () => {
      isCut = false;
    },
    silence: (what) => {
      for (const call of open) {
        call.hears = false;
        if (what === 'both ways') call.speaks = false;
      }
    },
    cutAfter: (bytes) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      limit = { left: bytes, reached: resolve };
      return promise;
    },
    calls: () => calls,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
};
