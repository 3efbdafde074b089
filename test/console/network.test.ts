import { describe, expect, test } from '@jest/globals';
import type { Socket } from '../../client/src/index.ts';
import { createNetwork } from '../../console/network.ts';

const natives: Native[] = [];
class Native implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: ((event: Readonly<{ data: string }>) => void) | null = null;
  onerror: Socket['onerror'] = null;
  onclose: ((event: Readonly<{ code: number }>) => void) | null = null;
  readonly sent: string[] = [];
  closes = 0;
  constructor() {
    natives.push(this);
  }
  send(data: string): void {
    this.sent.push(data);
  }
  close(): void {
    this.closes += 1;
  }
}

const open = () => {
  natives.length = 0;
  const network = createNetwork(Native);
  const told: string[] = [];
  network.online.addEventListener('offline', () => told.push('offline'));
  network.online.addEventListener('online', () => told.push('online'));
  const dial = () => {
    const socket = new network.WebSocket('ws://127.0.0.1:1');
    socket.onmessage = ({ data }: { data: string }) => told.push(data);
    return new Promise<void>((resolve) => {
      socket.onclose = ({ code }: { code: number }) => {
        told.push(`closed ${code}`);
        resolve();
      };
      socket.send('hello');
      if (natives.length > 0) resolve();
    });
  };
  return { network, told, dial };
};

describe('a network', () => {
  test('carries what is said, both ways', async () => {
    const { told, dial } = open();
    await dial();
    natives[0]?.onmessage?.({ data: 'hi' });
    natives[0]?.onclose?.({ code: 1000 });
    expect([natives[0]?.sent, told]).toEqual([['hello'], ['hi', 'closed 1000']]);
  });

  test('that is cut ends its sockets once, and hears no more of them', async () => {
    const { network, told, dial } = open();
    await dial();
    network.cut();
    network.cut();
    natives[0]?.onmessage?.({ data: 'late' });
    expect([natives[0]?.closes, told]).toEqual([1, ['closed 1006', 'offline', 'offline']]);
  });

  test('that is cut lets nobody out until it is restored', async () => {
    const { network, told, dial } = open();
    network.cut();
    await dial();
    expect([natives.length, told]).toEqual([0, ['offline', 'closed 1006']]);
    network.restore();
    await dial();
    expect([natives.length, told.at(-1)]).toEqual([1, 'online']);
  });
});
