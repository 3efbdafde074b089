/** What an address has done: the counters of its minute, and of how hostile it was. */
import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { type HandOff, newConnectionId, newName, withinAMinute } from './hand-off.ts';
import type { RollingGateway, Version } from './rolling-gateway.ts';

let addresses = 0;
/** An address of its own, kept for documentation (RFC 5737). */
export const anAddress = (): string => `203.0.113.${++addresses}`;

type From = Readonly<{ sourceIp: string; origin?: string; connectionId?: string }>;

const contextOf = (
  { sourceIp, connectionId = newConnectionId() }: From,
  connectedAt = Date.now(),
  eventType = 'CONNECT',
) => ({
  requestContext: {
    eventType,
    connectionId,
    connectedAt,
    requestTimeEpoch: Date.now(),
    requestId: newName('request'),
    domainName: 'gateway.example',
    identity: { sourceIp },
  },
});

/** A handshake from some address, as API Gateway hands it to the function. */
export const connectFrom = (
  rolling: RollingGateway,
  version: Version,
  from: From,
  connectedAt?: number,
): Promise<unknown> =>
  rolling.invoke('Connect', version, {
    ...contextOf(from, connectedAt),
    headers: from.origin === undefined ? {} : { Origin: from.origin },
  });

export const addressCounters: readonly HandOff[] = [
  {
    name: 'the handshakes of an address, to the one that is too many',
    run: async (rolling, first, second) => {
      await withinAMinute();
      const from = { sourceIp: anAddress() };
      for (let i = 0; i < 100; i++) assert.deepEqual(await connectFrom(rolling, first, from), { statusCode: 200 });
      assert.deepEqual(await connectFrom(rolling, second, from), { statusCode: 429 });
    },
  },
  {
    name: 'the hostile failures of an address, to its next handshake',
    run: async (rolling, first, second) => {
      const sourceIp = anAddress();
      for (let i = 0; i < 10; i++) {
        const from = { sourceIp, connectionId: newConnectionId() };
        const connectedAt = Date.now();
        await connectFrom(rolling, first, from, connectedAt);
        await rolling.invoke('Authenticate', first, { ...contextOf(from, connectedAt, 'MESSAGE'), body: 'no message' });
      }
      // It may have one in three seconds left, from the release that leaves it any.
      const statuses = [];
      for (let i = 0; i < 3; i++) statuses.push(await connectFrom(rolling, second, { sourceIp }));
      assert.ok(
        statuses.some((status) => isDeepStrictEqual(status, { statusCode: 429 })),
        JSON.stringify(statuses),
      );
    },
  },
];
