/** WebSockets for the SDK's clients on the platform in memory, under a clock that only the test moves. */
import type { SocketConstructor } from '../../client/src/index.ts';
import type { Clock } from '../client/clock.ts';
import type { Platform } from './platform.ts';
import type { World } from './world.ts';

const latencyMs = 30;

/** Everybody on it has one address. */
export const clientSockets = (world: World, door: Platform, clock: Clock) => {
  const byId = new Map<string, ClientSocket>();
  const later = (run: () => void) => clock.timers.setTimeout(run, latencyMs);
  /** Calls the platform at the clock's time. */
  const now = () => {
    world.clock.nowMs = clock.now();
  };

  class ClientSocket {
    onopen: ((event: object) => void) | null = null;
    onmessage: ((event: Readonly<{ data: unknown }>) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    onclose: ((event: Readonly<{ code: number }>) => void) | null = null;
    readonly connectionId = `s-${byId.size + 1}=`;

    constructor(_url: string, protocols: readonly string[] = []) {
      byId.set(this.connectionId, this);
      later(() => void this.shakeHands(protocols));
    }

    private async shakeHands(protocols: readonly string[]): Promise<void> {
      now();
      const headers = protocols.length === 0 ? {} : { 'Sec-WebSocket-Protocol': protocols.join(', ') };
      const ended = await door.connect({ connectionId: this.connectionId, headers });
      const isOpen = ended.how === 'returned' && ended.value.statusCode === 200;
      later(() => (isOpen ? this.onopen?.({}) : this.closed(1006)));
    }

    send(text: string): void {
      later(() => {
        now();
        void door.say(text, {}, this.connectionId);
      });
    }

    close(): void {
      now();
      door.leave(this.connectionId);
    }

    closed(code: number): void {
      this.onclose?.({ code });
    }
  }

  world.sockets.onReceived = (connectionId, { text }) =>
    void later(() => byId.get(connectionId)?.onmessage?.({ data: text }));
  world.sockets.onClosed = (connectionId) => void later(() => byId.get(connectionId)?.closed(1000));

  return {
    WebSocket: ClientSocket as SocketConstructor,
    /** Cuts every line, as a router does that restarts. */
    cut: (): void => {
      now();
      for (const connectionId of byId.keys()) door.leave(connectionId);
    },
    /** Lets time pass, and the timer's queue deliver each second what is due. */
    pass: async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        await clock.pass(1_000);
        now();
        for (const due of door.takeDue()) await door.receive(due);
      }
    },
  };
};
